"""Billing reports: the papers that are explained at handover, and whether the gate may open."""

from decimal import Decimal
from uuid import UUID

from chassis import Tx
from chassis.money import ZERO
from contracts.billing import (
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


async def show_papers_on_prepared(tx: Tx, event: InvoicePrepared) -> None:
    """The papers can be explained; a signature under an older revision is void."""
    visit = await tx.get(Visit, event.visit_id)
    before = await tx.find(Invoice, event.visit_id)
    # A paper that was paid, and withdrawn because the job went on: the money counts for the next.
    paid = before.payable - before.balance if before is not None else ZERO
    await tx.session.merge(
        Invoice(
            visit_id=event.visit_id,
            invoice_id=event.invoice_id,
            revision=event.revision,
            estimate_revision=event.estimate_revision,
            state="prepared",
            lines=event.lines,
            total_gross=event.total_gross,
            payable=event.payable,
            balance=event.payable - paid,
            settled=False,
        )
    )
    if visit.void_signature(invoice_revision=event.revision):
        await set_task(tx, visit.id, "sign_again", due_at=tx.now)


async def drop_papers_on_withdrawn(tx: Tx, event: InvoiceWithdrawn) -> None:
    """There is nothing to explain until the next revision."""
    invoice = await tx.find(Invoice, event.visit_id)
    if invoice is not None:
        invoice.state, invoice.settled = "withdrawn", False


async def show_number_on_issued(tx: Tx, event: InvoiceIssued) -> None:
    """The invoice has its number."""
    invoice = await tx.find(Invoice, event.visit_id)
    if invoice is not None:
        invoice.state, invoice.invoice_no = "issued", event.invoice_no
        invoice.total_gross, invoice.payable = event.total_gross, event.payable
        invoice.balance = event.balance


async def show_balance_on_payment(tx: Tx, event: PaymentReceived) -> None:
    """The desk sees what is still open."""
    await _balance(tx, event.visit_id, event.balance)


async def open_gate_on_settled(tx: Tx, event: InvoiceSettled) -> None:
    """Paid, on credit, or nothing to pay: the keys may go out."""
    await tx.get(Visit, event.visit_id)
    invoice = await tx.find(Invoice, event.visit_id)
    if invoice is not None:
        invoice.state, invoice.settled = "settled", True
        invoice.payable, invoice.balance = event.payable, event.balance


async def show_balance_on_refunded(tx: Tx, event: InvoiceRefunded) -> None:
    """Money went back to the customer."""
    await _balance(tx, event.visit_id, event.balance)


async def show_balance_on_discounted(tx: Tx, event: InvoiceDiscounted) -> None:
    """The customer owes less."""
    invoice = await _balance(tx, event.visit_id, event.balance)
    if invoice is not None:
        invoice.payable = event.payable


async def _balance(tx: Tx, visit_id: UUID, balance: Decimal) -> Invoice | None:
    invoice = await tx.find(Invoice, visit_id)
    if invoice is not None:
        invoice.balance = balance
    return invoice
