"""Carrying out a measure: a refund gives money back, a discount lowers what is to be paid."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from billing.domain.invoice import Invoice
from billing.domain.invoice_states import INVOICE
from billing.domain.measure import Measure, MeasureKind, MeasureState
from billing.domain.papers import Refund
from billing.domain.refusals import DiscountExceedsPayable, RefundExceedsPaid
from contracts.base import Event
from contracts.events.billing import InvoiceDiscounted, InvoiceRefunded, MeasureNotPossible
from shopkit.money import ZERO


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What a measure led to: the facts to tell, and the money given back, if any."""

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
    """Carry it out once, or say what would be possible; never refuses. ``method`` is how money goes back."""
    most = possible(invoice, measure.kind)
    if not ZERO < measure.amount <= most:
        measure.end(MeasureState.NOT_POSSIBLE, invoice_id=invoice.id, at=at)
        reason = "no amount" if measure.amount <= 0 else f"{measure.kind} exceeds what is possible"
        refused = MeasureNotPossible(
            **invoice.identity(), measure_id=measure.measure_id, reason=reason, possible=most
        )
        return CarriedOut((refused,))
    measure.end(MeasureState.DONE, invoice_id=invoice.id, at=at)
    money = _Back(measure, refund_id=refund_id, method=method, at=at, on=on)
    return (_refund if measure.kind == MeasureKind.REFUND else _discount)(invoice, measure, money)


@dataclass(frozen=True, slots=True)
class _Back:
    """How money would go back, if it must."""

    measure: Measure
    refund_id: UUID
    method: str
    at: datetime
    on: date

    def refund(self, invoice: Invoice, amount: Decimal) -> Refund:
        invoice.refunded += amount
        invoice.reckon()
        everything = invoice.net_paid == 0 and invoice.payable == 0
        back = "refund_all" if everything and "refund_all" in INVOICE.allowed(invoice.state) else "refund"
        invoice.state = INVOICE.go(invoice.state, back)
        return Refund(
            refund_id=self.refund_id,
            invoice_id=invoice.id,
            measure_id=self.measure.measure_id,
            amount=amount,
            method=self.method,
            refunded_at=self.at,
            refunded_on=self.on,
        )


def _refund(invoice: Invoice, measure: Measure, back: _Back) -> CarriedOut:
    # What was paid beyond the payable sum goes back first and lowers nothing; the rest is owed no more.
    invoice.reduced += measure.amount - min(invoice.surplus, measure.amount)
    refund = back.refund(invoice, measure.amount)
    told = InvoiceRefunded(
        **invoice.identity(),
        measure_id=measure.measure_id,
        refund_id=refund.refund_id,
        amount=refund.amount,
        balance=invoice.balance,
    )
    return CarriedOut((told,), refund)


def _discount(invoice: Invoice, measure: Measure, back: _Back) -> CarriedOut:
    invoice.reduced += measure.amount
    invoice.reckon()
    refund = None
    settled: list[Event] = []
    if invoice.is_fixed:
        surplus = min(invoice.surplus, measure.amount)
        settled = invoice.settle_if_square(at=back.at)
        refund = back.refund(invoice, surplus) if surplus > 0 else None
    told = InvoiceDiscounted(
        **invoice.identity(),
        measure_id=measure.measure_id,
        amount=measure.amount,
        refund_id=refund.refund_id if refund else None,
        payable=invoice.payable,
        balance=invoice.balance,
    )
    return CarriedOut((told, *settled), refund)
