"""What the workshop does when staff or booking report: technicians, calendar, planned load."""

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
from contracts.events.staff import EmployeeChanged, EmployeeHired, EmployeeLeft
from servicekit import Tx
from shopkit.calendar import WorkingCalendar
from workshop.commands.progress import PROMISE_CHECK, conclude
from workshop.domain import Appointment, Job, JobLine, JobState, ShopCalendar, Technician
from workshop.domain.copies import CALENDAR
from workshop.domain.line import CLOSED, LineState
from workshop.taking import gather

_AnyAppointment = (
    AppointmentConfirmed
    | AppointmentRescheduled
    | AppointmentPrepared
    | AppointmentCancelled
    | AppointmentMissed
    | AppointmentKept
)


async def copy_technician_on_employee_changed(tx: Tx, event: EmployeeHired | EmployeeChanged) -> None:
    """Name and skills as staff tells them; who is not active gets no work."""
    technician = await tx.find(Technician, event.employee_id)
    if technician is None:
        technician = Technician(id=event.employee_id, free_since=tx.now)
        tx.add(technician)
    technician.employee_no, technician.name = event.employee_no, event.display_name
    technician.skills, technician.active = event.skills, event.active
    if not event.active:
        await _take_work_back(tx, technician)


async def drop_technician_on_employee_left(tx: Tx, event: EmployeeLeft) -> None:
    """No more work; what was planned for the technician waits for another."""
    technician = await tx.find(Technician, event.employee_id)
    if technician is not None:
        technician.active = False
        await _take_work_back(tx, technician)


async def _take_work_back(tx: Tx, technician: Technician) -> None:
    open_states = [s.value for s in LineState if s not in CLOSED and s != LineState.RUNNING]
    jobs = select(JobLine.job_id).where(
        JobLine.technician_id == technician.id, JobLine.state.in_(open_states)
    )
    planned = select(Job).where(Job.id.in_(jobs), Job.state != JobState.CLOSED.value)
    for job in await tx.all(planned.order_by(Job.id).with_for_update()):
        await gather(tx, job)
        for line in job.lines:
            if line.technician_id == technician.id and line.state in open_states:
                line.technician_id = line.technician_name = None
                line.planned_start = line.planned_end = None
        await conclude(tx, job)


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
    """The planned work did not come; it still may, then booking tells that it was kept."""
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
