"""What an employee's work has shown, from the events of other departments (STAF-23, STAF-39)."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Integer, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from servicekit.columns import Utc
from staff.domain.base import Base


class RecordKind(StrEnum):
    """What happened."""

    DISPATCHED = "dispatched"
    LINE_COMPLETED = "line_completed"
    INSPECTED = "inspected"
    INSPECTION_FAILED = "inspection_failed"
    INTERRUPTED = "interrupted"
    RESUMED = "resumed"
    REWORK_OPENED = "rework_opened"
    SURVEY = "survey"
    DISSATISFACTION = "dissatisfaction"
    COMPLAINT = "complaint"
    COMPLAINT_RESOLVED = "complaint_resolved"
    COMPLAINT_REOPENED = "complaint_reopened"


class WorkRecord(Base):
    """One fact about one employee's work, or about a visit.

    A fact about a visit names no employee: it concerns everyone who completes a line of the visit, also those
    whose events come later.
    """

    __tablename__ = "work_records"
    __table_args__ = (Index("ix_work_records_employee_id", "employee_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    visit_id: Mapped[UUID] = mapped_column(index=True)
    labour_minutes: Mapped[int] = mapped_column(Integer, default=0)
    penalty_points: Mapped[int] = mapped_column(Integer, default=0)
    score: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    text: Mapped[str] = mapped_column(Text, default="")
