"""Applying events once and in the order each aggregate lived them: one event is one transaction."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.columns import json_text
from chassis.faults import is_busy, is_conflict, is_duplicate, is_outage
from chassis.messaging import cursors
from chassis.messaging.cursors import Cursor, Head
from chassis.messaging.envelope import Envelope
from chassis.observe import span_from
from chassis.refusal import NotYet
from contracts.base import Event
from contracts.streams import STREAMS

if TYPE_CHECKING:
    from chassis.runtime import Runtime
    from chassis.tx import Tx

log = structlog.get_logger("listener")

RETRIES = (1.0, 10.0, 60.0, 600.0)
"""Seconds of machine time after the first, second … failure of a reaction; then it is parked."""

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_BUSY_PAUSE = 0.02
_UNKNOWN_DELAY = 5.0

_ARRIVE = text("insert into arrivals (event) values (cast(:event as jsonb))")
_UNREADABLE = text("insert into unreadable (headers, body, reason) values (:headers, :body, :reason)")
_DONE = text("""
    delete from deferred where reader = 'main' and stream = :stream and key = :key and sequence = :sequence
""")
_FAILED = text("""
    update deferred
       set attempt = :attempt, starts = 0, reason = :reason, waits_for = :waits_for, status = :status,
           next_at = now() + make_interval(secs => :delay)
     where reader = 'main' and stream = :stream and key = :key and sequence = :sequence
""")


class Listener:
    """One process's ear: takes what the broker delivers and what was kept aside, and runs the reactions."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._reactions = runtime.service.reactions
        self._gate = _Gate()
        # A backlog must not take the connections that people's requests need.
        self._room = asyncio.Semaphore(runtime.settings.pool_size // 2)

    async def receive(self, envelope: Envelope) -> None:
        """Take up one delivery; returns when its effects (or its place aside) are committed."""
        busy, taken, pause = 0, 0, 0.05
        while True:
            try:
                async with self._room, self._gate.shared():
                    if busy < 3:
                        await self._take_up(envelope, patient=taken < 3)
                    else:
                        await self._arrive(envelope)
                return
            except Exception as error:
                if is_busy(error):
                    busy += 1
                    await asyncio.sleep(_BUSY_PAUSE)
                elif is_conflict(error) or is_duplicate(error):
                    taken += is_duplicate(error)
                    await asyncio.sleep(random.uniform(0.001, 0.02))
                else:
                    # Own database away, or its answer unknown: nothing is counted, nothing acknowledged.
                    log.warning(
                        "listener.outage", type=envelope.type, error=repr(error), known=is_outage(error)
                    )
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 5.0)

    async def _take_up(self, envelope: Envelope, *, patient: bool) -> None:
        """``patient``: a unique key that is taken is a race to try again, not yet a failure."""
        n = envelope.sequence
        waiters = False
        async with self._runtime.begin(cause=envelope) as tx:
            session = tx.session
            cursor = await cursors.lock(
                session, envelope.stream, envelope.key, type=envelope.type, version=envelope.version
            )
            if n <= cursor.last:
                self._runtime.counts.duplicates += 1
                return
            last = cursor.last
            if n > last + 1:
                self._runtime.counts.gaps += 1
                if n - last <= cursors.WINDOW:
                    await cursors.file(session, envelope)
            elif not cursor.head:
                last = await self._next(tx, cursor, envelope, patient=patient)
            moved = envelope if last == n else None
            await cursors.settle(session, cursor, last=last, high=n, applied=moved)
            waiters = cursor.awaited and last > cursor.last
        await self._runtime.step("after-apply")
        await self._look_on(envelope, waiters, again=cursor.head or cursor.high > n or last < n)

    async def _look_on(self, envelope: Envelope, waiters: bool, *, again: bool) -> None:
        if waiters:
            async with self._runtime.begin() as tx:
                await cursors.wake_waiters(tx.session, envelope.stream, envelope.key)
        if waiters or again:
            self._runtime.waker.poke()

    async def _next(self, tx: "Tx", cursor: Cursor, envelope: Envelope, *, patient: bool) -> int:
        """The next of its aggregate: run it, pass over it, or keep it aside. Returns the new ``last``."""
        handled = self._reactions.get((envelope.type, envelope.version))
        if handled is None:
            if cursor.registered:  # an old replica during a rolling deploy
                await cursors.file(
                    tx.session, envelope, delay=_UNKNOWN_DELAY, reason="unknown to this release"
                )
                return cursor.last
            return envelope.sequence
        if envelope.redelivered:  # its first run may have ended the process: let the waker count starts
            await cursors.file(tx.session, envelope)
            return cursor.last
        try:
            await self.react(tx, envelope)
        except NotYet as wait:
            self.may_wait(envelope, wait)
            waited = f"{wait.stream}|{wait.key}"
            await cursors.file(tx.session, envelope, reason=str(wait), waits_for=waited, delay=_FIRST_WAIT)
            return cursor.last
        except Exception as error:
            if is_conflict(error) or is_outage(error) or (patient and is_duplicate(error)):
                raise
            log.warning("reaction.failed", type=envelope.type, key=envelope.key, n=envelope.sequence,
                        error=repr(error))  # fmt: skip
            await cursors.file(
                tx.session, envelope, reason=repr(error), attempt=1, delay=jittered(RETRIES[0])
            )
            return cursor.last
        return envelope.sequence

    async def react(self, tx: "Tx", envelope: Envelope) -> None:
        """Parse with the contract and run the reaction inside a savepoint."""
        contract, reaction = self._reactions[envelope.type, envelope.version]
        with span_from(envelope.traceparent, f"{self._runtime.service.name} {envelope.type}"):
            async with tx.savepoint():
                await self._runtime.step("reaction")
                await reaction(tx, read(contract, envelope.data))
        self._runtime.counts.applied += 1

    def may_wait(self, envelope: Envelope, wait: NotYet) -> None:
        """Waits go down the ranks only, so that they cannot go in a circle."""
        mine, theirs = STREAMS.get(envelope.stream), STREAMS.get(wait.stream)
        if mine is None or theirs is None or theirs.rank >= mine.rank:
            raise RuntimeError(f"{envelope.type} may not wait for {wait.stream}: its rank is not lower")

    async def run_head(self, stream: str, key: str, *, alone: bool) -> None:
        """Run the deferred head of one aggregate; the waker has counted its start."""
        async with self._gate.alone() if alone else self._gate.shared():
            await self._run_head(stream, key)

    async def _run_head(self, stream: str, key: str) -> None:
        async with self._runtime.begin() as tx:
            session = tx.session
            cursor = await cursors.lock(session, stream, key)
            head = await cursors.head_of(session, stream, key, cursor.last + 1)
            if head is None or head.status != "waiting" or not head.due:
                return
            tx.cause = envelope = head.envelope
            last = await self._again(tx, session, cursor, head)
            await cursors.settle(session, cursor, last=last, high=cursor.high, applied=envelope)
            waiters = cursor.awaited and last > cursor.last
        await self._look_on(envelope, waiters, again=True)

    async def _again(self, tx: "Tx", session: AsyncSession, cursor: Cursor, head: Head) -> int:
        envelope = head.envelope
        place = {"stream": cursor.stream, "key": cursor.key, "sequence": envelope.sequence}
        handled = (envelope.type, envelope.version) in self._reactions
        failed: dict[str, Any] | None = None
        if handled:
            failed = await self._attempt(tx, head)
        elif await _registered(session, envelope):
            failed = {"status": "waiting", "delay": _UNKNOWN_DELAY, "reason": "unknown to this release"}
        if failed is None:
            await session.execute(_DONE, place)
            return envelope.sequence
        await session.execute(_FAILED, {"attempt": head.attempt, "waits_for": None} | failed | place)
        return cursor.last

    async def _attempt(self, tx: "Tx", head: Head) -> dict[str, Any] | None:
        envelope, attempt = head.envelope, head.attempt
        try:
            await self.react(tx, envelope)
        except NotYet as wait:
            self.may_wait(envelope, wait)
            delay = min(max(head.age, _FIRST_WAIT), _LONGEST_WAIT)  # the cursor's advance wakes it earlier
            waited = f"{wait.stream}|{wait.key}"
            return {"status": "waiting", "delay": delay, "reason": str(wait), "waits_for": waited}
        except Exception as error:
            if is_conflict(error) or is_outage(error):
                raise
            parked = attempt >= len(RETRIES)
            shout = log.error if parked else log.warning
            shout("reaction.parked" if parked else "reaction.failed", type=envelope.type, key=envelope.key,
                  n=envelope.sequence, attempt=attempt + 1, error=repr(error))  # fmt: skip
            delay = 0.0 if parked else jittered(RETRIES[attempt])
            return {
                "status": "parked" if parked else "waiting", "delay": delay, "reason": repr(error),
                "attempt": attempt + 1,
            }  # fmt: skip
        return None

    async def _arrive(self, envelope: Envelope) -> None:
        """Three times busy: put it down where the waker files it, so that the broker's queue moves on."""
        async with self._runtime.begin() as tx:
            await tx.session.execute(_ARRIVE, {"event": json_text(envelope.to_json())})
        self._runtime.waker.poke()

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
                async with self._runtime.begin() as tx:
                    await tx.session.execute(_UNREADABLE, raw | {"reason": reason})
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


def jittered(seconds: float) -> float:
    """Spread retries so that they do not come back together."""
    return seconds * random.uniform(0.8, 1.2)


async def _registered(session: AsyncSession, envelope: Envelope) -> bool:
    known = text("select 1 from reaction_types where type = :type and version = :version")
    names = {"type": envelope.type, "version": envelope.version}
    return (await session.execute(known, names)).scalar() is not None
