"""The poller: runs deferred events when they are due, sorts in deliveries that found their cursor locked, and
requests what is missing."""

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import Protocol

import structlog
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.columns import json_text
from servicekit.errors import is_busy, is_conflict
from servicekit.messaging import cursors
from servicekit.messaging.envelope import Envelope
from servicekit.process import Process

log = structlog.get_logger("poller")

_DEATHS = 3
"""A reaction during whose own runs the process died this often becomes a dead letter."""

_TAKE_UNSORTED = text("""
    delete from unsorted_deliveries
     where id in (select id from unsorted_deliveries order by id limit 100 for update skip locked)
    returning id, event
""").columns(event=JSONB)
_PUT_BACK = text("insert into unsorted_deliveries (event) values (cast(:event as jsonb))")
_DUE = text("""
    (select stream, key from cursors where wake_at <= now() order by wake_at limit 64)
    union all
    select null, null where exists (select 1 from unsorted_deliveries)
""")
_START = text("""
    update deferred set starts = starts + 1
     where reader = 'main' and stream = :stream and key = :key and sequence = :sequence
""")
_MAKE_DEAD_LETTER = text("""
    update deferred set status = 'dead_letter', reason = 'the process ended during its run', starts = 0
     where reader = 'main' and stream = :stream and key = :key and sequence = :sequence
""")
_SURVIVED = text("""
    update deferred set starts = 0
     where reader = 'main' and stream = :stream and key = :key and sequence = :sequence
""")
_REQUESTED = text("""
    update cursors
       set requests = requests + 1,
           wake_at = now() + make_interval(secs => :grace * power(2, least(requests, 6)))
     where reader = 'main' and stream = :stream and key = :key
""")


class RunHead(Protocol):
    """Runs the deferred head of one aggregate (`Consumer.run_head`)."""

    def __call__(self, stream: str, key: str, *, alone: bool) -> Awaitable[None]: ...


class RequestBackfill(Protocol):
    """Requests the events ``first`` to ``last`` of one aggregate (`Backfill.request`)."""

    def __call__(self, stream: str, key: str, first: int, last: int) -> Awaitable[None]: ...


class Poller:
    """Each replica has one; any number of them may run at once.

    ``work`` is set by whoever knows that there may be something due at once."""

    def __init__(
        self, process: Process, work: asyncio.Event, *, run_head: RunHead, request_backfill: RequestBackfill
    ) -> None:
        self._process = process
        self._work = work
        self._run_head = run_head
        self._request_backfill = request_backfill

    def wake(self) -> None:
        """There may be something due at once."""
        self._work.set()

    async def run(self) -> None:
        """Five times a second while there is work, else once a second."""
        pause = 1.0
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._work.wait(), pause)
            self._work.clear()
            try:
                pause = 0.2 if await self.poll() else 1.0
            except Exception as error:
                log.warning("poller.outage", error=repr(error))
                pause = 1.0

    async def poll(self) -> bool:
        """One round; whether there was anything to do. An idle shop costs one statement."""
        found = await self._due()
        sorted_in = await self._sort_in() if None in found else 0
        due = [cursor for cursor in found if cursor is not None]
        for start in range(0, len(due), 8):
            # Different aggregates at once; one that ended the process before runs alone.
            waking = (self._wake(stream, key) for stream, key in due[start : start + 8])
            for ended in await asyncio.gather(*waking, return_exceptions=True):
                if ended is not None:
                    raise ended
        return bool(sorted_in or due)

    async def _due(self) -> list[tuple[str, str] | None]:
        """Cursors whose time has come; ``None`` for deliveries that are not sorted in yet."""
        rows = await self._process.autocommit(_DUE)
        return [(row.stream, row.key) if row.stream else None for row in rows]

    async def _sort_in(self) -> int:
        """Deliveries that found their cursor locked are deferred, never run, so that it does not matter
        whether they are redelivered; how many there were."""
        async with self._process.begin() as tx:
            taken = [Envelope.from_json(row.event) for row in await tx.session.execute(_TAKE_UNSORTED)]
            for envelope in taken:
                await self._defer(tx.session, envelope)
        return len(taken)

    async def _defer(self, session: AsyncSession, envelope: Envelope) -> None:
        try:
            async with session.begin_nested():
                cursor = await cursors.lock(session, envelope.stream, envelope.key)
                if cursor.last < envelope.sequence <= cursor.last + cursors.WINDOW:
                    await cursors.defer(session, envelope)
                await cursors.advance(session, cursor, last=cursor.last, high=envelope.sequence)
        except Exception as error:
            if not is_busy(error):
                raise
            await session.execute(_PUT_BACK, {"event": json_text(envelope.to_json())})

    async def _wake(self, stream: str, key: str) -> None:
        try:
            starts, sequence = await self._begin(stream, key)
            if sequence:
                await self._run(stream, key, sequence, alone=starts > 0)
        except Exception as error:
            if not is_busy(error) and not is_conflict(error):
                log.warning("poller.failed", stream=stream, key=key, error=repr(error))

    async def _begin(self, stream: str, key: str) -> tuple[int, int]:
        """Commit that a run begins (so that only deaths during its own run count), or request a gap.

        Returns the starts before this one and the sequence to run, 0 if there is nothing to run."""
        gap: tuple[int, int] | None = None
        async with self._process.begin() as tx:
            session = tx.session
            cursor = await cursors.lock(session, stream, key)
            head = await cursors.head_of(session, stream, key, cursor.last + 1)
            head_key = {"stream": stream, "key": key, "sequence": cursor.last + 1}
            if head is not None and head.status == "waiting" and head.due and head.starts < _DEATHS:
                await session.execute(_START, head_key)
                return head.starts, cursor.last + 1
            if head is not None and head.status == "waiting" and head.due:
                log.error(
                    "reaction.dead_letter",
                    stream=stream,
                    key=key,
                    n=cursor.last + 1,
                    error="ended the process",
                )
                await session.execute(_MAKE_DEAD_LETTER, head_key)
            elif head is None and cursor.high > cursor.last:
                await session.execute(_REQUESTED, {"stream": stream, "key": key, "grace": cursors.GRACE})
                gap = (cursor.last + 1, cursor.high)
            if gap is None:
                await cursors.advance(session, cursor, last=cursor.last, high=cursor.high)
        if gap is not None:
            self._process.counts.backfill_requests += 1
            await self._request_backfill(stream, key, *gap)
        return 0, 0

    async def _run(self, stream: str, key: str, sequence: int, *, alone: bool) -> None:
        try:
            await self._run_head(stream, key, alone=alone)
        except Exception:
            # It failed without ending the process (a conflict, an outage): that start does not count.
            await self._process.autocommit(_SURVIVED, {"stream": stream, "key": key, "sequence": sequence})
            raise
