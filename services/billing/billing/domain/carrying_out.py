"""Carrying out a measure: a refund gives money back, a discount lowers what is to be paid."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from billing.domain.invoice import Invoice
from billing.domain.invoice_states import INVOICE
from billing.domain.measure import Measure, MeasureKind, MeasureState
from billing.domain.papers import Refund
from contracts.base import Event
from contracts.events.billing import InvoiceDiscounted, InvoiceRefunded, MeasureNotPossible
from servicekit import Refusal
from shopkit.money import ZERO


class RefundExceedsPaid(Refusal):
    """More cannot be given back than was paid."""


class DiscountExceedsPayable(Refusal):
    """A discount cannot be more than what is to be paid."""


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What a measure led to: the events to publish, and the money given back, if any."""

    events: tuple[Event, ...]
    refund: Refund | None = None


def possible(invoice: Invoice, kind: str) -> Decimal:
    """The most that can be given: of a refund what was paid, of a discount what is to be paid."""
    return max(ZERO, invoice.net_paid if kind == MeasureKind.REFUND else invoice.payable)


def must_be_possible(invoice: Invoice, kind: str, amount: Decimal) -> None:
    """What a person asks for at the counter is checked before it is decided.

    Raises ``IllegalTransition``, ``RefundExceedsPaid`` or ``DiscountExceedsPayable``.
    """
    INVOICE.check(invoice.state, kind)
    most = possible(invoice, kind)
    if amount > most:
        refusal = RefundExceedsPaid if kind == MeasureKind.REFUND else DiscountExceedsPayable
        raise refusal(state=invoice.state, allowed=invoice.allowed(), amount=amount, possible=most)


def carry_out(
    invoice: Invoice, measure: Measure, *, refund_id: UUID, method: str, at: datetime, on: date
) -> CarriedOut:
    """Carry it out once, or publish what would be possible; never refuses. ``method`` is how it goes back."""
    most = possible(invoice, measure.kind)
    if not ZERO < measure.amount <= most:
        measure.end(MeasureState.NOT_POSSIBLE, invoice_id=invoice.id, at=at)
        reason = "no amount" if measure.amount <= 0 else f"{measure.kind} exceeds what is possible"
        refused = MeasureNotPossible(
            **invoice.identity(), measure_id=measure.measure_id, reason=reason, possible=most
        )
        return CarriedOut((refused,))
    measure.end(MeasureState.DONE, invoice_id=invoice.id, at=at)

    def refund(of: Decimal) -> Refund:
        return Refund(
            refund_id=refund_id,
            invoice_id=invoice.id,
            measure_id=measure.measure_id,
            amount=of,
            method=method,
            refunded_at=at,
            refunded_on=on,
        )

    if measure.kind == MeasureKind.REFUND:
        return _refund(invoice, measure, refund(measure.amount))
    back, settled = invoice.lower(measure.amount, at=at)
    return _discount(invoice, measure, settled, refund(back) if back > 0 else None)


def _refund(invoice: Invoice, measure: Measure, refund: Refund) -> CarriedOut:
    invoice.give_back(measure.amount)
    refunded = InvoiceRefunded(
        **invoice.identity(),
        measure_id=measure.measure_id,
        refund_id=refund.refund_id,
        amount=refund.amount,
        balance=invoice.balance,
    )
    return CarriedOut((refunded,), refund)


def _discount(invoice: Invoice, measure: Measure, settled: list[Event], refund: Refund | None) -> CarriedOut:
    discounted = InvoiceDiscounted(
        **invoice.identity(),
        measure_id=measure.measure_id,
        amount=measure.amount,
        refund_id=refund.refund_id if refund else None,
        payable=invoice.payable,
        balance=invoice.balance,
    )
    return CarriedOut((discounted, *settled), refund)
