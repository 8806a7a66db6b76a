"""What an employee's work has shown: the entries, and figures of a period."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import aliased

from servicekit import Tx
from staff.domain.work_record import RecordKind, WorkRecord
from staff.queries.views import PerformanceView


def work_records(employee_id: UUID) -> Select[WorkRecord]:
    """What one employee's work has shown: their own entries, and those of the visits they worked on."""
    line, about = aliased(WorkRecord), aliased(WorkRecord)
    own = select(line.id).where(line.employee_id == employee_id)
    of_visits = (
        select(about.id)
        .join(line, line.visit_id == about.visit_id)
        .where(
            about.employee_id.is_(None),
            line.employee_id == employee_id,
            line.kind == RecordKind.LINE_COMPLETED,
        )
    )
    return select(WorkRecord).where(WorkRecord.id.in_(union(own, of_visits)))


async def performance(tx: Tx, employee_id: UUID, *, since: datetime, until: datetime) -> PerformanceView:
    """One employee's figures from ``since`` up to ``until``."""

    def of(kind: RecordKind) -> ColumnElement[int]:
        return func.count().filter(WorkRecord.kind == kind)

    query = work_records(employee_id).with_only_columns(
        of(RecordKind.LINE_COMPLETED).label("lines_completed"),
        func.coalesce(func.sum(WorkRecord.labour_minutes), 0).label("labour_minutes"),
        of(RecordKind.INSPECTED).label("inspections"),
        of(RecordKind.INSPECTION_FAILED).label("inspections_failed"),
        func.coalesce(func.sum(WorkRecord.penalty_points), 0).label("penalty_points"),
        of(RecordKind.DISSATISFACTION).label("dissatisfied"),
        of(RecordKind.COMPLAINT).label("complaints"),
        func.avg(WorkRecord.score).filter(WorkRecord.kind == RecordKind.SURVEY).label("mean_score"),
    )
    period = (WorkRecord.at >= since, WorkRecord.at < until)
    row = (await tx.session.execute(query.where(*period))).one()
    return PerformanceView.of(row)
