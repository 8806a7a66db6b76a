"""Routes of employees, and of what their work has shown."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, Field

from contracts.permissions import staff as may_staff
from contracts.values import Skill
from servicekit import Invalid, NotFound
from servicekit.http import Body, Page, PageQuery, TxDep, View, Who, may, paginate, problems
from servicekit.http import router as chassis_router
from staff import commands, queries
from staff.api.views import EmployeeView, MachineNow, Name
from staff.domain import Employee, EmployeeNoTaken, HasLeft, WorkRecord

router = chassis_router(tags=["employees"])
Skills = Annotated[list[Skill], Field(max_length=50)]


class HireEmployee(Body):
    """A new employee; without a number the next one is given."""

    employee_no: str | None = Field(default=None, min_length=1, max_length=20)
    display_name: Name
    skills: Skills = []


class ChangeEmployee(Body):
    """The whole of what can change."""

    display_name: Name
    skills: Skills
    active: bool = Field(description="false: absent, no work is given")


class WorkRecordView(View):
    """One fact about an employee's work."""

    id: UUID
    kind: str
    at: datetime
    employee_id: UUID | None = Field(description="null: about the visit, so about all who worked on it")
    visit_id: UUID
    labour_minutes: int
    penalty_points: int
    score: Decimal | None
    text: str


class PerformanceView(View):
    """Figures over a period (STAF-23, STAF-27)."""

    lines_completed: int
    labour_minutes: int
    inspections: int
    inspections_failed: int
    penalty_points: int
    dissatisfied: int
    complaints: int
    mean_score: Decimal | None = Field(description="mean of the surveys; null: nobody was asked")


@router.get("/employees")
async def list_employees(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_staff.READ)],
    search: Annotated[
        str | None, Query(max_length=100, description="part of the name, or the number")
    ] = None,
    skill: Annotated[str | None, Query(max_length=60)] = None,
    include_left: bool = False,
) -> Page[EmployeeView]:
    """Employees by name."""
    query = queries.employees(search=search, skill=skill, include_left=include_left)
    by = (Employee.display_name, Employee.id)
    return await paginate(tx, query, page, by=by, view=lambda row: EmployeeView.with_account(row[0], row[1]))


@router.post("/employees", status_code=201, responses=problems(EmployeeNoTaken))
async def hire_employee(
    body: HireEmployee, tx: TxDep, who: Annotated[Who, may(may_staff.HIRE)]
) -> EmployeeView:
    """Take somebody on."""
    hired = await commands.hire_employee(
        tx, employee_no=body.employee_no, display_name=body.display_name, skills=tuple(body.skills)
    )
    await tx.session.flush()
    return EmployeeView.of(hired)


@router.get("/employees/{employee_id}", responses=problems(NotFound))
async def show_employee(
    employee_id: UUID, tx: TxDep, who: Annotated[Who, may(may_staff.READ)]
) -> EmployeeView:
    """One employee."""
    return EmployeeView.with_account(*await queries.employee(tx, employee_id))


@router.put("/employees/{employee_id}", responses=problems(NotFound, HasLeft))
async def change_employee(
    employee_id: UUID,
    body: ChangeEmployee,
    tx: TxDep,
    who: Annotated[Who, may(may_staff.HIRE, may_staff.SKILLS)],
) -> EmployeeView:
    """Name, skills, availability."""
    changed = await commands.change_employee(
        tx,
        employee_id=employee_id,
        display_name=body.display_name,
        skills=tuple(body.skills),
        active=body.active,
    )
    await tx.session.flush()
    return EmployeeView.of(changed)


@router.post("/employees/{employee_id}/departure", responses=problems(NotFound, HasLeft))
async def let_employee_go(
    employee_id: UUID, tx: TxDep, now: MachineNow, who: Annotated[Who, may(may_staff.HIRE)]
) -> EmployeeView:
    """The last day; the account closes."""
    left = await commands.let_employee_go(tx, employee_id=employee_id, at=now)
    await tx.session.flush()
    return EmployeeView.of(left)


@router.get("/employees/{employee_id}/records", responses=problems(NotFound))
async def list_records(
    employee_id: UUID, tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_staff.APPRAISE)]
) -> Page[WorkRecordView]:
    """What this employee's work has shown, newest first; entries of whole visits included."""
    await queries.must_be_employee(tx, employee_id)
    by = (WorkRecord.at, WorkRecord.id)
    query = queries.work_records(employee_id)
    return await paginate(tx, query, page, by=by, view=WorkRecordView, descending=True)


@router.get("/employees/{employee_id}/performance", responses=problems(NotFound, Invalid))
async def show_performance(
    employee_id: UUID,
    since: Annotated[AwareDatetime, Query()],
    until: Annotated[AwareDatetime, Query(description="not included")],
    tx: TxDep,
    who: Annotated[Who, may(may_staff.APPRAISE)],
) -> PerformanceView:
    """Figures of a period."""
    if until <= since:
        raise Invalid("query.until", "later than since")
    await queries.must_be_employee(tx, employee_id)
    return PerformanceView.of(await queries.performance(tx, employee_id, since=since, until=until))
