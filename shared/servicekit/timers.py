"""Timers: deadlines are rows; a due one runs in a transaction of its own, under its row's lock."""

from collections.abc import Mapping

import structlog
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from servicekit.errors import is_conflict, is_outage
from servicekit.messaging.backfill import Backfill
from servicekit.process import Process
from servicekit.service import Timer, TimerHandler
from servicekit.tx import Tx

log = structlog.get_logger("timers")

_BACKOFF = (1.0, 5.0, 30.0, 120.0, 600.0)
_SILENCE_PAUSE = 0.5

_DUE = text("""
    select kind, key from timers
     where due_at <= :now and retry_at <= now() and kind = any(cast(:kinds as text[]))
     order by due_at limit 50
""")
_LOCK = text("""
    select due_at, data, attempt from timers
     where kind = :kind and key = :key and due_at <= :now and retry_at <= now() for update skip locked
""").columns(data=JSONB)
_DELETE = text("delete from timers where kind = :kind and key = :key")
_LATER = text("""
    update timers set attempt = :attempt, reason = :reason, retry_at = now() + make_interval(secs => :pause)
     where kind = :kind and key = :key
""")


class TimerRunner:
    """Fires the due timers of a department, for one process; any number of replicas may run at once."""

    def __init__(self, process: Process, handlers: Mapping[str, TimerHandler], backfill: Backfill) -> None:
        self._process = process
        self._handlers = handlers
        self._backfill = backfill

    async def run_due(self) -> int:
        """Fire what is due; how many timers were found."""
        if not self._handlers:
            return 0
        due_by = {"now": self._process.clock.now(), "kinds": sorted(self._handlers)}
        due = await self._process.autocommit(_DUE, due_by)
        for row in due:
            await self._fire(row.kind, row.key)
        return len(due)

    async def _fire(self, kind: str, key: str) -> None:
        silent: tuple[str, ...] = ()
        try:
            async with self._process.begin() as tx:
                silent = await self._handle(tx, kind, key)
        except Exception as error:
            if not is_conflict(error) and not is_outage(error):
                raise
            log.info("timer.again", kind=kind, key=key, error=repr(error))
        if silent:
            await self._backfill.request_links(self._backfill.publishers_of(silent))

    async def _handle(self, tx: "Tx", kind: str, key: str) -> tuple[str, ...]:
        """Run one timer; returns the streams whose publishers' watermarks must pass first, if any."""
        name = {"kind": kind, "key": key}
        row = (await tx.session.execute(_LOCK, {"now": tx.now} | name)).one_or_none()
        if row is None:
            return ()
        timer = self._handlers[kind]
        if timer.silence_of and not await self._backfill.is_complete(
            tx.session, timer.silence_of, row.due_at
        ):
            waiting = {"attempt": row.attempt, "reason": f"waits for {', '.join(timer.silence_of)}"}
            await tx.session.execute(_LATER, name | waiting | {"pause": _SILENCE_PAUSE})
            return timer.silence_of
        try:
            async with tx.savepoint():
                await tx.session.execute(_DELETE, name)
                await timer.handler(tx, Timer(kind, key, row.due_at, row.data))
        except Exception as error:
            if is_conflict(error) or is_outage(error):
                raise
            log.error("timer.failed", kind=kind, key=key, attempt=row.attempt + 1, error=repr(error))
            pause = _BACKOFF[min(row.attempt, len(_BACKOFF) - 1)]
            failed = {"attempt": row.attempt + 1, "reason": repr(error), "pause": pause}
            await tx.session.execute(_LATER, name | failed)
        return ()
