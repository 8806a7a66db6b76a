"""What the workshop does when staff reports: technicians come, change and leave."""

from sqlalchemy import select

from contracts.events.staff import EmployeeChanged, EmployeeHired, EmployeeLeft
from servicekit import Tx
from workshop.commands.jobs import conclude
from workshop.domain import Job, JobLine, JobState, LineState, Technician
from workshop.domain.line import CLOSED
from workshop.repository import load_whole


async def copy_technician_on_employee_changed(tx: Tx, event: EmployeeHired | EmployeeChanged) -> None:
    """Name and skills of an employee; who is not active gets no work."""
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
        await load_whole(tx, job)
        for line in job.lines:
            if line.technician_id == technician.id and line.state in open_states:
                line.technician_id = line.technician_name = None
                line.planned_start = line.planned_end = None
        await conclude(tx, job)
