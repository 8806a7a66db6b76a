"""Applying events once and in the order each aggregate lived them: one event is one transaction."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.base import Event
from contracts.streams import STREAMS
from servicekit.columns import json_text
from servicekit.errors import is_busy, is_conflict, is_duplicate, is_outage
from servicekit.messaging import cursors
from servicekit.messaging.cursors import Cursor, Head
from servicekit.messaging.envelope import Envelope
from servicekit.messaging.skipping import Skipper
from servicekit.observe import span_from
from servicekit.refusal import NotYet

if TYPE_CHECKING:
    from servicekit.runtime import Runtime
    from servicekit.tx import Tx

log = structlog.get_logger("listener")

RETRIES = (1.0, 10.0, 60.0, 600.0)
"""Seconds of machine time after the first, second … failure of a reaction; then it becomes a dead letter."""

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_BUSY_PAUSE = 0.02
_UNKNOWN_DELAY = 5.0
_UNKNOWN = "unknown to this release"

_SET_DOWN = text("insert into unsorted_deliveries (event) values (cast(:event as jsonb))")
_UNREADABLE = text("insert into unreadable (headers, body, reason) values (:headers, :body, :reason)")


class Consumer:
    """One process's ear: takes what the broker delivers and what was kept aside, and runs the reactions."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._reactions = runtime.service.reactions
        self._gate = _Gate()
        self._passing = Skipper(runtime)
        # A backlog must not take the connections that people's requests need.
        self._room = asyncio.Semaphore(runtime.settings.pool_size // 2)

    async def handle_backfill(self, page: Sequence[Envelope]) -> None:
        """Take up what was asked for; neighbours that nobody here reacts to are passed over together."""
        for passes, run in _runs(page, self._is_skipped):
            if not (passes and len(run) > 1 and await self._skip_run(run)):
                for envelope in run:
                    await self.handle(envelope)

    async def handle(self, envelope: Envelope) -> None:
        """Take up one delivery; returns when its effects (or its place aside) are committed."""
        passes = self._is_skipped(envelope)
        busy, taken, pause = 0, 0, 0.05
        while True:
            try:
                if passes and await self._pass(envelope):
                    return
                passes = False
                async with self._room, self._gate.shared():
                    if busy < 3:
                        await self._handle(envelope, patient=taken < 3)
                    else:
                        await self._set_down(envelope)
                return
            except Exception as error:
                if is_busy(error):
                    busy += 1
                    await asyncio.sleep(_BUSY_PAUSE)
                elif is_conflict(error) or is_duplicate(error):
                    taken += is_duplicate(error)
                    await asyncio.sleep(random.uniform(0.001, 0.02))
                else:
                    # Own database away, or its answer unknown: no attempt is counted, nothing acknowledged.
                    self._runtime.counts.outages += 1
                    log.warning(
                        "listener.outage", type=envelope.type, error=repr(error), known=is_outage(error)
                    )
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 5.0)

    async def ended(self) -> None:
        """Return when nothing of this listener is under way any more."""
        await self._passing.ended()

    def _is_skipped(self, envelope: Envelope) -> bool:
        return (envelope.type, envelope.version) not in self._reactions

    async def _skip_run(self, run: Sequence[Envelope]) -> bool:
        try:
            cursor = await self._passing.over_run(run)
        except Exception as error:  # each is tried by itself, and there it is known what an outage is
            log.debug("passing.failed", error=repr(error))
            return False
        if cursor is None:
            return False
        await self._runtime.failpoint("after-apply")
        await self._wake_others(run[-1], cursor.awaited, again=cursor.high > run[-1].sequence)
        return True

    async def _pass(self, envelope: Envelope) -> bool:
        """Nobody here reacts to it: pass over it together with others, if it is plainly the next."""
        waiters = await self._passing.over(envelope)
        if waiters is None:
            return False
        await self._runtime.failpoint("after-apply")
        await self._wake_others(envelope, waiters, again=False)
        return True

    async def _handle(self, envelope: Envelope, *, patient: bool) -> None:
        """``patient``: a unique key that is taken is a race to try again, not yet a failure."""
        try:
            await self._handle_in_order(envelope, patient=patient)
        except _Deferral as aside:  # whatever the reaction did is rolled back
            await self._defer(envelope, aside)

    async def _handle_in_order(self, envelope: Envelope, *, patient: bool) -> None:
        n = envelope.sequence
        async with self._runtime.begin(cause=envelope) as tx:
            cursor = await cursors.lock(
                tx.session,
                envelope.stream,
                envelope.key,
                type=envelope.type,
                new=n == 1,
            )
            if n <= cursor.last:
                self._runtime.counts.duplicates += 1
                return
            last = cursor.last
            if n > last + 1:
                self._runtime.counts.gaps += 1
                if n - last <= cursors.WINDOW:
                    await cursors.defer(tx.session, envelope)
            elif not cursor.head:
                tx.at_end(cursor=cursors.advance_columns(cursor, last=n, high=n, applied=envelope))
                if await self._next(tx, cursor, envelope, patient=patient):
                    last = n
            if last < n:
                tx.at_end(cursor=cursors.advance_columns(cursor, last=last, high=n))
        await self._runtime.failpoint("after-apply")
        waiters = cursor.awaited and last > cursor.last
        await self._wake_others(envelope, waiters, again=cursor.head or cursor.high > n or last < n)

    async def _wake_others(self, envelope: Envelope, waiters: bool, *, again: bool) -> None:
        if waiters:
            waited = cursors.waited_for(envelope.stream, envelope.key)
            await self._runtime.autocommit(cursors.WAKE_WAITERS, {"waited": waited})
        if waiters or again:
            self._runtime.poller.wake()

    async def _next(self, tx: "Tx", cursor: Cursor, envelope: Envelope, *, patient: bool) -> bool:
        """The next of its aggregate: run it or pass over it; ``False``: it is kept aside.

        Raises ``_Aside`` when a reaction's work must be rolled back before that."""
        if self._is_skipped(envelope):
            if cursor.registered:  # an old replica during a rolling deploy, or a publisher ahead of us
                await cursors.defer(tx.session, envelope, delay=_UNKNOWN_DELAY, reason=_UNKNOWN)
            return not cursor.registered
        if envelope.redelivered:  # its first run may have ended the process: let the waker count starts
            await cursors.defer(tx.session, envelope)
            return False
        await self._react(tx, envelope, patient=patient)
        return True

    async def _react(
        self,
        tx: "Tx",
        envelope: Envelope,
        *,
        attempt: int = 0,
        wait: float = _FIRST_WAIT,
        patient: bool = False,
    ) -> None:
        """Run the reaction; what it raises is a conflict or an outage, or becomes ``_Aside``."""
        try:
            await self._run(tx, envelope)
        except NotYet as not_yet:
            wrong = _upwards(envelope, not_yet)
            if wrong is not None:
                raise _failed(envelope, wrong, attempt) from not_yet
            waited = cursors.waited_for(not_yet.stream, str(not_yet.key))
            raise _Deferral(str(not_yet), attempt=attempt, delay=wait, waits_for=waited) from not_yet
        except Exception as error:
            if is_conflict(error) or is_outage(error) or (patient and is_duplicate(error)):
                raise
            raise _failed(envelope, error, attempt) from error

    async def _run(self, tx: "Tx", envelope: Envelope) -> None:
        contract, reaction = self._reactions[envelope.type, envelope.version]
        began = time.perf_counter()
        name = f"{self._runtime.service.name} {envelope.type}"
        with span_from(envelope.traceparent, name, linked=True, kind=SpanKind.CONSUMER):
            await self._runtime.failpoint("reaction")
            await reaction(tx, read(contract, envelope.data))
            await tx.flush()
        self._runtime.counts.applied += 1
        ms = round((time.perf_counter() - began) * 1000, 1)
        log.info("event", ms=ms, **_ids(envelope))

    async def _defer(self, envelope: Envelope, aside: "_Deferral") -> None:
        """In a transaction of its own: what was decided holds only if nothing moved meanwhile."""
        async with self._runtime.begin() as tx:
            cursor = await cursors.lock(tx.session, envelope.stream, envelope.key)
            if envelope.sequence == cursor.last + 1:
                await cursors.defer_after_run(tx.session, envelope, **aside.columns)
            await cursors.advance(tx.session, cursor, last=cursor.last, high=envelope.sequence)
        self._runtime.poller.wake()

    async def run_head(self, stream: str, key: str, *, alone: bool) -> None:
        """Run the deferred head of one aggregate; the waker has counted its start."""
        async with self._gate.alone() if alone else self._gate.shared():
            head: Head | None = None
            try:
                async with self._runtime.begin() as tx:
                    cursor = await cursors.lock(tx.session, stream, key)
                    head = await cursors.head_of(tx.session, stream, key, cursor.last + 1)
                    if head is None or head.status != "waiting" or not head.due:
                        return
                    await self._again(tx, cursor, head)
            except _Deferral as aside:
                assert head is not None  # nothing else raises it
                await self._defer(head.envelope, aside)
                return
        await self._wake_others(head.envelope, cursor.awaited, again=True)

    async def _again(self, tx: "Tx", cursor: Cursor, head: Head) -> None:
        tx.cause = envelope = head.envelope
        n = envelope.sequence
        tx.at_end(cursor=cursors.advance_columns(cursor, last=n, high=cursor.high, applied=envelope))
        if not self._is_skipped(envelope):
            wait = min(max(head.age, _FIRST_WAIT), _LONGEST_WAIT)  # the cursor's advance wakes it earlier
            await self._react(tx, envelope, attempt=head.attempt, wait=wait)
        elif await _registered(tx.session, envelope):
            raise _Deferral(_UNKNOWN, attempt=head.attempt, delay=_UNKNOWN_DELAY)
        await cursors.remove_deferred(tx.session, envelope)

    async def _set_down(self, envelope: Envelope) -> None:
        """Three times busy: put it down where the waker files it, so that the broker's queue moves on."""
        await self._runtime.autocommit(_SET_DOWN, {"event": json_text(envelope.to_json())})
        self._runtime.poller.wake()

    async def unreadable(self, headers: Mapping[str, Any], body: bytes, reason: str) -> None:
        """Keep what cannot be read for a person to look at, and say so loudly."""
        log.error("message.unreadable", reason=reason)
        pause = 0.05
        raw = {
            "headers": repr(dict(headers)),
            "body": body[:65536].decode("utf-8", "replace").replace("\0", "\\0"),
        }
        while True:
            try:
                await self._runtime.autocommit(_UNREADABLE, raw | {"reason": reason})
                return
            except Exception as error:
                log.warning("listener.outage", error=repr(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)


class _Gate:
    """Many at once, or one alone: a reaction that may kill the process runs with no innocent beside it."""

    def __init__(self) -> None:
        self._running = 0
        self._alone = asyncio.Lock()
        self._empty = asyncio.Event()
        self._empty.set()

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        async with self._alone:
            self._running += 1
            self._empty.clear()
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        async with self._alone:
            await self._empty.wait()
            yield


def read(contract: type[Event], data: Mapping[str, Any]) -> Event:
    """Listeners ignore what they do not know: a publisher's new optional field breaks nobody."""
    return contract.model_validate(data, extra="ignore")


def _runs(
    page: Sequence[Envelope], passes: Callable[[Envelope], bool]
) -> Iterator[tuple[bool, list[Envelope]]]:
    """Neighbours in one aggregate's life, each the next of the one before it, by whether they pass."""

    def alike(numbered: tuple[int, Envelope]) -> tuple[bool, str, str, int]:
        n, envelope = numbered
        return passes(envelope), envelope.stream, envelope.key, envelope.sequence - n

    for (passed, *_), run in groupby(enumerate(page), key=alike):
        yield passed, [envelope for _, envelope in run]


def jittered(seconds: float) -> float:
    """Spread retries so that they do not come back together."""
    return seconds * random.uniform(0.8, 1.2)


class _Deferral(Exception):
    """The event cannot take effect now: roll back what its reaction did, and keep it with these columns."""

    def __init__(
        self,
        reason: str,
        *,
        attempt: int,
        delay: float,
        waits_for: str | None = None,
        status: Literal["waiting", "dead_letter"] = "waiting",
    ) -> None:
        super().__init__(reason)
        self.columns: dict[str, Any] = {
            "reason": reason,
            "attempt": attempt,
            "delay": delay,
            "waits_for": waits_for,
            "status": status,
        }


def _failed(envelope: Envelope, error: Exception, attempt: int) -> _Deferral:
    """After the last of the retries it becomes a dead letter."""
    is_dead_letter = attempt >= len(RETRIES)
    shout = log.error if is_dead_letter else log.warning
    shout(
        "reaction.dead_letter" if is_dead_letter else "reaction.failed",
        attempt=attempt + 1, error=repr(error), **_ids(envelope),
    )  # fmt: skip
    delay = 0.0 if is_dead_letter else jittered(RETRIES[attempt])
    status: Literal["waiting", "dead_letter"] = "dead_letter" if is_dead_letter else "waiting"
    return _Deferral(repr(error), attempt=attempt + 1, delay=delay, status=status)


def _upwards(envelope: Envelope, wait: NotYet) -> RuntimeError | None:
    """Waits go down the ranks only, so that they cannot go in a circle."""
    mine, theirs = STREAMS.get(envelope.stream), STREAMS.get(wait.stream)
    if mine is not None and theirs is not None and theirs.rank < mine.rank:
        return None
    return RuntimeError(f"{envelope.type} may not wait for {wait.stream}: its rank is not lower")


def _ids(envelope: Envelope) -> dict[str, Any]:
    """What a line about an event names."""
    return {
        "type": envelope.type,
        "key": envelope.key,
        "n": envelope.sequence,
        "request_id": envelope.correlation or None,
    }


async def _registered(session: AsyncSession, envelope: Envelope) -> bool:
    known = text("select exists (select 1 from reaction_types where type = :type)")
    return bool((await session.execute(known, {"type": envelope.type})).scalar())
