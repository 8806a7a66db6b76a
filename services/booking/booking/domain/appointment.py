"""An appointment promises a request a slot: requested, confirmed, moved, prepared, kept or not."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from booking.domain.appointment_parts import (
    CONSTRAINTS_AND_INDEXES,
    About,
    AppointmentChange,
    AppointmentDay,
    days_for,
    note_change,
)
from booking.domain.appointment_states import APPOINTMENT, SCRIPTS, AppointmentState
from booking.domain.base import Base
from booking.domain.calls import Call, CallKind, CallOutcome, call_of, overtake, reminder_calls
from booking.domain.capacity import Load, SlotPlan, load_of
from booking.domain.copies import Reservation
from booking.domain.preparation import NOT_READY, CheckName, PartsShort, Preparation
from booking.domain.rules import HouseRules
from booking.domain.wish import Wish, must_name_work
from contracts.events.booking import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentMissed,
    AppointmentPrepared,
    AppointmentRequested,
    AppointmentRescheduled,
)
from contracts.values import Line, Readiness, Slot
from servicekit import Aggregate, Refusal
from servicekit.columns import Json
from servicekit.ids import new_id
from servicekit.personal_data import mask

Party = Literal["customer", "shop"]
NO_SHOW = "no-show"
"""Kind of the timer that notices a car that does not come, keyed by appointment."""


class WorkAlreadyAuthorised(Refusal):
    """This work was agreed on the visit and cannot be changed here."""


class Appointment(Aggregate, Base):
    """One appointment. A request may have a second one, when its car comes back for the rest of the work."""

    STREAM = "booking.appointment"

    __tablename__ = "appointments"
    __table_args__ = CONSTRAINTS_AND_INDEXES

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
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
    preparation: Mapped[Preparation] = composite("bay", "parts", "crew", "reception")
    parts_short: Mapped[bool] = mapped_column(default=False)
    prepared_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_in_time: Mapped[bool | None] = mapped_column(default=None)
    kept_visit_id: Mapped[UUID | None] = mapped_column(default=None)
    after_missed: Mapped[bool] = mapped_column(default=False)

    days: Mapped[list[AppointmentDay]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by=AppointmentDay.day
    )
    calls: Mapped[list[Call]] = relationship(lazy="raise", cascade="all, delete-orphan", order_by=Call.due_at)
    changes: Mapped[list[AppointmentChange]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by=AppointmentChange.number
    )

    @classmethod
    def request(
        cls, wish: Wish, *, request_id: UUID, request_no: str, rules: HouseRules, by: str, at: datetime
    ) -> tuple["Appointment", AppointmentRequested]:
        """A customer's wish on record; whoever takes it owns it (BOOK-06), the answer's clock runs (F-11).

        Raises ``RequestIncomplete`` when neither a fault nor work is named (BOOK-02).
        """
        must_name_work(wish.lines, wish.fault_text)
        wish, load = wish.masked(), wish.load(rules)
        made = cls(
            request_id=request_id,
            request_no=request_no,
            customer_id=wish.customer_id,
            vehicle_id=wish.vehicle_id,
            owner=by,
            channel=wish.channel,
            source=wish.source,
            fault_text=wish.fault_text,
            fault_occurred=wish.fault_occurred,
            urgency=wish.urgency,
            wanted_from=wish.wanted_from,
            diagnosis=wish.diagnosis,
            lines=wish.lines,
            labour_minutes=load.labour,
            maintenance_minutes=load.maintenance,
            rework_of_visit_id=wish.rework_of_visit_id,
            measure_id=wish.measure_id,
            visit_id=wish.visit_id,
            requested_at=at,
            respond_by=wish.respond_by(rules, at=at),
            days=[],  # there from the start: once stored, an unread collection would be looked up
            calls=[],
        )
        note_change(made.changes, "requested", by=by, at=at)
        return made, wish.requested(made.about, respond_by=made.respond_by)

    def respond(self, *, note: str, by: str, at: datetime) -> None:
        """The customer was answered, though no slot is fixed yet (BOOK-08)."""
        APPOINTMENT.check(self.state, "respond")
        self.responded_at = self.responded_at or at
        note_change(self.changes, "answered", reason=note, by=by, at=at)

    def hand_over_to(self, owner: str, *, by: str, at: datetime) -> None:
        """Somebody else looks after the request from now on (BOOK-06)."""
        self.owner = owner
        note_change(self.changes, "owner_changed", by=by, at=at)

    def change_work(self, lines: tuple[Line, ...], *, diagnosis: bool, rules: HouseRules) -> None:
        """The customer wants other work; raises ``WorkAlreadyAuthorised`` for a car that comes back."""
        if self.visit_id is not None:
            raise WorkAlreadyAuthorised(visit_id=str(self.visit_id))
        must_name_work(lines, self.fault_text)
        load = load_of(lines, diagnosis=diagnosis, rules=rules)
        parts_before = {part.part_line_id for line in self.lines for part in line.parts}
        self.lines, self.diagnosis = lines, diagnosis
        self.labour_minutes, self.maintenance_minutes = load.labour, load.maintenance
        if parts_before != {part.part_line_id for line in lines for part in line.parts}:
            self.preparation = self.preparation.tick("parts", NOT_READY)
            self.parts_short, self.prepared_at = False, None

    def confirm(
        self, plan: SlotPlan, *, overbooked_by: str | None, rules: HouseRules, by: str, at: datetime
    ) -> AppointmentConfirmed:
        """Promise the slot; whoever calls has made sure of the room."""
        self.state = APPOINTMENT.go(self.state, "confirm")
        self.responded_at = self.responded_at or at
        self.confirmed_at, self.revision = at, 1
        self._hold(plan, overbooked_by=overbooked_by, rules=rules, at=at)
        self._tick_parts_unless_needed(at)
        note_change(self.changes, "confirmed", by=by, at=at)
        return AppointmentConfirmed(
            **self.about,
            revision=self.revision,
            slot_start=plan.start,
            slot_end=plan.end,
            labour_minutes=self.labour_minutes,
            lines=self.lines,
            visit_id=self.visit_id,
        )

    def reschedule(
        self,
        plan: SlotPlan,
        *,
        reason: str,
        asked_by: Party,
        overbooked_by: str | None,
        rules: HouseRules,
        by: str,
        at: datetime,
    ) -> AppointmentRescheduled:
        """Promise another slot, as the next revision; bay, crew and reception must be prepared anew."""
        self.state = APPOINTMENT.go(self.state, "reschedule")
        old = self.slot
        assert old is not None  # a confirmed appointment has one: its columns are constrained
        self.revision += 1
        self._hold(plan, overbooked_by=overbooked_by, rules=rules, at=at)
        self.preparation = self.preparation.for_another_slot()
        self.prepared_at = self.attendance_confirmed_at = None
        self._tick_parts_unless_needed(at)
        note_change(self.changes, "rescheduled", reason=reason, by=by, at=at)
        return AppointmentRescheduled(
            **self.about,
            revision=self.revision,
            old_slot=old,
            new_slot=Slot(start=plan.start, end=plan.end),
            labour_minutes=self.labour_minutes,
            lines=self.lines,
            reason=mask(reason),
            asked_by=asked_by,
        )

    def cancel(
        self, *, reason: str, cancelled_by: Party, rules: HouseRules, by: str, at: datetime
    ) -> AppointmentCancelled:
        """Give it up; with enough notice, the slot can be filled again (F-15)."""
        self.state = APPOINTMENT.go(self.state, "cancel")
        slot, notice = self.slot, timedelta(hours=rules.cancel_notice_hours)
        self.cancelled_in_time = slot is None or at <= slot.start - notice
        self._end(at)
        note_change(self.changes, "cancelled", reason=reason, by=by, at=at)
        return AppointmentCancelled(
            **self.about,
            slot=slot,
            reason=mask(reason),
            cancelled_by=cancelled_by,
            in_time=self.cancelled_in_time,
        )

    def prepare(self, check: CheckName, *, ready: bool, by: str, at: datetime) -> AppointmentPrepared | None:
        """Tick or untick one of the four checks (BOOK-17); the fourth tick makes it prepared.

        Raises ``PartsShort`` when something is missing in stock.
        """
        APPOINTMENT.check(self.state, "prepare")
        if check == "parts" and ready and self.parts_short:
            raise PartsShort(state=self.state, waiting_for="parts.reservation")
        return self._tick(check, Readiness(ready=ready, by=by, at=at), at=at)

    def confirm_attendance(self, *, by: str, at: datetime) -> None:
        """The customer assures again that they will come (BOOK-38)."""
        APPOINTMENT.check(self.state, "confirm_attendance")
        self.attendance_confirmed_at = at
        overtake(self.calls, CallKind.NOTICE, CallKind.DAY_BEFORE, at=at)
        note_change(self.changes, "attendance_confirmed", by=by, at=at)

    def log_call(
        self,
        call_id: UUID,
        outcome: CallOutcome,
        *,
        note: str,
        again_at: datetime | None,
        by: str,
        at: datetime,
    ) -> None:
        """What came of a call to the customer. Raises ``NotFound`` or ``CallClosed``."""
        APPOINTMENT.check(self.state, "log_call")
        call_of(self.calls, call_id).log(outcome, note=note, again_at=again_at, by=by, at=at)

    def miss(self, *, rules: HouseRules, at: datetime) -> AppointmentMissed | None:
        """Slot and grace went by without a car (BOOK-37); ``None`` if that is not so (any more)."""
        slot, grace = self.slot, timedelta(minutes=rules.grace_minutes)
        if self.state != AppointmentState.CONFIRMED or slot is None or slot.start + grace > at:
            return None
        self.state = APPOINTMENT.go(self.state, "miss")
        self._end(at)
        note_change(self.changes, "missed", by="system", at=at)
        return AppointmentMissed(
            **self.about, slot_start=slot.start, slot_end=slot.end, grace_minutes=rules.grace_minutes
        )

    def keep(
        self, visit_id: UUID, *, arrived_on: date, slot_days: Mapping[date, Load], at: datetime
    ) -> AppointmentKept | None:
        """The car came: that wins over whatever was concluded before; ``None`` if it was known.

        ``slot_days`` is what the slot holds. On a day of it the slot is held (anew); on another day the slot
        is free and the labour counts on the day of arrival.
        """
        if self.state == AppointmentState.KEPT:
            return None
        after_missed = self.state == AppointmentState.MISSED
        self.state = APPOINTMENT.go(self.state, "keep")
        self._end(at)
        self.slot_held = arrived_on in slot_days
        self.days = days_for(slot_days if self.slot_held else {arrived_on: self.work}, self.days)
        self.kept_visit_id, self.after_missed = visit_id, after_missed
        note_change(self.changes, "kept", by="system", at=at)
        return AppointmentKept(
            **self.about,
            visit_id=visit_id,
            slot=self.slot,
            labour_minutes=self.labour_minutes,
            after_missed=after_missed,
        )

    def check_parts(self, reservation: Reservation, *, at: datetime) -> AppointmentPrepared | None:
        """Compare with what is reserved for it; this may be the last of the four checks (BOOK-23)."""
        if not (self.is_open and self.needs_parts):
            return None
        self.parts_short = reservation.is_short(self.lines)
        ready = reservation.covers(self.lines)
        return self._tick("parts", Readiness(ready=ready, by="system", at=at), at=at)

    def call_with_offer(self, *, due_at: datetime) -> None:
        """The desk is to offer this customer a slot; once is enough (E2, E8)."""
        pending = [call for call in self.calls if call.kind == CallKind.OFFER and call.done_at is None]
        if self.state == AppointmentState.REQUESTED and not pending:
            self.calls.append(Call(kind=CallKind.OFFER, due_at=due_at))

    @property
    def about(self) -> About:
        """The ids and the number for an event."""
        return About(
            appointment_id=self.id,
            request_id=self.request_id,
            request_no=self.request_no,
            customer_id=self.customer_id,
            vehicle_id=self.vehicle_id,
        )

    @property
    def work(self) -> Load:
        """The labour that a slot must hold."""
        return Load(self.labour_minutes, self.maintenance_minutes)

    @property
    def load(self) -> dict[date, Load]:
        """The labour that is held now, by day."""
        return {row.day: row.load for row in self.days}

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
        """The type of script for a call about it now (BOOK-35)."""
        return SCRIPTS.get(AppointmentState(self.state))

    def is_overdue(self, at: datetime) -> bool:
        """Whether the customer should have had an answer by now (BOOK-08)."""
        waiting = self.state == AppointmentState.REQUESTED and self.responded_at is None
        return waiting and self.respond_by < at

    @property
    def needs_parts(self) -> bool:
        """Whether any of its work takes parts."""
        return any(line.parts for line in self.lines)

    def _hold(self, plan: SlotPlan, *, overbooked_by: str | None, rules: HouseRules, at: datetime) -> None:
        self.slot_start, self.slot_end, self.slot_held = plan.start, plan.end, True
        self.overbooked_by = overbooked_by
        self.days = days_for(plan.days, self.days)
        overtake(self.calls, *CallKind, at=at)
        self.calls += reminder_calls(plan.start, urgent=self.urgency == "urgent", rules=rules, at=at)

    def _tick(self, check: CheckName, ready: Readiness, *, at: datetime) -> AppointmentPrepared | None:
        self.preparation = self.preparation.tick(check, ready)
        if not self.preparation.complete:
            self.prepared_at = None
            return None
        if self.prepared_at is not None or self.slot_start is None:
            return None
        self.prepared_at = at
        return AppointmentPrepared(**self.about, slot_start=self.slot_start, **self.preparation.checks)

    def _tick_parts_unless_needed(self, at: datetime) -> None:
        if not self.needs_parts:
            self.preparation = self.preparation.tick("parts", Readiness(ready=True, by="system", at=at))

    def _end(self, at: datetime) -> None:
        self.ended_at, self.slot_held = at, False
        self.days = []
        overtake(self.calls, *CallKind, at=at)
