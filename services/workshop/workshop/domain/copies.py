"""Copies of other departments' data: visits, appointments, the shop's calendar."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.base import Fact
from contracts.values import Line
from servicekit.columns import Json, Utc
from shopkit.calendar import WorkingCalendar
from workshop.domain.base import Base

CALENDAR = "shop"


class Whereabouts(StrEnum):
    """Where a car is; away: its customer drives it until parts arrive (E2)."""

    EXPECTED = "expected"
    IN_SHOP = "in_shop"
    AWAY = "away"
    GONE = "gone"


class OrderedRework(Fact):
    """Rework that was ordered before the job existed."""

    measure_id: UUID
    lines: tuple[Line, ...]
    original_line_ids: tuple[UUID, ...] = ()


class Visit(Base):
    """A visit of reception, and where its car is."""

    __tablename__ = "visits"
    __table_args__ = (Index(None, "whereabouts", "arrived_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    request_no: Mapped[str] = mapped_column(Text, default="", index=True)
    vehicle_id: Mapped[UUID | None]
    plate: Mapped[str] = mapped_column(Text, default="", index=True)
    vin: Mapped[str | None] = mapped_column(Text)
    make: Mapped[str] = mapped_column(Text, default="")
    model: Mapped[str] = mapped_column(Text, default="")
    model_year: Mapped[int | None]
    arrived_at: Mapped[datetime] = mapped_column(Utc)
    priority_class: Mapped[str] = mapped_column(Text, default="normal")
    whereabouts: Mapped[str] = mapped_column(Text, default=Whereabouts.IN_SHOP.value)
    return_expected_at: Mapped[datetime | None] = mapped_column(Utc)
    rework_of_visit_id: Mapped[UUID | None]
    measure_id: Mapped[UUID | None]
    original_line_ids: Mapped[tuple[UUID, ...]] = mapped_column(Json(tuple[UUID, ...]), default=tuple)
    ordered_rework: Mapped[tuple[OrderedRework, ...]] = mapped_column(
        Json(tuple[OrderedRework, ...]), default=tuple
    )


class Appointment(Base):
    """A booked slot: planned load of its day; state confirmed, kept, cancelled or missed."""

    __tablename__ = "appointments"
    __table_args__ = (Index(None, "slot_start", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    request_no: Mapped[str] = mapped_column(Text)
    vehicle_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text)
    slot_start: Mapped[datetime | None] = mapped_column(Utc)
    slot_end: Mapped[datetime | None] = mapped_column(Utc)
    labour_minutes: Mapped[int] = mapped_column(default=0)
    lines: Mapped[tuple[Line, ...]] = mapped_column(Json(tuple[Line, ...]), default=tuple)
    bay_held: Mapped[bool] = mapped_column(default=False)
    prepared: Mapped[bool] = mapped_column(default=False)
    visit_id: Mapped[UUID | None]


class ShopCalendar(Base):
    """The shop's working time, one row once booking has published it."""

    __tablename__ = "calendars"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    calendar: Mapped[WorkingCalendar] = mapped_column(Json(WorkingCalendar))
