"""Skipping what nobody here reacts to: many cursors move in one statement, a transaction by itself.

Only what is plainly next is skipped this way: the cursor is right before it and nothing beyond it is known.
What a cursor has passed already is a duplicate, as cursors never go back; after a long absence a whole queue
may be, because its events were requested meanwhile. The consumer handles everything else, one by one.
Requested events of one aggregate are skipped at once as well, by a transaction that holds its cursor.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Row, text

from servicekit.messaging import cursors
from servicekit.messaging.cursors import Cursor
from servicekit.messaging.delivery import DeliveryResult
from servicekit.messaging.envelope import Envelope
from servicekit.process import Process

log = structlog.get_logger("consumer")

_BATCH = 200

# A locked cursor is left to the consumer: waiting for it here would hold up all the others of the batch.
# ``high = last`` in the cursor's own row means that nothing is deferred and nothing is missing.
_SKIP = text("""
    with given as (
        select * from unnest(cast(:streams as text[]), cast(:keys as text[]), cast(:ns as bigint[]),
                             cast(:ids as uuid[]), cast(:types as text[]))
            as t(stream, key, n, id, type)
         where not exists (select 1 from reaction_types r where r.type = t.type)
    ), begun as (
        insert into cursors (reader, stream, key, last, high, last_id)
        select 'main', stream, key, 1, 1, id from given where n = 1 order by stream, key
        on conflict do nothing
        returning stream, key, last
    ), next as (
        select c.stream, c.key, t.n, t.id from cursors c join given t using (stream, key)
         where c.reader = 'main' and c.last = t.n - 1 and c.high = c.last
         order by c.stream, c.key for update of c skip locked
    ), moved as (
        update cursors c set last = next.n, high = next.n, last_id = next.id
          from next where c.reader = 'main' and c.stream = next.stream and c.key = next.key
        returning c.stream, c.key, c.last
    )
    select p.stream, p.key, p.last as n, false as duplicate,
           exists (select 1 from deferred d where d.waits_for = p.stream || '|' || p.key) as awaited
      from (select * from begun union all select * from moved) p
     union all
    select t.stream, t.key, t.n, true, false from given t join cursors c using (stream, key)
     where c.reader = 'main' and c.last >= t.n
""")
_MUST_BE_HANDLED_SINGLY = text("""
    select exists (select 1 from deferred
                    where reader = 'main' and stream = :stream and key = :key and sequence <= :last)
        or exists (select 1 from reaction_types where type = any(cast(:types as text[])))
""")


class Skipped(NamedTuple):
    """A delivery that was skipped, or was a duplicate."""

    result: DeliveryResult
    awaited: bool  # the cursor has moved, and other aggregates' reactions wait for it


Numbered = tuple[str, str, int]
"""Stream, key and sequence of an event."""


class Skipper:
    """For one process: what is delivered while a statement runs goes into the next one together."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._waiting: list[tuple[Envelope, asyncio.Future[Skipped | None]]] = []
        self._working: asyncio.Task[None] | None = None

    async def skip(self, envelope: Envelope) -> Skipped | None:
        """Move the cursor over the event and commit. ``None``: the consumer must handle it singly."""
        skipped: asyncio.Future[Skipped | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((envelope, skipped))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="skipping")
        return await skipped

    async def skip_run(self, run: Sequence[Envelope]) -> Cursor | None:
        """Move a cursor over several events of its aggregate, each the next of the one before it. Gives the
        cursor as it was; ``None``: the consumer must handle them singly."""
        first, last = run[0], run[-1]
        range_ = {"stream": last.stream, "key": last.key, "last": last.sequence}
        async with self._process.begin(cause=last) as tx:
            cursor = await cursors.lock(tx.session, last.stream, last.key, new=first.sequence == 1)
            if cursor.last >= last.sequence:
                self._process.counts.duplicates += len(run)
                return cursor
            if cursor.last < first.sequence - 1:
                return None
            types = list({envelope.type for envelope in run})
            if await tx.session.scalar(_MUST_BE_HANDLED_SINGLY, range_ | {"types": types}):
                return None
            tx.at_end(
                cursor=cursors.advance_columns(cursor, last=last.sequence, high=last.sequence, applied=last)
            )
        return cursor

    async def drained(self) -> None:
        """Return when the last statement has ended."""
        if self._working is not None:
            await asyncio.wait({self._working})

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
            skipped: dict[Numbered, Skipped] = {}
            try:
                skipped = await self._skip([envelope for envelope, _ in batch])
            except Exception as error:  # the consumer tries each by itself, and knows what an outage is
                log.debug("skipping.failed", error=repr(error))
            for envelope, future in batch:
                if not future.done():
                    future.set_result(skipped.get((envelope.stream, envelope.key, envelope.sequence)))

    async def _skip(self, batch: list[Envelope]) -> dict[Numbered, Skipped]:
        rows = await self._process.autocommit(
            _SKIP,
            {
                "streams": [e.stream for e in batch],
                "keys": [e.key for e in batch],
                "ns": [e.sequence for e in batch],
                "ids": [e.id for e in batch],
                "types": [e.type for e in batch],
            },
        )
        self._process.counts.duplicates += sum(row.duplicate for row in rows)
        return {(row.stream, row.key, row.n): _skipped(row) for row in rows}


def _skipped(row: Row[Any]) -> Skipped:
    return Skipped(DeliveryResult.DUPLICATE if row.duplicate else DeliveryResult.SKIPPED, row.awaited)
