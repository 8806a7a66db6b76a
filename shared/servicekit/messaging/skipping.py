"""Passing over what nobody here reacts to: many cursors move in one statement, a transaction by itself.

Only what is plainly next and has nothing around it moves this way: the cursor stands right before it and
knows of nothing beyond. What a cursor has passed already is a duplicate, as cursors never go back; after a
long absence a whole queue may be, because it was asked for meanwhile. Everything else goes the listener's
way, one by one. A part of one aggregate's life that was asked for is passed over at once as well, by a
transaction that holds its cursor.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text

from servicekit.messaging import cursors
from servicekit.messaging.cursors import Cursor
from servicekit.messaging.envelope import Envelope

if TYPE_CHECKING:
    from servicekit.runtime import Runtime

log = structlog.get_logger("listener")

_BATCH = 200

# A locked cursor is left to the listener: waiting for it here would hold up all the others of the batch.
# ``high = last`` says in the cursor's own row that nothing is kept aside and nothing is missing.
_PASS = text("""
    with told as (
        select * from unnest(cast(:streams as text[]), cast(:keys as text[]), cast(:ns as bigint[]),
                             cast(:ids as uuid[]), cast(:types as text[]))
            as t(stream, key, n, id, type)
         where not exists (select 1 from reaction_types r where r.type = t.type)
    ), begun as (
        insert into cursors (reader, stream, key, last, high, last_id)
        select 'main', stream, key, 1, 1, id from told where n = 1 order by stream, key
        on conflict do nothing
        returning stream, key, last
    ), next as (
        select c.stream, c.key, t.n, t.id from cursors c join told t using (stream, key)
         where c.reader = 'main' and c.last = t.n - 1 and c.high = c.last
         order by c.stream, c.key for update of c skip locked
    ), moved as (
        update cursors c set last = next.n, high = next.n, last_id = next.id
          from next where c.reader = 'main' and c.stream = next.stream and c.key = next.key
        returning c.stream, c.key, c.last
    )
    select p.stream, p.key, p.last as n, false as again,
           exists (select 1 from deferred d where d.waits_for = p.stream || '|' || p.key) as awaited
      from (select * from begun union all select * from moved) p
     union all
    select t.stream, t.key, t.n, true, false from told t join cursors c using (stream, key)
     where c.reader = 'main' and c.last >= t.n
""")
_STANDS_BETWEEN = text("""
    select exists (select 1 from deferred
                    where reader = 'main' and stream = :stream and key = :key and sequence <= :last)
        or exists (select 1 from reaction_types where type = any(cast(:types as text[])))
""")

Place = tuple[str, str, int]


class Skipper:
    """One process's: what arrives while a statement runs goes into the next one together."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._waiting: list[tuple[Envelope, asyncio.Future[bool | None]]] = []
        self._working: asyncio.Task[None] | None = None

    async def over(self, envelope: Envelope) -> bool | None:
        """Move the cursor over the event and commit. ``None``: it stands before it; else whether others wait
        for this aggregate, which now has moved."""
        moved: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((envelope, moved))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="passing over")
        return await moved

    async def over_run(self, run: Sequence[Envelope]) -> Cursor | None:
        """Move a cursor over several events of its aggregate, each the next of the one before it. Gives the
        cursor as it was; ``None``: it stands before them."""
        first, last = run[0], run[-1]
        around = {"stream": last.stream, "key": last.key, "last": last.sequence}
        async with self._runtime.begin(cause=last) as tx:
            cursor = await cursors.lock(tx.session, last.stream, last.key, new=first.sequence == 1)
            if cursor.last >= last.sequence:
                self._runtime.counts.duplicates += len(run)
                return cursor
            if cursor.last < first.sequence - 1:
                return None
            types = list({envelope.type for envelope in run})
            if await tx.session.scalar(_STANDS_BETWEEN, around | {"types": types}):
                return None
            tx.at_end(
                cursor=cursors.advance_columns(cursor, last=last.sequence, high=last.sequence, applied=last)
            )
        return cursor

    async def ended(self) -> None:
        """Return when the last statement is through."""
        if self._working is not None:
            await asyncio.wait({self._working})

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
            moved: dict[Place, bool] = {}
            try:
                moved = await self._pass([envelope for envelope, _ in batch])
            except Exception as error:  # the listener tries each by itself, and knows what an outage is
                log.debug("passing.failed", error=repr(error))
            for envelope, future in batch:
                if not future.done():
                    future.set_result(moved.get((envelope.stream, envelope.key, envelope.sequence)))

    async def _pass(self, batch: list[Envelope]) -> dict[Place, bool]:
        rows = await self._runtime.autocommit(
            _PASS,
            {
                "streams": [e.stream for e in batch],
                "keys": [e.key for e in batch],
                "ns": [e.sequence for e in batch],
                "ids": [e.id for e in batch],
                "types": [e.type for e in batch],
            },
        )
        self._runtime.counts.duplicates += sum(row.again for row in rows)
        return {(row.stream, row.key, row.n): row.awaited for row in rows}
