"""Timers: deadlines are rows; a due one runs in a transaction of its own, under its row's lock."""

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from servicekit.errors import is_conflict, is_outage
from servicekit.service import Timer

if TYPE_CHECKING:
    from servicekit.runtime import Runtime
    from servicekit.tx import Tx

log = structlog.get_logger("timers")

_BACKOFF = (1.0, 5.0, 30.0, 120.0, 600.0)
_SILENCE_PAUSE = 0.5

_DUE = text("""
    select kind, key from timers
     where due_at <= :now and retry_at <= now() and kind = any(cast(:kinds as text[]))
     order by due_at limit 50
""")
_TAKE = text("""
    select due_at, data, attempt from timers
     where kind = :kind and key = :key and due_at <= :now and retry_at <= now() for update skip locked
""").columns(data=JSONB)
_GONE = text("delete from timers where kind = :kind and key = :key")
_LATER = text("""
    update timers set attempt = :attempt, reason = :reason, retry_at = now() + make_interval(secs => :pause)
     where kind = :kind and key = :key
""")


class TimerRunner:
    """The clock's side of a department, for one process; replicas are safe beside each other."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._kinds = sorted(runtime.service.timers)

    async def run_due(self) -> int:
        """Fire what is due; how many were looked at."""
        if not self._kinds:
            return 0
        due = await self._runtime.autocommit(_DUE, {"now": self._runtime.clock.now(), "kinds": self._kinds})
        for row in due:
            await self._fire(row.kind, row.key)
        return len(due)

    async def _fire(self, kind: str, key: str) -> None:
        silent: tuple[str, ...] = ()
        try:
            async with self._runtime.begin() as tx:
                silent = await self._handle(tx, kind, key)
        except Exception as error:
            if not is_conflict(error) and not is_outage(error):
                raise
            log.info("timer.again", kind=kind, key=key, error=repr(error))
        if silent:
            await self._runtime.backfill.request_links(self._runtime.backfill.publishers_of(silent))

    async def _handle(self, tx: "Tx", kind: str, key: str) -> tuple[str, ...]:
        """Run one timer; returns the streams whose publishers it must hear first, if any."""
        name = {"kind": kind, "key": key}
        row = (await tx.session.execute(_TAKE, {"now": tx.now} | name)).one_or_none()
        if row is None:
            return ()
        timer = self._runtime.service.timers[kind]
        if timer.silence_of and not await self._runtime.backfill.is_complete(
            tx.session, timer.silence_of, row.due_at
        ):
            waiting = {"attempt": row.attempt, "reason": f"waits for {', '.join(timer.silence_of)}"}
            await tx.session.execute(_LATER, name | waiting | {"pause": _SILENCE_PAUSE})
            return timer.silence_of
        try:
            async with tx.savepoint():
                await tx.session.execute(_GONE, name)
                await timer.handler(tx, Timer(kind, key, row.due_at, row.data))
        except Exception as error:
            if is_conflict(error) or is_outage(error):
                raise
            log.error("timer.failed", kind=kind, key=key, attempt=row.attempt + 1, error=repr(error))
            pause = _BACKOFF[min(row.attempt, len(_BACKOFF) - 1)]
            failed = {"attempt": row.attempt + 1, "reason": repr(error), "pause": pause}
            await tx.session.execute(_LATER, name | failed)
        return ()
