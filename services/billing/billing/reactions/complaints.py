"""Disputes, and what is done for the customer: what complaints reports."""

from uuid import UUID

from billing import repository
from billing.commands.invoices import watch_payment
from billing.commands.measures import carry_out_measures
from billing.domain import (
    Dispute,
    Invoice,
    InvoiceState,
    Measure,
    MeasureKind,
)
from contracts.events.complaints import (
    ComplaintReceived,
    ComplaintReopened,
    ComplaintResolved,
    MeasureDecided,
)
from servicekit import Tx
from shopkit.money import ZERO


async def mark_dispute_on_complaint_received(tx: Tx, event: ComplaintReceived) -> None:
    """Nobody is dunned while a complaint is open (E7, E8)."""
    tx.add(
        Dispute(
            complaint_id=event.complaint_id,
            complaint_no=event.complaint_no,
            customer_id=event.customer_id,
            visit_id=event.visit_id,
            since=event.received_at,
        )
    )
    await _stop_dunning(tx, event.visit_id, event.customer_id)


async def mark_dispute_on_complaint_reopened(tx: Tx, event: ComplaintReopened) -> None:
    """The mark is set again."""
    dispute = await tx.get(Dispute, event.complaint_id)
    dispute.is_open = True
    await _stop_dunning(tx, dispute.visit_id, dispute.customer_id)


async def end_dispute_on_complaint_resolved(tx: Tx, event: ComplaintResolved) -> None:
    """The mark ends; what is still unpaid is watched again."""
    dispute = await tx.get(Dispute, event.complaint_id)
    dispute.is_open = False
    for invoice in await repository.lock_unpaid(
        tx, visit_id=dispute.visit_id, customer_id=dispute.customer_id
    ):
        watch_payment(tx, invoice)


async def _stop_dunning(tx: Tx, visit_id: UUID | None, customer_id: UUID) -> None:
    for invoice in await repository.lock_unpaid(tx, visit_id=visit_id, customer_id=customer_id):
        invoice.overdue_since = None


async def carry_out_measure_on_measure_decided(tx: Tx, event: MeasureDecided) -> None:
    """Refund or discount, once per measure; before there is an invoice to carry it out on, it waits."""
    if event.kind == "rework" or await tx.find(Measure, event.measure_id) is not None:
        return
    visit_id = event.visit_id
    if visit_id is None and event.invoice_id is not None:
        visit_id = await repository.visit_of_invoice(tx, event.invoice_id)
    if visit_id is not None:
        await tx.lock(f"visit {visit_id}")
    measure = _measure(tx, event, visit_id)
    tx.add(measure)
    invoice = await tx.find_by(Invoice, visit_id=visit_id) if visit_id else None
    if invoice is None:
        return
    if invoice.state == InvoiceState.WITHDRAWN and measure.kind == MeasureKind.DISCOUNT:
        return  # the next preparation takes it along
    await carry_out_measures(tx, invoice, [measure])


def _measure(tx: Tx, event: MeasureDecided, visit_id: UUID | None) -> Measure:
    return Measure(
        measure_id=event.measure_id,
        complaint_id=event.complaint_id,
        visit_id=visit_id,
        invoice_id=event.invoice_id,
        kind=MeasureKind(event.kind),
        amount=ZERO if event.amount is None else event.amount,
        reason=event.reason,
        approved_by=event.approved_by,
        decided_at=tx.happened_at,
    )
