"""When an effect is visible: looked up in the departments' logs and cursors, not asked of the departments.

A front end would ask again and again, or try again; that would be measured as the shop's work. The driver
looks into the databases instead, past the departments, with one small indexed query for all who wait at a
department, every few milliseconds and only while somebody waits. Its own database processes are known by
their ids and taken off the bill. No command is sent before its facts are there, so nothing is refused.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from contracts.streams import DEPARTMENTS, STREAMS

PATIENCE = 30.0

_SAID = """
    select l.correlation, l.type, l.key, l.sequence, l.data::text as data
      from unnest($1::text[], $2::text[]) as w (correlation, type)
      join event_log l on l.correlation = w.correlation and l.type = w.type and l.correlation <> ''
     order by l.position
"""
_HEARD = """
    select w.stream, w.key, w.n
      from unnest($1::text[], $2::text[], $3::bigint[]) as w (stream, key, n)
      join stream_cursor c on c.reader = 'main' and c.stream = w.stream and c.key = w.key and c.last >= w.n
"""
_ALL_SAID = """
    select stream, key, max(sequence) as n from event_log
     where correlation = $1 and correlation <> '' group by stream, key
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A fact in its publisher's log."""

    key: str
    sequence: int
    data: dict[str, Any]


class NothingSeen(Exception):
    """An effect did not become visible in time."""


class Ear:
    """One department's database and who waits for what in it."""

    def __init__(self, connection: Any, pause: float) -> None:
        self._connection = connection
        self.pause = pause
        self._said: dict[tuple[str, str], asyncio.Future[Said]] = {}
        self._heard: dict[tuple[str, str, int], asyncio.Future[None]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._one = asyncio.Lock()

    async def said(self, request_id: str, type: str) -> Said:
        """The department's own fact of this type, once it is committed."""
        found: Said = await self._wait(self._said, (request_id, type))
        return found

    async def heard(self, stream: str, key: str, n: int) -> None:
        """Return once the department has applied another's aggregate up to ``n``."""
        await self._wait(self._heard, (stream, key, n))

    async def all_said(self, request_id: str) -> list[tuple[str, str, int]]:
        """(stream, key, last sequence) of everything it has said about a request so far."""
        async with self._one:
            rows = await self._connection.fetch(_ALL_SAID, request_id)
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
        while self._said or self._heard:
            async with self._one:
                await self._look_once()
            await asyncio.sleep(self.pause)

    async def _look_once(self) -> None:
        if self._said:
            asked = list(self._said)
            for row in await self._connection.fetch(_SAID, *map(list, zip(*asked, strict=True))):
                found = Said(row["key"], row["sequence"], orjson.loads(row["data"]))
                _tell(self._said, (row["correlation"], row["type"]), found)
        if self._heard:
            awaited = list(self._heard)
            for row in await self._connection.fetch(_HEARD, *map(list, zip(*awaited, strict=True))):
                _tell(self._heard, (row["stream"], row["key"], row["n"]), None)


def _tell(waiting: dict[Any, Any], what: Any, found: Any) -> None:
    awaited = waiting.pop(what, None)
    if awaited is not None and not awaited.done():
        awaited.set_result(found)


class Watch:
    """An ear at every department."""

    def __init__(self, ears: Mapping[str, Ear], pids: frozenset[int]) -> None:
        self._ears = ears
        self.pids = pids
        """The driver's own database processes."""

    @classmethod
    async def open(cls, urls: Mapping[str, str], *, pause: float = 0.002) -> "Watch":
        """Connect to the departments' databases, by name."""
        ears, pids = {}, set()
        for department, url in urls.items():
            connection = await asyncpg.connect(url)
            pids.add(connection.get_server_pid())
            ears[department] = Ear(connection, pause)
        return cls(ears, frozenset(pids))

    def look_every(self, seconds: float) -> None:
        """Look less often when many wait: who looks must not take the processor from who is looked at."""
        for ear in self._ears.values():
            ear.pause = seconds

    async def said(self, request_id: str, type: str) -> Said:
        """A fact of a request, as soon as its publisher has committed it."""
        return await self._ears[type.partition(".")[0]].said(request_id, type)

    async def heard(self, department: str, stream: str, key: str, n: int) -> None:
        """Return as soon as a department has applied a stream's aggregate up to ``n``."""
        await self._ears[department].heard(stream, key, n)

    async def everywhere(self, request_id: str) -> None:
        """Return when every listener has applied everything that was said about a request, and what was said
        because of that."""
        done: set[tuple[str, str, int]] = set()
        while True:
            told = await asyncio.gather(*(self._ears[name].all_said(request_id) for name in DEPARTMENTS))
            fresh = {fact for facts in told for fact in facts} - done
            if not fresh:
                return
            await asyncio.gather(
                *(
                    self.heard(listener, stream, key, n)
                    for stream, key, n in fresh
                    for listener in STREAMS[stream].listeners
                )
            )
            done |= fresh

    async def close(self) -> None:
        """Close the connections."""
        for ear in self._ears.values():
            await ear.close()
