"""When an effect is visible: looked up in the departments' outboxes and cursors, not requested from them.

A front end would ask again and again, or try again; that would be measured as the shop's work. The driver
looks into the databases instead, past the departments, with one small indexed query for all who wait at a
department, every few milliseconds and only while somebody waits. Its own database processes are known by
their ids and taken off the bill. No command is sent before its events are there, so nothing is refused.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
from tools.departments import DEPARTMENTS
from tools.subscriptions import subscribers

PATIENCE = 30.0

_PUBLISHED = """
    select l.correlation, l.type, l.key, l.sequence, l.data::text as data
      from unnest($1::text[], $2::text[]) as w (correlation, type)
      join outbox l on l.correlation = w.correlation and l.type = w.type and l.correlation <> ''
     order by l.position
"""
_APPLIED = """
    select w.stream, w.key, w.n
      from unnest($1::text[], $2::text[], $3::bigint[]) as w (stream, key, n)
      join cursors c on c.reader = 'main' and c.stream = w.stream and c.key = w.key and c.last >= w.n
"""
_ALL_PUBLISHED = """
    select stream, key, max(sequence) as n from outbox
     where correlation = $1 and correlation <> '' group by stream, key
"""


@dataclass(frozen=True, slots=True)
class Published:
    """An event in its publisher's outbox."""

    key: str
    sequence: int
    data: dict[str, Any]


class NothingSeen(Exception):
    """An effect did not become visible in time."""


class DepartmentWatch:
    """One department's database and who waits for what in it."""

    def __init__(self, connection: Any, pause: float) -> None:
        self._connection = connection
        self.pause = pause
        self._awaited_events: dict[tuple[str, str], asyncio.Future[Published]] = {}
        self._awaited_cursors: dict[tuple[str, str, int], asyncio.Future[None]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._one = asyncio.Lock()

    async def published(self, request_id: str, type: str) -> Published:
        """The department's own event of this type, once it is committed."""
        found: Published = await self._wait(self._awaited_events, (request_id, type))
        return found

    async def applied(self, stream: str, key: str, n: int) -> None:
        """Return once the department has applied another's aggregate up to ``n``."""
        await self._wait(self._awaited_cursors, (stream, key, n))

    async def all_published(self, request_id: str) -> list[tuple[str, str, int]]:
        """(stream, key, last sequence) of everything it has published about a request so far."""
        async with self._one:
            rows = await self._connection.fetch(_ALL_PUBLISHED, request_id)
        return [(row["stream"], row["key"], row["n"]) for row in rows]

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def _wait(self, waiting: dict[Any, Any], what: Any) -> Any:
        awaited = waiting.get(what)
        if awaited is None:
            awaited = waiting[what] = asyncio.get_running_loop().create_future()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.shield(awaited)
        except TimeoutError:
            waiting.pop(what, None)
            raise NothingSeen(str(what)) from None

    async def _look(self) -> None:
        while self._awaited_events or self._awaited_cursors:
            async with self._one:
                await self._look_once()
            await asyncio.sleep(self.pause)

    async def _look_once(self) -> None:
        if self._awaited_events:
            asked = list(self._awaited_events)
            for row in await self._connection.fetch(_PUBLISHED, *map(list, zip(*asked, strict=True))):
                found = Published(row["key"], row["sequence"], orjson.loads(row["data"]))
                _settle(self._awaited_events, (row["correlation"], row["type"]), found)
        if self._awaited_cursors:
            awaited = list(self._awaited_cursors)
            for row in await self._connection.fetch(_APPLIED, *map(list, zip(*awaited, strict=True))):
                _settle(self._awaited_cursors, (row["stream"], row["key"], row["n"]), None)


def _settle(waiting: dict[Any, Any], what: Any, found: Any) -> None:
    awaited = waiting.pop(what, None)
    if awaited is not None and not awaited.done():
        awaited.set_result(found)


class Watch:
    """A watch on every department."""

    def __init__(self, watches: Mapping[str, DepartmentWatch], pids: frozenset[int]) -> None:
        self._watches = watches
        self.pids = pids
        """The driver's own database processes."""

    @classmethod
    async def open(cls, urls: Mapping[str, str], *, pause: float = 0.002) -> "Watch":
        """Connect to the departments' databases, by name."""
        watches, pids = {}, set()
        for department, url in urls.items():
            connection = await asyncpg.connect(url)
            pids.add(connection.get_server_pid())
            watches[department] = DepartmentWatch(connection, pause)
        return cls(watches, frozenset(pids))

    def look_every(self, seconds: float) -> None:
        """Look less often when many wait: who looks must not take the processor from who is looked at."""
        for watch in self._watches.values():
            watch.pause = seconds

    async def published(self, request_id: str, type: str) -> Published:
        """An event of a request, as soon as its publisher has committed it."""
        return await self._watches[type.partition(".")[0]].published(request_id, type)

    async def applied(self, department: str, stream: str, key: str, n: int) -> None:
        """Return as soon as a department has applied a stream's aggregate up to ``n``."""
        await self._watches[department].applied(stream, key, n)

    async def everywhere(self, request_id: str) -> None:
        """Return when every subscriber has applied everything that was published about a request, also what
        was published because of that."""
        done: set[tuple[str, str, int]] = set()
        while True:
            published = await asyncio.gather(
                *(self._watches[name].all_published(request_id) for name in DEPARTMENTS)
            )
            fresh = {event for events in published for event in events} - done
            if not fresh:
                return
            await asyncio.gather(
                *(
                    self.applied(subscriber, stream, key, n)
                    for stream, key, n in fresh
                    for subscriber in subscribers()[stream]
                )
            )
            done |= fresh

    async def close(self) -> None:
        """Close the connections."""
        for watch in self._watches.values():
            await watch.close()
