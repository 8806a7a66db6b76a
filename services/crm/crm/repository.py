"""Loads and locks aggregates with their parts, and reads the facts that decisions need."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from crm.domain import (
    ComplaintMark,
    Customer,
    FollowUp,
    FollowUpKind,
    FollowUpState,
    Purpose,
    Reminder,
    ShopCalendar,
    Survey,
    Vehicle,
    VisitFile,
)
from servicekit import NotFound, Tx
from servicekit.loading import load
from shopkit.calendar import WorkingCalendar, default_calendar


class OfVisit(Protocol):
    """An event that names its visit."""

    @property
    def visit_id(self) -> UUID: ...
    @property
    def request_id(self) -> UUID: ...


# --- customers and vehicles


async def lock_customer(tx: Tx, customer_id: UUID) -> Customer:
    """The customer with the consents, locked. Raises ``NotFound``."""
    return await load(tx, await tx.get(Customer, customer_id), "consents")


async def lock_vehicle(tx: Tx, vehicle_id: UUID) -> Vehicle:
    """The vehicle with its owners, locked. Raises ``NotFound``."""
    return await load(tx, await tx.get(Vehicle, vehicle_id), "ownerships")


async def customer_by_phone(tx: Tx, phone_index: str) -> tuple[UUID, str] | None:
    """Id and number of the customer with this blind index of a phone number."""
    query = select(Customer.id, Customer.customer_no).where(Customer.phone_index == phone_index)
    found = (await tx.session.execute(query)).one_or_none()
    return None if found is None else (found.id, found.customer_no)


async def vehicle_by_vin(tx: Tx, vin: str) -> tuple[UUID, UUID] | None:
    """Id and owner of the vehicle with this VIN."""
    query = select(Vehicle.id, Vehicle.customer_id).where(Vehicle.vin == vin)
    found = (await tx.session.execute(query)).one_or_none()
    return None if found is None else (found.id, found.customer_id)


async def must_be_on_file(tx: Tx, customer_id: UUID) -> None:
    """Raises ``NotFound`` if there is no such customer."""
    if await tx.session.get(Customer, customer_id) is None:
        raise NotFound(Customer.__name__, customer_id)


async def wants_no_messages(tx: Tx, customer_id: UUID) -> bool:
    """Whether the customer has taken the consent for messages back (CRM-55)."""
    customer = await tx.session.get(Customer, customer_id)
    if customer is None:
        return False
    return (await load(tx, customer, "consents")).has_withdrawn(Purpose.COMMUNICATION)


# --- visits


async def lock_file(tx: Tx, event: OfVisit) -> VisitFile:
    """The visit's file, locked; begun by whichever department's event comes first."""
    file = await tx.find(VisitFile, event.visit_id)
    if file is None:
        # Another stream's event about the same visit may begin it at this very moment.
        await tx.lock(f"visit-file {event.visit_id}")
        file = await tx.find(VisitFile, event.visit_id)
    if file is None:
        file = VisitFile(visit_id=event.visit_id, request_id=event.request_id, opened_at=tx.now)
        tx.add(file)
    return file


async def is_here(tx: Tx, request_id: UUID) -> bool:
    """Whether the car of a request has come, and has not left again for the time being."""
    here = select(VisitFile.visit_id).where(
        VisitFile.request_id == request_id, VisitFile.away_since.is_(None)
    )
    return await tx.session.scalar(here.limit(1)) is not None


async def last_visit_at(tx: Tx, customer_id: UUID) -> datetime | None:
    """When the customer's last visit began."""
    last = select(func.max(VisitFile.opened_at)).where(VisitFile.customer_id == customer_id)
    return await tx.session.scalar(last)


async def calendar_of(tx: Tx) -> WorkingCalendar:
    """The shop's calendar; the default until booking has published it."""
    copy = await tx.session.get(ShopCalendar, "shop")
    return copy.calendar if copy is not None else default_calendar(tx.settings.shop_timezone)


# --- calls


async def lock_calls(tx: Tx, customer_id: UUID) -> None:
    """Calls and what makes them careful or unwanted come from several streams: one after the other."""
    await tx.lock(f"customer {customer_id}")


async def lock_follow_up(tx: Tx, follow_up_id: UUID) -> FollowUp:
    """The follow-up with the calls that were made, locked. Raises ``NotFound``."""
    return await load(tx, await tx.get(FollowUp, follow_up_id), "calls")


async def lock_planned(tx: Tx, customer_id: UUID, *which: ColumnElement[bool]) -> list[FollowUp]:
    """A customer's calls that are still to be made, locked, without those that were made."""
    planned = (FollowUp.customer_id == customer_id, FollowUp.state == FollowUpState.PLANNED)
    return await tx.all(select(FollowUp).where(*planned, *which).order_by(FollowUp.id).with_for_update())


async def has_had_call(tx: Tx, kind: FollowUpKind, subject: str) -> bool:
    """Whether a call of this kind was ever planned for the subject."""
    had = select(FollowUp.id).where(FollowUp.kind == kind, FollowUp.subject == subject)
    return await tx.session.scalar(had) is not None


# --- reminders


async def lock_reminders(tx: Tx, *which: ColumnElement[bool]) -> list[Reminder]:
    """Work to offer again, locked in one order."""
    return await tx.all(select(Reminder).where(*which).order_by(Reminder.id).with_for_update())


# --- complaints


async def is_marked(tx: Tx, customer_id: UUID) -> bool:
    """Whether a complaint of this customer is open, or ended a short time ago (CRM-52)."""
    marked = or_(ComplaintMark.open, ComplaintMark.until_on >= tx.today)
    query = select(ComplaintMark.complaint_id).where(ComplaintMark.customer_id == customer_id, marked)
    return await tx.session.scalar(query.limit(1)) is not None


async def complaint_of(tx: Tx, cause: FollowUp | Survey) -> UUID | None:
    """The complaint that a bad call or a low score belongs to: its own, or the visit's open one, since
    complaints opens no second case for that visit (COMP-35)."""
    if cause.complaint_id is not None or cause.visit_id is None:
        return cause.complaint_id
    case = select(ComplaintMark.complaint_id).where(
        ComplaintMark.customer_id == cause.customer_id,
        ComplaintMark.open,
        ComplaintMark.visit_id == cause.visit_id,
    )
    return await tx.session.scalar(case.limit(1))
