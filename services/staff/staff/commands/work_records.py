"""The work record: one entry per thing that an event shows of somebody's work."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from servicekit import Tx, new_id
from staff.domain.work_record import RecordKind, WorkRecord


def record_work(
    tx: Tx,
    kind: RecordKind,
    visit_id: UUID | None,
    *,
    employee_id: UUID | None = None,
    happened_at: datetime | None = None,
    labour_minutes: int = 0,
    penalty_points: int = 0,
    score: Decimal | None = None,
    text: str = "",
) -> None:
    """One entry; without ``happened_at`` of the time of the event. A complaint about no visit makes none."""
    if visit_id is None:
        return
    record = WorkRecord()
    record.id, record.kind, record.visit_id, record.employee_id = new_id(), kind, visit_id, employee_id
    record.at = happened_at or tx.happened_at
    record.labour_minutes, record.penalty_points = labour_minutes, penalty_points
    record.score, record.text = score, text
    tx.add(record)
