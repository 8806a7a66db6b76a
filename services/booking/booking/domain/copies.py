"""Copies of other departments' data: customers, vehicles, parts, reservations, visits."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.base import Base
from contracts.values import Line, ReservationLine, Title
from servicekit import Refusal
from servicekit.columns import Json


class VisitNotAway(Refusal):
    """The car is not expected back for this visit."""


class AlreadyBooked(Refusal):
    """There is an open appointment for this visit."""


class Customer(Base):
    """A customer's name, from crm."""

    __tablename__ = "customers"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_no: Mapped[str]
    display_name: Mapped[str]
    name_key: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    customer_class: Mapped[str]


class Vehicle(Base):
    """A vehicle, from crm."""

    __tablename__ = "vehicles"

    vehicle_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    plate: Mapped[str]
    plate_key: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    vin: Mapped[str | None] = mapped_column(Text(collation="C"), index=True)
    make: Mapped[str]
    model: Mapped[str]
    model_year: Mapped[int | None]


class Part(Base):
    """A part of the catalogue, for the menu."""

    __tablename__ = "parts"

    part_no: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[Title] = mapped_column(Json(Title))
    unit: Mapped[str]
    withdrawn: Mapped[bool] = mapped_column(default=False)


class Reservation(Base):
    """The parts set aside for a request, as parts published it last."""

    __tablename__ = "reservations"

    reservation_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(unique=True)
    lines: Mapped[tuple[ReservationLine, ...]] = mapped_column(Json(tuple[ReservationLine, ...]), default=())
    on_order: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]

    def of_lines(self, wanted: tuple[Line, ...]) -> list[ReservationLine]:
        """Those part lines that belong to this work."""
        ids = {line.line_id for line in wanted}
        return [line for line in self.lines if line.line_id in ids]

    def is_short(self, wanted: tuple[Line, ...]) -> bool:
        """Whether something of this work is missing in stock."""
        return any(line.short > 0 for line in self.of_lines(wanted))

    def covers(self, wanted: tuple[Line, ...]) -> bool:
        """Whether every part of this work is set aside."""
        needs = {part.part_line_id: part.quantity for line in wanted for part in line.parts}
        held = {line.part_line_id: line.reserved for line in self.lines}
        return all(held.get(part_line_id, 0) >= quantity for part_line_id, quantity in needs.items())

    def expect(self, etas: dict[UUID, datetime | None]) -> None:
        """The supplier's dates for part lines that are short."""
        self.lines = tuple(
            line.model_copy(update={"eta": etas[line.part_line_id]}) if line.part_line_id in etas else line
            for line in self.lines
        )


class VisitState(StrEnum):
    """Where the car of a visit is, as far as booking needs to know."""

    EXPECTED = "expected"
    HERE = "here"
    AWAY = "away"
    CLOSED = "closed"


class Visit(Base):
    """A stay of a car: who came booked, who did not, and which cars are expected back."""

    __tablename__ = "visits"

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(index=True)
    request_no: Mapped[str]
    customer_id: Mapped[UUID]
    vehicle_id: Mapped[UUID]
    state: Mapped[str]
    arrived_at: Mapped[datetime | None] = mapped_column(default=None)
    booked: Mapped[bool] = mapped_column(default=False)
    waited_minutes: Mapped[int | None] = mapped_column(default=None)
    within_sla: Mapped[bool | None] = mapped_column(default=None)
    load_on: Mapped[date | None] = mapped_column(default=None)
    load_minutes: Mapped[int] = mapped_column(default=0)
    lines: Mapped[tuple[Line, ...]] = mapped_column(Json(tuple[Line, ...]), default=())
    reason: Mapped[str] = mapped_column(default="")
    return_expected_at: Mapped[datetime | None] = mapped_column(default=None)
    rework_of_visit_id: Mapped[UUID | None] = mapped_column(default=None)
    measure_id: Mapped[UUID | None] = mapped_column(default=None)

    __table_args__ = (
        Index("ix_visits_arrived_at", "arrived_at", postgresql_where=text("arrived_at is not null")),
    )

    @property
    def awaits_car(self) -> bool:
        """Whether a car is to come for it."""
        return self.state in {VisitState.EXPECTED, VisitState.AWAY}

    def must_await_car(self) -> None:
        """Raise ``VisitNotAway`` unless a car is to come for it."""
        if not self.awaits_car:
            raise VisitNotAway(state=self.state)
