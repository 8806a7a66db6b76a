"""The answers: what the front end sees of employees, accounts, sign-ins and work records."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from contracts.roles import Role
from contracts.values import Skill
from servicekit.http import View
from staff.domain import Account, Employee
from staff.domain.employee import EmployeeState
from staff.domain.work_record import RecordKind


class EmployeeView(View):
    """An employee as colleagues see them."""

    id: UUID = Field(description="the employee")
    version: int = Field(description="for `If-Match`")
    employee_no: str = Field(description="number that the shop gave")
    display_name: str = Field(description="name as colleagues and papers show it")
    skills: list[Skill] = Field(description="what the employee can do (STAF-13)")
    active: bool = Field(description="whether work may be given")
    state: EmployeeState = Field(description="whether somebody works here, and can be given work")
    hired_on: date = Field(description="first day, shop-local")
    left_on: date | None = Field(description="last day, shop-local; null: still works here")
    login: str | None = Field(
        default=None, description="login of the account; null: has none, or it is closed"
    )
    roles: list[Role] = Field(default=[], description="roles of the account")

    @classmethod
    def with_account(cls, employee: Employee, account: Account | None) -> "EmployeeView":
        """The employee, and what others may see of the account."""
        shown = cls.of(employee)
        if account is None or account.closed_at is not None:
            return shown
        return shown.model_copy(update={"login": account.login, "roles": list(account.roles)})


class AccountView(View):
    """Who signs in how; the password is nobody's to see."""

    id: UUID = Field(description="the employee")
    version: int = Field(description="for `If-Match`")
    login: str = Field(description="login, lower case")
    roles: list[Role] = Field(description="roles, sorted; see `GET /roles`")
    failures: int = Field(description="wrong passwords in a row")
    locked_until: datetime | None = Field(description="until when nobody can sign in, UTC machine time")
    closed_at: datetime | None = Field(description="when the account was closed, UTC machine time")


class RoleView(View):
    """A role and what it may do."""

    role: Role = Field(description="name of the role")
    permissions: list[str] = Field(description="permissions, sorted, e.g. reception.advise")


class SignedInView(View):
    """Tokens, and who they are for."""

    access_token: str = Field(description="for the header `Authorization: Bearer`")
    token_type: str = Field(default="Bearer", description="always Bearer")
    expires_in: int = Field(description="seconds that the access token is good for")
    refresh_token: str = Field(description="good for one refresh")
    employee_id: UUID = Field(description="the signed-in employee")
    display_name: str = Field(description="name as colleagues and papers show it")
    permissions: list[str] = Field(description="what the employee may do, sorted")


class WorkRecordView(View):
    """One fact about an employee's work."""

    id: UUID = Field(description="the entry")
    kind: RecordKind = Field(description="what happened")
    at: datetime = Field(description="when it happened, UTC")
    employee_id: UUID | None = Field(description="null: about the visit, so about all who worked on it")
    visit_id: UUID = Field(description="the visit")
    labour_minutes: int = Field(description="labour spent, whole minutes")
    penalty_points: int = Field(description="points for failed work (F-34)")
    score: Decimal | None = Field(description="the customer's score, 0 to 100; null: no survey")
    text: str = Field(description="result, cause or plan, as the event gave it")


class PerformanceView(View):
    """Figures over a period (STAF-23, STAF-27)."""

    lines_completed: int = Field(description="lines of work completed")
    labour_minutes: int = Field(description="labour spent, whole minutes")
    inspections: int = Field(description="final inspections carried out")
    inspections_failed: int = Field(description="inspections that own work failed")
    penalty_points: int = Field(description="points for failed work (F-34)")
    dissatisfied: int = Field(description="visits with a low score")
    complaints: int = Field(description="complaints about visits worked on")
    mean_score: Decimal | None = Field(description="mean of the surveys; null: nobody was asked")
