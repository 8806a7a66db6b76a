"""Contacts with customers: the log, notices that are due, work to offer again."""

from datetime import datetime
from uuid import UUID

from crm.domain import Contact, Customer, Notice, Reminder
from servicekit import NotFound, Tx, new_id
from servicekit.personal_data import mask


async def log_contact(
    tx: Tx,
    *,
    customer_id: UUID,
    topic: str,
    channel: str,
    content: str,
    feedback: str,
    participants: list[str],
    visit_id: UUID | None,
    at: datetime | None,
) -> Contact:
    """An agent writes down a contact (CRM-33); free text is kept masked."""
    if await tx.session.get(Customer, customer_id) is None:
        raise NotFound("customer", customer_id)
    contact = Contact(
        id=new_id(),
        customer_id=customer_id,
        visit_id=visit_id,
        request_id=None,
        at=at or tx.now,
        topic=topic,
        channel=channel,
        content=mask(content),
        feedback=mask(feedback),
        participants=tuple(mask(person) for person in participants),
        by=tx.by,
    )
    tx.add(contact)
    return contact


async def send_notice(tx: Tx, *, notice_id: UUID, channel: str, feedback: str) -> Notice:
    """The customer was told; their feedback is collected with it (RECP-35)."""
    notice = await tx.get(Notice, notice_id)
    notice.send(channel=channel, feedback=mask(feedback), by=tx.by, at=tx.now)
    tx.add(
        Contact(
            id=new_id(),
            customer_id=notice.customer_id,
            visit_id=notice.visit_id,
            request_id=notice.request_id,
            at=tx.now,
            topic=notice.kind,
            channel=channel,
            feedback=notice.feedback,
            by=tx.by,
        )
    )
    return notice


async def dismiss_reminder(tx: Tx, *, reminder_id: UUID, reason: str) -> Reminder:
    """The customer does not want this work."""
    reminder = await tx.get(Reminder, reminder_id)
    reminder.dismiss(reason=mask(reason), by=tx.by, at=tx.now)
    return reminder
