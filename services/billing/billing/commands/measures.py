"""Measures: refund or discount at the counter, and carrying out what was decided here or by complaints."""

from decimal import Decimal
from uuid import UUID

from billing import repository
from billing.commands.invoices import watch_payment
from billing.domain import (
    Invoice,
    InvoiceState,
    Measure,
    MeasureKind,
    MeasureState,
    carry_out,
    must_be_possible,
)
from contracts.base import Event
from servicekit import Tx, new_id


async def give_refund(
    tx: Tx, *, invoice_id: UUID, amount: Decimal, method: str | None, reason: str, approved_by: UUID
) -> Measure:
    """Money goes back, decided at the counter (BILL-11); by the way it came if none is named."""
    return await _decide(tx, MeasureKind.REFUND, invoice_id, amount, method, reason, approved_by)


async def grant_discount(
    tx: Tx, *, invoice_id: UUID, amount: Decimal, reason: str, approved_by: UUID
) -> Measure:
    """Less is to be paid, with tax, decided at the counter (BILL-10)."""
    return await _decide(tx, MeasureKind.DISCOUNT, invoice_id, amount, None, reason, approved_by)


async def _decide(
    tx: Tx,
    kind: MeasureKind,
    invoice_id: UUID,
    amount: Decimal,
    method: str | None,
    reason: str,
    approved_by: UUID,
) -> Measure:
    invoice = await tx.get(Invoice, invoice_id)
    must_be_possible(invoice, kind, amount)
    measure = Measure(
        measure_id=new_id(),
        visit_id=invoice.visit_id,
        invoice_id=invoice.id,
        kind=kind,
        amount=amount,
        method=method,
        reason=reason,
        approved_by=str(approved_by),
        decided_at=tx.now,
    )
    tx.add(measure)
    await carry_out_measures(tx, invoice, [measure])
    return measure


async def carry_out_measures(
    tx: Tx, invoice: Invoice, measures: list[Measure], *, prepared_anew: bool = False
) -> None:
    """Carry out measures on an invoice and publish what became of them. A prepared one gets its next revision
    first, so that what the customer signs is what the customer pays."""
    events: list[Event] = []
    for measure in measures:
        method = measure.method or await repository.latest_method(tx, invoice.id)
        carried_out = carry_out(invoice, measure, refund_id=new_id(), method=method, at=tx.now, on=tx.today)
        events.extend(carried_out.events)
        if carried_out.refund is not None:
            tx.add(carried_out.refund)
    changed = any(measure.state == MeasureState.DONE for measure in measures)
    if prepared_anew or (changed and invoice.state == InvoiceState.PREPARED):
        tx.publish(invoice, invoice.next_revision())
    tx.publish(invoice, *events)
    watch_payment(tx, invoice)
