"""Accounts: open, roles, passwords, lock, close; and the first administrator of a new shop."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from servicekit import Refusal, Tx
from staff.adapters import passwords
from staff.commands.employees import hire_employee
from staff.commands.sessions import end_sign_ins
from staff.domain import Account, Employee, HouseRules
from staff.domain.account import LoginTaken, WrongCredentials, must_be_roles, must_be_strong
from staff.repository import lock_account
from staff.settings import Settings


async def open_account(
    tx: Tx, *, employee_id: UUID, login: str, password: str, roles: Iterable[str]
) -> Account:
    """A way in for an employee who has none. Raises ``HasLeft`` for one who no longer works here."""
    (await tx.get(Employee, employee_id)).must_be_here()
    login = login.strip().lower()
    held = await tx.find(Account, employee_id) or await tx.find_by(Account, login=login)
    if held is not None:
        raise LoginTaken(login=login, existing_id=str(held.id))
    granted = must_be_roles(roles)
    must_be_strong(password, login=login, rules=await tx.rules(HouseRules))
    account = Account(
        id=employee_id, login=login, password_hash=await passwords.hash_password(password), roles=granted
    )
    tx.add(account)
    return account


async def set_roles(tx: Tx, *, employee_id: UUID, roles: Iterable[str]) -> Account:
    """The roles from now on; tokens already given keep theirs until they run out."""
    account = await lock_account(tx, employee_id)
    account.roles = must_be_roles(roles)
    return account


async def change_password(
    tx: Tx, *, employee_id: UUID, old: str, new: str, machine_now: datetime
) -> Refusal | None:
    """By the employee, who knows the old one; every sign-in ends.

    A wrong old password is counted as at sign-in: who finds an open screen must not guess. Hence this refusal
    is returned, not raised.
    """
    account = await lock_account(tx, employee_id)
    if (refusal := account.refusal_at(machine_now)) is not None:
        return refusal
    if not await passwords.is_password(old, account.password_hash):
        account.note_failure(at=machine_now, rules=await tx.rules(HouseRules))
        return WrongCredentials()
    await _new_password(tx, account, new, machine_now)
    return None


async def reset_password(tx: Tx, *, employee_id: UUID, password: str, machine_now: datetime) -> Account:
    """By an administrator; every sign-in ends."""
    return await _new_password(tx, await lock_account(tx, employee_id), password, machine_now)


async def unlock_account(tx: Tx, *, employee_id: UUID) -> Account:
    """Before its time is over."""
    account = await lock_account(tx, employee_id)
    account.unlock()
    return account


async def close_account(tx: Tx, *, employee_id: UUID, machine_now: datetime) -> Account:
    """Nobody signs in with it any more."""
    account = await lock_account(tx, employee_id)
    account.close(at=machine_now)
    await end_sign_ins(tx, employee_id=employee_id, machine_now=machine_now)
    return account


async def create_first_admin(tx: Tx) -> None:
    """A new shop's way in, from the settings; does nothing once there is any account."""
    settings = tx.settings
    assert isinstance(settings, Settings)
    if settings.first_admin_login is None or settings.first_admin_password is None:
        return
    if await tx.all(select(Account).limit(1)):
        return
    admin = await hire_employee(tx, employee_no=None, display_name="Administrator", skills=())
    await tx.session.flush()
    await open_account(
        tx,
        employee_id=admin.id,
        login=settings.first_admin_login,
        password=settings.first_admin_password.get_secret_value(),
        roles=["admin"],
    )


async def _new_password(tx: Tx, account: Account, password: str, machine_now: datetime) -> Account:
    must_be_strong(password, login=account.login, rules=await tx.rules(HouseRules))
    account.set_password(await passwords.hash_password(password))
    await end_sign_ins(tx, employee_id=account.id, machine_now=machine_now)
    return account
