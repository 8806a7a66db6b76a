"""Booking's events: who is expected and what was prepared, the menu, the shop's working time."""

from sqlalchemy import select

from contracts.events.booking import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentMissed,
    AppointmentPrepared,
    AppointmentRequested,
    AppointmentRescheduled,
    CalendarChanged,
    ServiceOffered,
    ServiceWithdrawn,
)
from reception.domain import Visit
from reception.domain.copies import Appointment, Calendar, Service
from reception.domain.visit_states import VisitState
from reception.repository import lock_visit, price_list
from servicekit import Tx
from servicekit.copies import Columns, amend, keep
from shopkit.calendar import WorkingCalendar

_Any = (
    AppointmentRequested
    | AppointmentConfirmed
    | AppointmentPrepared
    | AppointmentRescheduled
    | AppointmentCancelled
    | AppointmentMissed
    | AppointmentKept
)


async def copy_service_on_offered(tx: Tx, event: ServiceOffered) -> None:
    """Lines can be made from this menu item."""
    columns: Columns = {
        Service.title: event.title,
        Service.work_type: event.work_type,
        Service.skill: event.skill,
        Service.labour_minutes: event.labour_minutes,
        Service.parts: event.parts,
        Service.offered: True,
    }
    await keep(tx, Service, {Service.code: event.service_code}, columns)


async def drop_service_on_withdrawn(tx: Tx, event: ServiceWithdrawn) -> None:
    """No more lines are made from it."""
    await amend(tx, Service, {Service.code: event.service_code}, {Service.offered: False})


async def copy_calendar_on_changed(tx: Tx, event: CalendarChanged) -> None:
    """The earliest handover is counted by the shop's working time."""
    hours = WorkingCalendar.model_validate(event, from_attributes=True)
    await keep(tx, Calendar, {Calendar.name: event.calendar}, {Calendar.hours: hours})


async def list_request_on_requested(tx: Tx, event: AppointmentRequested) -> None:
    """The request is on the desk's list."""
    appointment = await _copy(tx, event)
    appointment.fault_text, appointment.urgency = event.fault_text, event.urgency
    appointment.respond_by, appointment.lines = event.respond_by, event.lines
    appointment.listed_at = event.respond_by


async def expect_arrival_on_confirmed(tx: Tx, event: AppointmentConfirmed) -> None:
    """The car is expected; a car that came before this event gets what was booked for it."""
    appointment = await _copy(tx, event)
    appointment.state = "confirmed"
    appointment.slot_start, appointment.slot_end = event.slot_start, event.slot_end
    appointment.listed_at = event.slot_start
    appointment.lines = event.lines
    await _complete_visit(tx, appointment)


async def show_preparation_on_prepared(tx: Tx, event: AppointmentPrepared) -> None:
    """The arrival list shows the four checks."""
    appointment = await _copy(tx, event)
    appointment.slot_start = event.slot_start
    appointment.bay_ready, appointment.parts_ready = event.bay.ready, event.parts.ready
    appointment.crew_ready, appointment.reception_ready = event.crew.ready, event.reception.ready


async def move_arrival_on_rescheduled(tx: Tx, event: AppointmentRescheduled) -> None:
    """The car is expected at another time, and must be prepared for anew."""
    appointment = await _copy(tx, event)
    appointment.state = "confirmed" if appointment.visit_id is None else "kept"
    appointment.slot_start, appointment.slot_end = event.new_slot.start, event.new_slot.end
    appointment.listed_at = event.new_slot.start
    appointment.lines = event.lines
    appointment.bay_ready = appointment.parts_ready = False
    appointment.crew_ready = appointment.reception_ready = False


async def drop_arrival_on_cancelled(tx: Tx, event: AppointmentCancelled) -> None:
    """Nobody is expected any more; a car that is here stays here."""
    (await _copy(tx, event)).state = "cancelled"


async def drop_arrival_on_missed(tx: Tx, event: AppointmentMissed) -> None:
    """The slot went by; a car that comes after all is opened by its request number."""
    (await _copy(tx, event)).state = "missed"


async def tick_arrival_on_kept(tx: Tx, event: AppointmentKept) -> None:
    """The slot became a visit; one that was opened without it gets what was booked."""
    appointment = await _copy(tx, event)
    appointment.state, appointment.visit_id = "kept", event.visit_id
    await _complete_visit(tx, appointment)


async def _copy(tx: Tx, event: _Any) -> Appointment:
    appointment = await tx.find(Appointment, event.appointment_id)
    if appointment is None:
        appointment = Appointment()
        appointment.id, appointment.listed_at = event.appointment_id, tx.now
        appointment.request_id, appointment.request_no = event.request_id, event.request_no
        tx.add(appointment)
    appointment.customer_id, appointment.vehicle_id = event.customer_id, event.vehicle_id
    return appointment


async def _complete_visit(tx: Tx, appointment: Appointment) -> None:
    # A walk-in's appointment is a slot to come back to (E2): nothing was booked when the car came.
    lacks_it = (
        Visit.request_id == appointment.request_id,
        Visit.appointment_id.is_(None),
        Visit.walk_in.is_(False),
        Visit.state != VisitState.EXPECTED,
    )
    visit_id = await tx.session.scalar(select(Visit.id).where(*lacks_it))
    if visit_id is None:
        return
    visit = await lock_visit(tx, visit_id)
    visit.appointment_id = appointment.id
    # At intake the booked lines are taken from the copy; later they wait for the next revision.
    if visit.form is not None and visit.is_open and visit.answered_revision is None:
        prices = await price_list(tx, visit.customer_id, appointment.lines)
        visit.work.propose(appointment.lines, prices)
