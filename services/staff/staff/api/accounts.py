"""Routes of accounts and roles."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from contracts.permissions import staff as may_staff
from contracts.roles import ROLES, Role
from servicekit import NotFound
from servicekit.http import Body, TxDep, Who, may, problems, router
from staff.api.sessions import MachineNow, Password
from staff.commands import accounts
from staff.domain import Account
from staff.domain.account import LoginTaken, UnknownRole, WeakPassword
from staff.domain.employee import HasLeft
from staff.queries.employees import employee_of
from staff.queries.views import AccountView, RoleView

routes = router(tags=["accounts"])

EmployeeId = Annotated[UUID, Path(description="the employee")]


class OpenAccount(Body):
    """A way in, with roles."""

    login: str = Field(
        min_length=3,
        max_length=60,
        pattern=r"^[A-Za-z0-9._@-]+$",
        description="what the employee signs in with; case does not matter",
    )
    password: Password = Field(description="first password")
    roles: list[Role] = Field(description="names of roles; see `GET /roles`")


class SetRoles(Body):
    """The roles from now on."""

    roles: list[Role] = Field(description="names of roles; see `GET /roles`")


class ResetPassword(Body):
    """A new password, given by an administrator."""

    password: Password = Field(description="the new password")


@routes.post(
    "/employees/{employee_id}/account",
    status_code=201,
    responses=problems(NotFound, HasLeft, LoginTaken, UnknownRole, WeakPassword),
)
async def open_account(
    employee_id: EmployeeId, body: OpenAccount, tx: TxDep, who: Annotated[Who, may(may_staff.ACCOUNTS)]
) -> AccountView:
    """Give an employee a way in."""
    account = await accounts.open_account(tx, employee_id=employee_id, **body.model_dump_fields())
    return await _shown(tx, account)


@routes.get("/employees/{employee_id}/account", responses=problems(NotFound))
async def show_account(
    employee_id: EmployeeId, tx: TxDep, who: Annotated[Who, may(may_staff.ACCOUNTS)]
) -> AccountView:
    """An employee's account."""
    _, account = await employee_of(tx, employee_id)
    if account is None:
        raise NotFound("account", employee_id)
    return AccountView.of(account)


@routes.put("/employees/{employee_id}/account/roles", responses=problems(NotFound, UnknownRole))
async def set_roles(
    employee_id: EmployeeId, body: SetRoles, tx: TxDep, who: Annotated[Who, may(may_staff.ACCOUNTS)]
) -> AccountView:
    """The roles from the next refresh on."""
    return await _shown(tx, await accounts.set_roles(tx, employee_id=employee_id, roles=body.roles))


@routes.put("/employees/{employee_id}/account/password", responses=problems(NotFound, WeakPassword))
async def reset_password(
    employee_id: EmployeeId,
    body: ResetPassword,
    tx: TxDep,
    now: MachineNow,
    who: Annotated[Who, may(may_staff.ACCOUNTS)],
) -> AccountView:
    """A new password; every sign-in ends."""
    account = await accounts.reset_password(
        tx, employee_id=employee_id, password=body.password, machine_now=now
    )
    return await _shown(tx, account)


@routes.post("/employees/{employee_id}/account/unlocking", responses=problems(NotFound))
async def unlock_account(
    employee_id: EmployeeId, tx: TxDep, who: Annotated[Who, may(may_staff.ACCOUNTS)]
) -> AccountView:
    """Before its time is over."""
    return await _shown(tx, await accounts.unlock_account(tx, employee_id=employee_id))


@routes.post("/employees/{employee_id}/account/closing", responses=problems(NotFound))
async def close_account(
    employee_id: EmployeeId, tx: TxDep, now: MachineNow, who: Annotated[Who, may(may_staff.ACCOUNTS)]
) -> AccountView:
    """Nobody signs in with it any more."""
    return await _shown(tx, await accounts.close_account(tx, employee_id=employee_id, machine_now=now))


@routes.get("/roles")
async def list_roles(who: Annotated[Who, may(may_staff.READ)]) -> list[RoleView]:
    """Every role and what it may do."""
    return [RoleView(role=role, permissions=sorted(may_do)) for role, may_do in ROLES.items()]


async def _shown(tx: TxDep, account: Account) -> AccountView:
    await tx.session.flush()
    return AccountView.of(account)
