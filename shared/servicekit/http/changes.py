"""Live screens: server-sent events of what changed, looked for only while someone listens."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from starlette.requests import Request
from starlette.responses import StreamingResponse

from servicekit.aggregate import Aggregate
from servicekit.errors import is_outage
from servicekit.http.auth import Who, may
from servicekit.refusal import kind_name
from servicekit.service import Service

_EVERY = 0.3  # seconds between two looks
_KEEP_ALIVE = 15.0  # seconds of silence after which proxies get a comment to see
_BACKLOG = 500  # changes that a slow listener may be behind before it has to fetch anew
_BATCH = 500

# Rows become visible in the order of commits, not of positions: only rows of transactions below the oldest
# running one are final, and (txid, position) then never goes back.
_START = text("select pg_snapshot_xmin(pg_current_snapshot())::text")
_NEXT = text("""
    select txid::text as txid, position, kind, id, version from changes
     where (txid, position) > (cast(cast(:txid as text) as xid8), :position)
       and txid < pg_snapshot_xmin(pg_current_snapshot())
     order by txid, position limit :batch
""")

Change = dict[str, Any]


@dataclass(eq=False)
class _Listener:
    kinds: frozenset[str]
    waiting: asyncio.Queue[Change | None] = field(default_factory=lambda: asyncio.Queue(_BACKLOG))
    behind: bool = False

    def put(self, change: Change) -> None:
        if self.behind or (self.kinds and change["kind"] not in self.kinds):
            return
        try:
            self.waiting.put_nowait(change)
        except asyncio.QueueFull:
            self.behind = True


class Changes:
    """One look-out per process, shared by all who listen."""

    def __init__(self, engine: AsyncEngine, every: float = _EVERY) -> None:
        self._engine = engine
        self._every = every
        self._listeners: set[_Listener] = set()
        self._looking: asyncio.Task[None] | None = None
        self._seen: tuple[str, int] | None = None
        self._started = asyncio.Event()
        self._closed = False

    @property
    def looking(self) -> bool:
        """Whether the database is being asked at present."""
        return self._looking is not None and not self._looking.done()

    def close(self) -> None:
        """End every stream, so that the process can stop; listeners come back to another one."""
        self._closed = True
        self._started.set()
        for listener in self._listeners:
            listener.behind = True
            while not listener.waiting.empty():
                listener.waiting.get_nowait()
            listener.waiting.put_nowait(None)

    async def ended(self) -> None:
        """Wait until the look-out has noticed that nobody listens."""
        if self._looking is not None:
            await self._looking

    async def listen(self, kinds: frozenset[str], until: datetime) -> AsyncIterator[str]:
        """The stream's text for one listener: all kinds if none is named, until its token ends."""
        if self._closed:
            return
        listener = _Listener(kinds)
        self._listeners.add(listener)
        try:
            if not self.looking:
                self._started.clear()
                self._looking = asyncio.create_task(self._look())
            # What is committed after this line is sent; before it, the screen fetched it.
            await self._started.wait()
            yield "retry: 1000\n: listening\n\n"
            async for sent in self._sent(listener, until):
                yield sent
        finally:
            self._listeners.discard(listener)

    async def _sent(self, listener: _Listener, until: datetime) -> AsyncIterator[str]:
        while not self._closed and (left := (until - datetime.now(UTC)).total_seconds()) > 0:
            if listener.behind and listener.waiting.empty():
                listener.behind = False
                yield "event: refetch\ndata: {}\n\n"
            try:
                change = await asyncio.wait_for(listener.waiting.get(), min(_KEEP_ALIVE, left))
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if change is None:
                return
            yield f"event: change\ndata: {json.dumps(change)}\n\n"

    async def _look(self) -> None:
        """Ends by itself when nobody listens any more: cancelling could hit it inside a transaction."""
        self._seen = None
        while self._listeners and not self._closed:
            try:
                async with self._engine.connect() as connection:
                    for change in await self.fresh(connection):
                        self.send(change)
            except Exception as failure:
                if not is_outage(failure):
                    raise
            await asyncio.sleep(self._every)

    def send(self, change: Change) -> None:
        """Hand a change to all who listen."""
        for listener in self._listeners:
            listener.put(change)

    async def fresh(self, connection: AsyncConnection) -> list[Change]:
        """What has become final since the last look."""
        if self._seen is None:
            # Everything of a transaction that is still running, or that begins from now on.
            self._seen = ((await connection.execute(_START)).scalar_one(), -1)
            self._started.set()
            return []
        txid, position = self._seen
        after = {"txid": txid, "position": position, "batch": _BATCH}
        rows = (await connection.execute(_NEXT, after)).all()
        if rows:
            self._seen = (rows[-1].txid, rows[-1].position)
        return [{"kind": kind_name(row.kind), "id": row.id, "version": row.version} for row in rows]


router = APIRouter(tags=["live screens"])


_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events, until the access token ends.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


def kinds_of(service: Service) -> list[str]:
    """What a department's screens can watch: its aggregates."""
    kinds = (mapper.class_ for mapper in service.base.registry.mappers)
    return sorted(kind_name(kind) for kind in kinds if issubclass(kind, Aggregate))


@router.get("/changes", response_class=StreamingResponse, responses=_STREAM)
async def watch_changes(
    request: Request,
    who: Annotated[Who, may()],
    kind: Annotated[list[str] | None, Query(description="only these kinds; none: all")] = None,
) -> StreamingResponse:
    """What changed, as server-sent events `change` with `{kind, id, version}`: fetch it to see. `version` 0
    means that a copy of another department's data changed which is shown with it, and not the thing itself.
    After a reconnect, and on the event `refetch`, fetch everything anew. The stream ends with the access
    token."""
    lookout: Changes = request.app.state.changes
    stream = lookout.listen(frozenset(kind or ()), who.expires_at)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, headers=headers, media_type="text/event-stream")
