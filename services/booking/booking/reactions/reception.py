"""What booking does when reception reports a car: appointments kept, walk-ins, cars that return."""

from datetime import date, datetime
from uuid import UUID

from booking.commands.appointment import give_up
from booking.commands.capacity import move_load, move_walk_in
from booking.commands.request import request_return
from booking.domain.appointment import NO_SHOW, Appointment
from booking.domain.capacity import spread
from booking.domain.copies import Visit, VisitState
from booking.repository import (
    lock_expected,
    lock_open_return,
    lock_request,
    lock_return,
    shop_hours,
)
from contracts.events.reception import (
    HandoverPromised,
    PromiseRevised,
    ReworkAgreed,
    VehicleLeft,
    VehicleReceived,
    VehicleReturned,
    VisitClosed,
    VisitOpened,
)
from servicekit import Tx
from servicekit.copies import Columns, amend


async def keep_appointment_on_visit_opened(tx: Tx, event: VisitOpened) -> None:
    """The car is here: that wins over a cancellation, a no-show or another slot, in either order."""
    await lock_request(tx, event.request_id)
    visit = await _visit(tx, event, request_no=event.request_no, vehicle_id=event.vehicle_id)
    visit.state, visit.arrived_at = VisitState.HERE, event.arrived_at
    appointment = await lock_expected(
        tx, visit_id=event.visit_id, request_id=event.request_id, appointment_id=event.appointment_id
    )
    if appointment is not None:
        visit.booked = True
        await _keep(tx, appointment, event.visit_id, event.arrived_at)


async def note_wait_on_vehicle_received(tx: Tx, event: VehicleReceived) -> None:
    """How long the customer waited, for the key figures."""
    columns: Columns = {Visit.waited_minutes: event.waited_minutes, Visit.within_sla: event.within_sla}
    await amend(tx, Visit, {Visit.visit_id: event.visit_id}, columns)


async def count_walk_in_on_handover_promised(tx: Tx, event: HandoverPromised) -> None:
    """A car that nobody booked takes labour on the day for which it is promised."""
    visit = await tx.find(Visit, event.visit_id)
    if visit is not None and not visit.booked:
        await move_walk_in(tx, visit, _day_of(tx, event.promised_at), event.authorised_labour_minutes)


async def move_walk_in_on_promise_revised(tx: Tx, event: PromiseRevised) -> None:
    """Its labour moves with the promise."""
    visit = await tx.find(Visit, event.visit_id)
    if visit is not None and visit.load_on is not None:
        await move_walk_in(tx, visit, _day_of(tx, event.new_promise), visit.load_minutes)


async def book_return_on_vehicle_left(tx: Tx, event: VehicleLeft) -> None:
    """The car drives on until its parts are here: a second appointment under the same request (E2)."""
    await lock_request(tx, event.request_id)
    visit = await _visit(tx, event, request_no=event.request_no, vehicle_id=event.vehicle_id)
    visit.state, visit.return_expected_at = VisitState.AWAY, event.return_expected_at
    visit.lines, visit.reason = event.open_lines, event.reason
    if visit.load_on is not None:
        # What is still to be done is booked with the return, and must not take labour twice.
        to_do = sum(line.labour_minutes for line in event.open_lines)
        await move_walk_in(tx, visit, visit.load_on, max(visit.load_minutes - to_do, 0))
    back = await lock_open_return(tx, visit.visit_id)
    back = back or await request_return(tx, visit, channel="reception", wanted_from=event.return_expected_at)
    if back.parts.ready:
        back.call_with_offer(due_at=tx.now)


async def keep_return_on_vehicle_returned(tx: Tx, event: VehicleReturned) -> None:
    """The car is back: its second appointment is kept, in whatever state it is."""
    await lock_request(tx, event.request_id)
    visit = await tx.find(Visit, event.visit_id)
    if visit is not None:
        visit.state = VisitState.HERE
    found = await lock_return(tx, event.visit_id)
    if found is not None:
        await _keep(tx, found, event.visit_id, event.returned_at)


async def offer_slot_on_rework_agreed(tx: Tx, event: ReworkAgreed) -> None:
    """A closed visit's work is redone: the customer is offered a slot for the new visit (E8)."""
    await lock_request(tx, event.request_id)
    visit = await _visit(tx, event, request_no=event.request_no, vehicle_id=event.vehicle_id)
    visit.state = VisitState.EXPECTED
    visit.rework_of_visit_id, visit.measure_id = event.rework_of_visit_id, event.measure_id
    visit.lines, visit.reason = event.lines, event.reason or "rework"
    appointment = await request_return(tx, visit, channel="reception", wanted_from=None)
    appointment.call_with_offer(due_at=tx.now)


async def give_up_return_on_visit_closed(tx: Tx, event: VisitClosed) -> None:
    """Nothing is left to come back for; work that was not done leaves the day."""
    await lock_request(tx, event.request_id)
    visit = await tx.find(Visit, event.visit_id)
    if visit is None:
        return
    visit.state = VisitState.CLOSED
    if event.outcome in {"declined", "left"} and visit.load_on is not None:
        await move_walk_in(tx, visit, None, 0)
    back = await lock_open_return(tx, event.visit_id)
    if back is not None:
        await give_up(tx, back, reason="visit closed", cancelled_by="shop")


async def _visit(
    tx: Tx,
    event: VisitOpened | VehicleLeft | ReworkAgreed,
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
