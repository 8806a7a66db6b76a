"""The invoice of a visit: prepared, issued, paid, and what is given back or no longer asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.domain.base import Base
from billing.domain.charges import Charge, charges_of, invoice_totals
from billing.domain.invoice_row import InvoiceRow
from billing.domain.invoice_states import FIXED, INVOICE, OWED, InvoiceState
from billing.domain.papers import IssuedInvoice
from billing.domain.rules import HouseRules
from contracts.base import Event
from contracts.events.billing import (
    InvoiceIssued,
    InvoicePrepared,
    InvoiceSettled,
    InvoiceWithdrawn,
    PaymentReceived,
)
from contracts.values import InvoiceLine
from servicekit import Aggregate, Refusal
from servicekit.columns import Utc
from shopkit.columns import Money
from shopkit.money import ZERO

How = Literal["paid", "credit", "nothing_to_pay"]


class Overpayment(Refusal):
    """This is more than is still to be paid."""


class CreditNotAgreed(Refusal):
    """No credit is agreed with this customer."""


class CreditLimitExceeded(Refusal):
    """The customer's credit limit does not allow it."""


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
        """Issued and not withdrawn: its rows and sums do not change any more."""
        return self.state in FIXED

    def recompute_amounts(self) -> None:
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
        """The rows, from what was authorised, done and used; ``next_revision`` then publishes them."""
        self.state = INVOICE.go(self.state, "prepare")
        self._become(charges)
        self.authorised_gross, self.estimate_revision = authorised_gross, estimate_revision
        self.prepared_at = at
        self.settled_how = self.credit_approved_by = None
        self.recompute_amounts()

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

    def next_revision(self) -> InvoicePrepared:
        """The next revision of what is prepared; a signature under an older one does not count."""
        self.revision += 1
        return InvoicePrepared(
            **self.identity(),
            revision=self.revision,
            estimate_revision=self.estimate_revision or None,
            lines=self.published_lines(),
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
            lines=self.published_lines(),
            total_net=self.total_net,
            total_tax=self.total_tax,
            total_gross=self.total_gross,
            payable=self.payable,
        )
        return paper, self._apply_paper(paper, at=at, rules=rules)

    def reinstate(
        self, paper: IssuedInvoice, *, part_nos: Mapping[UUID, str], at: datetime, rules: HouseRules
    ) -> list[Event]:
        """The car was handed over before the reopening of the job arrived: the issued paper is valid after
        all, with its rows and sums, whatever was prepared since. ``part_nos`` are by part line."""
        self.state = INVOICE.go(self.state, "reinstate")
        paper.voided_at = None
        self._become(charges_of(paper.lines, part_nos))
        self.authorised_gross = max(self.authorised_gross, paper.payable + self.reduced)
        return self._apply_paper(paper, at=at, rules=rules)

    def _apply_paper(self, paper: IssuedInvoice, *, at: datetime, rules: HouseRules) -> list[Event]:
        self.invoice_no, self.issued_at = paper.invoice_no, paper.issued_at
        self.payment_due_at = paper.issued_at + timedelta(hours=rules.payment_grace_hours)
        self.recompute_amounts()
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
            return [issued, self._settle("settle", "credit", at=at)]
        return [issued, *self.settle_if_paid(at=at)]

    def take_payment(self, amount: Decimal, *, payment_id: UUID, method: str, at: datetime) -> list[Event]:
        """Money comes in, in part or in full, by one or several methods (BILL-07)."""
        state = INVOICE.go(self.state, "take_payment")
        if amount > self.balance:
            raise Overpayment(state=self.state, allowed=self.allowed(), amount=amount, balance=self.balance)
        self.state = state
        self.paid += amount
        self.recompute_amounts()
        received = PaymentReceived(
            **self.identity(),
            payment_id=payment_id,
            amount=amount,
            method=method,
            received_at=at,
            balance=self.balance,
        )
        return [received, *self.settle_if_paid(at=at)]

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
        self.credit_approved_by = approved_by
        self.payment_due_at = at + timedelta(days=rules.credit_days)
        return self._settle("approve_credit", "credit", at=at)

    def settle_if_paid(self, *, at: datetime) -> list[Event]:
        """Settled once nothing is open any more; the car may go."""
        if self.balance > 0 or self.state not in OWED:
            return []
        return [self._settle("settle", "paid" if self.paid > 0 else "nothing_to_pay", at=at)]

    def _settle(self, command: str, how: How, *, at: datetime) -> InvoiceSettled:
        self.state = INVOICE.go(self.state, command)
        self.settled_how, self.settled_at = how, at
        self.recompute_amounts()
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

    # --- giving back and asking for less

    def give_back(self, amount: Decimal) -> None:
        """Money goes back. What was paid beyond the payable sum goes first and lowers nothing; the rest is
        owed no more (BILL-11)."""
        self.reduced += amount - min(self.surplus, amount)
        self._pay_out(amount)

    def lower(self, amount: Decimal, *, at: datetime) -> tuple[Decimal, list[Event]]:
        """Less is to be paid; gives what was paid too much by that, which goes back, and whether that settles
        the invoice (BILL-10)."""
        self.reduced += amount
        self.recompute_amounts()
        if not self.is_fixed:
            return ZERO, []
        surplus = min(self.surplus, amount)
        settled = self.settle_if_paid(at=at)
        if surplus > 0:
            self._pay_out(surplus)
        return surplus, settled

    def _pay_out(self, amount: Decimal) -> None:
        self.refunded += amount
        self.recompute_amounts()
        everything = self.net_paid == 0 and self.payable == 0
        whole = everything and "refund_all" in INVOICE.allowed(self.state)
        self.state = INVOICE.go(self.state, "refund_all" if whole else "refund")

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

    def published_lines(self) -> tuple[InvoiceLine, ...]:
        """The rows as events and papers carry them."""
        return tuple(row.published() for row in self.lines)


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
