"""What billing concludes when a deadline has passed."""

from uuid import UUID

from billing.commands import is_disputed
from billing.domain import (
    Invoice,
)
from servicekit import Timer, Tx


async def mark_overdue(tx: Tx, timer: Timer) -> None:
    """An invoice was not paid in time (E7), unless it is disputed; a payment takes the mark back."""
    invoice = await tx.find(Invoice, UUID(timer.key))
    if invoice is None or not invoice.is_fixed or invoice.balance <= 0 or await is_disputed(tx, invoice):
        return
    invoice.overdue_since = timer.due_at
