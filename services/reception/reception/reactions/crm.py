"""Customer relations' events: the directory of customers and vehicles."""

from sqlalchemy import select

from contracts.events.crm import CustomerChanged, CustomerRegistered, VehicleChanged, VehicleRegistered
from reception.domain import Visit
from reception.domain.copies import Customer, Vehicle
from servicekit import Tx
from servicekit.copies import Columns, keep


async def copy_customer_on_registered(tx: Tx, event: CustomerRegistered) -> None:
    """The desk can find the customer by name."""
    await _copy_customer(tx, event)


async def copy_customer_on_changed(tx: Tx, event: CustomerChanged) -> None:
    """Name or class changed; whole state. The screens of this customer's visits show the name."""
    await _copy_customer(tx, event)
    here = select(Visit.id).where(Visit.customer_id == event.customer_id, Visit.closed_at.is_(None))
    for visit_id in await tx.session.scalars(here):
        tx.notify_watchers(Visit, visit_id)


async def copy_vehicle_on_registered(tx: Tx, event: VehicleRegistered) -> None:
    """The desk can find the vehicle by plate and VIN."""
    await _copy_vehicle(tx, event)


async def copy_vehicle_on_changed(tx: Tx, event: VehicleChanged) -> None:
    """Plate, customer or another fact changed; whole state."""
    await _copy_vehicle(tx, event)


async def _copy_customer(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    columns: Columns = {
        Customer.customer_no: event.customer_no,
        Customer.display_name: event.display_name,
        Customer.customer_class: event.customer_class,
    }
    await keep(tx, Customer, {Customer.id: event.customer_id}, columns)


async def _copy_vehicle(tx: Tx, event: VehicleRegistered | VehicleChanged) -> None:
    columns: Columns = {
        Vehicle.customer_id: event.customer_id,
        Vehicle.plate: event.plate,
        Vehicle.vin: event.vin,
        Vehicle.make: event.make,
        Vehicle.model: event.model,
        Vehicle.model_year: event.model_year,
    }
    await keep(tx, Vehicle, {Vehicle.id: event.vehicle_id}, columns)
