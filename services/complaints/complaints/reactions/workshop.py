"""What complaints does when the workshop reports: jobs, inspections, rework that is done."""

from sqlalchemy import literal

from complaints.commands.complaints import complete_measures
from complaints.domain import Inspection, Job
from contracts.events.workshop import InspectionFailed, InspectionPassed, JobOpened, JobReady
from servicekit import Tx
from servicekit.copies import Columns, keep


async def copy_job_on_opened(tx: Tx, event: JobOpened) -> None:
    """The workshop has the car."""
    await _note(tx, event, {Job.opened_at: tx.happened_at})


async def note_inspection_on_passed(tx: Tx, event: InspectionPassed) -> None:
    """What the inspector saw."""
    seen = Inspection(
        passed=True,
        at=tx.happened_at,
        inspector_id=event.inspector_id,
        test_drive=event.test_drive,
        items=event.items,
    )
    await _note_inspection(tx, event, seen)


async def note_inspection_on_failed(tx: Tx, event: InspectionFailed) -> None:
    """What the inspector found wrong, and in whose work."""
    seen = Inspection(
        passed=False,
        at=tx.happened_at,
        inspector_id=event.inspector_id,
        findings=event.findings,
        line_ids=event.line_ids,
        technician_id=event.technician_id,
        penalty_points=event.penalty_points,
    )
    await _note_inspection(tx, event, seen)


async def _note_inspection(tx: Tx, event: InspectionPassed | InspectionFailed, seen: Inspection) -> None:
    appended = Job.inspections.concat(literal((seen,), Job.inspections.type))
    await _note(tx, event, {Job.inspections: appended}, first_inspections=(seen,))


async def complete_rework_on_job_ready(tx: Tx, event: JobReady) -> None:
    """The work is done; the rework of our measures among it is done with it."""
    columns: Columns = {
        Job.ready_at: tx.happened_at,
        Job.outcome: event.outcome,
        Job.technicians: event.technicians,
    }
    await _note(tx, event, columns)
    if event.done_measure_ids:
        await complete_measures(tx, event.done_measure_ids)


async def _note(
    tx: Tx,
    event: JobOpened | InspectionPassed | InspectionFailed | JobReady,
    columns: Columns,
    *,
    first_inspections: tuple[Inspection, ...] = (),
) -> None:
    """On the copy of a job, made if this is the first event of it."""
    initial: Columns = {Job.visit_id: event.visit_id, Job.inspections: first_inspections}
    await keep(tx, Job, {Job.job_id: event.job_id}, columns, initial=initial)
