"""Lists of visits, and the availability of a request's parts."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from reception.domain import Visit
from reception.domain.copies import Customer, PartAvailability
from servicekit import Tx
from shopkit.numbers import search_key


async def parts_of(tx: Tx, request_id: UUID) -> list[PartAvailability]:
    """What is reserved, short and issued of the request's parts."""
    return await tx.all(select(PartAvailability).where(PartAvailability.request_id == request_id))


ROW = (
    *(Visit.id, Visit.version, Visit.request_no, Visit.state, Visit.customer_id, Visit.vehicle_id),
    *(Visit.plate, Visit.make, Visit.model, Visit.priority_class, Visit.walk_in, Visit.advisor_id),
    *(Visit.begun_at, Visit.arrived_at, Visit.received_at, Visit.within_sla, Visit.promised_at),
    *(Visit.promise_state, Visit.waiting_on_site, Visit.closed_at),
    Customer.display_name.label("customer_name"),
)
"""What a list shows of a visit; its work is not read for that."""


def listed(
    *,
    q: str | None,
    state: str | None,
    here: bool | None,
    advisor_id: UUID | None,
    customer_id: UUID | None,
    vehicle_id: UUID | None,
) -> Select[*tuple[Any, ...]]:
    """Visits with their customer's name; ``q`` is the beginning of a number, plate, VIN or name."""
    query = select(*ROW).outerjoin(Customer, Customer.id == Visit.customer_id)
    if q:
        query = query.where(_begins(q.strip()))
    if state:
        query = query.where(Visit.state == state)
    if here is not None:
        query = query.where(Visit.closed_at.is_(None) if here else Visit.closed_at.is_not(None))
    for column, value in (
        (Visit.advisor_id, advisor_id),
        (Visit.customer_id, customer_id),
        (Visit.vehicle_id, vehicle_id),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


def begins(column: ColumnElement[str] | InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    """``column`` starts with ``text``, taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(f"{escaped}%")


def _begins(q: str) -> ColumnElement[bool]:
    key = search_key(q)
    return or_(
        begins(Visit.request_no, q.upper()),
        begins(Visit.plate, key),
        begins(Visit.vin, key),
        Visit.customer_id.in_(
            select(Customer.id).where(begins(func.lower(Customer.display_name), q.lower()))
        ),
    )
