"""What billing does when a deadline has passed."""

from uuid import UUID

from billing import repository
from billing.domain import Invoice
from servicekit import Timer, Tx


async def mark_overdue(tx: Tx, timer: Timer) -> None:
    """An invoice was not paid in time (E7), unless it is disputed; a payment takes the mark back."""
    invoice = await tx.find(Invoice, UUID(timer.key))
    if invoice is None or not invoice.is_fixed or invoice.balance <= 0:
        return
    if not await repository.is_disputed(tx, invoice):
        invoice.overdue_since = timer.due_at
