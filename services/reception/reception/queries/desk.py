"""The desk's other lists: arrivals, the directory of vehicles, the menu, open tasks."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select

from reception.domain import Visit
from reception.domain.copies import Appointment, Customer, Service, Vehicle
from reception.domain.task import Task
from reception.queries.visits import begins
from shopkit.numbers import search_key


def appointments(*, state: str | None, on: date | None, timezone: ZoneInfo) -> Select[Appointment, str, str]:
    """Requests and arrivals with name and plate; ``on`` is the shop-local day of the slot."""
    query = (
        select(Appointment, Customer.display_name, Vehicle.plate)
        .outerjoin(Customer, Customer.id == Appointment.customer_id)
        .outerjoin(Vehicle, Vehicle.id == Appointment.vehicle_id)
    )
    if state:
        query = query.where(Appointment.state == state)
    if on:
        begin = datetime.combine(on, time(), timezone).astimezone(UTC)
        end = datetime.combine(on + timedelta(days=1), time(), timezone).astimezone(UTC)
        query = query.where(Appointment.slot_start >= begin, Appointment.slot_start < end)
    return query


def vehicles(*, q: str | None, customer_id: UUID | None) -> Select[Vehicle, str]:
    """The directory; ``q`` is the beginning of a plate, a VIN or a customer's name."""
    query = select(Vehicle, Customer.display_name).outerjoin(Customer, Customer.id == Vehicle.customer_id)
    if q:
        text, key = q.strip(), search_key(q)
        named = select(Customer.id).where(begins(func.lower(Customer.display_name), text.lower()))
        query = query.where(
            or_(
                begins(Vehicle.plate, key),
                begins(Vehicle.vin, key),
                Vehicle.customer_id.in_(named),
            )
        )
    if customer_id:
        query = query.where(Vehicle.customer_id == customer_id)
    return query


def menu() -> Select[Service]:
    """What booking offers."""
    return select(Service).where(Service.offered)


def tasks(*, open_only: bool, purpose: str | None) -> Select[Task, str, str]:
    """What somebody must do, with the visit's number and plate."""
    query = select(Task, Visit.request_no, Visit.plate).join(Visit, Visit.id == Task.visit_id)
    if open_only:
        query = query.where(Task.done_at.is_(None))
    return query.where(Task.purpose == purpose) if purpose else query
