"""An appointment promises a request a slot: requested, confirmed, moved, prepared, kept or not."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text

from booking.domain.appointment_facts import NOT_READY, AppointmentFacts, Wish
from booking.domain.base import Base
from booking.domain.calls import Call, CallKind, CallOutcome, reminders
from booking.domain.capacity import Load, SlotPlan, load_of
from booking.domain.copies import Reservation
from booking.domain.refusals import PartsShort, RequestIncomplete, WorkAlreadyAuthorised
from booking.domain.rules import HouseRules
from booking.domain.states import APPOINTMENT, AppointmentState
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
from servicekit import NotFound
from servicekit.personal_data import mask

NewId = Callable[[], UUID]
CheckName = Literal["bay", "parts", "crew", "reception"]
Party = Literal["customer", "shop"]


class Appointment(AppointmentFacts, Base):
    """One appointment. A request may have a second one, when its car comes back for the rest of the work."""

    __tablename__ = "appointments"
    __table_args__ = (
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

    @classmethod
    def request(
        cls,
        wish: Wish,
        *,
        request_id: UUID,
        request_no: str,
        rules: HouseRules,
        new_id: NewId,
        by: str,
        at: datetime,
    ) -> tuple["Appointment", AppointmentRequested]:
        """A customer's wish on record; whoever takes it owns it (BOOK-06), the answer's clock runs (F-11).

        Raises ``RequestIncomplete`` when neither a fault nor work is named (BOOK-02).
        """
        if not (wish.lines or wish.fault_text.strip()):
            raise RequestIncomplete()
        load = load_of(wish.lines, diagnosis=wish.diagnosis, rules=rules)
        respond_by = at + timedelta(hours=rules.respond_hours)
        if wish.visit_id is not None and wish.wanted_from is not None:
            # A car that left for parts cannot be given a slot before they are expected.
            respond_by = max(respond_by, wish.wanted_from)
        made = cls(
            id=new_id(),
            request_id=request_id,
            request_no=request_no,
            customer_id=wish.customer_id,
            vehicle_id=wish.vehicle_id,
            owner=by,
            channel=wish.channel,
            source=mask(wish.source),
            fault_text=mask(wish.fault_text.strip()),
            fault_occurred=mask(wish.fault_occurred.strip()),
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
            respond_by=respond_by,
            days=[],  # there from the start: once stored, an unread collection would be looked up
            calls=[],
        )
        made._note("requested", by=by, at=at)
        return made, made._requested()

    # --- what people do

    def respond(self, *, note: str, by: str, at: datetime) -> None:
        """The customer was answered, though no slot is fixed yet (BOOK-08)."""
        APPOINTMENT.check(self.state, "respond")
        self.responded_at = self.responded_at or at
        self._note("answered", reason=note, by=by, at=at)

    def hand_over_to(self, owner: str, *, by: str, at: datetime) -> None:
        """Somebody else looks after the request from now on (BOOK-06)."""
        self.owner = owner
        self._note("owner_changed", by=by, at=at)

    def change_work(self, lines: tuple[Line, ...], *, diagnosis: bool, rules: HouseRules) -> None:
        """The customer wants other work; raises ``WorkAlreadyAuthorised`` for a car that comes back."""
        if self.visit_id is not None:
            raise WorkAlreadyAuthorised(visit_id=str(self.visit_id))
        if not (lines or self.fault_text):
            raise RequestIncomplete()
        load = load_of(lines, diagnosis=diagnosis, rules=rules)
        parts_before = {part.part_line_id for line in self.lines for part in line.parts}
        self.lines, self.diagnosis = lines, diagnosis
        self.labour_minutes, self.maintenance_minutes = load.labour, load.maintenance
        if parts_before != {part.part_line_id for line in lines for part in line.parts}:
            self.parts, self.parts_short, self.prepared_at = NOT_READY, False, None

    def confirm(
        self,
        plan: SlotPlan,
        *,
        overbooked_by: str | None,
        rules: HouseRules,
        new_id: NewId,
        by: str,
        at: datetime,
    ) -> AppointmentConfirmed:
        """Promise the slot; whoever calls has made sure of the room."""
        self.state = APPOINTMENT.go(self.state, "confirm")
        self.responded_at = self.responded_at or at
        self.confirmed_at, self.revision = at, 1
        self._hold(plan, overbooked_by=overbooked_by, rules=rules, new_id=new_id, at=at)
        if not self.needs_parts:
            self.parts = Readiness(ready=True, by="system", at=at)
        self._note("confirmed", by=by, at=at)
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
        new_id: NewId,
        by: str,
        at: datetime,
    ) -> AppointmentRescheduled:
        """Promise another slot, as the next revision; bay, crew and reception must be prepared anew."""
        self.state = APPOINTMENT.go(self.state, "reschedule")
        old = self.slot
        assert old is not None  # a confirmed appointment has one: its columns are constrained
        self.revision += 1
        self._hold(plan, overbooked_by=overbooked_by, rules=rules, new_id=new_id, at=at)
        self.bay = self.crew = self.reception = NOT_READY
        self.prepared_at = self.attendance_confirmed_at = None
        if not self.needs_parts:
            self.parts = Readiness(ready=True, by="system", at=at)
        self._note("rescheduled", reason=reason, by=by, at=at)
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
        """Give it up; told early enough, the slot can be filled again (F-15)."""
        self.state = APPOINTMENT.go(self.state, "cancel")
        slot = self.slot
        notice = timedelta(hours=rules.cancel_notice_hours)
        self.cancelled_in_time = slot is None or at <= slot.start - notice
        self._end(at)
        self._note("cancelled", reason=reason, by=by, at=at)
        return AppointmentCancelled(
            **self.about,
            slot=slot,
            reason=mask(reason),
            cancelled_by=cancelled_by,
            in_time=self.cancelled_in_time,
        )

    def prepare(self, check: CheckName, *, ready: bool, by: str, at: datetime) -> AppointmentPrepared | None:
        """Tick or untick one of the four checks (BOOK-17); the fourth tick makes it prepared.

        Raises ``PartsShort`` when parts has told that something is missing.
        """
        APPOINTMENT.check(self.state, "prepare")
        if check == "parts" and ready and self.parts_short:
            raise PartsShort(state=self.state, waiting_for="parts.reservation")
        return self._tick(check, Readiness(ready=ready, by=by, at=at), at=at)

    def confirm_attendance(self, *, by: str, at: datetime) -> None:
        """The customer says again that they will come (BOOK-38)."""
        APPOINTMENT.check(self.state, "confirm_attendance")
        self.attendance_confirmed_at = at
        self._overtake(CallKind.NOTICE, CallKind.DAY_BEFORE, at=at)
        self._note("attendance_confirmed", by=by, at=at)

    def log_call(
        self,
        call_id: UUID,
        outcome: CallOutcome,
        *,
        note: str,
        again_at: datetime | None,
        by: str,
        at: datetime,
    ) -> Call:
        """What came of a call to the customer. Raises ``NotFound`` or ``CallClosed``."""
        APPOINTMENT.check(self.state, "log_call")
        for call in self.calls:
            if call.id == call_id:
                call.log(outcome, note=note, again_at=again_at, by=by, at=at)
                return call
        raise NotFound("call", call_id)

    # --- what happens to it

    def miss(self, *, rules: HouseRules, at: datetime) -> AppointmentMissed | None:
        """Slot and grace went by without a car (BOOK-37); ``None`` if that is not so (any more)."""
        slot, grace = self.slot, timedelta(minutes=rules.grace_minutes)
        if self.state != AppointmentState.CONFIRMED or slot is None or slot.start + grace > at:
            return None
        self.state = APPOINTMENT.go(self.state, "miss")
        self._end(at)
        self._note("missed", by="system", at=at)
        return AppointmentMissed(
            **self.about,
            slot_start=slot.start,
            slot_end=slot.end,
            grace_minutes=rules.grace_minutes,
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
        on_its_day = arrived_on in slot_days
        self.slot_held = on_its_day
        self._set_days(slot_days if on_its_day else {arrived_on: self.work})
        self.kept_visit_id, self.after_missed = visit_id, after_missed
        self._note("kept", by="system", at=at)
        return AppointmentKept(
            **self.about,
            visit_id=visit_id,
            slot=self.slot,
            labour_minutes=self.labour_minutes,
            after_missed=after_missed,
        )

    def hear_of_parts(self, reservation: Reservation, *, at: datetime) -> AppointmentPrepared | None:
        """What parts told of its reservation; may be the last of the four checks (BOOK-23)."""
        if not (self.is_open and self.needs_parts):
            return None
        self.parts_short = reservation.is_short(self.lines)
        ready = reservation.covers(self.lines)
        return self._tick("parts", Readiness(ready=ready, by="system", at=at), at=at)

    def call_with_offer(self, *, due_at: datetime, new_id: NewId) -> None:
        """The desk is to offer this customer a slot; once is enough (E2, E8)."""
        pending = [call for call in self.calls if call.kind == CallKind.OFFER and call.done_at is None]
        if self.state == AppointmentState.REQUESTED and not pending:
            self.calls.append(Call(id=new_id(), kind=CallKind.OFFER, due_at=due_at))

    # --- inside

    def _requested(self) -> AppointmentRequested:
        return AppointmentRequested(
            **self.about,
            channel=self.channel,
            source=self.source,
            fault_text=self.fault_text,
            urgency=self.urgency,
            wanted_from=self.wanted_from,
            lines=self.lines,
            respond_by=self.respond_by,
            rework_of_visit_id=self.rework_of_visit_id,
            measure_id=self.measure_id,
            visit_id=self.visit_id,
        )

    def _hold(
        self, plan: SlotPlan, *, overbooked_by: str | None, rules: HouseRules, new_id: NewId, at: datetime
    ) -> None:
        self.slot_start, self.slot_end, self.slot_held = plan.start, plan.end, True
        self.overbooked_by = overbooked_by
        self._set_days(plan.days)
        self._overtake(*CallKind, at=at)
        urgent = self.urgency == "urgent"
        self.calls += [
            Call(id=new_id(), kind=kind, due_at=due_at)
            for kind, due_at in reminders(plan.start, urgent=urgent, rules=rules, at=at)
        ]

    def _tick(self, check: CheckName, ready: Readiness, *, at: datetime) -> AppointmentPrepared | None:
        setattr(self, check, ready)
        checks = (self.bay, self.parts, self.crew, self.reception)
        if not all(one.ready for one in checks):
            self.prepared_at = None
            return None
        if self.prepared_at is not None or self.slot_start is None:
            return None
        self.prepared_at = at
        return AppointmentPrepared(
            **self.about,
            slot_start=self.slot_start,
            bay=self.bay,
            parts=self.parts,
            crew=self.crew,
            reception=self.reception,
        )
