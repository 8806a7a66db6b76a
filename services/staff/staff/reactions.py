"""What other departments' facts say about our people's work."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from chassis import Tx, new_id
from contracts.complaints import ComplaintReceived
from contracts.crm import DissatisfactionDetected, SurveyAnswered
from contracts.workshop import InspectionFailed, InspectionPassed, LineCompleted
from staff.domain import RecordKind, WorkRecord


async def record_work_on_line_completed(tx: Tx, event: LineCompleted) -> None:
    """Repair time and result by technician (STAF-39)."""
    tx.add(
        WorkRecord(
            id=new_id(),
            employee_id=event.technician_id,
            kind=RecordKind.LINE_COMPLETED,
            at=event.completed_at,
            visit_id=event.visit_id,
            labour_minutes=event.labour_minutes,
            text=event.result_text,
        )
    )


async def record_inspection_on_passed(tx: Tx, event: InspectionPassed) -> None:
    """An inspection is work too."""
    _note(tx, event.inspector_id, RecordKind.INSPECTED, event.visit_id)


async def record_points_on_inspection_failed(tx: Tx, event: InspectionFailed) -> None:
    """Rework costs the technician points (WORK-28, F-34); the inspector inspected."""
    _note(tx, event.inspector_id, RecordKind.INSPECTED, event.visit_id)
    tx.add(
        WorkRecord(
            id=new_id(),
            employee_id=event.technician_id,
            kind=RecordKind.INSPECTION_FAILED,
            at=tx.now,
            visit_id=event.visit_id,
            penalty_points=event.penalty_points,
            text="; ".join(event.findings),
        )
    )


async def record_score_on_survey_answered(tx: Tx, event: SurveyAnswered) -> None:
    """The customer's score counts for everyone who worked on the car (STAF-23)."""
    for employee_id in await _technicians_of(tx, event.visit_id):
        _note(tx, employee_id, RecordKind.SURVEY, event.visit_id, score=Decimal(event.total))


async def record_on_dissatisfaction_detected(tx: Tx, event: DissatisfactionDetected) -> None:
    """A low score, with what it crossed."""
    for employee_id in await _technicians_of(tx, event.visit_id):
        text = ", ".join(event.triggers)
        _note(
            tx, employee_id, RecordKind.DISSATISFACTION, event.visit_id, score=Decimal(event.total), text=text
        )


async def record_on_complaint_received(tx: Tx, event: ComplaintReceived) -> None:
    """A complaint about a visit stands in the record of those who worked on it, whoever was at fault."""
    if event.visit_id is None:
        return
    for employee_id in await _technicians_of(tx, event.visit_id):
        _note(tx, employee_id, RecordKind.COMPLAINT, event.visit_id, text=event.category)


def _note(
    tx: Tx,
    employee_id: UUID,
    kind: RecordKind,
    visit_id: UUID,
    *,
    score: Decimal | None = None,
    text: str = "",
) -> None:
    record = WorkRecord(
        id=new_id(), employee_id=employee_id, kind=kind, at=tx.now, visit_id=visit_id, score=score, text=text
    )
    tx.add(record)


async def _technicians_of(tx: Tx, visit_id: UUID) -> list[UUID]:
    worked = select(WorkRecord.employee_id).where(
        WorkRecord.visit_id == visit_id, WorkRecord.kind == RecordKind.LINE_COMPLETED
    )
    return sorted(set((await tx.session.scalars(worked)).all()))
