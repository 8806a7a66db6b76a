"""What people hand in: who acts, what a new case is, what a measure is to be."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from complaints.domain.copies import Invoice, Visit
from complaints.domain.states import MeasureKind, Source
from servicekit import Refusal


class NothingToRefund(Refusal):
    """There is no issued invoice that could be refunded."""


class NothingToDiscount(Refusal):
    """The case names neither a visit nor an invoice that could become cheaper."""


class NoVisitToRedo(Refusal):
    """The visit whose work is to be done again is not known here."""


@dataclass(frozen=True, slots=True)
class Person:
    """An employee who acts on a case; the name is empty when only the id is known."""

    employee_id: UUID
    name: str = ""

    @classmethod
    def of(cls, by: str) -> "Person | None":
        """The employee who caused an event; ``customer`` and ``system`` are none."""
        try:
            return cls(UUID(by))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class NewCase:
    """Everything that is registered when a case opens (COMP-06)."""

    id: UUID
    complaint_no: str
    source: Source
    channel: str
    category: str
    level: str
    text: str
    customer_id: UUID
    received_at: datetime
    source_id: UUID | None = None
    visit_id: UUID | None = None
    request_id: UUID | None = None
    during_visit: bool = False
    earlier_case_id: UUID | None = None
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A measure as somebody decides it; ``amount`` with tax, for refund and discount only."""

    measure_id: UUID
    kind: MeasureKind
    reason: str
    visit_id: UUID | None = None
    invoice_id: UUID | None = None
    amount: Decimal | None = None
    currency: str | None = None
    line_ids: tuple[UUID, ...] = ()

    def must_change_something(
        self, visit: Visit | None, invoice: Invoice | None, *, state: str, allowed: list[str]
    ) -> None:
        """``visit`` and ``invoice`` are what is known of what it is about.

        Raises ``NoVisitToRedo``, ``NothingToRefund`` or ``NothingToDiscount``.
        """
        refusal, waiting_for, can = {
            MeasureKind.REWORK: (NoVisitToRedo, "reception.visit", visit is not None),
            MeasureKind.REFUND: (
                NothingToRefund,
                "billing.invoice",
                invoice is not None and invoice.is_issued,
            ),
            # Before there is an invoice, billing keeps the discount until it prepares one.
            MeasureKind.DISCOUNT: (
                NothingToDiscount,
                "reception.visit",
                visit is not None or invoice is not None,
            ),
        }[self.kind]
        if not can:
            raise refusal(state=state, allowed=allowed, waiting_for=waiting_for)
