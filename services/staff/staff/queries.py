"""Staff's lists and one employee's record."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, cast, func, or_, select, union
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from servicekit import NotFound, Tx
from staff.domain import Account, Employee, RecordKind, WorkRecord


def employees(*, search: str | None, skill: str | None, include_left: bool) -> Select[Employee, Account]:
    """Employees with their accounts, by part of the name or number, and by skill."""
    query = select(Employee, Account).outerjoin(Account, Account.id == Employee.id)
    if search:
        query = query.where(
            or_(Employee.display_name.icontains(search, autoescape=True), Employee.employee_no == search)
        )
    if skill:
        query = query.where(Employee.skills.op("@>")(cast([{"skill": skill}], JSONB)))
    if not include_left:
        query = query.where(Employee.left_on.is_(None))
    return query


async def employee(tx: Tx, employee_id: UUID) -> tuple[Employee, Account | None]:
    """One employee with the account, if there is one."""
    query = select(Employee, Account).outerjoin(Account, Account.id == Employee.id)
    row = (await tx.session.execute(query.where(Employee.id == employee_id))).one_or_none()
    if row is None:
        raise NotFound("employee", employee_id)
    return row[0], row[1]


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


async def must_be_employee(tx: Tx, employee_id: UUID) -> None:
    """Raises ``NotFound`` for an employee of whom nobody has heard."""
    if await tx.session.get(Employee, employee_id) is None:
        raise NotFound("employee", employee_id)


@dataclass(frozen=True, slots=True)
class Performance:
    """Sums over a period; ``mean_score`` is ``None`` when nobody was asked (a rate of nothing is no rate)."""

    lines_completed: int
    labour_minutes: int
    inspections: int
    inspections_failed: int
    penalty_points: int
    dissatisfied: int
    complaints: int
    mean_score: Decimal | None


async def performance(tx: Tx, employee_id: UUID, *, since: datetime, until: datetime) -> Performance:
    """One employee's figures from ``since`` up to ``until``."""

    def of(kind: RecordKind) -> ColumnElement[int]:
        return func.count().filter(WorkRecord.kind == kind)

    query = work_records(employee_id).with_only_columns(
        of(RecordKind.LINE_COMPLETED),
        func.coalesce(func.sum(WorkRecord.labour_minutes), 0),
        of(RecordKind.INSPECTED),
        of(RecordKind.INSPECTION_FAILED),
        func.coalesce(func.sum(WorkRecord.penalty_points), 0),
        of(RecordKind.DISSATISFACTION),
        of(RecordKind.COMPLAINT),
        func.avg(WorkRecord.score).filter(WorkRecord.kind == RecordKind.SURVEY),
    )
    period = (WorkRecord.at >= since, WorkRecord.at < until)
    return Performance(*(await tx.session.execute(query.where(*period))).one())
