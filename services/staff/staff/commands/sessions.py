"""Signing in: password to tokens, refresh with rotation, sign out. All times here are machine time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update

from servicekit import Refusal, Tx, new_id
from staff.adapters import passwords, tokens
from staff.domain import Account, Employee, HouseRules
from staff.domain.account import RefreshToken, WrongCredentials
from staff.settings import Settings


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a front end needs to go on."""

    access_token: str
    expires_in: int  # seconds
    refresh_token: str
    employee_id: UUID
    display_name: str
    permissions: list[str]


async def log_in(tx: Tx, *, login: str, password: str, machine_now: datetime) -> SignedIn | Refusal:
    """Tokens for the right password. A refusal is returned, not raised: the failure must be counted."""
    account = await tx.find_by(Account, login=login.strip().lower())
    if account is not None and (refusal := account.refusal_at(machine_now)) is not None:
        return refusal
    good = await passwords.is_password(password, account.password_hash if account else None)
    rules = await tx.rules(HouseRules)
    if account is None or not good:
        if account is not None:
            account.note_failure(at=machine_now, rules=rules)
        return WrongCredentials()
    account.note_success()
    await _forget_expired(tx, account.id, machine_now)
    return await _signed_in(tx, account, family=new_id(), machine_now=machine_now, rules=rules)


async def refresh(tx: Tx, *, token: str, machine_now: datetime) -> SignedIn | Refusal:
    """New tokens for a refresh token, once. One that comes a second time was stolen: its family ends."""
    held = await tx.find(RefreshToken, tokens.token_hash(token))
    if held is None:
        return WrongCredentials()
    if not held.is_good(machine_now):
        await _revoke(tx, RefreshToken.family == held.family, machine_now)
        return WrongCredentials()
    account = await tx.get(Account, held.employee_id)
    if (refusal := account.refusal_at(machine_now)) is not None:
        return refusal
    held.used_at = machine_now
    return await _signed_in(
        tx, account, family=held.family, machine_now=machine_now, rules=await tx.rules(HouseRules)
    )


async def log_out(tx: Tx, *, token: str, machine_now: datetime) -> None:
    """End this sign-in on all its refreshes; an unknown token is as good as ended."""
    held = await tx.find(RefreshToken, tokens.token_hash(token))
    if held is not None:
        await _revoke(tx, RefreshToken.family == held.family, machine_now)


async def end_sign_ins(tx: Tx, *, employee_id: UUID, machine_now: datetime) -> None:
    """End every sign-in of an employee; access tokens run out by themselves."""
    await _revoke(tx, RefreshToken.employee_id == employee_id, machine_now)


async def _forget_expired(tx: Tx, employee_id: UUID, machine_now: datetime) -> None:
    """Links that nobody could use any more; those that can still be stolen stay, to be recognised."""
    over = (RefreshToken.employee_id == employee_id, RefreshToken.expires_at <= machine_now)
    await tx.session.execute(delete(RefreshToken).where(*over))


async def _revoke(tx: Tx, which: ColumnElement[bool], machine_now: datetime) -> None:
    living = (which, RefreshToken.revoked_at.is_(None))
    await tx.session.execute(update(RefreshToken).where(*living).values(revoked_at=machine_now))


async def _signed_in(
    tx: Tx, account: Account, *, family: UUID, machine_now: datetime, rules: HouseRules
) -> SignedIn:
    settings = tx.settings
    assert isinstance(settings, Settings)
    employee = await tx.session.get_one(Employee, account.id)
    token = tokens.new_refresh_token()
    tx.add(
        RefreshToken(
            token_hash=tokens.token_hash(token),
            family=family,
            employee_id=account.id,
            expires_at=machine_now + timedelta(days=rules.refresh_days),
        )
    )
    access = tokens.access_token(
        settings.auth_private_key,
        settings.auth_jwks,
        employee_id=account.id,
        name=employee.display_name,
        permissions=account.permissions,
        machine_now=machine_now,
        minutes=rules.access_token_minutes,
    )
    return SignedIn(
        access_token=access,
        expires_in=rules.access_token_minutes * 60,
        refresh_token=token,
        employee_id=account.id,
        display_name=employee.display_name,
        permissions=account.permissions,
    )
