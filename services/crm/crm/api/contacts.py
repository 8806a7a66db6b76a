"""Contacts with customers: the log, notices that are due, work to offer again."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import AwareDatetime, Field

from contracts.permissions import crm as may_crm
from crm.commands import contacts as commands
from crm.commands import notices, reminders
from crm.domain import Notice, NoticeState, Reminder, ReminderState
from crm.queries import contacts as queries
from crm.queries.views import ContactView, NoticeView, ReminderView
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as new_router
from shopkit.fields import Note, Word

router = new_router(tags=["contacts"])

CustomerId = Annotated[UUID, Path(description="the customer")]
NoticeId = Annotated[UUID, Path(description="the notice")]
ReminderId = Annotated[UUID, Path(description="the reminder")]


class LogContact(Body):
    """A contact: what about, by which channel, what came of it, who took part (CRM-33)."""

    topic: Word = Field(description="what about")
    channel: Word = Field(description="phone, message, desk, ...")
    content: Note = Field(default="", description="what the customer learnt; kept masked")
    feedback: Note = Field(default="", description="what the customer answered; kept masked")
    participants: list[Word] = Field(default=[], description="who took part; kept masked")
    visit_id: UUID | None = Field(default=None, description="the visit it was about, if any")
    at: datetime | None = Field(default=None, description="when it was; now if not given")


class SendNotice(Body):
    """How the customer was notified, and what they answered."""

    channel: Word = Field(description="phone, message, desk, ...")
    feedback: Note = Field(default="", description="what the customer answered; kept masked")


class DismissReminder(Body):
    """Why the work is not offered again."""

    reason: Note = Field(default="", description="why; kept masked")


@router.post("/customers/{customer_id}/contacts", status_code=201, responses=problems(NotFound))
async def log_contact(
    customer_id: CustomerId,
    body: LogContact,
    tx: TxDep,
    who: Annotated[Who, may(may_crm.FOLLOW_UP, may_crm.REGISTER)],
) -> ContactView:
    """Write down a contact."""
    contact = await commands.log_contact(tx, customer_id=customer_id, **body.model_dump_fields())
    return ContactView.of(contact)


@router.get("/customers/{customer_id}/contacts")
async def list_contacts(
    customer_id: CustomerId, tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_crm.READ)]
) -> Page[ContactView]:
    """The log of contacts with a customer, newest first."""
    return await queries.contacts(tx, page, customer_id=customer_id)


@router.get("/visit-files/{visit_id}/contacts")
async def list_contacts_of_visit(
    visit_id: Annotated[UUID, Path(description="the visit")],
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
) -> Page[ContactView]:
    """The log of contacts about a visit, newest first."""
    return await queries.contacts(tx, page, visit_id=visit_id)


@router.get("/notices")
async def list_notices(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    state: Annotated[NoticeState | None, Query(description="only notices in this state")] = None,
    due_by: Annotated[AwareDatetime | None, Query(description="only what is due by this instant")] = None,
    customer_id: Annotated[UUID | None, Query(description="only notices of this customer")] = None,
) -> Page[NoticeView]:
    """What customers are to be notified of, the most urgent first."""
    return await queries.notices(tx, page, state=state, due_by=due_by, customer_id=customer_id)


@router.get("/notices/{notice_id}", responses=problems(NotFound))
async def show_notice(notice_id: NoticeId, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]) -> NoticeView:
    """One notice."""
    return NoticeView.of(await tx.read(Notice, notice_id))


@router.post("/notices/{notice_id}/sending", responses=problems(NotFound, IllegalTransition, Stale))
async def send_notice(
    notice_id: NoticeId, body: SendNotice, tx: TxDep, who: Annotated[Who, may(may_crm.FOLLOW_UP)]
) -> NoticeView:
    """The customer was notified."""
    notice = await notices.send_notice(tx, notice_id=notice_id, **body.model_dump_fields())
    await tx.session.flush()
    return NoticeView.of(notice)


@router.get("/reminders")
async def list_reminders(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    state: Annotated[ReminderState | None, Query(description="only reminders in this state")] = None,
    due_by: Annotated[date | None, Query(description="only what is offered by this shop-local day")] = None,
    customer_id: Annotated[UUID | None, Query(description="only work for this customer")] = None,
    vehicle_id: Annotated[UUID | None, Query(description="only work on this vehicle")] = None,
) -> Page[ReminderView]:
    """Work to offer again, the earliest first."""
    return await queries.reminders(
        tx, page, state=state, due_by=due_by, customer_id=customer_id, vehicle_id=vehicle_id
    )


@router.get("/reminders/{reminder_id}", responses=problems(NotFound))
async def show_reminder(
    reminder_id: ReminderId, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]
) -> ReminderView:
    """One piece of work to offer again."""
    return ReminderView.of(await tx.read(Reminder, reminder_id))


@router.post("/reminders/{reminder_id}/dismissal", responses=problems(NotFound, IllegalTransition, Stale))
async def dismiss_reminder(
    reminder_id: ReminderId,
    body: DismissReminder,
    tx: TxDep,
    who: Annotated[Who, may(may_crm.FOLLOW_UP)],
) -> ReminderView:
    """The customer does not want it."""
    reminder = await reminders.dismiss_reminder(tx, reminder_id=reminder_id, reason=body.reason)
    await tx.session.flush()
    return ReminderView.of(reminder)
