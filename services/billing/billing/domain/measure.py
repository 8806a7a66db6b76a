"""Measures: money given back or no longer asked for, decided by complaints or at billing's own counter."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.domain.base import Base
from servicekit.columns import Utc
from shopkit.columns import Money


class MeasureState(StrEnum):
    """Pending until there is an invoice to carry it out on."""

    PENDING = "pending"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"


class MeasureKind(StrEnum):
    """Money back, or less to pay."""

    REFUND = "refund"
    DISCOUNT = "discount"


class Measure(Base):
    """One decision to refund or discount, with its reason and who approved it (BILL-10, BILL-11); carried out
    at most once. A complaint's has its ``complaint_id``, one decided at the counter has none."""

    __tablename__ = "measures"
    __table_args__ = (
        Index("ix_measures_decided_at", "decided_at", "measure_id"),
        Index("ix_measures_visit", "visit_id"),
        Index("ix_measures_invoice", "invoice_id"),
    )

    measure_id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID | None] = mapped_column(default=None)
    visit_id: Mapped[UUID | None]
    invoice_id: Mapped[UUID | None]
    kind: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Money)
    method: Mapped[str | None] = mapped_column(default=None)
    reason: Mapped[str]
    approved_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(Utc)
    state: Mapped[str] = mapped_column(default=MeasureState.PENDING)
    ended_at: Mapped[datetime | None] = mapped_column(Utc, default=None)

    def end(self, state: MeasureState, *, invoice_id: UUID, at: datetime) -> None:
        """It was carried out, or cannot be."""
        self.state, self.invoice_id, self.ended_at = state, invoice_id, at
