"""What crm learns from billing: what a visit cost, what the customer spent (CRM-01, F-33)."""

from decimal import Decimal
from uuid import UUID

from chassis import Tx
from contracts.billing import (
    InvoiceDiscounted,
    InvoiceIssued,
    InvoicePrepared,
    InvoiceRefunded,
    InvoiceSettled,
    InvoiceWithdrawn,
    MeasureNotPossible,
    PaymentReceived,
)
from crm.domain import Spend
from crm.reactions.on_file import file_of


async def copy_total_on_prepared(tx: Tx, event: InvoicePrepared) -> None:
    """What the customer will owe."""
    file = await file_of(tx, event)
    file.invoice_id, file.currency = event.invoice_id, event.currency
    file.total_gross, file.payable = event.total_gross, event.payable


async def drop_total_on_withdrawn(tx: Tx, event: InvoiceWithdrawn) -> None:
    """The work goes on: what was prepared no longer stands."""
    file = await file_of(tx, event)
    file.total_gross, file.payable = None, None


async def copy_number_on_issued(tx: Tx, event: InvoiceIssued) -> None:
    """What the customer owes, for good."""
    file = await file_of(tx, event)
    file.invoice_id, file.invoice_no, file.currency = event.invoice_id, event.invoice_no, event.currency
    file.total_gross, file.payable = event.total_gross, event.payable


async def count_spend_on_payment_received(tx: Tx, event: PaymentReceived) -> None:
    """Money from the customer."""
    file = await file_of(tx, event)
    file.paid += event.amount
    tx.add(
        Spend(
            id=event.payment_id,
            customer_id=event.customer_id,
            visit_id=event.visit_id,
            amount=event.amount,
            at=event.received_at,
        )
    )


async def note_settled_on_settled(tx: Tx, event: InvoiceSettled) -> None:
    """Paid, on credit, or nothing to pay."""
    (await file_of(tx, event)).settled = event.how


async def count_back_on_refunded(tx: Tx, event: InvoiceRefunded) -> None:
    """Money back to the customer."""
    file = await file_of(tx, event)
    file.paid -= event.amount
    _give_back(tx, event.refund_id, event, event.amount)


async def lower_payable_on_discounted(tx: Tx, event: InvoiceDiscounted) -> None:
    """Less is owed; what was paid too much went back with it."""
    file = await file_of(tx, event)
    file.payable = event.payable
    surplus = file.paid - event.payable
    if event.refund_id is not None and surplus > 0:
        file.paid -= surplus
        _give_back(tx, event.refund_id, event, surplus)


async def note_careful_on_measure_not_possible(tx: Tx, event: MeasureNotPossible) -> None:
    """What was promised to the customer cannot be done as it was: complaints decides again."""
    (await file_of(tx, event)).note_careful("measure_not_possible")


def _give_back(tx: Tx, refund_id: UUID, event: InvoiceRefunded | InvoiceDiscounted, amount: Decimal) -> None:
    tx.add(
        Spend(
            id=refund_id,
            customer_id=event.customer_id,
            visit_id=event.visit_id,
            amount=-amount,
            at=tx.now,
        )
    )
