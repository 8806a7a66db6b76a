"""The log of contacts, notices that are due, and work to offer again, for reading."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from crm.domain import Contact, Notice, Reminder
from crm.queries.views import ContactView, NoticeView, ReminderView
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate


async def contacts(
    tx: Tx, page: PageRequest, *, customer_id: UUID | None = None, visit_id: UUID | None = None
) -> Page[ContactView]:
    """The log of contacts with a customer, or about a visit, newest first (CRM-33)."""
    query = select(Contact)
    if customer_id is not None:
        query = query.where(Contact.customer_id == customer_id)
    if visit_id is not None:
        query = query.where(Contact.visit_id == visit_id)
    by = (Contact.at, Contact.id)
    return await paginate(tx, query, page, by=by, view=ContactView, descending=True)


async def notices(
    tx: Tx, page: PageRequest, *, state: str | None, due_by: datetime | None, customer_id: UUID | None
) -> Page[NoticeView]:
    """What customers are to be notified of, the most urgent first."""
    query = select(Notice)
    if state:
        query = query.where(Notice.state == state)
    if due_by is not None:
        query = query.where(Notice.due_at <= due_by)
    if customer_id is not None:
        query = query.where(Notice.customer_id == customer_id)
    return await paginate(tx, query, page, by=(Notice.due_at, Notice.id), view=NoticeView)


async def reminders(
    tx: Tx,
    page: PageRequest,
    *,
    state: str | None,
    due_by: date | None,
    customer_id: UUID | None,
    vehicle_id: UUID | None,
) -> Page[ReminderView]:
    """Work to offer again, the earliest first."""
    query = select(Reminder)
    if state:
        query = query.where(Reminder.state == state)
    if due_by is not None:
        query = query.where(Reminder.remind_on <= due_by)
    if customer_id is not None:
        query = query.where(Reminder.customer_id == customer_id)
    if vehicle_id is not None:
        query = query.where(Reminder.vehicle_id == vehicle_id)
    return await paginate(tx, query, page, by=(Reminder.remind_on, Reminder.id), view=ReminderView)
