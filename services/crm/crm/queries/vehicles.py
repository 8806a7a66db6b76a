"""Vehicles, and the service history of vehicles and customers, for reading."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select

from crm.domain import Vehicle, VisitFile
from crm.queries.views import VehicleFileView, VehicleView, VisitFileView
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from servicekit.loading import load
from shopkit.numbers import search_key


def vehicles_like(*, customer_id: UUID | None, plate: str | None, vin: str | None) -> Select[Vehicle]:
    """Vehicles, by owner and by the beginning of plate (in its normal form) or VIN."""
    query = select(Vehicle)
    if customer_id is not None:
        query = query.where(Vehicle.customer_id == customer_id)
    if plate:
        query = query.where(Vehicle.plate.startswith(plate, autoescape=True))
    if vin:
        query = query.where(Vehicle.vin.startswith(search_key(vin), autoescape=True))
    return query


async def vehicles(
    tx: Tx, page: PageRequest, *, customer_id: UUID | None, plate: str | None, vin: str | None
) -> Page[VehicleView]:
    """Vehicles by plate."""
    query = vehicles_like(customer_id=customer_id, plate=plate, vin=vin)
    return await paginate(tx, query, page, by=(Vehicle.plate, Vehicle.id), view=VehicleView)


async def vehicle(tx: Tx, vehicle_id: UUID) -> VehicleFileView:
    """One vehicle with its owners. Raises ``NotFound``."""
    found = await tx.read(Vehicle, vehicle_id)
    return VehicleFileView.of(await load(tx, found, "ownerships"))


async def vehicles_of(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, list[VehicleView]]:
    """The vehicles of several customers, by one query."""
    query = select(Vehicle).where(Vehicle.customer_id.in_(customer_ids)).order_by(Vehicle.registered_at)
    found: dict[UUID, list[VehicleView]] = {id: [] for id in customer_ids}
    for its_own in await tx.all(query):
        found[its_own.customer_id].append(VehicleView.of(its_own))
    return found


async def history(
    tx: Tx, page: PageRequest, *, customer_id: UUID | None = None, vehicle_id: UUID | None = None
) -> Page[VisitFileView]:
    """The visits of a customer or of a vehicle, newest first (CRM-01)."""
    query = select(VisitFile)
    if customer_id is not None:
        query = query.where(VisitFile.customer_id == customer_id)
    if vehicle_id is not None:
        query = query.where(VisitFile.vehicle_id == vehicle_id)
    by = (VisitFile.opened_at, VisitFile.visit_id)
    return await paginate(tx, query, page, by=by, view=VisitFileView, descending=True)
