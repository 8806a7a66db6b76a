"""A reservation: the parts set aside for one request, from the confirmed slot to the closed visit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.base import Event
from contracts.events.parts import (
    EtaChanged,
    ForRevision,
    PartsArrived,
    PartsBackOrdered,
    PartsIssued,
    PartsReleased,
    PartsReserved,
    PartsReturned,
    ReservationAttached,
    ShortageDetected,
)
from contracts.values import BackOrderedPart, ChangedEta
from contracts.values import ReservationLine as LineState
from parts.domain.base import Base
from parts.domain.reservation_line import NotAuthorised, ReservationLine, Wish
from parts.domain.stock import Shelf
from servicekit import Aggregate, NotFound
from servicekit.columns import Utc
from servicekit.ids import new_id
from servicekit.states import Machine

WishSource = Literal["appointment", "estimate", "rework"]
LAPSE = "lapse"
"""Kind of the timer that frees parts of a car that never came, keyed by reservation."""
Availability = PartsReserved | ShortageDetected


class ReservationState(StrEnum):
    """State of a reservation; how much is there is in its lines."""

    OPEN = "open"
    ATTACHED = "attached"
    CLOSED = "closed"


OPEN, ATTACHED, CLOSED = ReservationState.OPEN, ReservationState.ATTACHED, ReservationState.CLOSED
RESERVATION = Machine[ReservationState](
    "reservation",
    {
        # A closed one is attached again when the same request brings the car once more.
        "attach": ({OPEN, CLOSED}, ATTACHED),
        "close": ({OPEN, ATTACHED}, CLOSED),
        "request_picking": ({ATTACHED}, ATTACHED),
        "issue": ({ATTACHED}, ATTACHED),
        "return": [({ATTACHED}, ATTACHED), ({CLOSED}, CLOSED)],
        "set_aside": [({OPEN}, OPEN), ({ATTACHED}, ATTACHED)],
        "free": [({OPEN}, OPEN), ({ATTACHED}, ATTACHED)],
    },
    initial=OPEN,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of a slip that is being written."""

    part_line_id: UUID
    quantity: Decimal
    batch: str | None = None
    reason: str = "unused"
    needed_again: bool = False


class Reservation(Aggregate, Base):
    """The parts of one request; one per request, attached to its visit when the car is here."""

    __tablename__ = "reservations"
    __table_args__ = (
        Index("ix_reservations_recent", "opened_at", "id"),
        Index("ix_reservations_state", "state", "opened_at", "id"),
    )
    STREAM = "parts.reservation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[UUID] = mapped_column(unique=True)
    request_no: Mapped[str | None] = mapped_column(index=True)
    appointment_id: Mapped[UUID | None] = mapped_column(index=True)
    visit_id: Mapped[UUID | None] = mapped_column(index=True)
    plate: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=OPEN)
    slot_start: Mapped[datetime | None] = mapped_column(Utc)
    for_source: Mapped[WishSource] = mapped_column(String, default="appointment")
    for_revision: Mapped[int] = mapped_column(default=1)
    answered_revision: Mapped[int | None]
    opened_at: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    lines: Mapped[list[ReservationLine]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by=ReservationLine.part_line_id
    )

    # --- what is wanted

    def want(
        self, wishes: Sequence[Wish], *, source: WishSource, revision: int, shelf: Shelf
    ) -> Availability:
        """Take over a whole set of wishes: set aside what is new, free what is gone unless it is binding."""
        named = {wish.part_line_id for wish in wishes}
        for line in self.lines:
            if line.part_line_id not in named and not line.is_binding:
                line.release(shelf, "changed")
        self._add(wishes, revision if source == "estimate" else 0, shelf)
        self.for_source, self.for_revision = source, revision
        return self.availability()

    def want_more(
        self, wishes: Sequence[Wish], *, source: WishSource, revision: int, shelf: Shelf
    ) -> Availability | None:
        """Add lines that are not here yet, and leave all others as they are."""
        known = {line.part_line_id for line in self.lines}
        fresh = [wish for wish in wishes if wish.part_line_id not in known]
        if not fresh:
            return None
        self._add(fresh, 0, shelf)
        self.for_source, self.for_revision = source, revision
        return self.availability()

    def order_rework(
        self, wishes: Sequence[Wish], *, measure_id: UUID, revision: int, shelf: Shelf
    ) -> Availability:
        """Set aside what a complaint's rework needs: agreed at once, at the shop's cost."""
        self._add(wishes, 0, shelf)
        for line in self._named(wishes):
            line.measure_id, line.authorised, line.declined = measure_id, True, False
        self.for_source, self.for_revision = "rework", revision
        return self.availability()

    def answer(self, authorised: Sequence[Wish], *, revision: int, shelf: Shelf) -> list[Event]:
        """The customer's answer: agreed lines may be issued, all others are freed (E1, E6)."""
        before = self._quantities()
        agreed = {wish.part_line_id for wish in authorised}
        freed = [line for line in self.lines if line.part_line_id not in agreed and line.measure_id is None]
        any_freed = False
        for line in freed:
            line.authorised, line.declined = False, True
            any_freed = line.release(shelf, "declined") or any_freed
        self._add(authorised, revision, shelf)
        for line in self._named(authorised):
            line.authorised, line.declined = True, False
        self.for_source, self.for_revision, self.answered_revision = "estimate", revision, revision
        gone = {line.part_line_id for line in freed}
        after = self._quantities()
        moved = any(before.get(id) != now for id, now in after.items() if id not in gone)
        events: list[Event] = [self._released("declined")] if any_freed else []
        return [*events, self.availability()] if moved else events

    def _add(self, wishes: Sequence[Wish], revision: int, shelf: Shelf) -> None:
        known = {line.part_line_id: line for line in self.lines}
        for wish in wishes:
            line = known.get(wish.part_line_id)
            if line is not None:
                line.want_anew(wish, revision, shelf)
                continue
            line = known[wish.part_line_id] = ReservationLine.of(wish, revision=revision, at=shelf.at)
            self.lines.append(line)
            line.want(wish, shelf)
            line.filled_at_once = line.short == 0

    def _named(self, wishes: Sequence[Wish]) -> list[ReservationLine]:
        named = {wish.part_line_id for wish in wishes}
        return [line for line in self.lines if line.part_line_id in named]

    def _quantities(self) -> dict[UUID, tuple[Decimal, Decimal, Decimal]]:
        return {line.part_line_id: (line.wanted, line.reserved, line.short) for line in self.lines}

    # --- the life of the visit

    def attach(self, visit_id: UUID, shelf: Shelf) -> list[Event]:
        """The car is here: the parts belong to the visit, and what was released is wanted again."""
        self.state = RESERVATION.go(self.state, "attach")
        self.visit_id, self.closed_at = visit_id, None
        lost = [line for line in self.lines if line.released > 0 and not line.declined and line.issued == 0]
        for line in lost:
            line.want_again(shelf)
        attached = ReservationAttached(**self._ids(), lines=self._lines())
        return [attached, self.availability()] if lost else [attached]

    def release(
        self, reason: str, shelf: Shelf, *, only: Callable[[ReservationLine], bool] = lambda _: True
    ) -> PartsReleased | None:
        """Free what is not handed out; ``None`` if there was nothing left to free."""
        freed = [line.release(shelf, reason) for line in self.lines if only(line)]
        return self._released(reason) if any(freed) else None

    def finish(
        self, used: dict[UUID, Decimal], *, line_ids: set[UUID], revision: int, shelf: Shelf
    ) -> PartsReleased | None:
        """The job is ready: free the rest, but nothing that a later estimate or a rework wants."""
        for line in self.lines:
            if line.line_id in line_ids:
                line.used = used.get(line.part_line_id, line.used)
        return self.release(
            "closed",
            shelf,
            only=lambda line: (
                line.line_id in line_ids or (line.since_revision <= revision and line.measure_id is None)
            ),
        )

    def go_on(self) -> None:
        """The job goes on: what was reported as used may change again."""
        for line in self.lines:
            line.used = None

    def close(self, shelf: Shelf) -> PartsReleased | None:
        """The visit is closed: no part is kept for it any longer."""
        self.state, self.closed_at = RESERVATION.go(self.state, "close"), shelf.at
        return self.release("closed", shelf)

    # --- the shelf and the counter

    def set_aside(self, part_line_id: UUID, shelf: Shelf) -> Availability:
        """Try again to set aside what one line is short of."""
        RESERVATION.check(self.state, "set_aside")
        self.line(part_line_id).take(shelf)
        return self.availability()

    def free(self, part_line_id: UUID, shelf: Shelf) -> Availability:
        """Give what one line holds to others; it is short of it from now on (E2)."""
        RESERVATION.check(self.state, "free")
        self.line(part_line_id).free(shelf)
        return self.availability()

    def must_be_pickable(self, part_line_ids: Iterable[UUID], command: str = "request_picking") -> None:
        """Raises ``NotAuthorised`` for a line that is not agreed to; ``command`` needs the car to be here."""
        if self.state == CLOSED:
            RESERVATION.check(self.state, command)
        for line in [self.line(part_line_id) for part_line_id in part_line_ids]:
            if not line.authorised:
                raise NotAuthorised(
                    state=self.state,
                    allowed=RESERVATION.allowed(self.state),
                    waiting_for="reception.visit",
                    part_line_id=line.part_line_id,
                    line_id=line.line_id,
                )
        RESERVATION.check(self.state, command)

    def issue(
        self, asked: Sequence[Asked], *, slip_no: str, technician_id: UUID, currency: str, shelf: Shelf
    ) -> list[Event]:
        """Hand parts out against the job; only for authorised lines (PART-02)."""
        self.must_be_pickable([row.part_line_id for row in asked], "issue")
        before = self._quantities()
        rows = tuple(
            self.line(row.part_line_id).issue(row.quantity, shelf, slip_no=slip_no, batch=row.batch)
            for row in asked
        )
        issued = PartsIssued(
            **self._ids(),
            slip_no=slip_no,
            technician_id=technician_id,
            estimate_revision=self.answered_revision,
            lines=rows,
            currency=currency,
        )
        return [self.availability(), issued] if self._quantities() != before else [issued]

    def take_back(
        self, asked: Sequence[Asked], *, slip_no: str, technician_id: UUID, currency: str, shelf: Shelf
    ) -> list[Event]:
        """Take unused parts back; a piece that is needed again is set aside anew, unless the visit is closed
        (PART-19, PART-27)."""
        RESERVATION.check(self.state, "return")
        if any(row.needed_again for row in asked):
            RESERVATION.check(self.state, "set_aside")
        before = self._quantities()
        rows = tuple(
            self.line(row.part_line_id).take_back(
                row.quantity, shelf, slip_no=slip_no, reason=row.reason, needed_again=row.needed_again
            )
            for row in asked
        )
        returned = PartsReturned(
            **self._ids(), slip_no=slip_no, technician_id=technician_id, lines=rows, currency=currency
        )
        return [returned, self.availability()] if self._quantities() != before else [returned]

    # --- back-orders

    def back_ordered(
        self, order_no: str, ordered: Sequence[tuple[ReservationLine, Decimal]]
    ) -> PartsBackOrdered:
        """The fact that lines are on an order now."""
        rows = tuple(
            BackOrderedPart(part_line_id=line.part_line_id, quantity=quantity, eta=line.eta)
            for line, quantity in ordered
        )
        return PartsBackOrdered(**self._ids(), purchase_order_no=order_no, lines=rows)

    def expect(self, part_line_ids: set[UUID], eta: datetime, reason: str) -> EtaChanged | None:
        """A delivery moved; ``None`` if none of these lines still waits for it (PART-06)."""
        waiting = [x for x in self.lines if x.part_line_id in part_line_ids and x.back_ordered > 0]
        changed = [
            ChangedEta(part_line_id=line.part_line_id, old_eta=line.eta, new_eta=eta)
            for line in waiting
            if line.eta != eta
        ]
        for line in waiting:
            line.eta = eta
        return EtaChanged(**self._ids(), lines=tuple(changed), reason=reason) if changed else None

    def cancel_order(self, quantities: dict[UUID, Decimal]) -> Availability | None:
        """Deliveries will not come; ``None`` if no line waits for them any more."""
        waiting = [x for x in self.lines if x.part_line_id in quantities and x.back_ordered > 0]
        for line in waiting:
            line.cancel_order(quantities[line.part_line_id])
        return self.availability() if waiting else None

    # --- what can be asked of it, and what it publishes

    @property
    def is_short(self) -> bool:
        """Whether something of it is missing."""
        return any(line.short > 0 for line in self.lines)

    def line(self, part_line_id: UUID) -> ReservationLine:
        """One of its lines. Raises ``NotFound``."""
        for line in self.lines:
            if line.part_line_id == part_line_id:
                return line
        raise NotFound("part_line", part_line_id)

    def availability(self) -> Availability:
        """The whole state: everything is there, or something is short (E2)."""
        kind = ShortageDetected if self.is_short else PartsReserved
        answers = ForRevision(source=self.for_source, revision=self.for_revision)
        return kind(**self._ids(), for_revision=answers, lines=self._lines())

    def arrived(self) -> PartsArrived:
        """The fact that lines got parts from a receipt or from what others freed."""
        return PartsArrived(**self._ids(), lines=self._lines())

    def _released(self, reason: str) -> PartsReleased:
        return PartsReleased(**self._ids(), reason=reason, lines=self._lines())

    def _lines(self) -> tuple[LineState, ...]:
        return tuple(line.state() for line in self.lines)

    def _ids(self) -> dict[str, Any]:
        return {
            "reservation_id": self.id,
            "request_id": self.request_id,
            "appointment_id": self.appointment_id,
            "visit_id": self.visit_id,
        }
