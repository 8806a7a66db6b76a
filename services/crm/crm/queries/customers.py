"""Customers, vehicles, the directory, and what a customer's screen shows beside the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, Table, func, or_, select
from sqlalchemy.orm import raiseload

from crm.domain import (
    ComplaintMark,
    Contact,
    Custom,
    Customer,
    HouseRules,
    Spend,
    Stage,
    Vehicle,
    VisitFile,
    months_before,
    search_form,
    stage_of,
)
from servicekit import Tx
from servicekit.personal_data import blind_index, open_sealed
from shopkit.numbers import search_key

READINGS: Table = Customer.metadata.tables["readings"]


def customers(*, name: str | None, customer_class: str | None) -> Select[Customer]:
    """Customers, by the beginning of the name and by class."""
    query = select(Customer)
    if name:
        query = query.where(Customer.search_name.startswith(search_form(name), autoescape=True))
    if customer_class:
        query = query.where(Customer.customer_class == customer_class)
    return query


def vehicles(*, customer_id: UUID | None, plate: str | None, vin: str | None) -> Select[Vehicle]:
    """Vehicles, by owner and by the beginning of plate or VIN."""
    query = select(Vehicle).options(raiseload(Vehicle.ownerships))
    if customer_id is not None:
        query = query.where(Vehicle.customer_id == customer_id)
    if plate:
        query = query.where(Vehicle.plate.startswith(plate, autoescape=True))
    if vin:
        query = query.where(Vehicle.vin.startswith(search_key(vin), autoescape=True))
    return query


def directory(*, name: str | None, plate: str | None, vin: str | None) -> Select[Customer]:
    """Customers by the beginning of their name, or of a plate or VIN of theirs."""
    query = customers(name=name, customer_class=None)
    if plate or vin:
        theirs = vehicles(customer_id=None, plate=plate, vin=vin).with_only_columns(Vehicle.customer_id)
        query = query.where(Customer.id.in_(theirs))
    return query


async def by_phone(tx: Tx, number: str) -> Customer | None:
    """The customer with this phone number, in its normal spelling."""
    query = select(Customer).where(Customer.phone_index == blind_index(tx, number, field="phone"))
    return await tx.session.scalar(query)


async def vehicles_of(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, list[Vehicle]]:
    """The vehicles of several customers, by one query."""
    query = (
        select(Vehicle).options(raiseload(Vehicle.ownerships)).where(Vehicle.customer_id.in_(customer_ids))
    )
    found: dict[UUID, list[Vehicle]] = {id: [] for id in customer_ids}
    for vehicle in await tx.all(query.order_by(Vehicle.registered_at)):
        found[vehicle.customer_id].append(vehicle)
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """A customer's contact data as read, on record."""

    phone: str | None
    address: str | None


async def reach(tx: Tx, customer: Customer, *, purpose: str) -> Reach:
    """Phone and address in clear; who read them, when and what for is on record (DATA-07)."""

    async def read(sealed: str | None, field: str) -> str | None:
        if sealed is None:
            return None
        return await open_sealed(tx, customer.id, sealed, field=field, purpose=purpose)

    return Reach(await read(customer.phone_sealed, "phone"), await read(customer.address_sealed, "address"))


async def marks(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, list[ComplaintMark]]:
    """The complaints for which these customers are marked today (CRM-52)."""
    standing = or_(ComplaintMark.open, ComplaintMark.until_on >= tx.today)
    query = select(ComplaintMark).where(ComplaintMark.customer_id.in_(customer_ids), standing)
    found: dict[UUID, list[ComplaintMark]] = {id: [] for id in customer_ids}
    for mark in await tx.all(query.order_by(ComplaintMark.complaint_no)):
        found[mark.customer_id].append(mark)
    return found


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """A customer's stage with the figures it comes from (F-33)."""

    stage: Stage
    visits: int
    last_visit_at: datetime | None
    spend: Decimal
    spend_before: Decimal


async def life_cycle(tx: Tx, customer_id: UUID) -> LifeCycle:
    """The stage of today, by one query over the customer's own visits and payments."""
    rules = await tx.rules(HouseRules)
    since_on = months_before(tx.today, rules.quiet_months)
    before_on = months_before(tx.today, 2 * rules.quiet_months)
    since, before = (datetime.combine(on, time(), tx.settings.timezone) for on in (since_on, before_on))
    here = VisitFile.customer_id == customer_id
    spend = func.coalesce(func.sum(Spend.amount), Decimal("0.00"))
    spent = select(spend).where(Spend.customer_id == customer_id)
    row = (
        await tx.session.execute(
            select(
                select(func.count()).where(here).scalar_subquery(),
                select(func.max(VisitFile.opened_at)).where(here).scalar_subquery(),
                spent.where(Spend.at >= since).scalar_subquery(),
                spent.where(Spend.at >= before, Spend.at < since).scalar_subquery(),
            )
        )
    ).one()
    visits, last_at, now, earlier = row
    last_on = last_at.astimezone(tx.settings.timezone).date() if last_at is not None else None
    custom = Custom(visits=visits, last_visit_on=last_on, spend=now, spend_before=earlier)
    stage = stage_of(custom, today=tx.today, rules=rules)
    return LifeCycle(stage, visits, last_at, now, earlier)


def history(*, customer_id: UUID | None = None, vehicle_id: UUID | None = None) -> Select[VisitFile]:
    """The visits of a customer or of a vehicle."""
    query = select(VisitFile)
    if customer_id is not None:
        query = query.where(VisitFile.customer_id == customer_id)
    if vehicle_id is not None:
        query = query.where(VisitFile.vehicle_id == vehicle_id)
    return query


def contacts(*, customer_id: UUID | None = None, visit_id: UUID | None = None) -> Select[Contact]:
    """The log of contacts with a customer, or about a visit (CRM-33)."""
    query = select(Contact)
    if customer_id is not None:
        query = query.where(Contact.customer_id == customer_id)
    if visit_id is not None:
        query = query.where(Contact.visit_id == visit_id)
    return query


def readings(customer_id: UUID) -> Select[tuple[str, str, str, datetime, str]]:
    """Who read what of a customer, when and what for (DATA-07)."""
    told = READINGS.c
    return select(told.field, told.purpose, told.by, told.at, told.result).where(
        told.subject == str(customer_id)
    )
