"""Contacts with customers: the log, notices that are due, work to offer again."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime

from contracts.permissions import crm as may_crm
from crm.api.views import ContactView, Note, NoticeView, ReminderView, Word
from crm.commands import contacts as commands
from crm.domain import Contact, Notice, NoticeState, Reminder, ReminderState
from crm.queries import after_care
from crm.queries import customers as queries
from servicekit import IllegalTransition, NotFound
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, paginate, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["contacts"])


class LogContact(Body):
    """A contact: what about, by which channel, what was said, who took part (CRM-33)."""

    topic: Word
    channel: Word
    content: Note = ""
    feedback: Note = ""
    participants: list[Word] = []
    visit_id: UUID | None = None
    at: datetime | None = None


class SendNotice(Body):
    """How the customer was told, and what they said to it."""

    channel: Word
    feedback: Note = ""


class DismissReminder(Body):
    """Why the work is not offered again."""

    reason: Note = ""


@router.post("/customers/{customer_id}/contacts", status_code=201, responses=problems(NotFound))
async def log_contact(
    customer_id: UUID,
    body: LogContact,
    tx: TxDep,
    who: Annotated[Who, may(may_crm.FOLLOW_UP, may_crm.REGISTER)],
) -> ContactView:
    """Write down a contact."""
    contact = await commands.log_contact(tx, customer_id=customer_id, **body.model_dump_fields())
    return ContactView.of(contact)


@router.get("/customers/{customer_id}/contacts")
async def list_contacts(
    customer_id: UUID, tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_crm.READ)]
) -> Page[ContactView]:
    """The log of contacts with a customer, newest first."""
    query, by = queries.contacts(customer_id=customer_id), (Contact.at, Contact.id)
    return await paginate(tx, query, page, by=by, view=ContactView, descending=True)


@router.get("/visit-files/{visit_id}/contacts")
async def list_contacts_of_visit(
    visit_id: UUID, tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_crm.READ)]
) -> Page[ContactView]:
    """The log of contacts about a visit, newest first."""
    query, by = queries.contacts(visit_id=visit_id), (Contact.at, Contact.id)
    return await paginate(tx, query, page, by=by, view=ContactView, descending=True)


@router.get("/notices")
async def list_notices(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    state: NoticeState | None = None,
    due_by: AwareDatetime | None = None,
    customer_id: UUID | None = None,
) -> Page[NoticeView]:
    """What customers must be told, the most urgent first."""
    query = after_care.notices(state=state, due_by=due_by, customer_id=customer_id)
    return await paginate(tx, query, page, by=(Notice.due_at, Notice.id), view=NoticeView)


@router.get("/notices/{notice_id}", responses=problems(NotFound))
async def show_notice(notice_id: UUID, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]) -> NoticeView:
    """One notice."""
    return NoticeView.of(await after_care.one(tx, Notice, notice_id))


@router.post("/notices/{notice_id}/sending", responses=problems(NotFound, IllegalTransition))
async def send_notice(
    notice_id: UUID, body: SendNotice, tx: TxDep, who: Annotated[Who, may(may_crm.FOLLOW_UP)]
) -> NoticeView:
    """The customer was told."""
    notice = await commands.send_notice(tx, notice_id=notice_id, **body.model_dump_fields())
    await tx.session.flush()
    return NoticeView.of(notice)


@router.get("/reminders")
async def list_reminders(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    state: ReminderState | None = None,
    due_by: date | None = None,
    customer_id: UUID | None = None,
    vehicle_id: UUID | None = None,
) -> Page[ReminderView]:
    """Work to offer again, the earliest first."""
    query = after_care.reminders(state=state, due_by=due_by, customer_id=customer_id, vehicle_id=vehicle_id)
    return await paginate(tx, query, page, by=(Reminder.remind_on, Reminder.id), view=ReminderView)


@router.get("/reminders/{reminder_id}", responses=problems(NotFound))
async def show_reminder(reminder_id: UUID, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]) -> ReminderView:
    """One piece of work to offer again."""
    return ReminderView.of(await after_care.one(tx, Reminder, reminder_id))


@router.post("/reminders/{reminder_id}/dismissal", responses=problems(NotFound, IllegalTransition))
async def dismiss_reminder(
    reminder_id: UUID, body: DismissReminder, tx: TxDep, who: Annotated[Who, may(may_crm.FOLLOW_UP)]
) -> ReminderView:
    """The customer does not want it."""
    reminder = await commands.dismiss_reminder(tx, reminder_id=reminder_id, reason=body.reason)
    await tx.session.flush()
    return ReminderView.of(reminder)
