"""What parts does when another department reports: set aside, free, order, attach, close."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts.events.booking import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentMissed,
    AppointmentRescheduled,
    CalendarChanged,
)
from contracts.events.reception import (
    EstimateAnswered,
    EstimateDrafted,
    ReworkAgreed,
    ReworkOrdered,
    VisitClosed,
    VisitOpened,
)
from contracts.events.workshop import JobReady, JobReopened
from parts.commands.counter import send_away_waiting
from parts.commands.purchasing import order_short
from parts.commands.stockroom import give_freed_to_others, lock_shelf, put_away
from parts.domain import Appointment, HouseRules, Reservation, Shelf, ShopCalendar
from parts.domain.reservation import ATTACHED, CLOSED, OPEN
from parts.domain.reservation_line import Wish, wishes_of
from servicekit import NotYet, Timer, Tx
from shopkit.calendar import WorkingCalendar

LAPSE = "lapse"
"""Kind of the timer that frees parts of a car that never came, keyed by reservation."""

# --- booking


async def copy_calendar_on_changed(tx: Tx, event: CalendarChanged) -> None:
    """Deliveries are expected on the shop's working days."""
    calendar = WorkingCalendar.model_validate(event)
    await tx.session.merge(ShopCalendar(name=event.calendar, calendar=calendar))


async def reserve_on_confirmed(tx: Tx, event: AppointmentConfirmed) -> None:
    """Set aside what the booked work needs (PART-15, BOOK-23)."""
    await _reserve_for_slot(tx, event, event.slot_start, event.slot_end)


async def move_on_rescheduled(tx: Tx, event: AppointmentRescheduled) -> None:
    """The slot or the work moved (E5); if the car is here already, the visit has won."""
    await _reserve_for_slot(tx, event, event.new_slot.start, event.new_slot.end)


async def _reserve_for_slot(
    tx: Tx, event: AppointmentConfirmed | AppointmentRescheduled, start: datetime, end: datetime
) -> None:
    await _note_appointment(tx, event.appointment_id, event.request_id)
    reservation = await _reservation(tx, event.request_id)
    if reservation.state == CLOSED:
        return
    reservation.request_no = event.request_no
    wishes = wishes_of(event.lines)
    if reservation.state == ATTACHED:
        await _join_late(tx, reservation, event.appointment_id, wishes, event.revision)
        return
    reservation.appointment_id, reservation.slot_start = event.appointment_id, start
    shelf = await _shelf(tx, reservation, wishes)
    tx.publish(
        reservation, reservation.want(wishes, source="appointment", revision=event.revision, shelf=shelf)
    )
    put_away(tx, shelf)
    rules = await tx.rules(HouseRules)
    tx.schedule(LAPSE, reservation.id, end + timedelta(hours=rules.lapse_hours))


async def _join_late(
    tx: Tx, reservation: Reservation, appointment_id: UUID, wishes: Sequence[Wish], revision: int
) -> None:
    """The car was faster than the news of its slot. Once there is an estimate, that says what is wanted."""
    if reservation.appointment_id is None:
        reservation.appointment_id = appointment_id
    if reservation.for_source == "estimate":
        return
    shelf = await _shelf(tx, reservation, wishes)
    more = reservation.want_more(wishes, source="appointment", revision=revision, shelf=shelf)
    if more is not None:
        tx.publish(reservation, more)
    put_away(tx, shelf)


async def note_on_kept(tx: Tx, event: AppointmentKept) -> None:
    """The car came, even if no slot was ever confirmed: a visit that names the appointment need not wait."""
    await _note_appointment(tx, event.appointment_id, event.request_id)


async def release_on_cancelled(tx: Tx, event: AppointmentCancelled) -> None:
    """The car will not come (E5)."""
    await _release_for_appointment(tx, event.request_id, event.appointment_id, "cancelled")


async def release_on_missed(tx: Tx, event: AppointmentMissed) -> None:
    """The car did not come (E5); if it still does, what was freed is wanted again."""
    await _release_for_appointment(tx, event.request_id, event.appointment_id, "missed")


async def _release_for_appointment(tx: Tx, request_id: UUID, appointment_id: UUID, reason: str) -> None:
    reservation = await tx.find_by(Reservation, request_id=request_id)
    if reservation is None or reservation.state != OPEN or reservation.appointment_id != appointment_id:
        return
    tx.cancel(LAPSE, reservation.id)
    await _release(tx, reservation, reason)


# --- reception


async def attach_on_visit_opened(tx: Tx, event: VisitOpened) -> None:
    """The parts belong to the visit from now on (PART-03); cancelled or missed before, the visit wins."""
    if event.appointment_id is not None:
        await _must_have_heard_of(tx, event.appointment_id)
    reservation = await _reservation(tx, event.request_id)
    if reservation.state == ATTACHED:
        return
    reservation.request_no, reservation.plate = event.request_no, event.plate
    if reservation.appointment_id is None:
        reservation.appointment_id = event.appointment_id
    shelf = await _shelf(tx, reservation)
    tx.publish(reservation, *reservation.attach(event.visit_id, shelf))
    put_away(tx, shelf)
    tx.cancel(LAPSE, reservation.id)


async def _must_have_heard_of(tx: Tx, appointment_id: UUID) -> None:
    if await tx.session.get(Appointment, appointment_id) is None:
        raise NotYet("booking.appointment", appointment_id, at="confirmed")


async def reserve_on_estimate_drafted(tx: Tx, event: EstimateDrafted) -> None:
    """Set aside what is new and free what is gone, so that the advisor sees what is there (PART-01)."""
    reservation = await _reservation(tx, event.request_id)
    if reservation.state == CLOSED:
        return
    wishes = wishes_of(event.lines)
    shelf = await _shelf(tx, reservation, wishes)
    tx.publish(reservation, reservation.want(wishes, source="estimate", revision=event.revision, shelf=shelf))
    put_away(tx, shelf)


async def authorise_on_estimate_answered(tx: Tx, event: EstimateAnswered) -> None:
    """Agreed lines may be issued, declined ones are freed, agreed short ones are ordered (E1, E2)."""
    reservation = await _reservation(tx, event.request_id)
    if reservation.state == CLOSED:
        return
    wishes = wishes_of(event.authorised_lines)
    shelf = await _shelf(tx, reservation, wishes)
    tx.publish(reservation, *reservation.answer(wishes, revision=event.revision, shelf=shelf))
    put_away(tx, shelf)
    ordered = set(event.back_order_line_ids)
    await order_short(
        tx, reservation, [x for x in reservation.lines if x.line_id in ordered and x.authorised]
    )


async def reserve_on_rework_ordered(tx: Tx, event: ReworkOrdered) -> None:
    """A complaint's rework in the visit that is open: agreed at once, at the shop's cost (E8)."""
    reservation = await _reservation(tx, event.request_id)
    if reservation.state == CLOSED:
        return
    await _order_rework(tx, reservation, event, event.estimate_revision or 1)


async def reserve_on_rework_agreed(tx: Tx, event: ReworkAgreed) -> None:
    """A complaint's rework in a visit of its own that is expected (E8)."""
    reservation = await _reservation(tx, event.request_id)
    if reservation.state != OPEN:
        return
    reservation.request_no, reservation.visit_id = event.request_no, event.visit_id
    await _order_rework(tx, reservation, event, 1)
    if reservation.slot_start is None:
        rules = await tx.rules(HouseRules)
        tx.schedule(LAPSE, reservation.id, tx.now + timedelta(days=rules.unbooked_lapse_days))


async def _order_rework(
    tx: Tx, reservation: Reservation, event: ReworkOrdered | ReworkAgreed, revision: int
) -> None:
    wishes = wishes_of(event.lines)
    shelf = await _shelf(tx, reservation, wishes)
    tx.publish(
        reservation,
        reservation.order_rework(wishes, measure_id=event.measure_id, revision=revision, shelf=shelf),
    )
    put_away(tx, shelf)
    named = {wish.part_line_id for wish in wishes}
    # The shop pays and has agreed: nobody has to be asked before what is short is ordered.
    await order_short(tx, reservation, [x for x in reservation.lines if x.part_line_id in named])


async def close_on_visit_closed(tx: Tx, event: VisitClosed) -> None:
    """Free any leftover; a closed visit holds no reservation."""
    reservation = await tx.find_by(Reservation, request_id=event.request_id)
    if reservation is None or reservation.state == CLOSED:
        return
    shelf = await _shelf(tx, reservation)
    released = reservation.close(shelf)
    if released is not None:
        tx.publish(reservation, released)
    put_away(tx, shelf)
    await send_away_waiting(tx, reservation)
    tx.cancel(LAPSE, reservation.id)


# --- workshop


async def release_on_job_ready(tx: Tx, event: JobReady) -> None:
    """Nothing more is needed of these lines: free the rest, and note what stays in the car."""
    reservation = await tx.find_by(Reservation, request_id=event.request_id)
    if reservation is None or reservation.state == CLOSED:
        return
    shelf = await _shelf(tx, reservation)
    released = reservation.finish(
        {part.part_line_id: part.used for result in event.results for part in result.parts},
        line_ids={result.line_id for result in event.results},
        revision=event.estimate_revision or 0,
        shelf=shelf,
    )
    if released is not None:
        tx.publish(reservation, released)
    put_away(tx, shelf)


async def reopen_use_on_job_reopened(tx: Tx, event: JobReopened) -> None:
    """The job goes on: what it reported as used may change."""
    reservation = await tx.find_by(Reservation, request_id=event.request_id)
    if reservation is not None:
        reservation.go_on()


# --- deadlines


async def lapse(tx: Tx, timer: Timer) -> None:
    """The slot is long over and neither booking nor reception said anything: free the parts (PART-15)."""
    reservation = await tx.find(Reservation, UUID(timer.key))
    if reservation is not None and reservation.state == OPEN:
        await _release(tx, reservation, "lapsed")


async def allot_freed(tx: Tx, timer: Timer) -> None:
    """What one reservation gave free goes to the next that waits for it."""
    await give_freed_to_others(tx, timer.key)


# --- together


async def _reservation(tx: Tx, request_id: UUID) -> Reservation:
    """The request's reservation, locked; made on first need. Two streams may be the first to name it."""
    reservation = await tx.find_by(Reservation, request_id=request_id)
    if reservation is not None:
        return reservation
    await tx.lock(f"reservation of request {request_id}")
    reservation = await tx.find_by(Reservation, request_id=request_id)
    if reservation is None:
        reservation = Reservation(request_id=request_id, opened_at=tx.now, lines=[])
        tx.add(reservation)
    return reservation


async def _shelf(tx: Tx, reservation: Reservation, wishes: Sequence[Wish] = ()) -> Shelf:
    return await lock_shelf(
        tx, {line.part_no for line in reservation.lines} | {wish.part_no for wish in wishes}
    )


async def _release(tx: Tx, reservation: Reservation, reason: str) -> None:
    shelf = await _shelf(tx, reservation)
    released = reservation.release(reason, shelf)
    if released is not None:
        tx.publish(reservation, released)
    put_away(tx, shelf)


async def _note_appointment(tx: Tx, appointment_id: UUID, request_id: UUID) -> None:
    await tx.session.merge(Appointment(appointment_id=appointment_id, request_id=request_id))
