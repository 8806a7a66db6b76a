"""Reminders: work to offer again."""

from uuid import UUID

from crm.domain import Reminder
from servicekit import Tx
from servicekit.personal_data import mask


async def dismiss_reminder(tx: Tx, *, reminder_id: UUID, reason: str) -> Reminder:
    """The customer does not want this work."""
    reminder = await tx.get(Reminder, reminder_id)
    reminder.dismiss(reason=mask(reason), by=tx.by, at=tx.now)
    return reminder
