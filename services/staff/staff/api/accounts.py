"""Routes of accounts and roles."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.permissions import staff as may_staff
from contracts.roles import ROLES
from servicekit import NotFound
from servicekit.http import Body, TxDep, View, Who, may, problems
from servicekit.http import router as chassis_router
from staff import commands, queries
from staff.api.views import MachineNow, Password
from staff.domain import Account, HasLeft, LoginTaken, UnknownRole, WeakPassword

router = chassis_router(tags=["accounts"])


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


class AccountView(View):
    """Who signs in how; the password is nobody's to see."""

    id: UUID
    version: int
    login: str
    roles: list[str]
    failures: int
    locked_until: datetime | None
    closed_at: datetime | None


class RoleView(View):
    """A role and what it may do."""

    role: str
    permissions: list[str]


@router.post(
    "/employees/{employee_id}/account",
    status_code=201,
    responses=problems(NotFound, HasLeft, LoginTaken, UnknownRole, WeakPassword),
)
async def open_account(
    employee_id: UUID, body: OpenAccount, tx: TxDep, who: Annotated[Who, may(may_staff.ACCOUNTS)]
) -> AccountView:
    """Give an employee a way in."""
    account = await commands.open_account(tx, employee_id=employee_id, **body.model_dump_fields())
    return await _shown(tx, account)


@router.get("/employees/{employee_id}/account", responses=problems(NotFound))
async def show_account(
    employee_id: UUID, tx: TxDep, who: Annotated[Who, may(may_staff.ACCOUNTS)]
) -> AccountView:
    """An employee's account."""
    _, account = await queries.employee(tx, employee_id)
    if account is None:
        raise NotFound("account", employee_id)
    return AccountView.of(account)


@router.put("/employees/{employee_id}/account/roles", responses=problems(NotFound, UnknownRole))
async def set_roles(
    employee_id: UUID, body: SetRoles, tx: TxDep, who: Annotated[Who, may(may_staff.ACCOUNTS)]
) -> AccountView:
    """The roles from the next refresh on."""
    return await _shown(tx, await commands.set_roles(tx, employee_id=employee_id, roles=body.roles))


@router.put("/employees/{employee_id}/account/password", responses=problems(NotFound, WeakPassword))
async def reset_password(
    employee_id: UUID,
    body: ResetPassword,
    tx: TxDep,
    now: MachineNow,
    who: Annotated[Who, may(may_staff.ACCOUNTS)],
) -> AccountView:
    """A new password; every sign-in ends."""
    account = await commands.reset_password(tx, employee_id=employee_id, password=body.password, at=now)
    return await _shown(tx, account)


@router.post("/employees/{employee_id}/account/unlocking", responses=problems(NotFound))
async def unlock_account(
    employee_id: UUID, tx: TxDep, who: Annotated[Who, may(may_staff.ACCOUNTS)]
) -> AccountView:
    """Before its time is over."""
    return await _shown(tx, await commands.unlock_account(tx, employee_id=employee_id))


@router.post("/employees/{employee_id}/account/closing", responses=problems(NotFound))
async def close_account(
    employee_id: UUID, tx: TxDep, now: MachineNow, who: Annotated[Who, may(may_staff.ACCOUNTS)]
) -> AccountView:
    """Nobody signs in with it any more."""
    return await _shown(tx, await commands.close_account(tx, employee_id=employee_id, at=now))


@router.get("/roles")
async def list_roles(who: Annotated[Who, may(may_staff.READ)]) -> list[RoleView]:
    """Every role and what it may do."""
    return [RoleView(role=role, permissions=sorted(may_do)) for role, may_do in ROLES.items()]


async def _shown(tx: TxDep, account: Account) -> AccountView:
    await tx.session.flush()
    return AccountView.of(account)
