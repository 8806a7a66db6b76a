"""Vehicles: register, change, pass on to a new owner."""

from datetime import date
from uuid import UUID

from crm import repository
from crm.domain import Vehicle, VinTaken
from servicekit import Tx, new_id
from shopkit.vehicles import normal_plate, normal_vin


async def register_vehicle(
    tx: Tx,
    *,
    customer_id: UUID,
    plate: str,
    vin: str | None,
    make: str,
    model: str,
    model_year: int | None,
    engine_no: str | None,
    in_use_since_on: date | None,
) -> Vehicle:
    """A new file. Raises ``VinTaken`` with the id of the one that has this VIN."""
    await repository.must_be_on_file(tx, customer_id)
    vin = await _free_vin(tx, vin, but=None)
    vehicle, registered = Vehicle.register(
        id=new_id(),
        customer_id=customer_id,
        plate=normal_plate(plate),
        vin=vin,
        make=make,
        model=model,
        model_year=model_year,
        engine_no=engine_no,
        in_use_since_on=in_use_since_on,
        at=tx.now,
    )
    tx.add(vehicle)
    tx.publish(vehicle, registered)
    return vehicle


async def change_vehicle(
    tx: Tx,
    *,
    vehicle_id: UUID,
    plate: str,
    vin: str | None,
    make: str,
    model: str,
    model_year: int | None,
    engine_no: str | None,
    in_use_since_on: date | None,
) -> Vehicle:
    """The whole of a vehicle's facts from now on."""
    vehicle = await repository.lock_vehicle(tx, vehicle_id)
    changed = vehicle.change(
        plate=normal_plate(plate),
        vin=await _free_vin(tx, vin, but=vehicle_id),
        make=make,
        model=model,
        model_year=model_year,
        engine_no=engine_no,
        in_use_since_on=in_use_since_on,
    )
    tx.publish(vehicle, *changed)
    return vehicle


async def pass_on_vehicle(tx: Tx, *, vehicle_id: UUID, customer_id: UUID) -> Vehicle:
    """The vehicle has a new owner."""
    vehicle = await repository.lock_vehicle(tx, vehicle_id)
    await repository.must_be_on_file(tx, customer_id)
    tx.publish(vehicle, vehicle.pass_on(customer_id, at=tx.now))
    return vehicle


async def _free_vin(tx: Tx, text: str | None, *, but: UUID | None) -> str | None:
    if text is None:
        return None
    vin = normal_vin(text)
    other = await repository.vehicle_by_vin(tx, vin)
    if other is not None and other[0] != but:
        raise VinTaken(existing_id=str(other[0]), customer_id=str(other[1]))
    return vin
