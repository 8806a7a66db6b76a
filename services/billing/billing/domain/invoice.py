"""The invoice of a visit: prepared, issued, paid, and what is given back or no longer asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.domain.base import Base, HouseRules
from billing.domain.charges import Charge, charges_of, invoice_totals
from billing.domain.invoice_row import InvoiceRow
from billing.domain.invoice_states import FIXED, INVOICE, OWED, InvoiceState
from billing.domain.papers import IssuedInvoice
from billing.domain.refusals import CreditLimitExceeded, CreditNotAgreed, Overpayment
from contracts.base import Event
from contracts.events.billing import (
    InvoiceIssued,
    InvoicePrepared,
    InvoiceSettled,
    InvoiceWithdrawn,
    PaymentReceived,
)
from contracts.values import InvoiceLine
from servicekit import Aggregate
from servicekit.columns import Utc
from shopkit.columns import Money
from shopkit.money import ZERO

How = Literal["paid", "credit", "nothing_to_pay"]


class Invoice(Aggregate, Base):
    """What the customer owes for a visit; exactly one per visit whose intake was completed."""

    __tablename__ = "invoices"
    __table_args__ = (
        Index("ix_invoices_prepared_at", "prepared_at", "id"),
        Index("ix_invoices_state", "state", "prepared_at", "id"),
        Index("ix_invoices_customer", "customer_id", "prepared_at", "id"),
        Index("ix_invoices_surplus", "prepared_at", "id", postgresql_where=text("balance < 0")),
        Index("ix_invoices_receivable", "payment_due_at", "id", postgresql_where=text("balance > 0")),
    )
    STREAM = "billing.invoice"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(unique=True)
    request_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(default=InvoiceState.PREPARED)
    revision: Mapped[int] = mapped_column(default=0)
    estimate_revision: Mapped[int | None] = mapped_column(default=None)
    authorised_gross: Mapped[Decimal] = mapped_column(Money, default=ZERO)
    total_net: Mapped[Decimal] = mapped_column(Money, default=ZERO)
    total_tax: Mapped[Decimal] = mapped_column(Money, default=ZERO)
    total_gross: Mapped[Decimal] = mapped_column(Money, default=ZERO)
    reduced: Mapped[Decimal] = mapped_column(Money, default=ZERO)
    payable: Mapped[Decimal] = mapped_column(Money, default=ZERO)
    paid: Mapped[Decimal] = mapped_column(Money, default=ZERO)
    refunded: Mapped[Decimal] = mapped_column(Money, default=ZERO)
    balance: Mapped[Decimal] = mapped_column(Money, default=ZERO)
    credit: Mapped[Decimal] = mapped_column(Money, default=ZERO)
    prepared_at: Mapped[datetime] = mapped_column(Utc)
    invoice_no: Mapped[str | None] = mapped_column(unique=True, default=None)
    issued_at: Mapped[datetime | None] = mapped_column(Utc, default=None)
    settled_at: Mapped[datetime | None] = mapped_column(Utc, default=None)
    settled_how: Mapped[str | None] = mapped_column(default=None)
    credit_approved_by: Mapped[str | None] = mapped_column(default=None)
    payment_due_at: Mapped[datetime | None] = mapped_column(Utc, default=None)
    overdue_since: Mapped[datetime | None] = mapped_column(Utc, default=None)
    lines: Mapped[list[InvoiceRow]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by=InvoiceRow.position
    )

    # --- what it comes to

    @property
    def net_paid(self) -> Decimal:
        """Payments less refunds."""
        return self.paid - self.refunded

    @property
    def surplus(self) -> Decimal:
        """Paid beyond what is to be paid."""
        return max(ZERO, -self.balance)

    @property
    def is_fixed(self) -> bool:
        """Issued and not withdrawn: what it says does not change any more."""
        return self.state in FIXED

    def reckon(self) -> None:
        """Payable and balance from what they are made of. Never above what was authorised (F-32, BILL-03)."""
        self.payable = max(ZERO, min(self.total_gross, self.authorised_gross) - self.reduced)
        self.balance = self.payable - self.net_paid
        self.credit = max(ZERO, self.balance) if self.settled_how == "credit" else ZERO
        if self.balance <= 0:
            self.overdue_since = None

    # --- preparing

    def prepare(
        self,
        charges: Sequence[Charge],
        *,
        authorised_gross: Decimal,
        estimate_revision: int | None,
        at: datetime,
    ) -> None:
        """The rows, from what was authorised, done and used; ``told_anew`` then tells them."""
        self.state = INVOICE.go(self.state, "prepare")
        self._become(charges)
        self.authorised_gross, self.estimate_revision = authorised_gross, estimate_revision
        self.prepared_at = at
        self.settled_how = self.credit_approved_by = None
        self.reckon()

    def _become(self, charges: Sequence[Charge]) -> None:
        by_id = {row.row_id: row for row in self.lines}
        rows = []
        for position, charge in enumerate(charges):
            row = by_id.get(charge.row_id) or InvoiceRow(invoice_id=self.id, row_id=charge.row_id)
            row.becomes(charge, position)
            rows.append(row)
        self.lines = rows
        totals = invoice_totals(charges)
        self.total_net, self.total_tax, self.total_gross = totals.net, totals.tax, totals.gross

    def told_anew(self) -> InvoicePrepared:
        """The next revision of what is prepared; a signature under an older one does not count."""
        self.revision += 1
        return InvoicePrepared(
            **self.identity(),
            revision=self.revision,
            estimate_revision=self.estimate_revision or None,
            lines=self.told_lines(),
            total_net=self.total_net,
            total_tax=self.total_tax,
            total_gross=self.total_gross,
            payable=self.payable,
        )

    def withdraw(self, *, reason: str) -> InvoiceWithdrawn:
        """The job goes on. If it was issued, its number stays with the void paper."""
        self.state = INVOICE.go(self.state, "withdraw")
        self.invoice_no = self.issued_at = self.settled_at = None
        self.payment_due_at = self.overdue_since = None
        return InvoiceWithdrawn(**self.identity(), revision=self.revision, reason=reason)

    # --- issuing and settling

    def issue(
        self, invoice_no: str, *, signed_at: datetime, at: datetime, rules: HouseRules
    ) -> tuple[IssuedInvoice, list[Event]]:
        """The customer accepted the work: number and sums are fixed (BILL-08, BILL-21)."""
        self.state = INVOICE.go(self.state, "issue")
        paper = IssuedInvoice(
            invoice_no=invoice_no,
            invoice_id=self.id,
            revision=self.revision,
            issued_at=at,
            signed_at=signed_at,
            lines=self.told_lines(),
            total_net=self.total_net,
            total_tax=self.total_tax,
            total_gross=self.total_gross,
            payable=self.payable,
        )
        return paper, self._stand(paper, at=at, rules=rules)

    def reinstate(
        self, paper: IssuedInvoice, *, part_nos: Mapping[UUID, str], at: datetime, rules: HouseRules
    ) -> list[Event]:
        """The car was handed over before the reopened job was heard of: the issued paper stands after all,
        with its rows and sums, whatever was prepared since. ``part_nos`` are by part line."""
        self.state = INVOICE.go(self.state, "reinstate")
        paper.voided_at = None
        self._become(charges_of(paper.lines, part_nos))
        self.authorised_gross = max(self.authorised_gross, paper.payable + self.reduced)
        return self._stand(paper, at=at, rules=rules)

    def _stand(self, paper: IssuedInvoice, *, at: datetime, rules: HouseRules) -> list[Event]:
        self.invoice_no, self.issued_at = paper.invoice_no, paper.issued_at
        self.payment_due_at = paper.issued_at + timedelta(hours=rules.payment_grace_hours)
        self.reckon()
        issued = InvoiceIssued(
            **self.identity(),
            revision=paper.revision,
            invoice_no=paper.invoice_no,
            issued_at=paper.issued_at,
            total_gross=self.total_gross,
            payable=self.payable,
            balance=self.balance,
        )
        if self.settled_how == "credit":
            return [issued, self._settle("credit", at=at)]
        return [issued, *self.settle_if_square(at=at)]

    def take_payment(self, amount: Decimal, *, payment_id: UUID, method: str, at: datetime) -> list[Event]:
        """Money comes in, in part or in full, by one or several methods (BILL-07)."""
        state = INVOICE.go(self.state, "take_payment")
        if amount > self.balance:
            raise Overpayment(state=self.state, allowed=self.allowed(), amount=amount, balance=self.balance)
        self.state = state
        self.paid += amount
        self.reckon()
        received = PaymentReceived(
            **self.identity(),
            payment_id=payment_id,
            amount=amount,
            method=method,
            received_at=at,
            balance=self.balance,
        )
        return [received, *self.settle_if_square(at=at)]

    def approve_credit(
        self,
        *,
        limit: Decimal | None,
        owed_elsewhere: Decimal,
        approved_by: str,
        at: datetime,
        rules: HouseRules,
    ) -> InvoiceSettled:
        """The customer may leave and pay later, within the credit that is agreed (BILL-20).

        ``owed_elsewhere`` is what the customer has on credit with other invoices.
        """
        INVOICE.check(self.state, "approve_credit")
        if limit is None:
            raise CreditNotAgreed(state=self.state, allowed=self.allowed(), customer_id=self.customer_id)
        free = limit - owed_elsewhere
        if self.balance > free:
            raise CreditLimitExceeded(
                state=self.state, allowed=self.allowed(), balance=self.balance, free=max(ZERO, free)
            )
        self.state = INVOICE.go(self.state, "approve_credit")
        self.credit_approved_by = approved_by
        self.payment_due_at = at + timedelta(days=rules.credit_days)
        return self._settle("credit", at=at)

    def settle_if_square(self, *, at: datetime) -> list[Event]:
        """Settled once nothing is open any more; the car may go."""
        if self.balance > 0 or self.state not in OWED:
            return []
        self.state = INVOICE.go(self.state, "settle")
        return [self._settle("paid" if self.paid > 0 else "nothing_to_pay", at=at)]

    def _settle(self, how: How, *, at: datetime) -> InvoiceSettled:
        self.state, self.settled_how, self.settled_at = InvoiceState.SETTLED, how, at
        self.reckon()
        return InvoiceSettled(
            **self.identity(),
            how=how,
            settled_at=at,
            total_gross=self.total_gross,
            payable=self.payable,
            paid=self.net_paid,
            balance=self.balance,
            credit_approved_by=self.credit_approved_by if how == "credit" else None,
        )

    # --- reading

    def allowed(self) -> list[str]:
        """What a person may do with it now."""
        possible = {
            "take_payment": self.balance > 0,
            "approve_credit": self.balance > 0,
            "discount": self.payable > 0,
            "refund": self.net_paid > 0,
        }
        return [command for command in INVOICE.allowed(self.state) if possible.get(command)]

    def identity(self) -> dict[str, Any]:
        """What every event of it carries."""
        return {
            "invoice_id": self.id,
            "visit_id": self.visit_id,
            "request_id": self.request_id,
            "customer_id": self.customer_id,
            "currency": self.currency,
        }

    def told_lines(self) -> tuple[InvoiceLine, ...]:
        """The rows as other departments hear them."""
        return tuple(row.told() for row in self.lines)


def new_invoice(
    *, invoice_id: UUID, visit_id: UUID, request_id: UUID, customer_id: UUID, currency: str, at: datetime
) -> Invoice:
    """The invoice of a visit, empty until it is prepared."""
    return Invoice(
        id=invoice_id,
        visit_id=visit_id,
        request_id=request_id,
        customer_id=customer_id,
        currency=currency,
        prepared_at=at,
        lines=[],
    )
