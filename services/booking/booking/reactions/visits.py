"""What booking does when reception tells of a car: appointments kept, walk-ins, cars that return."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from booking.commands.appointments import NO_SHOW, give_up
from booking.commands.requests import open_return, request_return
from booking.commands.slots import lock_days, move_load
from booking.domain.appointment import Appointment
from booking.domain.capacity import spread
from booking.domain.copies import Visit, VisitState
from booking.domain.rules import HouseRules
from booking.domain.states import AppointmentState
from booking.queries.slots import shop_hours
from contracts.events import reception
from servicekit import Timer, Tx, new_id

_PREFERRED = [
    AppointmentState.CONFIRMED,
    AppointmentState.REQUESTED,
    AppointmentState.MISSED,
    AppointmentState.CANCELLED,
]


async def keep_appointment_on_visit_opened(tx: Tx, event: reception.VisitOpened) -> None:
    """The car is here: that wins over a cancellation, a no-show or another slot, in either order."""
    await tx.lock(f"request {event.request_id}")
    visit = await _visit(tx, event, request_no=event.request_no, vehicle_id=event.vehicle_id)
    visit.state, visit.arrived_at = VisitState.HERE, event.arrived_at
    appointment = await _expected(tx, event)
    if appointment is not None:
        visit.booked = True
        await _keep(tx, appointment, event.visit_id, event.arrived_at)


async def note_wait_on_vehicle_received(tx: Tx, event: reception.VehicleReceived) -> None:
    """How long the customer waited, for the key figures."""
    visit = await tx.find(Visit, event.visit_id)
    if visit is not None:
        visit.waited_minutes, visit.within_sla = event.waited_minutes, event.within_sla


async def count_walk_in_on_handover_promised(tx: Tx, event: reception.HandoverPromised) -> None:
    """A car that nobody booked takes labour on the day for which it is promised."""
    visit = await tx.find(Visit, event.visit_id)
    if visit is not None and not visit.booked:
        await _walk_in(tx, visit, _day_of(tx, event.promised_at), event.authorised_labour_minutes)


async def move_walk_in_on_promise_revised(tx: Tx, event: reception.PromiseRevised) -> None:
    """Its labour moves with the promise."""
    visit = await tx.find(Visit, event.visit_id)
    if visit is not None and visit.load_on is not None:
        await _walk_in(tx, visit, _day_of(tx, event.new_promise), visit.load_minutes)


async def book_return_on_vehicle_left(tx: Tx, event: reception.VehicleLeft) -> None:
    """The car drives on until its parts are here: a second appointment under the same request (E2)."""
    await tx.lock(f"request {event.request_id}")
    visit = await _visit(tx, event, request_no=event.request_no, vehicle_id=event.vehicle_id)
    visit.state, visit.return_expected_at = VisitState.AWAY, event.return_expected_at
    visit.lines, visit.reason = event.open_lines, event.reason
    if visit.load_on is not None:
        # What is still to be done is booked with the return, and must not take labour twice.
        to_do = sum(line.labour_minutes for line in event.open_lines)
        await _walk_in(tx, visit, visit.load_on, max(visit.load_minutes - to_do, 0))
    back = await open_return(tx, visit.visit_id)
    back = back or await request_return(tx, visit, channel="reception", wanted_from=event.return_expected_at)
    if back.parts.ready:
        back.call_with_offer(due_at=tx.now, new_id=new_id)


async def keep_return_on_vehicle_returned(tx: Tx, event: reception.VehicleReturned) -> None:
    """The car is back: its second appointment is kept, in whatever state it is."""
    await tx.lock(f"request {event.request_id}")
    visit = await tx.find(Visit, event.visit_id)
    if visit is not None:
        visit.state = VisitState.HERE
    found = await _best(tx, Appointment.visit_id == event.visit_id)
    if found is not None:
        await _keep(tx, found, event.visit_id, event.returned_at)


async def offer_slot_on_rework_agreed(tx: Tx, event: reception.ReworkAgreed) -> None:
    """A closed visit's work is redone: the customer is offered a slot for the new visit (E8)."""
    await tx.lock(f"request {event.request_id}")
    visit = await _visit(tx, event, request_no=event.request_no, vehicle_id=event.vehicle_id)
    visit.state = VisitState.EXPECTED
    visit.rework_of_visit_id, visit.measure_id = event.rework_of_visit_id, event.measure_id
    visit.lines, visit.reason = event.lines, event.reason or "rework"
    appointment = await request_return(tx, visit, channel="reception", wanted_from=None)
    appointment.call_with_offer(due_at=tx.now, new_id=new_id)


async def give_up_return_on_visit_closed(tx: Tx, event: reception.VisitClosed) -> None:
    """Nothing is left to come back for; work that was not done leaves the day."""
    await tx.lock(f"request {event.request_id}")
    visit = await tx.find(Visit, event.visit_id)
    if visit is None:
        return
    visit.state = VisitState.CLOSED
    if event.outcome in {"declined", "left"} and visit.load_on is not None:
        await _walk_in(tx, visit, None, 0)
    back = await open_return(tx, event.visit_id)
    if back is not None:
        await give_up(tx, back, reason="visit closed", cancelled_by="shop")


async def miss_appointment(tx: Tx, timer: Timer) -> None:
    """Slot and grace went by, and reception has told of no car until then (BOOK-37)."""
    appointment = await tx.find(Appointment, UUID(timer.key))
    if appointment is None:
        return
    rules = await tx.rules(HouseRules)
    held = appointment.load
    missed = appointment.miss(rules=rules, at=tx.now)
    if missed is not None:
        tx.publish(appointment, missed)
        await move_load(tx, held, {})
    elif appointment.state == AppointmentState.CONFIRMED and appointment.slot_start is not None:
        # The shop has made the grace longer since the timer was set.
        tx.schedule(NO_SHOW, appointment.id, appointment.slot_start + timedelta(minutes=rules.grace_minutes))


async def _visit(
    tx: Tx,
    event: reception.VisitOpened | reception.VehicleLeft | reception.ReworkAgreed,
    *,
    request_no: str,
    vehicle_id: UUID,
) -> Visit:
    visit = await tx.find(Visit, event.visit_id)
    if visit is None:
        visit = Visit(
            visit_id=event.visit_id,
            request_id=event.request_id,
            request_no=request_no,
            customer_id=event.customer_id,
            vehicle_id=vehicle_id,
            state=VisitState.HERE,
        )
        tx.add(visit)
    return visit


async def _expected(tx: Tx, event: reception.VisitOpened) -> Appointment | None:
    """The appointment that this visit keeps: the one it names, its own, else its request's."""
    if event.appointment_id is not None:
        named = await tx.find(Appointment, event.appointment_id)
        if named is not None:
            return named
    first = Appointment.request_id == event.request_id
    return await _best(
        tx, or_(Appointment.visit_id == event.visit_id, first & Appointment.visit_id.is_(None))
    )


async def _best(tx: Tx, condition: ColumnElement[bool]) -> Appointment | None:
    query = (
        select(Appointment)
        .where(condition, Appointment.state != AppointmentState.KEPT)
        .order_by(Appointment.requested_at.desc(), Appointment.id.desc())
        .with_for_update()
    )
    found: Sequence[Appointment] = await tx.all(query)
    return min(found, key=lambda one: _PREFERRED.index(AppointmentState(one.state)), default=None)


async def _keep(tx: Tx, appointment: Appointment, visit_id: UUID, arrived_at: datetime) -> None:
    held = old = appointment.load
    if not held and appointment.slot is not None:
        slot = appointment.slot
        held = spread(await shop_hours(tx), slot.start, slot.end, appointment.work)
    kept = appointment.keep(
        visit_id,
        arrived_on=_day_of(tx, arrived_at),
        slot_days=held,
        at=tx.now,
    )
    if kept is not None:
        tx.publish(appointment, kept)
        tx.cancel(NO_SHOW, appointment.id)
        await move_load(tx, old, appointment.load)


def _day_of(tx: Tx, at: datetime) -> date:
    return at.astimezone(tx.settings.timezone).date()


async def _walk_in(tx: Tx, visit: Visit, day: date | None, minutes: int) -> None:
    days = await lock_days(tx, {on for on in (visit.load_on, day) if on is not None})
    if visit.load_on is not None:
        days[visit.load_on].walk_in_minutes -= visit.load_minutes
    if day is not None:
        days[day].walk_in_minutes += minutes
    visit.load_on, visit.load_minutes = day, minutes
