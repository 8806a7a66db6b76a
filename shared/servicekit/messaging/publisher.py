"""Publishing what is committed: at once after the commit, and by the sweep for whatever that missed."""

import asyncio

import structlog

from servicekit.failpoints import Failpoint
from servicekit.messaging import outbox
from servicekit.messaging.broker import Broker
from servicekit.messaging.envelope import Envelope
from servicekit.process import Process

log = structlog.get_logger("publisher")

_BATCH = 200
_PAGE = 500
_SWEEP_AGE = 5.0
"""Seconds by the database's clock after which an unpublished row is the sweep's."""


class Publisher:
    """Publishes for one process. Nothing is published inside a request; no replica leads; the consumers put
    events in order."""

    def __init__(self, process: Process, broker: Broker) -> None:
        self._process = process
        self._broker = broker
        self._queue: asyncio.Queue[tuple[int, Envelope]] = asyncio.Queue(maxsize=10_000)

    def offer(self, committed: list[tuple[int, Envelope]]) -> None:
        """Committed events with their outbox positions; when too many wait, the sweep takes the rest."""
        for row in committed:
            try:
                self._queue.put_nowait(row)
            except asyncio.QueueFull:
                return

    async def run(self) -> None:
        """Publish what commits leave, in batches."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < _BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._publish(batch)
            except Exception as error:
                log.warning("publisher.failed", error=repr(error))
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def drained(self) -> None:
        """Return when everything that was offered has been tried."""
        await self._queue.join()

    async def _publish(self, batch: list[tuple[int, Envelope]]) -> None:
        if not self._broker.connected:
            return  # the rows stay unpublished in the outbox; the sweep finds them
        await self._process.failpoint(Failpoint.BEFORE_PUBLISH)
        confirmed = await self._broker.publish([envelope for _, envelope in batch])
        await self._process.failpoint(Failpoint.AFTER_PUBLISH)
        done = [position for (position, _), ok in zip(batch, confirmed, strict=True) if ok]
        if not done:
            return
        await self._process.autocommit(outbox.MARK, {"positions": done})
        await self._process.failpoint(Failpoint.AFTER_MARK)
        self._process.counts.published += len(done)

    async def sweep(self, *, age: float = _SWEEP_AGE) -> None:
        """Publish all old unpublished rows, page by page; stop when the broker does not take a whole page."""
        done = _PAGE
        while done == _PAGE and self._broker.connected:
            done = await self._sweep_page(age)

    async def _sweep_page(self, age: float) -> int:
        """How many rows of one page were confirmed; they stay locked meanwhile."""
        async with self._process.begin() as tx:
            rows = await outbox.unpublished(tx.session, age=age, limit=_PAGE)
            if not rows:
                return 0
            confirmed = await self._broker.publish([envelope for _, envelope in rows])
            done = [position for (position, _), ok in zip(rows, confirmed, strict=True) if ok]
            if done:
                await tx.session.execute(outbox.MARK, {"positions": done})
        self._process.counts.swept += len(done)
        return len(done)
