"""What every part of an appointment knows: whose request, which slot, which labour on which day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from booking.domain.base import Base
from booking.domain.calls import Call, CallKind
from booking.domain.capacity import Load
from booking.domain.states import APPOINTMENT, SCRIPTS, AppointmentState
from contracts.values import Line, Readiness, Slot
from servicekit import Aggregate
from servicekit.columns import Json
from servicekit.personal_data import mask

NOT_READY = Readiness(ready=False)


class About(TypedDict):
    appointment_id: UUID
    request_id: UUID
    request_no: str
    customer_id: UUID
    vehicle_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a customer asks for, or what another department asks for in the customer's name."""

    customer_id: UUID
    vehicle_id: UUID
    channel: str
    source: str = "customer"
    fault_text: str = ""
    fault_occurred: str = ""
    urgency: str = "normal"
    wanted_from: datetime | None = None
    lines: tuple[Line, ...] = ()
    diagnosis: bool = False
    rework_of_visit_id: UUID | None = None
    measure_id: UUID | None = None
    visit_id: UUID | None = None


class AppointmentDay(Base):
    """The labour that an appointment holds on one day; gone when the slot is given up."""

    __tablename__ = "appointment_days"
    __table_args__ = (Index("ix_appointment_days_day", "day"),)

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    labour_minutes: Mapped[int]
    maintenance_minutes: Mapped[int]


class AppointmentChange(Base):
    """One entry of an appointment's history: who did what, when, and why (BOOK-07)."""

    __tablename__ = "appointment_changes"

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


class AppointmentFacts(Aggregate):
    """The columns of an appointment, and what can be asked of them."""

    STREAM = "booking.appointment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(index=True)
    request_no: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    vehicle_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=AppointmentState.REQUESTED)
    owner: Mapped[str]

    channel: Mapped[str]
    source: Mapped[str]
    fault_text: Mapped[str]
    fault_occurred: Mapped[str]
    urgency: Mapped[str]
    wanted_from: Mapped[datetime | None]
    diagnosis: Mapped[bool]
    lines: Mapped[tuple[Line, ...]] = mapped_column(Json(tuple[Line, ...]))
    labour_minutes: Mapped[int]
    maintenance_minutes: Mapped[int]
    rework_of_visit_id: Mapped[UUID | None]
    measure_id: Mapped[UUID | None]
    visit_id: Mapped[UUID | None] = mapped_column(index=True)

    requested_at: Mapped[datetime]
    respond_by: Mapped[datetime]
    responded_at: Mapped[datetime | None] = mapped_column(default=None)
    revision: Mapped[int] = mapped_column(default=0)
    slot_start: Mapped[datetime | None] = mapped_column(default=None)
    slot_end: Mapped[datetime | None] = mapped_column(default=None)
    slot_held: Mapped[bool] = mapped_column(default=False)
    overbooked_by: Mapped[str | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    attendance_confirmed_at: Mapped[datetime | None] = mapped_column(default=None)

    bay: Mapped[Readiness] = mapped_column(Json(Readiness), default=NOT_READY)
    parts: Mapped[Readiness] = mapped_column(Json(Readiness), default=NOT_READY)
    crew: Mapped[Readiness] = mapped_column(Json(Readiness), default=NOT_READY)
    reception: Mapped[Readiness] = mapped_column(Json(Readiness), default=NOT_READY)
    parts_short: Mapped[bool] = mapped_column(default=False)
    prepared_at: Mapped[datetime | None] = mapped_column(default=None)

    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_in_time: Mapped[bool | None] = mapped_column(default=None)
    kept_visit_id: Mapped[UUID | None] = mapped_column(default=None)
    after_missed: Mapped[bool] = mapped_column(default=False)

    @declared_attr
    def days(cls) -> Mapped[list[AppointmentDay]]:
        """The labour held now, by day."""
        return relationship(
            AppointmentDay, lazy="selectin", cascade="all, delete-orphan", order_by=AppointmentDay.day
        )

    @declared_attr
    def calls(cls) -> Mapped[list[Call]]:
        """Calls owed and made."""
        return relationship(Call, lazy="selectin", cascade="all, delete-orphan", order_by=Call.due_at)

    @declared_attr
    def changes(cls) -> Mapped[list[AppointmentChange]]:
        """The history, the oldest first."""
        return relationship(
            AppointmentChange,
            lazy="selectin",
            cascade="all, delete-orphan",
            order_by=AppointmentChange.number,
        )

    @property
    def about(self) -> About:
        """The ids and the number for an event."""
        return {
            "appointment_id": self.id,
            "request_id": self.request_id,
            "request_no": self.request_no,
            "customer_id": self.customer_id,
            "vehicle_id": self.vehicle_id,
        }

    @property
    def work(self) -> Load:
        """The labour that a slot must hold."""
        return Load(self.labour_minutes, self.maintenance_minutes)

    @property
    def load(self) -> dict[date, Load]:
        """The labour that is held now, by day."""
        return {row.day: Load(row.labour_minutes, row.maintenance_minutes) for row in self.days}

    @property
    def slot(self) -> Slot | None:
        """The slot promised last, if there was one."""
        if self.slot_start is None or self.slot_end is None:
            return None
        return Slot(start=self.slot_start, end=self.slot_end)

    @property
    def is_open(self) -> bool:
        """Whether the car is still to come."""
        return self.state in {AppointmentState.REQUESTED, AppointmentState.CONFIRMED}

    @property
    def allowed(self) -> list[str]:
        """What a person may do now."""
        return APPOINTMENT.allowed(self.state)

    @property
    def script(self) -> str | None:
        """The type of script for a call about it as it stands (BOOK-35)."""
        return SCRIPTS.get(AppointmentState(self.state))

    def is_overdue(self, at: datetime) -> bool:
        """Whether the customer should have had an answer by now (BOOK-08)."""
        waiting = self.state == AppointmentState.REQUESTED and self.responded_at is None
        return waiting and self.respond_by < at

    @property
    def needs_parts(self) -> bool:
        """Whether any of its work takes parts."""
        return any(line.parts for line in self.lines)

    def _set_days(self, load: Mapping[date, Load]) -> None:
        held = {row.day: row for row in self.days}
        for day, minutes in load.items():
            row = held.pop(day, None) or AppointmentDay(day=day)
            row.labour_minutes, row.maintenance_minutes = minutes.labour, minutes.maintenance
            if row not in self.days:
                self.days.append(row)
        for row in held.values():
            self.days.remove(row)

    def _end(self, at: datetime) -> None:
        self.ended_at, self.slot_held = at, False
        self._set_days({})
        self._overtake(*CallKind, at=at)

    def _overtake(self, *kinds: CallKind, at: datetime) -> None:
        for call in self.calls:
            if call.kind in kinds:
                call.overtake(at=at)

    def _note(self, change: str, *, by: str, at: datetime, reason: str = "") -> None:
        self.changes.append(
            AppointmentChange(number=len(self.changes) + 1, change=change, by=by, at=at, reason=mask(reason))
        )
