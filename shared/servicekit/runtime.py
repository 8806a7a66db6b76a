"""One process of a department: its database, its link to the broker, and the loops between them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import ExceptionContext, Row, TextClause, text
from sqlalchemy.event import listen
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from servicekit.clock import Clock
from servicekit.columns import json_text, json_value
from servicekit.errors import is_outage, is_read_only
from servicekit.house_rules import HeldRules
from servicekit.http import idempotency
from servicekit.messaging.backfill import Backfill
from servicekit.messaging.broker import Broker, Inbox
from servicekit.messaging.consumer import Consumer
from servicekit.messaging.envelope import Envelope
from servicekit.messaging.lanes import end
from servicekit.messaging.poller import Poller
from servicekit.messaging.publisher import Publisher
from servicekit.revision import current, head, migrations_of
from servicekit.service import Service
from servicekit.settings import ServiceSettings
from servicekit.timers import TimerRunner
from servicekit.tx import ShopSession, Tx

log = structlog.get_logger("runtime")

_REGISTER = text("""
    insert into reaction_types (type, version)
    select * from unnest(cast(:types as text[]), cast(:versions as smallint[])) on conflict do nothing
""")
_SEED_LOCK = text("select pg_advisory_xact_lock(7227)")
_TRIM = text("delete from changes where at < now() - interval '1 hour'")


@dataclass(slots=True)
class Counts:
    """What this process has seen since it started; exposed as metrics and at the operations endpoint."""

    published: int = 0
    swept: int = 0
    applied: int = 0
    duplicates: int = 0
    gaps: int = 0
    backfill_requests: int = 0
    backfilled: int = 0
    outages: int = 0  # deliveries that found the database away, or did not learn whether it had committed


class WrongRevision(Exception):
    """The database is at another revision than this release is written for."""


class _CountsCollector(Collector):
    """The counts as Prometheus reads them."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        for name, value in asdict(self._counts).items():
            metric = CounterMetricFamily(f"bayline_messages_{name}", f"messages {name} by this process")
            metric.add_metric([], value)
            yield metric


async def _no_failpoint(name: str) -> None:
    """Crash points exist for the fault suite; a real process passes them by."""


class Runtime:
    """Everything of one process that is not the department's own code."""

    def __init__(
        self,
        service: Service,
        settings: ServiceSettings,
        broker: Broker,
        clock: Clock,
        *,
        failpoint: Callable[[str], Awaitable[None]] = _no_failpoint,
    ) -> None:
        self.service = service
        self.settings = settings
        self.broker = broker
        self.clock = clock
        self.failpoint = failpoint
        self.counts = Counts()
        self.metrics_registry = CollectorRegistry()
        self.metrics_registry.register(_CountsCollector(self.counts))
        self.engine = _engine(settings)
        self._sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, sync_session_class=ShopSession, autoflush=True
        )
        self._held_rules = HeldRules()
        self._autocommit_engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.publisher = Publisher(self)
        self.consumer = Consumer(self)
        self.poller = Poller(self)
        self.backfill = Backfill(self)
        self.timers = TimerRunner(self)
        self.draining = False
        self._begun = False
        self._starting: set[asyncio.Task[None]] = set()  # while the database is away at the start
        self._expected = head(migrations_of(service.name))
        self._loops: list[asyncio.Task[None]] = []

    def begin(self, *, by: str = "system", cause: Envelope | None = None, reading: bool = False) -> Tx:
        """A transaction: ``async with runtime.begin() as tx``.

        ``reading``: each statement by itself, which sees no less under READ COMMITTED and spares two round
        trips; nothing can be published."""
        session: AsyncSession = self._sessions(bind=self._autocommit_engine) if reading else self._sessions()
        return Tx(
            session,
            now=self.clock.now(),
            settings=self.settings,
            service=self.service.name,
            by=by,
            cause=cause,
            committed=self.publisher.offer,
            failpoint=self.failpoint,
            reading=reading,
            held_rules=self._held_rules,
        )

    async def autocommit(
        self, statement: TextClause, columns: Mapping[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """One statement that is a transaction by itself: one round trip to the database instead of three."""
        async with self._autocommit_engine.connect() as connection:
            done = await connection.execute(statement, columns)
            return done.all() if done.returns_rows else ()

    async def start(self, *, loops: bool = True) -> None:
        """Register reactions, seed, begin to listen; later, if the database is away or not migrated now.

        With ``loops=False`` a test turns the wheels itself."""
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
            self._spawn(self.poller.run(), "waker")
            self._spawn(self._every(1.0, self.timers.run_due), "timers")
            self._spawn(self._every(5.0, self.publisher.sweep), "sweep")
            self._spawn(self._every(10.0, self._look_after), "housekeeping")

    def _spawn(self, loop: Any, name: str) -> None:
        self._loops.append(asyncio.create_task(loop, name=f"{self.service.name}-{name}"))

    async def _prepare(self) -> None:
        known = sorted(self.service.reactions)
        await self.autocommit(_REGISTER, {"types": [t for t, _ in known], "versions": [v for _, v in known]})
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

    async def _look_after(self) -> None:
        await self.backfill.publish_watermark()
        await self.backfill.request_from_silent()
        await self.autocommit(_TRIM)
        async with self.begin() as tx:
            await idempotency.sweep(tx.session)

    async def _on_new_queue(self) -> None:
        """The broker (or our queue) is new: what it held may be lost, so ask, and publish what waits."""
        try:
            await self.publisher.sweep(age=0.0)  # others wait for it
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
        await self.consumer.ended()
        await self.engine.dispose()

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


def _engine(settings: ServiceSettings) -> AsyncEngine:
    engine = create_async_engine(
        settings.database_url,
        pool_size=settings.pool_size,
        max_overflow=0,  # a connection beyond the pool would prepare every statement anew, and be closed
        pool_use_lifo=True,  # the few that are in use stay warm
        pool_timeout=10,
        pool_recycle=1800,
        hide_parameters=True,  # errors are logged, and parameters may be personal
        json_serializer=json_text,
        json_deserializer=json_value,
        connect_args={
            "command_timeout": 30,
            "prepared_statement_cache_size": 1000,  # a department has more statements than the default of 100
            "timeout": 5,
            "server_settings": {
                "application_name": "bayline",
                "jit": "off",
                "idle_in_transaction_session_timeout": "30s",
                "lock_timeout": "10s",
            },
        },
    )
    listen(engine.sync_engine, "handle_error", _leave_a_standby)
    return engine


def _leave_a_standby(failure: ExceptionContext) -> None:
    """A session that began while the database was read-only (after a failover) stays so for good: all are
    begun anew."""
    if is_read_only(failure.original_exception):
        failure.is_disconnect = True
