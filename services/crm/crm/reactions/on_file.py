"""What several reactions do: find the visit's file, log a contact, plan or cancel a call."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from crm.domain import ComplaintMark, Contact, FollowUp, FollowUpKind, FollowUpState, ShopCalendar, VisitFile
from servicekit import Tx, new_id
from servicekit.copies import keep
from shopkit.calendar import WorkingCalendar, default_calendar


class OfVisit(Protocol):
    """An event that names its visit."""

    @property
    def visit_id(self) -> UUID: ...
    @property
    def request_id(self) -> UUID: ...


async def file_of(tx: Tx, event: OfVisit) -> VisitFile:
    """The visit's file, locked; initial by whichever department's fact comes first."""
    file = await tx.find(VisitFile, event.visit_id)
    if file is None:
        # Another stream's fact about the same visit may begin it at this very moment.
        await tx.lock(f"visit-file {event.visit_id}")
        file = await tx.find(VisitFile, event.visit_id)
    if file is None:
        file = VisitFile(visit_id=event.visit_id, request_id=event.request_id, opened_at=tx.now)
        tx.add(file)
    return file


async def note_on_file(
    tx: Tx, event: OfVisit, *, initial: Mapping[str, Any] | None = None, **facts: Any
) -> None:
    """Put facts on the visit's file without reading it; whichever event comes first begins the file."""
    first = {"request_id": event.request_id, "opened_at": tx.now} | dict(initial or {})
    await keep(tx, VisitFile, {"visit_id": event.visit_id}, facts, initial=first)


def note_contact(
    tx: Tx,
    *,
    customer_id: UUID,
    topic: str,
    source: str,
    by: str,
    visit_id: UUID | None = None,
    request_id: UUID | None = None,
    channel: str = "",
    content: str = "",
    at: datetime | None = None,
) -> None:
    """Another department was in contact with the customer (CRM-33)."""
    tx.add(
        Contact(
            id=new_id(),
            customer_id=customer_id,
            visit_id=visit_id,
            request_id=request_id,
            at=at or tx.now,
            topic=topic,
            channel=channel,
            content=content,
            source=source,
            by=by,
        )
    )


async def calendar_of(tx: Tx) -> WorkingCalendar:
    """The shop's calendar; the default until booking has published it."""
    copy = await tx.session.get(ShopCalendar, "shop")
    return copy.calendar if copy is not None else default_calendar(tx.settings.shop_timezone)


async def lock_customer(tx: Tx, customer_id: UUID) -> None:
    """Calls and what makes them careful or unwanted come from several streams: one after the other."""
    await tx.lock(f"customer {customer_id}")


async def is_marked(tx: Tx, customer_id: UUID) -> bool:
    """Whether a complaint of this customer is open, or ended a short time ago (CRM-52)."""
    standing = or_(ComplaintMark.open, ComplaintMark.until_on >= tx.today)
    query = select(ComplaintMark.complaint_id).where(ComplaintMark.customer_id == customer_id, standing)
    return await tx.session.scalar(query.limit(1)) is not None


async def plan_follow_up(
    tx: Tx,
    *,
    kind: FollowUpKind,
    subject: str,
    customer_id: UUID,
    working_days: int,
    visit_id: UUID | None = None,
    request_id: UUID | None = None,
    reasons: Sequence[str] = (),
) -> FollowUp | None:
    """A call that is due in so many working days; ``None`` if this subject has had its call."""
    await lock_customer(tx, customer_id)
    had = select(FollowUp.id).where(FollowUp.kind == kind, FollowUp.subject == subject)
    if await tx.session.scalar(had) is not None:
        return None
    calendar = await calendar_of(tx)
    marked = ("complaint",) if await is_marked(tx, customer_id) else ()
    follow_up, planned = FollowUp.plan(
        kind=kind,
        subject=subject,
        customer_id=customer_id,
        visit_id=visit_id,
        request_id=request_id,
        due_on=calendar.add_working_days(tx.today, working_days),
        reasons=tuple(dict.fromkeys((*reasons, *marked))),
    )
    tx.add(follow_up)
    tx.publish(follow_up, planned)
    return follow_up


async def cancel_recovery(tx: Tx, customer_id: UUID, request_id: UUID, reason: str) -> None:
    """The customer who missed the slot came after all (journey 7)."""
    await cancel_planned(tx, customer_id, _recovery(request_id), reason=reason)


async def cancel_retention(tx: Tx, customer_id: UUID, reason: str) -> None:
    """The customer who had not been here for long comes again."""
    await cancel_planned(tx, customer_id, _RETENTION, reason=reason)


async def cancel_calls_to_come(tx: Tx, customer_id: UUID, request_id: UUID, reason: str) -> None:
    """The customer who missed the slot, or had not been here for long, is here."""
    await cancel_planned(tx, customer_id, _recovery(request_id) | _RETENTION, reason=reason)


_RETENTION = FollowUp.kind == FollowUpKind.RETENTION


def _recovery(request_id: UUID) -> ColumnElement[bool]:
    return and_(FollowUp.kind == FollowUpKind.RECOVERY, FollowUp.request_id == request_id)


async def cancel_planned(tx: Tx, customer_id: UUID, *which: ColumnElement[bool], reason: str) -> None:
    """What these calls were to bring about has happened, or must wait; calls that were made stay."""
    planned = (FollowUp.customer_id == customer_id, FollowUp.state == FollowUpState.PLANNED)
    query = select(FollowUp).where(*planned, *which).order_by(FollowUp.id).with_for_update()
    for follow_up in await tx.all(query):
        tx.publish(follow_up, follow_up.cancel(reason))
