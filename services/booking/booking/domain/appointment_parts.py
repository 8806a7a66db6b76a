"""What belongs to an appointment and is stored in rows of its own: labour by day, and the history."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal, TypedDict
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.base import Base
from booking.domain.capacity import Load
from servicekit.personal_data import mask

ChangeKind = Literal[
    "requested",
    "answered",
    "owner_changed",
    "confirmed",
    "rescheduled",
    "cancelled",
    "attendance_confirmed",
    "missed",
    "kept",
]
"""What the history notes."""
CONSTRAINTS_AND_INDEXES = (
    CheckConstraint("(slot_start is null) = (slot_end is null)", name="slot"),
    CheckConstraint("slot_end > slot_start", name="slot_order"),
    CheckConstraint("not slot_held or slot_start is not null", name="slot_held"),
    Index("ix_appointments_slot_held", "slot_end", "slot_start", postgresql_where=text("slot_held")),
    Index("ix_appointments_slot_start", "slot_start", "id"),
    Index("ix_appointments_requested_at", "requested_at", "id"),
    Index(
        "ix_appointments_unanswered",
        "respond_by",
        postgresql_where=text("state = 'requested' and responded_at is null"),
    ),
    Index(  # one open appointment for a car that is expected back
        "uq_appointments_open_visit",
        "visit_id",
        unique=True,
        postgresql_where=text("state in ('requested', 'confirmed') and visit_id is not null"),
    ),
)
"""Of the table of appointments."""


class About(TypedDict):
    """The ids and the number that every event of an appointment carries."""

    appointment_id: UUID
    request_id: UUID
    request_no: str
    customer_id: UUID
    vehicle_id: UUID


class AppointmentDay(Base):
    """The labour that an appointment holds on one day; gone when the slot is given up."""

    __tablename__ = "appointment_days"
    __table_args__ = (Index("ix_appointment_days_day", "day"),)

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    labour_minutes: Mapped[int]
    maintenance_minutes: Mapped[int]

    @property
    def load(self) -> Load:
        """The labour as a value."""
        return Load(self.labour_minutes, self.maintenance_minutes)


class AppointmentChange(Base):
    """One entry of an appointment's history: who did what, when, and why (BOOK-07)."""

    __tablename__ = "appointment_changes"

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


def days_for(load: Mapping[date, Load], held: Sequence[AppointmentDay]) -> list[AppointmentDay]:
    """The rows for this labour; a day that is held already keeps its row."""
    known = {row.day: row for row in held}
    rows = []
    for day, minutes in load.items():
        row = known.get(day) or AppointmentDay(day=day)
        row.labour_minutes, row.maintenance_minutes = minutes.labour, minutes.maintenance
        rows.append(row)
    return rows


def note_change(
    history: list[AppointmentChange], change: ChangeKind, *, by: str, at: datetime, reason: str = ""
) -> None:
    """One more entry of the history, with personal data masked."""
    entry = AppointmentChange(number=len(history) + 1, change=change, by=by, at=at, reason=mask(reason))
    history.append(entry)
