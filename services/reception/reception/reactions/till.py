"""Billing reports: the papers that are explained at handover, and whether the gate may open."""

from typing import Any
from uuid import UUID

from contracts.events.billing import (
    InvoiceDiscounted,
    InvoiceIssued,
    InvoicePrepared,
    InvoiceRefunded,
    InvoiceSettled,
    InvoiceWithdrawn,
    PaymentReceived,
)
from reception.commands.tasks import set_task
from reception.domain import Visit
from reception.domain.copies import Invoice
from servicekit import Tx
from servicekit.copies import amend, keep


async def show_papers_on_prepared(tx: Tx, event: InvoicePrepared) -> None:
    """The papers can be explained; a signature under an older revision is void."""
    visit = await tx.get(Visit, event.visit_id)
    facts = {
        "invoice_id": event.invoice_id,
        "revision": event.revision,
        "estimate_revision": event.estimate_revision,
        "state": "prepared",
        "lines": event.lines,
        "total_gross": event.total_gross,
        "payable": event.payable,
        # A paper that was paid, and withdrawn because the job went on: the money counts for the next.
        "balance": event.payable - (Invoice.payable - Invoice.balance),
        "invoice_no": None,
        "settled": False,
    }
    await keep(tx, Invoice, {"visit_id": event.visit_id}, facts, initial={"balance": event.payable})
    tx.notify_watchers(Visit, event.visit_id)
    if visit.void_signature(invoice_revision=event.revision):
        await set_task(tx, visit.id, "sign_again", due_at=tx.now)


async def drop_papers_on_withdrawn(tx: Tx, event: InvoiceWithdrawn) -> None:
    """There is nothing to explain until the next revision."""
    await _note(tx, event.visit_id, state="withdrawn", settled=False)


async def show_number_on_issued(tx: Tx, event: InvoiceIssued) -> None:
    """The invoice has its number."""
    owed = {"total_gross": event.total_gross, "payable": event.payable, "balance": event.balance}
    await _note(tx, event.visit_id, state="issued", invoice_no=event.invoice_no, **owed)


async def show_balance_on_payment(tx: Tx, event: PaymentReceived) -> None:
    """The desk sees what is still open."""
    await _note(tx, event.visit_id, balance=event.balance)


async def open_gate_on_settled(tx: Tx, event: InvoiceSettled) -> None:
    """Paid, on credit, or nothing to pay: the keys may go out."""
    owed = {"payable": event.payable, "balance": event.balance}
    await _note(tx, event.visit_id, state="settled", settled=True, **owed)


async def show_balance_on_refunded(tx: Tx, event: InvoiceRefunded) -> None:
    """Money went back to the customer."""
    await _note(tx, event.visit_id, balance=event.balance)


async def show_balance_on_discounted(tx: Tx, event: InvoiceDiscounted) -> None:
    """The customer owes less."""
    await _note(tx, event.visit_id, balance=event.balance, payable=event.payable)


async def _note(tx: Tx, visit_id: UUID, **facts: Any) -> None:
    """On the papers; the stream is in order, so that what was prepared is here already."""
    await amend(tx, Invoice, {"visit_id": visit_id}, facts)
    tx.notify_watchers(Visit, visit_id)
