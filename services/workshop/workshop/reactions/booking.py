"""What the workshop does when booking reports: working time, planned load."""

from sqlalchemy import select

from contracts.events.booking import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentMissed,
    AppointmentPrepared,
    AppointmentRescheduled,
    CalendarChanged,
)
from servicekit import Tx
from shopkit.calendar import WorkingCalendar
from workshop.commands.jobs import PROMISE_CHECK
from workshop.domain import Appointment, Job, JobState, ShopCalendar
from workshop.domain.copies import CALENDAR

_AnyAppointment = (
    AppointmentConfirmed
    | AppointmentRescheduled
    | AppointmentPrepared
    | AppointmentCancelled
    | AppointmentMissed
    | AppointmentKept
)


async def copy_calendar_on_calendar_changed(tx: Tx, event: CalendarChanged) -> None:
    """Working time is counted anew; every promise that is watched is looked at again."""
    kept = await tx.find(ShopCalendar, CALENDAR)
    calendar = WorkingCalendar.model_validate(event)
    if kept is None:
        tx.add(ShopCalendar(name=CALENDAR, calendar=calendar))
    else:
        kept.calendar = calendar
    over = (JobState.READY.value, JobState.CLOSED.value)
    watched = select(Job.id).where(Job.state.not_in(over), Job.promised_at.is_not(None))
    for job_id in await tx.session.scalars(watched):
        tx.schedule(PROMISE_CHECK, job_id, tx.now)


async def plan_load_on_appointment_confirmed(tx: Tx, event: AppointmentConfirmed) -> None:
    """Work is planned for the slot."""
    slot = await _appointment(tx, event, "confirmed")
    slot.slot_start, slot.slot_end = event.slot_start, event.slot_end
    slot.labour_minutes, slot.lines = event.labour_minutes, event.lines
    slot.visit_id = event.visit_id


async def move_load_on_appointment_rescheduled(tx: Tx, event: AppointmentRescheduled) -> None:
    """The planned work moves to the new slot, and has to be prepared anew."""
    slot = await _appointment(tx, event, "confirmed")
    slot.slot_start, slot.slot_end = event.new_slot.start, event.new_slot.end
    slot.labour_minutes, slot.lines = event.labour_minutes, event.lines
    slot.prepared = slot.bay_held = False


async def hold_bay_on_appointment_prepared(tx: Tx, event: AppointmentPrepared) -> None:
    """A bay is kept free for the slot."""
    slot = await _appointment(tx, event)
    slot.prepared, slot.bay_held = True, event.bay.ready


async def drop_load_on_appointment_cancelled(tx: Tx, event: AppointmentCancelled) -> None:
    """The planned work does not come."""
    await _appointment(tx, event, "cancelled")


async def drop_load_on_appointment_missed(tx: Tx, event: AppointmentMissed) -> None:
    """The planned work did not come; it still may: booking then reports it as kept."""
    await _appointment(tx, event, "missed")


async def make_load_real_on_appointment_kept(tx: Tx, event: AppointmentKept) -> None:
    """The planned work is in the shop."""
    slot = await _appointment(tx, event, "kept")
    slot.visit_id = event.visit_id


async def _appointment(tx: Tx, event: _AnyAppointment, state: str | None = None) -> Appointment:
    slot = await tx.find(Appointment, event.appointment_id)
    if slot is None:
        slot = Appointment(
            id=event.appointment_id,
            request_id=event.request_id,
            request_no=event.request_no,
            vehicle_id=event.vehicle_id,
            state="confirmed",
        )
        tx.add(slot)
    slot.state = state or slot.state
    return slot
