"""Customers, the directory, and what a customer's screen shows, for reading."""

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, Table, func, or_, select
from sqlalchemy.orm import selectinload

from crm.domain import (
    ComplaintMark,
    Custom,
    Customer,
    HouseRules,
    Spend,
    Vehicle,
    VisitFile,
    months_before,
    search_form,
    stage_of,
)
from crm.queries.vehicles import vehicles_like, vehicles_of
from crm.queries.views import (
    ComplaintMarkView,
    CustomerFileView,
    CustomerView,
    DirectoryView,
    LifeCycleView,
    ReadingView,
)
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from servicekit.loading import load
from servicekit.personal_data import blind_index, open_sealed

_READINGS: Table = Customer.metadata.tables["readings"]
_BY_NAME = (Customer.search_name, Customer.id)


def _named(name: str | None) -> Select[Customer]:
    query = select(Customer)
    if name:
        query = query.where(Customer.search_name.startswith(search_form(name), autoescape=True))
    return query


async def customers(
    tx: Tx, page: PageRequest, *, name: str | None, customer_class: str | None
) -> Page[CustomerView]:
    """Customers, by the beginning of the name and by class."""
    query = _named(name).options(selectinload(Customer.consents))
    if customer_class:
        query = query.where(Customer.customer_class == customer_class)
    return await paginate(tx, query, page, by=_BY_NAME, view=CustomerView)


async def directory(
    tx: Tx, page: PageRequest, *, name: str | None, plate: str | None, vin: str | None
) -> Page[DirectoryView]:
    """Customers by the beginning of their name, or of a plate (in its normal form) or VIN of theirs."""
    query = _named(name)
    if plate or vin:
        theirs = vehicles_like(customer_id=None, plate=plate, vin=vin)
        query = query.where(Customer.id.in_(theirs.with_only_columns(Vehicle.customer_id)))
    found = await paginate(tx, query, page, by=_BY_NAME)
    return Page(items=await _directory(tx, found.items), next=found.next)


async def by_phone(tx: Tx, number: str) -> list[DirectoryView]:
    """The customer with this phone number, in its normal form; one, or nobody."""
    index = blind_index(tx, number, field="phone")
    return await _directory(tx, await tx.all(select(Customer).where(Customer.phone_index == index)))


async def _directory(tx: Tx, found: Sequence[Customer]) -> list[DirectoryView]:
    ids = [customer.id for customer in found]
    if not ids:
        return []
    vehicles, marks = await vehicles_of(tx, ids), await _marks(tx, ids)
    return [
        DirectoryView(
            id=customer.id,
            customer_no=customer.customer_no,
            display_name=customer.display_name,
            customer_class=customer.customer_class,
            phone=customer.phone,
            careful=bool(marks[customer.id]),
            vehicles=vehicles[customer.id],
        )
        for customer in found
    ]


async def customer_file(tx: Tx, customer_id: UUID, *, in_clear_for: str | None) -> CustomerFileView:
    """Everything of one customer; phone and address in clear if it is named what for. Raises ``NotFound``."""
    customer = await load(tx, await tx.read(Customer, customer_id), "consents")
    marks = (await _marks(tx, [customer_id]))[customer_id]
    file = CustomerFileView(
        **CustomerView.of(customer).model_dump(),
        careful=bool(marks),
        complaints=[ComplaintMarkView.of(mark) for mark in marks],
        life_cycle=await _life_cycle(tx, customer_id),
        vehicles=(await vehicles_of(tx, [customer_id]))[customer_id],
    )
    if in_clear_for is None:
        return file
    phone = await _opened(tx, customer.id, customer.phone_sealed, "phone", in_clear_for)
    address = await _opened(tx, customer.id, customer.address_sealed, "address", in_clear_for)
    return file.model_copy(update={"phone": phone, "address": address})


async def _opened(tx: Tx, customer_id: UUID, sealed: str | None, field: str, purpose: str) -> str | None:
    """A sealed field in clear; who read it, when and what for is on record (DATA-07)."""
    if sealed is None:
        return None
    return await open_sealed(tx, customer_id, sealed, field=field, purpose=purpose)


async def _marks(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, list[ComplaintMark]]:
    """The complaints for which these customers are marked today (CRM-52)."""
    marked = or_(ComplaintMark.open, ComplaintMark.until_on >= tx.today)
    query = select(ComplaintMark).where(ComplaintMark.customer_id.in_(customer_ids), marked)
    found: dict[UUID, list[ComplaintMark]] = {id: [] for id in customer_ids}
    for mark in await tx.all(query.order_by(ComplaintMark.complaint_no)):
        found[mark.customer_id].append(mark)
    return found


async def _life_cycle(tx: Tx, customer_id: UUID) -> LifeCycleView:
    """The stage of today, by one query over the customer's own visits and payments (F-33)."""
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
    visits, last_at, spend_now, spend_before = row
    last_on = last_at.astimezone(tx.settings.timezone).date() if last_at is not None else None
    custom = Custom(visits=visits, last_visit_on=last_on, spend=spend_now, spend_before=spend_before)
    return LifeCycleView(
        stage=stage_of(custom, today=tx.today, rules=rules),
        visits=visits,
        last_visit_at=last_at,
        spend=spend_now,
        spend_before=spend_before,
    )


async def readings(tx: Tx, page: PageRequest, customer_id: UUID) -> Page[ReadingView]:
    """Who read what of a customer, when and what for, newest first (DATA-07)."""
    read = _READINGS.c
    query = select(read.field, read.purpose, read.by, read.at, read.result).where(
        read.subject == str(customer_id)
    )
    return await paginate(tx, query, page, by=(read.position,), view=ReadingView, descending=True)
