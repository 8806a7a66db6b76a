"""What all parts of one process of a department share: its database, clock, settings and counts.

Publisher, consumer, poller, backfill and timers are built on a ``Process``; it knows none of them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ExceptionContext, Row, TextClause
from sqlalchemy.event import listen
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from servicekit.clock import Clock
from servicekit.columns import json_text, json_value
from servicekit.counts import Counts
from servicekit.errors import is_read_only
from servicekit.failpoints import PassFailpoint, pass_by
from servicekit.house_rules import HeldRules
from servicekit.messaging.envelope import Envelope
from servicekit.settings import ServiceSettings
from servicekit.tx import ShopSession, Tx

Committed = Callable[[list[tuple[int, Envelope]]], None]
"""Receives the events of a committed transaction, each with its position in the outbox."""


class Process:
    """Opens units of work of the department ``name`` on its database."""

    def __init__(
        self, name: str, settings: ServiceSettings, clock: Clock, *, failpoint: PassFailpoint = pass_by
    ) -> None:
        self.name = name
        self.settings = settings
        self.clock = clock
        self.failpoint = failpoint
        self.counts = Counts()
        self.engine = _engine(settings)
        self._autocommit_engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, sync_session_class=ShopSession, autoflush=True
        )
        self._held_rules = HeldRules()
        self._after_commit: list[Committed] = []

    def after_commit(self, receive: Committed) -> None:
        """Hand the events of every transaction from now on to ``receive``, once they are committed."""
        self._after_commit.append(receive)

    def begin(self, *, by: str = "system", cause: Envelope | None = None, reading: bool = False) -> Tx:
        """A unit of work: ``async with process.begin() as tx``.

        ``reading``: each statement by itself, which sees no less under READ COMMITTED and spares two round
        trips; nothing can be published."""
        session: AsyncSession = self._sessions(bind=self._autocommit_engine) if reading else self._sessions()
        return Tx(
            session,
            now=self.clock.now(),
            settings=self.settings,
            service=self.name,
            by=by,
            cause=cause,
            committed=self._committed,
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

    async def close(self) -> None:
        """Close the connections to the database."""
        await self.engine.dispose()

    def _committed(self, events: list[tuple[int, Envelope]]) -> None:
        for receive in self._after_commit:
            receive(events)


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
