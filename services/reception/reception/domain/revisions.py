"""A revision of the estimate: which lines it asked about, what they cost, and what became of it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from contracts.values import PricedLine
from reception.domain.base import Base
from reception.domain.refusals import EstimateSuperseded
from reception.domain.states import ESTIMATE, EstimateState
from servicekit.columns import Json
from shopkit.columns import Money


class Estimate(Base):
    """One revision: all lines of the visit as they stood, and which of them the customer is asked about."""

    __tablename__ = "estimates"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default=EstimateState.DRAFTED)
    lines: Mapped[tuple[PricedLine, ...]] = mapped_column(Json(tuple[PricedLine, ...]))
    open_line_ids: Mapped[tuple[UUID, ...]] = mapped_column(Json(tuple[UUID, ...]))
    total_gross: Mapped[Decimal] = mapped_column(Money)
    drafted_at: Mapped[datetime]
    presented_at: Mapped[datetime | None] = mapped_column(default=None)
    answer_by: Mapped[datetime | None] = mapped_column(default=None)
    via: Mapped[str | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    channel: Mapped[str | None] = mapped_column(default=None)
    answered_by: Mapped[str | None] = mapped_column(default=None)
    authorised_gross: Mapped[Decimal | None] = mapped_column(Money, default=None)

    def go(self, command: str) -> None:
        """Change the state. Raises ``EstimateSuperseded`` or ``IllegalTransition``."""
        self.must_allow(command)
        self.state = ESTIMATE.go(self.state, command)

    def must_allow(self, command: str) -> None:
        """Raise ``EstimateSuperseded`` or ``IllegalTransition`` unless this may be done now."""
        if self.state == EstimateState.SUPERSEDED:
            raise EstimateSuperseded(state=self.state, revision=self.revision)
        ESTIMATE.check(self.state, command)

    def supersede(self) -> None:
        """A newer revision takes its place, unless this one has been answered."""
        if "supersede" in ESTIMATE.allowed(self.state):
            self.state = EstimateState.SUPERSEDED
