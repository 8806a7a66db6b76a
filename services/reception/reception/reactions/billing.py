"""Billing's events: labour rates, the papers that are explained at handover, and whether they are settled."""

from uuid import UUID

from contracts.events.billing import (
    InvoiceDiscounted,
    InvoiceIssued,
    InvoicePrepared,
    InvoiceRefunded,
    InvoiceSettled,
    InvoiceWithdrawn,
    LabourRateSet,
    PaymentReceived,
)
from reception.commands.tasks import set_task
from reception.domain import Visit
from reception.domain.copies import Invoice, LabourRate
from servicekit import Tx
from servicekit.copies import Columns, amend, keep


async def copy_rate_on_labour_rate_set(tx: Tx, event: LabourRateSet) -> None:
    """Labour is priced by it from its day on."""
    key: Columns = {
        LabourRate.work_type: event.work_type,
        LabourRate.customer_class: event.customer_class,
        LabourRate.valid_from: event.valid_from,
    }
    price: Columns = {LabourRate.hourly_rate: event.hourly_rate, LabourRate.tax_rate: event.tax_rate}
    await keep(tx, LabourRate, key, price)


async def show_papers_on_prepared(tx: Tx, event: InvoicePrepared) -> None:
    """The papers can be explained; a signature under an older revision is void."""
    visit = await tx.get(Visit, event.visit_id)
    columns: Columns = {
        Invoice.invoice_id: event.invoice_id,
        Invoice.revision: event.revision,
        Invoice.estimate_revision: event.estimate_revision,
        Invoice.state: "prepared",
        Invoice.lines: event.lines,
        Invoice.total_gross: event.total_gross,
        Invoice.payable: event.payable,
        # A paper that was paid, and withdrawn because the job went on: the money counts for the next.
        Invoice.balance: event.payable - (Invoice.payable - Invoice.balance),
        Invoice.invoice_no: None,
        Invoice.settled: False,
    }
    key: Columns = {Invoice.visit_id: event.visit_id}
    await keep(tx, Invoice, key, columns, initial={Invoice.balance: event.payable})
    tx.notify_watchers(Visit, event.visit_id)
    if visit.void_signature(invoice_revision=event.revision):
        await set_task(tx, visit.id, "sign_again", due_at=tx.now)


async def drop_papers_on_withdrawn(tx: Tx, event: InvoiceWithdrawn) -> None:
    """There is nothing to explain until the next revision."""
    await _show(tx, event.visit_id, {Invoice.state: "withdrawn", Invoice.settled: False})


async def show_number_on_issued(tx: Tx, event: InvoiceIssued) -> None:
    """The invoice has its number."""
    columns: Columns = {
        Invoice.state: "issued",
        Invoice.invoice_no: event.invoice_no,
        Invoice.total_gross: event.total_gross,
        Invoice.payable: event.payable,
        Invoice.balance: event.balance,
    }
    await _show(tx, event.visit_id, columns)


async def show_balance_on_payment(tx: Tx, event: PaymentReceived) -> None:
    """The desk sees what is still open."""
    await _show(tx, event.visit_id, {Invoice.balance: event.balance})


async def open_gate_on_settled(tx: Tx, event: InvoiceSettled) -> None:
    """Paid, on credit, or nothing to pay: the keys may go out."""
    columns: Columns = {
        Invoice.state: "settled",
        Invoice.settled: True,
        Invoice.payable: event.payable,
        Invoice.balance: event.balance,
    }
    await _show(tx, event.visit_id, columns)


async def show_balance_on_refunded(tx: Tx, event: InvoiceRefunded) -> None:
    """Money went back to the customer."""
    await _show(tx, event.visit_id, {Invoice.balance: event.balance})


async def show_balance_on_discounted(tx: Tx, event: InvoiceDiscounted) -> None:
    """The customer owes less."""
    await _show(tx, event.visit_id, {Invoice.balance: event.balance, Invoice.payable: event.payable})


async def _show(tx: Tx, visit_id: UUID, columns: Columns) -> None:
    """Change the papers; the stream is in order, so that what was prepared is here already."""
    await amend(tx, Invoice, {Invoice.visit_id: visit_id}, columns)
    tx.notify_watchers(Visit, visit_id)
