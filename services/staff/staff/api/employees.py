"""Routes of employees, and of what their work has shown."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import AwareDatetime, Field

from contracts.permissions import staff as may_staff
from contracts.values import Skill
from servicekit import Invalid, NotFound
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, paginate, problems, router
from staff.api.sessions import MachineNow, Name
from staff.commands import employees
from staff.domain import Employee, WorkRecord
from staff.domain.employee import EmployeeNoTaken, HasLeft
from staff.queries import work_records
from staff.queries.employees import employee_of, listed, must_be_employee
from staff.queries.views import EmployeeView, PerformanceView, WorkRecordView

routes = router(tags=["employees"])
EmployeeId = Annotated[UUID, Path(description="the employee")]
Skills = Annotated[list[Skill], Field(max_length=50)]


class HireEmployee(Body):
    """A new employee; without a number the next one is given."""

    employee_no: str | None = Field(
        default=None, min_length=1, max_length=20, description="null: the next free number"
    )
    display_name: Name = Field(description="name as colleagues and papers show it")
    skills: Skills = Field(default=[], description="what the employee can do (STAF-13)")


class ChangeEmployee(Body):
    """The whole of what can change."""

    display_name: Name = Field(description="name as colleagues and papers show it")
    skills: Skills = Field(description="what the employee can do (STAF-13)")
    active: bool = Field(description="false: absent, no work is given")


@routes.get("/employees")
async def list_employees(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_staff.READ)],
    search: Annotated[
        str | None, Query(max_length=100, description="part of the name, or the number")
    ] = None,
    skill: Annotated[str | None, Query(max_length=60, description="who has this skill")] = None,
    include_left: Annotated[bool, Query(description="also those who no longer work here")] = False,
) -> Page[EmployeeView]:
    """Employees by name."""
    query = listed(search=search, skill=skill, include_left=include_left)
    by = (Employee.display_name, Employee.id)
    return await paginate(tx, query, page, by=by, view=lambda row: EmployeeView.with_account(row[0], row[1]))


@routes.post("/employees", status_code=201, responses=problems(EmployeeNoTaken))
async def hire_employee(
    body: HireEmployee, tx: TxDep, who: Annotated[Who, may(may_staff.HIRE)]
) -> EmployeeView:
    """Take somebody on."""
    hired = await employees.hire_employee(
        tx, employee_no=body.employee_no, display_name=body.display_name, skills=tuple(body.skills)
    )
    await tx.session.flush()
    return EmployeeView.of(hired)


@routes.get("/employees/{employee_id}", responses=problems(NotFound))
async def show_employee(
    employee_id: EmployeeId, tx: TxDep, who: Annotated[Who, may(may_staff.READ)]
) -> EmployeeView:
    """One employee."""
    return EmployeeView.with_account(*await employee_of(tx, employee_id))


@routes.put("/employees/{employee_id}", responses=problems(NotFound, HasLeft))
async def change_employee(
    employee_id: EmployeeId,
    body: ChangeEmployee,
    tx: TxDep,
    who: Annotated[Who, may(may_staff.HIRE, may_staff.SKILLS)],
) -> EmployeeView:
    """Name, skills, availability."""
    changed = await employees.change_employee(
        tx,
        employee_id=employee_id,
        display_name=body.display_name,
        skills=tuple(body.skills),
        active=body.active,
    )
    await tx.session.flush()
    return EmployeeView.of(changed)


@routes.post("/employees/{employee_id}/departure", responses=problems(NotFound, HasLeft))
async def let_employee_go(
    employee_id: EmployeeId, tx: TxDep, now: MachineNow, who: Annotated[Who, may(may_staff.HIRE)]
) -> EmployeeView:
    """The last day; the account closes."""
    left = await employees.let_employee_go(tx, employee_id=employee_id, machine_now=now)
    await tx.session.flush()
    return EmployeeView.of(left)


@routes.get("/employees/{employee_id}/records", responses=problems(NotFound))
async def list_records(
    employee_id: EmployeeId, tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_staff.APPRAISE)]
) -> Page[WorkRecordView]:
    """What this employee's work has shown, newest first; entries of whole visits included."""
    await must_be_employee(tx, employee_id)
    by = (WorkRecord.at, WorkRecord.id)
    query = work_records.work_records(employee_id)
    return await paginate(tx, query, page, by=by, view=WorkRecordView, descending=True)


@routes.get("/employees/{employee_id}/performance", responses=problems(NotFound, Invalid))
async def show_performance(
    employee_id: EmployeeId,
    since: Annotated[AwareDatetime, Query(description="begin of the period")],
    until: Annotated[AwareDatetime, Query(description="end of the period, not included")],
    tx: TxDep,
    who: Annotated[Who, may(may_staff.APPRAISE)],
) -> PerformanceView:
    """Figures of a period."""
    if until <= since:
        raise Invalid("query.until", "later than since")
    await must_be_employee(tx, employee_id)
    return await work_records.performance(tx, employee_id, since=since, until=until)
