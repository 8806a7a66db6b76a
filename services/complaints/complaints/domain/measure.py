"""What is done for the customer: decided here, carried out by billing or by reception and the workshop."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from complaints.domain.base import Base
from complaints.domain.rules import HouseRules
from complaints.domain.states import MeasureKind, MeasureState
from complaints.domain.values import Decision, Person
from servicekit import Refusal
from servicekit.columns import Json, Utc
from servicekit.personal_data import mask
from shopkit.columns import Money

ENDED = frozenset({MeasureState.COMPLETED, MeasureState.NOT_POSSIBLE})


class MeasureOpen(Refusal):
    """A measure of this case is not carried out yet."""


class ApprovalNeeded(Refusal):
    """The refunds and discounts of this case together are above the limit: somebody must approve."""

    status: ClassVar[int] = 403


class Measure(Base):
    """One decision, carried out at most once; open ones have a clock, ``due_by`` (COMP-28)."""

    __tablename__ = "measures"
    __table_args__ = (
        CheckConstraint("(kind = 'rework') = (amount is null)", name="amount_of_money_measures"),
        Index("ix_measures_complaint_id", "complaint_id", "decided_at"),
        Index("ix_measures_decided_at", "decided_at", "measure_id"),
        Index(
            "ix_measures_open",
            "due_by",
            "measure_id",
            postgresql_where=text("state in ('decided','placed')"),
        ),
    )

    measure_id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=MeasureState.DECIDED)
    visit_id: Mapped[UUID | None]
    invoice_id: Mapped[UUID | None]
    amount: Mapped[Decimal | None] = mapped_column(Money)
    currency: Mapped[str | None]
    line_ids: Mapped[tuple[UUID, ...]] = mapped_column(Json(tuple[UUID, ...]), default=())
    reason: Mapped[str]
    approved_by: Mapped[UUID]
    approved_by_name: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime] = mapped_column(Utc)
    due_by: Mapped[datetime] = mapped_column(Utc)
    overdue_at: Mapped[datetime | None] = mapped_column(Utc)
    placed_at: Mapped[datetime | None] = mapped_column(Utc)
    rework_visit_id: Mapped[UUID | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    refund_id: Mapped[UUID | None]
    given: Mapped[Decimal | None] = mapped_column(Money)
    not_possible_reason: Mapped[str | None]
    possible: Mapped[Decimal | None] = mapped_column(Money)

    @classmethod
    def of(
        cls, complaint_id: UUID, decision: Decision, *, by: Person, at: datetime, due_by: datetime
    ) -> "Measure":
        """What was decided, its reason masked."""
        fields = {name: getattr(decision, name) for name in Decision.__slots__}
        fields["reason"] = mask(decision.reason)
        return cls(
            **fields,
            complaint_id=complaint_id,
            approved_by=by.employee_id,
            approved_by_name=by.name,
            decided_at=at,
            due_by=due_by,
        )

    def decided(self) -> dict[str, Any]:
        """The fields of the decision, as they are published."""
        return {name: getattr(self, name) for name in Decision.__slots__}

    @property
    def is_open(self) -> bool:
        """Others still have to carry it out."""
        return self.state not in ENDED

    @property
    def counted(self) -> Decimal:
        """What it costs the shop, with tax, for the limit; nothing if it was not possible."""
        if self.amount is None or self.state == MeasureState.NOT_POSSIBLE:
            return Decimal("0.00")
        return self.amount

    def place(self, *, visit_id: UUID, at: datetime) -> bool:
        """Reception placed the rework in this visit; false: it knew already. Completed work stays completed,
        if that was reported first."""
        if self.rework_visit_id is not None:
            return False
        self.rework_visit_id, self.placed_at = visit_id, at
        if self.state == MeasureState.DECIDED:
            self.state = MeasureState.PLACED
        return True

    def complete(self, *, at: datetime, refund_id: UUID | None = None, given: Decimal | None = None) -> bool:
        """It was carried out; false: it was already."""
        if self.state == MeasureState.COMPLETED:
            return False
        self.state, self.ended_at = MeasureState.COMPLETED, at
        self.refund_id, self.given = refund_id, given
        return True

    def fail(self, *, reason: str, possible: Decimal, at: datetime) -> bool:
        """Billing cannot give that much; false: it has ended already."""
        if not self.is_open:
            return False
        self.state, self.ended_at = MeasureState.NOT_POSSIBLE, at
        self.not_possible_reason, self.possible = reason, possible
        return True

    @property
    def is_rework(self) -> bool:
        """Whether work is done again, and no money moves."""
        return self.kind == MeasureKind.REWORK


def must_be_ended(measures: Sequence[Measure], *, state: str, allowed: list[str]) -> None:
    """Raises ``MeasureOpen`` with whom it waits for, if others still have to carry one out."""
    if waiting := [measure for measure in measures if measure.is_open]:
        work_alone = all(measure.is_rework for measure in waiting)
        raise MeasureOpen(
            state=state,
            allowed=allowed,
            waiting_for="reception.visit, workshop.job" if work_alone else "billing.invoice",
            measure_ids=[str(measure.measure_id) for measure in waiting],
        )


def must_be_within_limit(
    measures: Sequence[Measure], decision: Decision, rules: HouseRules, *, state: str
) -> None:
    """All refunds and discounts of a case together count (COMP-24). Raises ``ApprovalNeeded``."""
    together = sum((m.counted for m in measures), decision.amount or Decimal("0.00"))
    if together > rules.measure_limit:
        raise ApprovalNeeded(state=state, limit=str(rules.measure_limit), together=str(together))
