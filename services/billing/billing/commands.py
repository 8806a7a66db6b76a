"""What people ask of billing: set a rate, take a payment, approve credit, refund, discount."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from billing.domain import (
    Customer,
    Dispute,
    HouseRules,
    Invoice,
    InvoiceState,
    LabourRate,
    Measure,
    MeasureKind,
    MeasureState,
    Payment,
    carry_out,
    must_be_possible,
    rate_id,
)
from contracts.base import Event
from servicekit import Tx, new_id

PAYMENT_OVERDUE = "payment-overdue"


async def set_labour_rate(
    tx: Tx,
    *,
    work_type: str,
    customer_class: str,
    hourly_rate: Decimal,
    tax_rate: Decimal,
    valid_from: date | None,
    reason: str,
    set_by: UUID,
) -> LabourRate:
    """What an hour of a kind of work costs a class of customer from a day on, today if none is named."""
    await tx.lock(f"labour-rate {work_type}:{customer_class}")
    rate = await tx.find(LabourRate, rate_id(work_type, customer_class))
    if rate is None:
        rate = LabourRate.new(work_type, customer_class, currency=tx.settings.shop_currency)
        tx.add(rate)
    else:
        rate = await tx.get(LabourRate, rate.rate)
    told = rate.set(
        hourly_rate=hourly_rate,
        tax_rate=tax_rate,
        valid_from=valid_from or tx.today,
        at=tx.now,
        set_by=set_by,
        reason=reason,
    )
    tx.publish(rate, told)
    return rate


async def take_payment(
    tx: Tx, *, invoice_id: UUID, amount: Decimal, method: str, reference: str, taken_by: UUID
) -> Payment:
    """Money comes in at the counter, in part or in full (BILL-07)."""
    invoice = await tx.get(Invoice, invoice_id)
    payment = Payment(
        payment_id=new_id(),
        invoice_id=invoice.id,
        amount=amount,
        method=method,
        reference=reference,
        received_at=tx.now,
        received_on=tx.today,
        taken_by=taken_by,
    )
    told = invoice.take_payment(amount, payment_id=payment.payment_id, method=method, at=tx.now)
    tx.add(payment)
    tx.publish(invoice, *told)
    watch_payment(tx, invoice)
    return payment


async def approve_credit(tx: Tx, *, invoice_id: UUID, approved_by: UUID) -> Invoice:
    """The customer may leave and pay later, within the agreed credit (BILL-20)."""
    invoice = await tx.get(Invoice, invoice_id)
    # The customer's row is the lock under which two approvals are counted one after the other.
    customer = await tx.find(Customer, invoice.customer_id)
    on_credit = select(func.coalesce(func.sum(Invoice.credit), 0)).where(
        Invoice.customer_id == invoice.customer_id, Invoice.id != invoice.id, Invoice.balance > 0
    )
    told = invoice.approve_credit(
        limit=customer.credit_limit if customer else None,
        owed_elsewhere=(await tx.session.execute(on_credit)).scalar_one(),
        approved_by=str(approved_by),
        at=tx.now,
        rules=await tx.rules(HouseRules),
    )
    tx.publish(invoice, told)
    watch_payment(tx, invoice)
    return invoice


async def refund(
    tx: Tx, *, invoice_id: UUID, amount: Decimal, method: str | None, reason: str, approved_by: UUID
) -> Measure:
    """Money goes back, decided at the counter (BILL-11); by the way it came if none is named."""
    return await _decide(tx, MeasureKind.REFUND, invoice_id, amount, method, reason, approved_by)


async def discount(tx: Tx, *, invoice_id: UUID, amount: Decimal, reason: str, approved_by: UUID) -> Measure:
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
    """Carry out measures on an invoice and tell what became of them; a prepared one is told anew first, so
    that what the customer signs is what the customer pays."""
    told: list[Event] = []
    for measure in measures:
        method = measure.method or await _way_it_was_paid(tx, invoice.id)
        led_to = carry_out(invoice, measure, refund_id=new_id(), method=method, at=tx.now, on=tx.today)
        told.extend(led_to.events)
        if led_to.refund is not None:
            tx.add(led_to.refund)
    changed = any(measure.state == MeasureState.DONE for measure in measures)
    if prepared_anew or (changed and invoice.state == InvoiceState.PREPARED):
        tx.publish(invoice, invoice.told_anew())
    tx.publish(invoice, *told)
    watch_payment(tx, invoice)


async def _way_it_was_paid(tx: Tx, invoice_id: UUID) -> str:
    latest = select(Payment.method).where(Payment.invoice_id == invoice_id)
    newest_first = latest.order_by(Payment.received_at.desc(), Payment.payment_id.desc()).limit(1)
    return (await tx.session.execute(newest_first)).scalar_one_or_none() or "cash"


def watch_payment(tx: Tx, invoice: Invoice) -> None:
    """Keep the deadline of what is still to be paid, or take it away."""
    if invoice.is_fixed and invoice.balance > 0 and invoice.payment_due_at is not None:
        tx.schedule(PAYMENT_OVERDUE, invoice.id, max(tx.now, invoice.payment_due_at))
    else:
        tx.cancel(PAYMENT_OVERDUE, invoice.id)


async def is_disputed(tx: Tx, invoice: Invoice) -> bool:
    """Whether a complaint about the visit, or one of the customer about no visit, is open."""
    about = (Dispute.visit_id == invoice.visit_id) | (
        (Dispute.customer_id == invoice.customer_id) & Dispute.visit_id.is_(None)
    )
    found = select(Dispute.complaint_id).where(Dispute.is_open, about).limit(1)
    return (await tx.session.execute(found)).first() is not None
