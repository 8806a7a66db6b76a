"""Notices: what customers are to be notified of by a time."""

from uuid import UUID

from crm.domain import Contact, Notice
from servicekit import Tx, new_id
from servicekit.personal_data import mask


async def send_notice(tx: Tx, *, notice_id: UUID, channel: str, feedback: str) -> Notice:
    """The customer was notified; their feedback is collected with it (RECP-35)."""
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
