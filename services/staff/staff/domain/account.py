"""Accounts: who may sign in, with which roles; wrong passwords lock, reused refresh tokens end a sign-in."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.roles import ROLES
from servicekit import Aggregate, Invalid, Refusal
from servicekit.columns import Json, Utc
from staff.domain.base import Base
from staff.domain.rules import HouseRules


class LoginTaken(Refusal):
    """Another account has this login."""


class WrongCredentials(Refusal):
    """The login, the password or the refresh token is not right."""

    status = 401


class AccountLocked(Refusal):
    """The account is locked for now."""

    status = 403


class UnknownRole(Refusal):
    """There is no such role."""

    status = 422


class WeakPassword(Refusal):
    """The password is too easy to guess."""

    status = 422


def must_be_roles(names: Iterable[str]) -> tuple[str, ...]:
    """The names, sorted and once each; raises ``UnknownRole`` for one that the contracts do not name."""
    unknown = sorted(set(names) - ROLES.keys())
    if unknown:
        raise UnknownRole(unknown=unknown, expected=sorted(ROLES))
    return tuple(sorted(set(names)))


def must_be_strong(password: str, *, login: str, rules: HouseRules) -> None:
    """Long enough, not the login, and not one character again and again."""
    if len(password) < rules.shortest_password:
        raise Invalid("body.password", f"at least {rules.shortest_password} characters")
    if login.lower() in password.lower() or len(set(password)) < 5:
        raise WeakPassword()


class Account(Aggregate, Base):
    """An employee's way in."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    roles: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)

    @property
    def permissions(self) -> list[str]:
        """The roles expanded, sorted."""
        return sorted(frozenset[str]().union(*(ROLES[role] for role in self.roles if role in ROLES)))

    def state_at(self, at: datetime) -> str:
        """active, locked or closed, at machine time ``at``."""
        if self.closed_at is not None:
            return "closed"
        return "locked" if self.locked_until is not None and self.locked_until > at else "active"

    def refusal_at(self, at: datetime) -> Refusal | None:
        """Why nobody can sign in at machine time ``at``, or ``None``."""
        state = self.state_at(at)
        if state == "closed":
            return WrongCredentials()
        if state == "locked" and self.locked_until is not None:
            return AccountLocked(state=state, allowed=["unlock"], until=self.locked_until.isoformat())
        return None

    def note_failure(self, *, at: datetime, rules: HouseRules) -> None:
        """A wrong password; the last one allowed locks."""
        self.failures += 1
        if self.failures >= rules.failures_before_lock:
            self.locked_until = at + timedelta(minutes=rules.lock_minutes)
            self.failures = 0

    def note_success(self) -> None:
        """The right password: earlier failures no longer count."""
        if self.failures or self.locked_until is not None:
            self.unlock()

    def unlock(self) -> None:
        """Let them try again."""
        self.failures, self.locked_until = 0, None

    def set_password(self, password_hash: str) -> None:
        """A new password, and no lock left from the old one."""
        self.password_hash = password_hash
        self.unlock()

    def close(self, *, at: datetime) -> None:
        """Nobody signs in here any more."""
        self.closed_at = at


class RefreshToken(Base):
    """One link in a chain of refreshes that began with a sign-in (its family); stored as a hash."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index("ix_refresh_tokens_employee_id", "employee_id"),
        Index("ix_refresh_tokens_family", "family"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    family: Mapped[UUID]
    employee_id: Mapped[UUID] = mapped_column(ForeignKey("employees.id"))
    expires_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)

    def is_good(self, at: datetime) -> bool:
        """Whether it can be exchanged at machine time ``at``."""
        return self.used_at is None and self.revoked_at is None and self.expires_at > at
