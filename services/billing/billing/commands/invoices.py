"""Invoices: take a payment, approve credit, keep the deadline of what is still to be paid."""

from decimal import Decimal
from uuid import UUID

from billing import repository
from billing.domain import Customer, HouseRules, Invoice, Payment
from servicekit import Tx, new_id

PAYMENT_OVERDUE = "payment-overdue"
"""Kind of the timer that marks an unpaid invoice overdue, keyed by invoice."""


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
    events = invoice.take_payment(amount, payment_id=payment.payment_id, method=method, at=tx.now)
    tx.add(payment)
    tx.publish(invoice, *events)
    watch_payment(tx, invoice)
    return payment


async def approve_credit(tx: Tx, *, invoice_id: UUID, approved_by: UUID) -> Invoice:
    """The customer may leave and pay later, within the agreed credit (BILL-20)."""
    invoice = await tx.get(Invoice, invoice_id)
    # The customer's row is the lock under which two approvals are counted one after the other.
    customer = await tx.find(Customer, invoice.customer_id)
    settled = invoice.approve_credit(
        limit=customer.credit_limit if customer else None,
        owed_elsewhere=await repository.credit_elsewhere(tx, invoice),
        approved_by=str(approved_by),
        at=tx.now,
        rules=await tx.rules(HouseRules),
    )
    tx.publish(invoice, settled)
    watch_payment(tx, invoice)
    return invoice


def watch_payment(tx: Tx, invoice: Invoice) -> None:
    """Set the deadline of what is still to be paid, or cancel it."""
    if invoice.is_fixed and invoice.balance > 0 and invoice.payment_due_at is not None:
        tx.schedule(PAYMENT_OVERDUE, invoice.id, max(tx.now, invoice.payment_due_at))
    else:
        tx.cancel(PAYMENT_OVERDUE, invoice.id)
