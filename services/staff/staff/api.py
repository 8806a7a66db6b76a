"""Staff's doors: sign-in, employees, accounts, roles, and what work has shown."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from chassis import NotFound, Refusal
from chassis.http import Body, Page, PageQuery, TxDep, View, Who, may, paginate, problems, refused, router
from contracts.may import staff as perm
from contracts.roles import ROLES
from contracts.values import Skill
from staff import commands, credentials, queries
from staff.domain import (
    Account,
    AccountLocked,
    Employee,
    EmployeeNoTaken,
    HasLeft,
    LoginTaken,
    UnknownRole,
    WeakPassword,
    WorkRecord,
    WrongCredentials,
)
from staff.settings import Settings

sessions = router(tags=["sign-in"])
employees = router(tags=["employees"])
accounts = router(tags=["accounts"])
ROUTERS = (sessions, employees, accounts)


async def _machine_now(request: Request) -> datetime:
    """Tokens, locks and sign-ins live by machine time, never by shop time."""
    now: datetime = request.app.state.runtime.clock.machine_now()
    return now


MachineNow = Annotated[datetime, Depends(_machine_now)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Password = Annotated[str, Field(min_length=1, max_length=200)]


class LogIn(Body):
    """Login and password."""

    login: Name
    password: Password


class Refresh(Body):
    """The refresh token of the last sign-in or refresh."""

    refresh_token: str = Field(min_length=20, max_length=200)


class SignedInView(View):
    """Tokens, and who they are for."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
    refresh_token: str = Field(description="good for one refresh")
    employee_id: UUID
    display_name: str
    permissions: list[str]


class HireEmployee(Body):
    """A new employee; without a number the next one is given."""

    employee_no: str | None = Field(default=None, min_length=1, max_length=20)
    display_name: Name
    skills: list[Skill] = []


class ChangeEmployee(Body):
    """The whole of what can change."""

    display_name: Name
    skills: list[Skill]
    active: bool = Field(description="false: absent, no work is given")


class OpenAccount(Body):
    """A way in, with roles."""

    login: str = Field(min_length=3, max_length=60, pattern=r"^[A-Za-z0-9._@-]+$")
    password: Password
    roles: list[str]


class SetRoles(Body):
    """The roles from now on."""

    roles: list[str]


class ResetPassword(Body):
    """A new password, given by an administrator."""

    password: Password


class ChangePassword(Body):
    """One's own password."""

    old: Password
    new: Password


class AccountView(View):
    """Who signs in how; the password is nobody's to see."""

    id: UUID
    version: int
    login: str
    roles: list[str]
    failures: int
    locked_until: datetime | None
    closed_at: datetime | None


class EmployeeView(View):
    """An employee as colleagues see them."""

    id: UUID
    version: int
    employee_no: str
    display_name: str
    skills: list[Skill]
    active: bool
    state: str
    hired_on: date
    left_on: date | None
    login: str | None = None
    roles: list[str] = []

    @classmethod
    def with_account(cls, employee: Employee, account: Account | None) -> "EmployeeView":
        """The employee, and what the account tells others."""
        shown = cls.of(employee)
        if account is None or account.closed_at is not None:
            return shown
        return shown.model_copy(update={"login": account.login, "roles": list(account.roles)})


class RoleView(View):
    """A role and what it may do."""

    role: str
    permissions: list[str]


class WorkRecordView(View):
    """One fact about an employee's work."""

    id: UUID
    kind: str
    at: datetime
    visit_id: UUID | None
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


@sessions.post("/sessions", response_model=SignedInView, responses=problems(WrongCredentials, AccountLocked))
async def log_in(body: LogIn, tx: TxDep, now: MachineNow) -> Response:
    """Sign in: an access token of some minutes, and a refresh token."""
    return _answer(await commands.log_in(tx, login=body.login, password=body.password, at=now))


@sessions.post(
    "/sessions/refresh", response_model=SignedInView, responses=problems(WrongCredentials, AccountLocked)
)
async def refresh(body: Refresh, tx: TxDep, now: MachineNow) -> Response:
    """New tokens; the old refresh token is used up. One that comes twice ends the whole sign-in."""
    return _answer(await commands.refresh(tx, token=body.refresh_token, at=now))


def _answer(signed_in: commands.SignedIn | Refusal) -> Response:
    if isinstance(signed_in, Refusal):
        return refused(signed_in)  # returned, not raised: what was counted or revoked must be committed
    # Tokens are never kept with an idempotency key.
    return JSONResponse(
        SignedInView.of(signed_in).model_dump(mode="json"), headers={"Cache-Control": "no-store"}
    )


@sessions.post("/sessions/end", status_code=204)
async def log_out(body: Refresh, tx: TxDep, now: MachineNow) -> None:
    """Sign out."""
    await commands.log_out(tx, token=body.refresh_token, at=now)


@sessions.get("/jwks")
async def show_jwks(tx: TxDep, response: Response) -> dict[str, Any]:
    """The public keys of the tokens."""
    settings = tx.settings
    assert isinstance(settings, Settings)
    response.headers["Cache-Control"] = "public, max-age=300"
    return credentials.jwks_document(settings.auth_private_key, settings.auth_jwks)


@sessions.get("/me")
async def show_me(tx: TxDep, who: Annotated[Who, may()]) -> EmployeeView:
    """The signed-in employee."""
    return EmployeeView.with_account(*await queries.employee(tx, who.employee_id))


@sessions.put("/me/password", status_code=204, responses=problems(WrongCredentials, WeakPassword))
async def change_password(
    body: ChangePassword, tx: TxDep, now: MachineNow, who: Annotated[Who, may()]
) -> None:
    """One's own password; all sign-ins end."""
    await commands.change_password(tx, employee_id=who.employee_id, old=body.old, new=body.new, at=now)


@employees.get("/employees")
async def list_employees(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(perm.READ)],
    search: Annotated[
        str | None, Query(max_length=100, description="part of the name, or the number")
    ] = None,
    skill: str | None = None,
    include_left: bool = False,
) -> Page[EmployeeView]:
    """Employees by name."""
    query = queries.employees(search=search, skill=skill, include_left=include_left)
    by = (Employee.display_name, Employee.id)
    return await paginate(tx, query, page, by=by, view=lambda row: EmployeeView.with_account(row[0], row[1]))


@employees.post("/employees", status_code=201, responses=problems(EmployeeNoTaken))
async def hire_employee(body: HireEmployee, tx: TxDep, who: Annotated[Who, may(perm.HIRE)]) -> EmployeeView:
    """Take somebody on."""
    hired = await commands.hire_employee(
        tx, employee_no=body.employee_no, display_name=body.display_name, skills=tuple(body.skills)
    )
    await tx.flush()
    return EmployeeView.of(hired)


@employees.get("/employees/{employee_id}", responses=problems(NotFound))
async def show_employee(employee_id: UUID, tx: TxDep, who: Annotated[Who, may(perm.READ)]) -> EmployeeView:
    """One employee."""
    return EmployeeView.with_account(*await queries.employee(tx, employee_id))


@employees.put("/employees/{employee_id}", responses=problems(NotFound, HasLeft))
async def change_employee(
    employee_id: UUID, body: ChangeEmployee, tx: TxDep, who: Annotated[Who, may(perm.HIRE, perm.SKILLS)]
) -> EmployeeView:
    """Name, skills, availability."""
    changed = await commands.change_employee(
        tx,
        employee_id=employee_id,
        display_name=body.display_name,
        skills=tuple(body.skills),
        active=body.active,
    )
    await tx.flush()
    return EmployeeView.of(changed)


@employees.post("/employees/{employee_id}/departure", responses=problems(NotFound, HasLeft))
async def let_employee_go(
    employee_id: UUID, tx: TxDep, now: MachineNow, who: Annotated[Who, may(perm.HIRE)]
) -> EmployeeView:
    """The last day; the account closes."""
    left = await commands.let_employee_go(tx, employee_id=employee_id, at=now)
    await tx.flush()
    return EmployeeView.of(left)


@employees.get("/employees/{employee_id}/records", responses=problems(NotFound))
async def list_records(
    employee_id: UUID, tx: TxDep, page: PageQuery, who: Annotated[Who, may(perm.APPRAISE)]
) -> Page[WorkRecordView]:
    """What this employee's work has shown, newest first."""
    by = (WorkRecord.at, WorkRecord.id)
    query = queries.work_records(employee_id)
    return await paginate(tx, query, page, by=by, view=WorkRecordView, descending=True)


@employees.get("/employees/{employee_id}/performance", responses=problems(NotFound))
async def show_performance(
    employee_id: UUID, since: datetime, until: datetime, tx: TxDep, who: Annotated[Who, may(perm.APPRAISE)]
) -> PerformanceView:
    """Figures of a period: ``since`` and ``until`` are instants with their offset."""
    figures = await queries.performance(tx, employee_id, since=since, until=until)
    return PerformanceView.of(figures)


@accounts.post(
    "/employees/{employee_id}/account",
    status_code=201,
    responses=problems(NotFound, LoginTaken, UnknownRole, WeakPassword),
)
async def open_account(
    employee_id: UUID, body: OpenAccount, tx: TxDep, who: Annotated[Who, may(perm.ACCOUNTS)]
) -> AccountView:
    """Give an employee a way in."""
    account = await commands.open_account(tx, employee_id=employee_id, **body.model_dump_fields())
    return await _shown(tx, account)


@accounts.get("/employees/{employee_id}/account", responses=problems(NotFound))
async def show_account(employee_id: UUID, tx: TxDep, who: Annotated[Who, may(perm.ACCOUNTS)]) -> AccountView:
    """An employee's account."""
    _, account = await queries.employee(tx, employee_id)
    if account is None:
        raise NotFound("account", employee_id)
    return AccountView.of(account)


@accounts.put("/employees/{employee_id}/account/roles", responses=problems(NotFound, UnknownRole))
async def set_roles(
    employee_id: UUID, body: SetRoles, tx: TxDep, who: Annotated[Who, may(perm.ACCOUNTS)]
) -> AccountView:
    """The roles from the next refresh on."""
    return await _shown(tx, await commands.set_roles(tx, employee_id=employee_id, roles=body.roles))


@accounts.put("/employees/{employee_id}/account/password", responses=problems(NotFound, WeakPassword))
async def reset_password(
    employee_id: UUID,
    body: ResetPassword,
    tx: TxDep,
    now: MachineNow,
    who: Annotated[Who, may(perm.ACCOUNTS)],
) -> AccountView:
    """A new password; every sign-in ends."""
    account = await commands.reset_password(tx, employee_id=employee_id, password=body.password, at=now)
    return await _shown(tx, account)


@accounts.post("/employees/{employee_id}/account/unlocking", responses=problems(NotFound))
async def unlock_account(
    employee_id: UUID, tx: TxDep, who: Annotated[Who, may(perm.ACCOUNTS)]
) -> AccountView:
    """Before its time is over."""
    return await _shown(tx, await commands.unlock_account(tx, employee_id=employee_id))


@accounts.post("/employees/{employee_id}/account/closing", responses=problems(NotFound))
async def close_account(
    employee_id: UUID, tx: TxDep, now: MachineNow, who: Annotated[Who, may(perm.ACCOUNTS)]
) -> AccountView:
    """Nobody signs in with it any more."""
    return await _shown(tx, await commands.close_account(tx, employee_id=employee_id, at=now))


@accounts.get("/roles")
async def list_roles(who: Annotated[Who, may(perm.READ)]) -> list[RoleView]:
    """Every role and what it may do."""
    return [RoleView(role=role, permissions=sorted(may_do)) for role, may_do in ROLES.items()]


async def _shown(tx: TxDep, account: Account) -> AccountView:
    await tx.flush()
    return AccountView.of(account)
