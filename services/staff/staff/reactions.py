"""What other departments' facts say about our people's work: each becomes one entry of the work record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.events.complaints import ComplaintReceived, ComplaintReopened, ComplaintResolved
from contracts.events.crm import DissatisfactionDetected, SurveyAnswered
from contracts.events.workshop import (
    InspectionFailed,
    InspectionPassed,
    JobDispatched,
    JobInterrupted,
    JobResumed,
    LineCompleted,
    ReworkOpened,
)
from servicekit import Tx, new_id
from staff.domain import RecordKind, WorkRecord

# --- workshop: what one employee did


async def record_work_on_dispatched(tx: Tx, event: JobDispatched) -> None:
    """Work was given out; the plan stands beside what became of it."""
    plan = f"{event.planned_start.isoformat()} – {event.planned_end.isoformat()}"
    _note(tx, RecordKind.DISPATCHED, event.visit_id, employee_id=event.technician_id, text=plan)


async def record_work_on_line_completed(tx: Tx, event: LineCompleted) -> None:
    """Repair time and result by technician (STAF-39)."""
    _note(
        tx,
        RecordKind.LINE_COMPLETED,
        event.visit_id,
        employee_id=event.technician_id,
        at=event.completed_at,
        labour_minutes=event.labour_minutes,
        text=event.result_text,
    )


async def record_inspection_on_passed(tx: Tx, event: InspectionPassed) -> None:
    """An inspection is work too."""
    _note(tx, RecordKind.INSPECTED, event.visit_id, employee_id=event.inspector_id)


async def record_points_on_inspection_failed(tx: Tx, event: InspectionFailed) -> None:
    """Rework costs the technician points (WORK-28, F-34); the inspector inspected."""
    _note(tx, RecordKind.INSPECTED, event.visit_id, employee_id=event.inspector_id)
    _note(
        tx,
        RecordKind.INSPECTION_FAILED,
        event.visit_id,
        employee_id=event.technician_id,
        penalty_points=event.penalty_points,
        text="; ".join(event.findings),
    )


# --- what concerns everyone who worked on the car


async def record_pause_on_interrupted(tx: Tx, event: JobInterrupted) -> None:
    """Work stood still, and why: time that is nobody's fault, or somebody's."""
    _note(tx, RecordKind.INTERRUPTED, event.visit_id, at=event.since, text=f"{event.cause} {event.reason}")


async def record_end_of_pause_on_resumed(tx: Tx, event: JobResumed) -> None:
    """Work goes on."""
    _note(tx, RecordKind.RESUMED, event.visit_id, at=event.resumed_at, text=event.cause)


async def record_rework_on_opened(tx: Tx, event: ReworkOpened) -> None:
    """Work is done again (WORK-28)."""
    _note(tx, RecordKind.REWORK_OPENED, event.visit_id, text=event.cause)


async def record_score_on_survey_answered(tx: Tx, event: SurveyAnswered) -> None:
    """The customer's score (STAF-23)."""
    _note(tx, RecordKind.SURVEY, event.visit_id, at=event.answered_at, score=event.total)


async def record_low_score_on_dissatisfaction(tx: Tx, event: DissatisfactionDetected) -> None:
    """A low score, with what it crossed."""
    _note(tx, RecordKind.DISSATISFACTION, event.visit_id, score=event.total, text=", ".join(event.triggers))


async def record_complaint_on_received(tx: Tx, event: ComplaintReceived) -> None:
    """A complaint about a visit stands in the record of those who worked on it, whoever was at fault."""
    _note(tx, RecordKind.COMPLAINT, event.visit_id, at=event.received_at, text=event.category)


async def record_complaint_on_resolved(tx: Tx, event: ComplaintResolved) -> None:
    """How it ended."""
    _note(tx, RecordKind.COMPLAINT_RESOLVED, event.visit_id, at=event.resolved_at, text=event.resolution)


async def record_complaint_on_reopened(tx: Tx, event: ComplaintReopened) -> None:
    """The customer is still not content."""
    _note(tx, RecordKind.COMPLAINT_REOPENED, event.visit_id, text=event.reason)


def _note(
    tx: Tx,
    kind: RecordKind,
    visit_id: UUID | None,
    *,
    employee_id: UUID | None = None,
    at: datetime | None = None,
    **what: Any,
) -> None:
    if visit_id is None:
        return  # a complaint that is about no visit is about nobody's work
    record = WorkRecord(
        id=new_id(), employee_id=employee_id, kind=kind, at=at or tx.happened_at, visit_id=visit_id, **what
    )
    tx.add(record)
