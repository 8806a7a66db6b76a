"""What an exception means: a conflict to try again at once, or an outage to wait out uncounted."""

import asyncio

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

_CONFLICTS = {"40001", "40P01"}
_READ_ONLY = "25006"
_OUTAGES = {"57P01", "57P02", "57P03", "53300", "53100", _READ_ONLY, "57P05", "25P03"}
_BEYOND_LIMITS = {"22000", "22003", "22008", "22021", "22P05"}


class Conflict(Exception):
    """Another transaction was faster; the whole thing is to be tried again."""


class AnsweredBefore(Conflict):
    """The idempotency key has an answer already: what this run did must be rolled back."""


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE behind a SQLAlchemy or asyncpg error."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(origin, "sqlstate", None)
    return state if isinstance(state, str) else None


def is_conflict(error: BaseException) -> bool:
    """Version conflicts, deadlocks, serialisation failures: at once again, uncounted."""
    return isinstance(error, Conflict | StaleDataError) or sqlstate(error) in _CONFLICTS


def is_duplicate(error: BaseException) -> bool:
    """A unique key was taken meanwhile: tried again, the loser finds the winner's row."""
    return sqlstate(error) == "23505"


def is_busy(error: BaseException) -> bool:
    """Somebody else holds the row (``for update nowait``)."""
    return sqlstate(error) == "55P03"


def is_beyond_limits(error: BaseException) -> bool:
    """A date, number or text that nobody can count with or keep (the year 9999, NUL in a text)."""
    return isinstance(error, OverflowError) or sqlstate(error) in _BEYOND_LIMITS


def is_read_only(error: BaseException) -> bool:
    """The session may not write, as on a standby."""
    return sqlstate(error) == _READ_ONLY


def is_outage(error: BaseException) -> bool:
    """The database is away, starting, full or read-only: nothing is counted against the message."""
    state = sqlstate(error)
    if state is not None and (state in _OUTAGES or state.startswith("08")):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    away = (OSError, asyncio.TimeoutError, PoolTimeout, InterfaceError, asyncpg.InterfaceError)
    origin = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(error, away) or isinstance(origin, away)
