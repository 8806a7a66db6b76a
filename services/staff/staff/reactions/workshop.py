"""Workshop's events: what each employee did, and what happened to a car that several worked on."""

from contracts.events.workshop import (
    InspectionFailed,
    InspectionPassed,
    JobDispatched,
    JobInterrupted,
    JobResumed,
    LineCompleted,
    ReworkOpened,
)
from servicekit import Tx
from staff.commands.work_records import record_work
from staff.domain.work_record import RecordKind


async def record_work_on_dispatched(tx: Tx, event: JobDispatched) -> None:
    """Work was given out; the plan, to compare with what became of it."""
    plan = f"{event.planned_start.isoformat()} – {event.planned_end.isoformat()}"
    record_work(tx, RecordKind.DISPATCHED, event.visit_id, employee_id=event.technician_id, text=plan)


async def record_work_on_line_completed(tx: Tx, event: LineCompleted) -> None:
    """Repair time and result by technician (STAF-39)."""
    record_work(
        tx,
        RecordKind.LINE_COMPLETED,
        event.visit_id,
        employee_id=event.technician_id,
        happened_at=event.completed_at,
        labour_minutes=event.labour_minutes,
        text=event.result_text,
    )


async def record_inspection_on_passed(tx: Tx, event: InspectionPassed) -> None:
    """An inspection is work too."""
    record_work(tx, RecordKind.INSPECTED, event.visit_id, employee_id=event.inspector_id)


async def record_points_on_inspection_failed(tx: Tx, event: InspectionFailed) -> None:
    """Rework costs the technician points (WORK-28, F-34); the inspector inspected."""
    record_work(tx, RecordKind.INSPECTED, event.visit_id, employee_id=event.inspector_id)
    record_work(
        tx,
        RecordKind.INSPECTION_FAILED,
        event.visit_id,
        employee_id=event.technician_id,
        penalty_points=event.penalty_points,
        text="; ".join(event.findings),
    )


async def record_pause_on_interrupted(tx: Tx, event: JobInterrupted) -> None:
    """Work was interrupted, and why."""
    record_work(
        tx,
        RecordKind.INTERRUPTED,
        event.visit_id,
        happened_at=event.since,
        text=f"{event.cause} {event.reason}",
    )


async def record_end_of_pause_on_resumed(tx: Tx, event: JobResumed) -> None:
    """Work goes on."""
    record_work(tx, RecordKind.RESUMED, event.visit_id, happened_at=event.resumed_at, text=event.cause)


async def record_rework_on_opened(tx: Tx, event: ReworkOpened) -> None:
    """Work is done again (WORK-28)."""
    record_work(tx, RecordKind.REWORK_OPENED, event.visit_id, text=event.cause)
