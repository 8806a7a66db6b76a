"""Measures that others carry out: rework by reception and the workshop, money by billing.

Only complaints knows its measures: a refund or discount that billing decided at its own counter, or work that
the workshop redid after its own inspection, belongs to no case and changes nothing here.
"""

from decimal import Decimal
from uuid import UUID

from complaints import commands, queries
from complaints.domain import Complaint, Invoice
from complaints.reactions.copies import note_of_invoice, note_of_job
from contracts.events.billing import InvoiceDiscounted, InvoiceRefunded, MeasureNotPossible
from contracts.events.reception import ReworkAgreed, ReworkOrdered
from contracts.events.workshop import JobReady
from servicekit import Tx


async def take_up_measure_on_rework_placed(tx: Tx, event: ReworkOrdered | ReworkAgreed) -> None:
    """Reception ordered the rework in the open visit, or agreed a new one."""
    for complaint_id, measure_id in await queries.cases_of_measures(tx, (event.measure_id,)):
        complaint = await tx.get(Complaint, complaint_id)
        complaint.take_up(measure_id, visit_id=event.visit_id, at=tx.now)


async def complete_rework_on_job_ready(tx: Tx, event: JobReady) -> None:
    """The work is done; the rework of our measures among it is done with it."""
    told = {"ready_at": tx.happened_at, "outcome": event.outcome, "technicians": event.technicians}
    await note_of_job(tx, event, told)
    if not event.done_measure_ids:
        return
    for complaint_id, measure_id in await queries.cases_of_measures(tx, event.done_measure_ids):
        await _complete(tx, complaint_id, measure_id)


async def complete_measure_on_refunded(tx: Tx, event: InvoiceRefunded) -> None:
    """Billing gave the money back."""
    refunded = Invoice.refunded + event.amount
    await note_of_invoice(tx, event.invoice_id, refunded=refunded, balance=event.balance)
    await _complete_money(tx, event.measure_id, refund_id=event.refund_id, given=event.amount)


async def complete_measure_on_discounted(tx: Tx, event: InvoiceDiscounted) -> None:
    """Billing asks for less."""
    await note_of_invoice(tx, event.invoice_id, payable=event.payable, balance=event.balance)
    await _complete_money(tx, event.measure_id, refund_id=event.refund_id, given=event.amount)


async def reconsider_on_measure_not_possible(tx: Tx, event: MeasureNotPossible) -> None:
    """Billing cannot give that much: the case goes back to whoever decides."""
    for complaint_id, measure_id in await queries.cases_of_measures(tx, (event.measure_id,)):
        complaint = await tx.get(Complaint, complaint_id)
        complaint.reconsider(measure_id, reason=event.reason, possible=event.possible, at=tx.now)
        tx.cancel(commands.MEASURE, measure_id)


async def _complete_money(tx: Tx, measure_id: UUID, *, refund_id: UUID | None, given: Decimal) -> None:
    for complaint_id, ours in await queries.cases_of_measures(tx, (measure_id,)):
        await _complete(tx, complaint_id, ours, refund_id=refund_id, given=given)


async def _complete(
    tx: Tx,
    complaint_id: UUID,
    measure_id: UUID,
    *,
    refund_id: UUID | None = None,
    given: Decimal | None = None,
) -> None:
    complaint = await tx.get(Complaint, complaint_id)
    tx.publish(complaint, *complaint.complete(measure_id, at=tx.now, refund_id=refund_id, given=given))
    tx.cancel(commands.MEASURE, measure_id)
