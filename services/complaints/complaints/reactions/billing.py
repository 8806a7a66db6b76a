"""What complaints does when billing reports: invoices are copied, refunds and discounts complete measures.

A refund or discount that billing decided at its own counter belongs to no case and changes nothing here.
"""

from complaints.commands.complaints import MEASURE, complete_measures
from complaints.domain import Complaint, Invoice, InvoiceState
from complaints.repository import find_cases_of_measures
from contracts.events.billing import (
    InvoiceDiscounted,
    InvoiceIssued,
    InvoicePrepared,
    InvoiceRefunded,
    InvoiceSettled,
    InvoiceWithdrawn,
    MeasureNotPossible,
    PaymentReceived,
)
from servicekit import Tx
from servicekit.copies import Columns, amend, keep


async def copy_invoice_on_prepared(tx: Tx, event: InvoicePrepared) -> None:
    """What the visit costs, row by row."""
    columns: Columns = {
        Invoice.state: InvoiceState.PREPARED,
        Invoice.lines: event.lines,
        Invoice.total_gross: event.total_gross,
        Invoice.payable: event.payable,
        Invoice.balance: event.payable,
    }
    first: Columns = {
        Invoice.visit_id: event.visit_id,
        Invoice.customer_id: event.customer_id,
        Invoice.currency: event.currency,
    }
    await keep(tx, Invoice, {Invoice.invoice_id: event.invoice_id}, columns, initial=first)


async def note_on_invoice_withdrawn(tx: Tx, event: InvoiceWithdrawn) -> None:
    """The work goes on; it will be prepared anew."""
    await _note(tx, event, {Invoice.state: InvoiceState.WITHDRAWN})


async def note_on_invoice_issued(tx: Tx, event: InvoiceIssued) -> None:
    """Numbered: from here on there may be something to refund."""
    columns: Columns = {
        Invoice.state: InvoiceState.ISSUED,
        Invoice.invoice_no: event.invoice_no,
        Invoice.issued_at: event.issued_at,
        Invoice.total_gross: event.total_gross,
        Invoice.payable: event.payable,
        Invoice.balance: event.balance,
    }
    await _note(tx, event, columns)


async def note_on_payment_received(tx: Tx, event: PaymentReceived) -> None:
    """What is still open."""
    await _note(tx, event, {Invoice.balance: event.balance})


async def note_on_invoice_settled(tx: Tx, event: InvoiceSettled) -> None:
    """Paid, on credit, or nothing to pay."""
    columns: Columns = {
        Invoice.state: InvoiceState.SETTLED,
        Invoice.payable: event.payable,
        Invoice.balance: event.balance,
    }
    await _note(tx, event, columns)


async def complete_measure_on_refunded(tx: Tx, event: InvoiceRefunded) -> None:
    """Billing gave the money back."""
    refunded = Invoice.refunded + event.amount
    await _note(tx, event, {Invoice.refunded: refunded, Invoice.balance: event.balance})
    await complete_measures(tx, (event.measure_id,), refund_id=event.refund_id, given=event.amount)


async def complete_measure_on_discounted(tx: Tx, event: InvoiceDiscounted) -> None:
    """Billing asks for less."""
    await _note(tx, event, {Invoice.payable: event.payable, Invoice.balance: event.balance})
    await complete_measures(tx, (event.measure_id,), refund_id=event.refund_id, given=event.amount)


async def reconsider_on_measure_not_possible(tx: Tx, event: MeasureNotPossible) -> None:
    """Billing cannot give that much: the case goes back to whoever decides."""
    for complaint_id, measure_id in await find_cases_of_measures(tx, (event.measure_id,)):
        complaint = await tx.get(Complaint, complaint_id)
        complaint.reconsider(measure_id, reason=event.reason, possible=event.possible, at=tx.now)
        tx.cancel(MEASURE, measure_id)


async def _note(
    tx: Tx,
    event: InvoiceWithdrawn
    | InvoiceIssued
    | PaymentReceived
    | InvoiceSettled
    | InvoiceRefunded
    | InvoiceDiscounted,
    columns: Columns,
) -> None:
    """On the copy of an invoice; its stream begins with ``prepared``, so there is one."""
    await amend(tx, Invoice, {Invoice.invoice_id: event.invoice_id}, columns)
