"""Applying events once and in the order of each aggregate's life: one event is one transaction."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Any

import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.base import Event
from servicekit.columns import json_text
from servicekit.errors import is_busy, is_conflict, is_duplicate, is_outage
from servicekit.failpoints import Failpoint
from servicekit.messaging import cursors
from servicekit.messaging.cursors import Cursor, Head
from servicekit.messaging.delivery import (
    FIRST_WAIT,
    LONGEST_WAIT,
    Deferral,
    DeliveryResult,
    deferral_of_failure,
    deferral_of_wait,
    log_fields,
)
from servicekit.messaging.envelope import Envelope
from servicekit.messaging.skipping import Skipper
from servicekit.observe import span_from
from servicekit.process import Process
from servicekit.refusal import NotYet
from servicekit.service import Reactions
from servicekit.tx import Tx

log = structlog.get_logger("consumer")

_BUSY_PAUSE = 0.02
_UNKNOWN_DELAY = 5.0
_UNKNOWN = "unknown to this release"

_SORT_LATER = text("insert into unsorted_deliveries (event) values (cast(:event as jsonb))")
_UNREADABLE = text("insert into unreadable (headers, body, reason) values (:headers, :body, :reason)")


class Consumer:
    """Handles what the broker delivers and what was deferred, and runs the reactions, for one process.

    ``wake_poller`` is called when something deferred may be due at once."""

    def __init__(self, process: Process, reactions: Reactions, *, wake_poller: Callable[[], None]) -> None:
        self._process = process
        self._reactions = reactions
        self._wake_poller = wake_poller
        self._gate = _Gate()
        self._skipper = Skipper(process)
        # A backlog must not take the connections that people's requests need.
        self._room = asyncio.Semaphore(process.settings.pool_size // 2)

    async def handle_backfill(self, page: Sequence[Envelope]) -> None:
        """Handle requested events; neighbours that nobody here reacts to are skipped together."""
        for is_skipped, run in _runs(page, self._is_skipped):
            if not (is_skipped and len(run) > 1 and await self._skip_run(run)):
                for envelope in run:
                    await self.handle(envelope)

    async def handle(self, envelope: Envelope) -> DeliveryResult:
        """Handle one delivery; returns when its effects, or its deferral, are committed."""
        may_skip = self._is_skipped(envelope)
        busy, taken, pause = 0, 0, 0.05
        while True:
            try:
                if may_skip and (skipped := await self._skip(envelope)) is not None:
                    return skipped
                may_skip = False
                async with self._room, self._gate.shared():
                    if busy < 3:
                        return await self._handle(envelope, patient=taken < 3)
                    return await self._sort_later(envelope)
            except Exception as error:
                if is_busy(error):
                    busy += 1
                    await asyncio.sleep(_BUSY_PAUSE)
                elif is_conflict(error) or is_duplicate(error):
                    taken += is_duplicate(error)
                    await asyncio.sleep(random.uniform(0.001, 0.02))
                else:
                    # Own database away, or its answer unknown: no attempt is counted, nothing acknowledged.
                    self._process.counts.outages += 1
                    log.warning(
                        "consumer.outage", type=envelope.type, error=repr(error), known=is_outage(error)
                    )
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 5.0)

    async def drained(self) -> None:
        """Return when nothing of this consumer is running any more."""
        await self._skipper.drained()

    def _is_skipped(self, envelope: Envelope) -> bool:
        return (envelope.type, envelope.version) not in self._reactions

    async def _skip_run(self, run: Sequence[Envelope]) -> bool:
        try:
            cursor = await self._skipper.skip_run(run)
        except Exception as error:  # each is tried by itself, and there it is known what an outage is
            log.debug("skipping.failed", error=repr(error))
            return False
        if cursor is None:
            return False
        await self._process.failpoint(Failpoint.AFTER_DELIVERY)
        await self._wake_others(run[-1], cursor.awaited, again=cursor.high > run[-1].sequence)
        return True

    async def _skip(self, envelope: Envelope) -> DeliveryResult | None:
        """Nobody here reacts to it: skip it together with others, if it is plainly the next."""
        skipped = await self._skipper.skip(envelope)
        if skipped is None:
            return None
        await self._process.failpoint(Failpoint.AFTER_DELIVERY)
        await self._wake_others(envelope, skipped.awaited, again=False)
        return skipped.result

    async def _handle(self, envelope: Envelope, *, patient: bool) -> DeliveryResult:
        """``patient``: a unique key that is taken is a race to try again, not yet a failure."""
        try:
            return await self._handle_in_order(envelope, patient=patient)
        except Deferral as deferral:  # whatever the reaction did is rolled back
            await self._defer(envelope, deferral)
            return DeliveryResult.DEFERRED

    async def _handle_in_order(self, envelope: Envelope, *, patient: bool) -> DeliveryResult:
        n = envelope.sequence
        result = DeliveryResult.DEFERRED
        async with self._process.begin(cause=envelope) as tx:
            cursor = await cursors.lock(
                tx.session,
                envelope.stream,
                envelope.key,
                type=envelope.type,
                new=n == 1,
            )
            if n <= cursor.last:
                self._process.counts.duplicates += 1
                return DeliveryResult.DUPLICATE
            last = cursor.last
            if n > last + 1:
                self._process.counts.gaps += 1
                if n - last <= cursors.WINDOW:
                    await cursors.defer(tx.session, envelope)
            elif not cursor.head:
                tx.at_end(cursor=cursors.advance_columns(cursor, last=n, high=n, applied=envelope))
                result = await self._handle_next(tx, cursor, envelope, patient=patient)
            if result.moved:
                last = n
            else:
                tx.at_end(cursor=cursors.advance_columns(cursor, last=last, high=n))
        await self._process.failpoint(Failpoint.AFTER_DELIVERY)
        waiters = cursor.awaited and last > cursor.last
        await self._wake_others(envelope, waiters, again=cursor.head or cursor.high > n or last < n)
        return result

    async def _wake_others(self, envelope: Envelope, waiters: bool, *, again: bool) -> None:
        if waiters:
            waited = cursors.waited_for(envelope.stream, envelope.key)
            await self._process.autocommit(cursors.WAKE_WAITERS, {"waited": waited})
        if waiters or again:
            self._wake_poller()

    async def _handle_next(
        self, tx: Tx, cursor: Cursor, envelope: Envelope, *, patient: bool
    ) -> DeliveryResult:
        """The next event of its aggregate: run its reaction, skip it or defer it.

        Raises ``Deferral`` when a reaction's work must be rolled back before that."""
        if self._is_skipped(envelope):
            if not cursor.registered:
                return DeliveryResult.SKIPPED
            # an old replica during a rolling deploy, or a publisher ahead of us
            await cursors.defer(tx.session, envelope, delay=_UNKNOWN_DELAY, reason=_UNKNOWN)
            return DeliveryResult.DEFERRED
        if envelope.redelivered:  # its first run may have ended the process: let the poller count starts
            await cursors.defer(tx.session, envelope)
            return DeliveryResult.DEFERRED
        await self._react(tx, envelope, patient=patient)
        return DeliveryResult.APPLIED

    async def _react(
        self,
        tx: Tx,
        envelope: Envelope,
        *,
        attempt: int = 0,
        wait: float = FIRST_WAIT,
        patient: bool = False,
    ) -> None:
        """Run the reaction; what it raises is a conflict or an outage, or becomes a ``Deferral``."""
        try:
            await self._run(tx, envelope)
        except NotYet as not_yet:
            raise deferral_of_wait(envelope, not_yet, attempt=attempt, wait=wait) from not_yet
        except Exception as error:
            if is_conflict(error) or is_outage(error) or (patient and is_duplicate(error)):
                raise
            raise deferral_of_failure(envelope, error, attempt=attempt) from error

    async def _run(self, tx: Tx, envelope: Envelope) -> None:
        contract, reaction = self._reactions[envelope.type, envelope.version]
        began = time.perf_counter()
        name = f"{self._process.name} {envelope.type}"
        with span_from(envelope.traceparent, name, linked=True, kind=SpanKind.CONSUMER):
            await self._process.failpoint(Failpoint.BEFORE_REACTION)
            await reaction(tx, read(contract, envelope.data))
            await tx.flush()
        self._process.counts.applied += 1
        ms = round((time.perf_counter() - began) * 1000, 1)
        log.info("event", ms=ms, **log_fields(envelope))

    async def _defer(self, envelope: Envelope, deferral: Deferral) -> None:
        """In a transaction of its own: what was decided holds only if nothing moved meanwhile."""
        async with self._process.begin() as tx:
            cursor = await cursors.lock(tx.session, envelope.stream, envelope.key)
            if envelope.sequence == cursor.last + 1:
                await cursors.defer_after_run(tx.session, envelope, **deferral.columns)
            await cursors.advance(tx.session, cursor, last=cursor.last, high=envelope.sequence)
        self._wake_poller()

    async def run_head(self, stream: str, key: str, *, alone: bool) -> None:
        """Run the deferred head of one aggregate, whose start the poller has counted.

        ``alone``: while no other reaction runs in this process."""
        async with self._gate.alone() if alone else self._gate.shared():
            head: Head | None = None
            try:
                async with self._process.begin() as tx:
                    cursor = await cursors.lock(tx.session, stream, key)
                    head = await cursors.head_of(tx.session, stream, key, cursor.last + 1)
                    if head is None or head.status != "waiting" or not head.due:
                        return
                    await self._run_again(tx, cursor, head)
            except Deferral as deferral:
                assert head is not None  # nothing else raises it
                await self._defer(head.envelope, deferral)
                return
        await self._wake_others(head.envelope, cursor.awaited, again=True)

    async def _run_again(self, tx: Tx, cursor: Cursor, head: Head) -> None:
        envelope = head.envelope
        tx.set_cause(envelope)
        n = envelope.sequence
        tx.at_end(cursor=cursors.advance_columns(cursor, last=n, high=cursor.high, applied=envelope))
        if not self._is_skipped(envelope):
            wait = min(max(head.age, FIRST_WAIT), LONGEST_WAIT)  # the cursor's advance wakes it earlier
            await self._react(tx, envelope, attempt=head.attempt, wait=wait)
        elif await _registered(tx.session, envelope):
            raise Deferral(_UNKNOWN, attempt=head.attempt, delay=_UNKNOWN_DELAY)
        await cursors.remove_deferred(tx.session, envelope)

    async def _sort_later(self, envelope: Envelope) -> DeliveryResult:
        """Three times busy: leave it to the poller to sort in, so that the broker's queue moves on."""
        await self._process.autocommit(_SORT_LATER, {"event": json_text(envelope.to_json())})
        self._wake_poller()
        return DeliveryResult.DEFERRED

    async def unreadable(self, headers: Mapping[str, Any], body: bytes, reason: str) -> None:
        """Keep what cannot be read for a person to look at, and log an error."""
        log.error("message.unreadable", reason=reason)
        pause = 0.05
        raw = {
            "headers": repr(dict(headers)),
            "body": body[:65536].decode("utf-8", "replace").replace("\0", "\\0"),
        }
        while True:
            try:
                await self._process.autocommit(_UNREADABLE, raw | {"reason": reason})
                return
            except Exception as error:
                log.warning("consumer.outage", error=repr(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)


class _Gate:
    """Many at once, or one alone: a reaction that may end the process runs while no other does."""

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
    """Consumers ignore what they do not know: a publisher's new optional field breaks nobody."""
    return contract.model_validate(data, extra="ignore")


def _runs(
    page: Sequence[Envelope], is_skipped: Callable[[Envelope], bool]
) -> Iterator[tuple[bool, list[Envelope]]]:
    """Neighbours in one aggregate's life, each the next of the one before it, by whether they are skipped."""

    def alike(numbered: tuple[int, Envelope]) -> tuple[bool, str, str, int]:
        n, envelope = numbered
        return is_skipped(envelope), envelope.stream, envelope.key, envelope.sequence - n

    for (skipped, *_), run in groupby(enumerate(page), key=alike):
        yield skipped, [envelope for _, envelope in run]


async def _registered(session: AsyncSession, envelope: Envelope) -> bool:
    known = text("select exists (select 1 from reaction_types where type = :type)")
    return bool((await session.execute(known, {"type": envelope.type})).scalar())
