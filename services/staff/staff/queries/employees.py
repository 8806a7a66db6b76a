"""Employees with their accounts."""

from uuid import UUID

from sqlalchemy import Select, cast, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from servicekit import NotFound, Tx
from staff.domain import Account, Employee


def listed(*, search: str | None, skill: str | None, include_left: bool) -> Select[Employee, Account]:
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


async def employee_of(tx: Tx, employee_id: UUID) -> tuple[Employee, Account | None]:
    """One employee with the account, if there is one."""
    query = select(Employee, Account).outerjoin(Account, Account.id == Employee.id)
    row = (await tx.session.execute(query.where(Employee.id == employee_id))).one_or_none()
    if row is None:
        raise NotFound("employee", employee_id)
    return row[0], row[1]


async def must_be_employee(tx: Tx, employee_id: UUID) -> None:
    """Raise ``NotFound`` for an employee that does not exist."""
    if await tx.session.get(Employee, employee_id) is None:
        raise NotFound("employee", employee_id)
