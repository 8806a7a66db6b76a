"""What crm learns from billing: what a visit cost, what the customer spent (CRM-01, F-33)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import InstrumentedAttribute

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
from crm.commands.visit_files import note_on_file
from crm.domain import Spend, VisitFile
from crm.repository import lock_file
from servicekit import Tx


async def copy_total_on_prepared(tx: Tx, event: InvoicePrepared) -> None:
    """What the customer will owe."""
    await note_on_file(tx, event, _sums(event))


async def drop_total_on_withdrawn(tx: Tx, event: InvoiceWithdrawn) -> None:
    """The work goes on: what was prepared is no longer owed."""
    await note_on_file(tx, event, {VisitFile.total_gross: None, VisitFile.payable: None})


async def copy_number_on_issued(tx: Tx, event: InvoiceIssued) -> None:
    """What the customer owes, for good."""
    await note_on_file(tx, event, {**_sums(event), VisitFile.invoice_no: event.invoice_no})


async def count_spend_on_payment_received(tx: Tx, event: PaymentReceived) -> None:
    """Money from the customer."""
    paid = {VisitFile.paid: VisitFile.paid + event.amount}
    await note_on_file(tx, event, paid, initial={VisitFile.paid: event.amount})
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
    await note_on_file(tx, event, {VisitFile.settled: event.how})


async def count_back_on_refunded(tx: Tx, event: InvoiceRefunded) -> None:
    """Money back to the customer."""
    paid = {VisitFile.paid: VisitFile.paid - event.amount}
    await note_on_file(tx, event, paid, initial={VisitFile.paid: -event.amount})
    _give_back(tx, event.refund_id, event, event.amount)


async def lower_payable_on_discounted(tx: Tx, event: InvoiceDiscounted) -> None:
    """Less is owed; what was paid too much went back with it."""
    file = await lock_file(tx, event)
    file.payable = event.payable
    surplus = file.paid - event.payable
    if event.refund_id is not None and surplus > 0:
        file.paid -= surplus
        _give_back(tx, event.refund_id, event, surplus)


async def note_careful_on_measure_not_possible(tx: Tx, event: MeasureNotPossible) -> None:
    """What was promised to the customer cannot be done as it was: complaints decides again."""
    (await lock_file(tx, event)).note_careful("measure_not_possible")


def _sums(event: InvoicePrepared | InvoiceIssued) -> dict[InstrumentedAttribute[Any], Any]:
    return {
        VisitFile.invoice_id: event.invoice_id,
        VisitFile.currency: event.currency,
        VisitFile.total_gross: event.total_gross,
        VisitFile.payable: event.payable,
    }


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
