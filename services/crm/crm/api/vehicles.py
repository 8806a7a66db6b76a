"""Vehicles: register, find, change, pass on, service history; the file of one visit."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from contracts.permissions import crm as may_crm
from crm.api.views import VehicleFileView, VehicleView, VisitFileView, Word
from crm.commands import vehicles as commands
from crm.domain import AlreadyTheirs, Vehicle, VinTaken, VisitFile
from crm.queries import after_care
from crm.queries import customers as queries
from servicekit import NotFound
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, paginate, problems
from servicekit.http import router as chassis_router
from shopkit.vehicles import normal_plate

router = chassis_router(tags=["vehicles"])


class VehicleFacts(Body):
    """The facts of a car; the check digit of the VIN is checked where one is prescribed."""

    plate: Annotated[str, Field(min_length=2, max_length=20)]
    vin: Annotated[str, Field(min_length=17, max_length=17)] | None = None
    make: Word
    model: Word
    model_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    engine_no: Annotated[str, Field(max_length=40)] | None = None
    in_use_since_on: date | None = None


class RegisterVehicle(VehicleFacts):
    """A car and whose it is."""

    customer_id: UUID


class PassOn(Body):
    """The new owner."""

    customer_id: UUID


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
    customer_id: UUID | None = None,
    plate: Annotated[str | None, Query(max_length=20, description="beginning of the plate")] = None,
    vin: Annotated[str | None, Query(max_length=17, description="beginning of the VIN")] = None,
) -> Page[VehicleView]:
    """Vehicles by plate."""
    normal = normal_plate(plate, field="query.plate") if plate else None
    query = queries.vehicles(customer_id=customer_id, plate=normal, vin=vin)
    return await paginate(tx, query, page, by=(Vehicle.plate, Vehicle.id), view=VehicleView)


@router.get("/vehicles/{vehicle_id}", responses=problems(NotFound))
async def show_vehicle(
    vehicle_id: UUID, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]
) -> VehicleFileView:
    """One vehicle with its owners."""
    return VehicleFileView.of(await after_care.one(tx, Vehicle, vehicle_id))


@router.put("/vehicles/{vehicle_id}", responses=problems(NotFound, VinTaken))
async def change_vehicle(
    vehicle_id: UUID, body: VehicleFacts, tx: TxDep, who: Annotated[Who, may(may_crm.REGISTER)]
) -> VehicleFileView:
    """The whole of the car's facts from now on."""
    vehicle = await commands.change_vehicle(tx, vehicle_id=vehicle_id, **body.model_dump_fields())
    await tx.session.flush()
    return VehicleFileView.of(vehicle)


@router.put("/vehicles/{vehicle_id}/owner", responses=problems(NotFound, AlreadyTheirs))
async def pass_on_vehicle(
    vehicle_id: UUID, body: PassOn, tx: TxDep, who: Annotated[Who, may(may_crm.REGISTER)]
) -> VehicleFileView:
    """The car was sold; its history stays with it."""
    vehicle = await commands.pass_on_vehicle(tx, vehicle_id=vehicle_id, customer_id=body.customer_id)
    await tx.session.flush()
    return VehicleFileView.of(vehicle)


@router.get("/vehicles/{vehicle_id}/history")
async def show_history(
    vehicle_id: UUID, tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_crm.READ)]
) -> Page[VisitFileView]:
    """The car's visits, newest first."""
    query, by = queries.history(vehicle_id=vehicle_id), (VisitFile.opened_at, VisitFile.visit_id)
    return await paginate(tx, query, page, by=by, view=VisitFileView, descending=True)


@router.get("/visit-files/{visit_id}", responses=problems(NotFound))
async def show_visit_file(visit_id: UUID, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]) -> VisitFileView:
    """What crm knows of one visit (COLL-22)."""
    return VisitFileView.of(await after_care.one(tx, VisitFile, visit_id))
