"""The log of contacts with customers."""

from datetime import datetime
from uuid import UUID

from crm import repository
from crm.domain import Contact, ContactSource
from servicekit import Tx, new_id
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
    """An agent writes down a contact (CRM-33), now or ``at`` the time of it; free text is kept masked."""
    await repository.must_be_on_file(tx, customer_id)
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


def note_contact(
    tx: Tx,
    *,
    customer_id: UUID,
    topic: str,
    source: ContactSource,
    by: str,
    visit_id: UUID | None = None,
    request_id: UUID | None = None,
    channel: str = "",
    content: str = "",
    happened_at: datetime | None = None,
) -> None:
    """Another department was in contact with the customer (CRM-33)."""
    tx.add(
        Contact(
            id=new_id(),
            customer_id=customer_id,
            visit_id=visit_id,
            request_id=request_id,
            at=happened_at or tx.now,
            topic=topic,
            channel=channel,
            content=content,
            source=source,
            by=by,
        )
    )
