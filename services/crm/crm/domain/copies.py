"""Copies of other departments' data that crm decides by or shows: the calendar, complaints."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.domain.base import Base
from servicekit.columns import Json, Utc
from shopkit.calendar import WorkingCalendar


class ShopCalendar(Base):
    """The shop's calendar as booking published it last."""

    __tablename__ = "shop_calendars"

    name: Mapped[str] = mapped_column(primary_key=True)
    calendar: Mapped[WorkingCalendar] = mapped_column(Json(WorkingCalendar))


class ComplaintMark(Base):
    """A complaint marks its customer as long as it is open, and some days longer (CRM-52)."""

    __tablename__ = "complaint_marks"
    __table_args__ = (Index("ix_complaint_marks_customer", "customer_id", "open", "until_on"),)

    complaint_id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_no: Mapped[str]
    customer_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    category: Mapped[str]
    level: Mapped[str]
    open: Mapped[bool] = mapped_column(default=True)
    respond_by: Mapped[datetime] = mapped_column(Utc)
    resolve_by: Mapped[datetime] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    overdue: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    resolved_at: Mapped[datetime | None] = mapped_column(Utc)
    until_on: Mapped[date | None]

    def is_marked(self, today: date) -> bool:
        """Whether the next contact should be careful."""
        return self.open or (self.until_on is not None and self.until_on >= today)

    def note_overdue(self, clock: str) -> None:
        """A clock of the case ran out."""
        if clock not in self.overdue:
            self.overdue = (*self.overdue, clock)

    def resolve(self, at: datetime, *, today: date, careful_days: int) -> None:
        """The case is over; the mark stays for ``careful_days``."""
        self.open, self.resolved_at = False, at
        self.until_on = today + timedelta(days=careful_days)

    def reopen(self, *, respond_by: datetime, resolve_by: datetime) -> None:
        """The customer is not content: the mark is set again, with new clocks."""
        self.open, self.resolved_at, self.until_on = True, None, None
        self.answered_at, self.overdue = None, ()
        self.respond_by, self.resolve_by = respond_by, resolve_by
