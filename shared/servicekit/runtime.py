"""One process of a department: its parts, how they are started, kept running and drained."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from servicekit.clock import Clock
from servicekit.counts import CountsCollector
from servicekit.errors import is_outage
from servicekit.failpoints import PassFailpoint, pass_by
from servicekit.http import idempotency
from servicekit.messaging.backfill import Backfill
from servicekit.messaging.broker import Broker, Inbox
from servicekit.messaging.consumer import Consumer
from servicekit.messaging.lanes import end
from servicekit.messaging.poller import Poller
from servicekit.messaging.publisher import Publisher
from servicekit.process import Process
from servicekit.revision import current, head, migrations_of
from servicekit.service import Service
from servicekit.settings import ServiceSettings
from servicekit.timers import TimerRunner
from servicekit.tx import Tx

log = structlog.get_logger("runtime")

_REGISTER = text("""
    insert into reaction_types (type, version)
    select * from unnest(cast(:types as text[]), cast(:versions as smallint[])) on conflict do nothing
""")
_SEED_LOCK = text("select pg_advisory_xact_lock(7227)")
_TRIM = text("delete from changes where at < now() - interval '1 hour'")


class WrongRevision(Exception):
    """The database is at another revision than this release is written for."""


class Runtime:
    """Everything of one process that is not the department's own code.

    ``failpoint`` is called at each `Failpoint`; only tests pass one that acts."""

    def __init__(
        self,
        service: Service,
        settings: ServiceSettings,
        broker: Broker,
        clock: Clock,
        *,
        failpoint: PassFailpoint = pass_by,
    ) -> None:
        self.service = service
        self.settings = settings
        self.broker = broker
        self.clock = clock
        self.process = process = Process(service.name, settings, clock, failpoint=failpoint)
        self.engine = process.engine
        self.counts = process.counts
        self.metrics_registry = CollectorRegistry()
        self.metrics_registry.register(CountsCollector(self.counts))
        work = asyncio.Event()  # there may be something due at once
        self.publisher = Publisher(process, broker)
        process.after_commit(self.publisher.offer)
        self.consumer = Consumer(process, service.reactions, wake_poller=work.set)
        self.backfill = Backfill(
            process, broker, service.streams, handle=self.consumer.handle_backfill, wake_poller=work.set
        )
        self.poller = Poller(
            process, work, run_head=self.consumer.run_head, request_backfill=self.backfill.request
        )
        self.timers = TimerRunner(process, service.timers, self.backfill)
        self.draining = False
        self._begun = False
        self._starting: set[asyncio.Task[None]] = set()  # while the database is away at the start
        self._expected = head(migrations_of(service.name))
        self._loops: list[asyncio.Task[None]] = []

    def begin(self, *, by: str = "system", reading: bool = False) -> Tx:
        """A unit of work (`Process.begin`)."""
        return self.process.begin(by=by, reading=reading)

    async def start(self, *, loops: bool = True) -> None:
        """Register reactions, seed, begin to consume; later, if the database is away or not migrated now.

        With ``loops=False`` only what is committed is published; a test calls the other parts itself."""
        try:
            await self._begin(loops)
        except Exception as error:
            if not is_outage(error) and not isinstance(error, WrongRevision):
                raise
            log.warning("start.outage", error=repr(error))
            starting = asyncio.create_task(self._begin_later(loops), name=f"{self.service.name}-start")
            self._starting.add(starting)
            starting.add_done_callback(self._starting.discard)

    async def _begin_later(self, loops: bool) -> None:
        pause = 0.25
        while not self._begun:
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)
            try:
                await self._begin(loops)
            except Exception as error:
                log.warning("start.outage", error=repr(error))

    async def _begin(self, loops: bool) -> None:
        async with self.engine.connect() as connection:
            at = await current(connection)
        if at not in (None, self._expected):
            # Reactions would fail on other tables than they were written for, and end as dead letters.
            raise WrongRevision(f"the database is at {at}, this release is written for {self._expected}")
        await self._prepare()
        self._begun = True
        inbox = Inbox(
            service=self.service.name,
            streams=self.service.streams,
            on_event=self.consumer.handle,
            on_unreadable=self.consumer.unreadable,
            on_control=self.backfill.on_control,
            on_new_queue=self._on_new_queue,
        )
        await self.broker.start(inbox)
        self._spawn(self.publisher.run(), "publisher")
        if loops:
            self._spawn(self.poller.run(), "poller")
            self._spawn(self._every(1.0, self.timers.run_due), "timers")
            self._spawn(self._every(5.0, self.publisher.sweep), "sweep")
            self._spawn(self._every(10.0, self._keep_house), "housekeeping")

    def _spawn(self, loop: Any, name: str) -> None:
        self._loops.append(asyncio.create_task(loop, name=f"{self.service.name}-{name}"))

    async def _prepare(self) -> None:
        known = sorted(self.service.reactions)
        await self.process.autocommit(
            _REGISTER, {"types": [t for t, _ in known], "versions": [v for _, v in known]}
        )
        for seed in self.service.seeds:
            async with self.begin() as tx:
                await tx.session.execute(_SEED_LOCK)
                await seed(tx)

    async def _every(self, seconds: float, work: Callable[[], Awaitable[Any]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Exception as error:
                log.warning("loop.failed", work=getattr(work, "__qualname__", "?"), error=repr(error))

    async def _keep_house(self) -> None:
        await self.backfill.publish_watermark()
        await self.backfill.request_from_silent()
        await self.process.autocommit(_TRIM)
        async with self.begin() as tx:
            await idempotency.sweep(tx.session)

    async def _on_new_queue(self) -> None:
        """The broker (or the queue) is new: what it held may be lost; publish and request what is missing."""
        try:
            await self.publisher.sweep(age=0.0)  # first: others wait for it
            await self.backfill.request_links()
        except Exception as error:
            log.warning("reconnect.failed", error=repr(error))
        self.poller.wake()

    async def publisher_drained(self) -> None:
        """Return when all that was committed here has been tried, or the process is ending."""
        drained = asyncio.ensure_future(self.publisher.drained())
        await asyncio.wait({drained, *self._loops}, return_when=asyncio.FIRST_COMPLETED)
        drained.cancel()

    async def stop(self) -> None:
        """Drain: let running work finish, then end the loops and close what is open."""
        self.draining = True
        await end(self._starting)
        await self.broker.stop()
        await end(self._loops)
        await self.consumer.drained()
        await self.process.close()

    async def ready(self) -> dict[str, Any]:
        """Whether people can be served: the database answers; the broker may be away (degraded)."""
        async with self.engine.connect() as connection:
            at = await current(connection)
        migrated = at == self._expected
        return {
            "database": True,
            "started": self._begun,
            "migrations": migrated,
            "broker": self.broker.connected,
            "draining": self.draining,
        }
