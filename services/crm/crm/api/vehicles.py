"""Vehicles: register, find, change, pass on, service history; the file of one visit."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from contracts.permissions import crm as may_crm
from crm.commands import vehicles as commands
from crm.domain import AlreadyTheirs, VinTaken, VisitFile
from crm.queries import vehicles as queries
from crm.queries.views import VehicleFileView, VehicleView, VisitFileView
from servicekit import NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as new_router
from shopkit.fields import Word
from shopkit.vehicles import normal_plate

router = new_router(tags=["vehicles"])

VehicleId = Annotated[UUID, Path(description="the vehicle")]
PlateSearch = Annotated[str | None, Query(max_length=20, description="beginning of the plate")]
VinSearch = Annotated[str | None, Query(max_length=17, description="beginning of the VIN")]


class VehicleFacts(Body):
    """The facts of a car; the check digit of the VIN is checked where one is prescribed."""

    plate: str = Field(min_length=2, max_length=20, description="licence plate as written")
    vin: Annotated[str, Field(min_length=17, max_length=17)] | None = Field(
        default=None, description="vehicle identification number, 17 characters"
    )
    make: Word = Field(description="manufacturer")
    model: Word = Field(description="model")
    model_year: Annotated[int, Field(ge=1900, le=2100)] | None = Field(
        default=None, description="year of the model"
    )
    engine_no: Annotated[str, Field(max_length=40)] | None = Field(default=None, description="engine number")
    in_use_since_on: date | None = Field(default=None, description="first day of use")


class RegisterVehicle(VehicleFacts):
    """A car and whose it is."""

    customer_id: UUID = Field(description="the owner")


class PassOn(Body):
    """The new owner."""

    customer_id: UUID = Field(description="the new owner")


@router.post("/vehicles", status_code=201, responses=problems(NotFound, VinTaken))
async def register_vehicle(
    body: RegisterVehicle, tx: TxDep, who: Annotated[Who, may(may_crm.REGISTER)]
) -> VehicleFileView:
    """A new vehicle; a VIN that is on file answers 409 with ``existing_id``."""
    vehicle = await commands.register_vehicle(tx, **body.model_dump_fields())
    await tx.session.flush()
    return VehicleFileView.of(vehicle)


@router.get("/vehicles")
async def list_vehicles(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    customer_id: Annotated[UUID | None, Query(description="only vehicles of this customer")] = None,
    plate: PlateSearch = None,
    vin: VinSearch = None,
) -> Page[VehicleView]:
    """Vehicles by plate."""
    normal = normal_plate(plate, field="query.plate") if plate else None
    return await queries.vehicles(tx, page, customer_id=customer_id, plate=normal, vin=vin)


@router.get("/vehicles/{vehicle_id}", responses=problems(NotFound))
async def show_vehicle(
    vehicle_id: VehicleId, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]
) -> VehicleFileView:
    """One vehicle with its owners."""
    return await queries.vehicle(tx, vehicle_id)


@router.put("/vehicles/{vehicle_id}", responses=problems(NotFound, VinTaken, Stale))
async def change_vehicle(
    vehicle_id: VehicleId, body: VehicleFacts, tx: TxDep, who: Annotated[Who, may(may_crm.REGISTER)]
) -> VehicleFileView:
    """The whole of the car's facts from now on."""
    vehicle = await commands.change_vehicle(tx, vehicle_id=vehicle_id, **body.model_dump_fields())
    await tx.session.flush()
    return VehicleFileView.of(vehicle)


@router.put("/vehicles/{vehicle_id}/owner", responses=problems(NotFound, AlreadyTheirs, Stale))
async def pass_on_vehicle(
    vehicle_id: VehicleId, body: PassOn, tx: TxDep, who: Annotated[Who, may(may_crm.REGISTER)]
) -> VehicleFileView:
    """The car was sold; its history stays with it."""
    vehicle = await commands.pass_on_vehicle(tx, vehicle_id=vehicle_id, customer_id=body.customer_id)
    await tx.session.flush()
    return VehicleFileView.of(vehicle)


@router.get("/vehicles/{vehicle_id}/history")
async def show_vehicle_history(
    vehicle_id: VehicleId, tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_crm.READ)]
) -> Page[VisitFileView]:
    """The car's visits, newest first."""
    return await queries.history(tx, page, vehicle_id=vehicle_id)


@router.get("/visit-files/{visit_id}", responses=problems(NotFound))
async def show_visit_file(
    visit_id: Annotated[UUID, Path(description="the visit")],
    tx: TxDep,
    who: Annotated[Who, may(may_crm.READ)],
) -> VisitFileView:
    """What crm knows of one visit (COLL-22)."""
    return VisitFileView.of(await tx.read(VisitFile, visit_id))
