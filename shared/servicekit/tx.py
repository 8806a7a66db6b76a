"""The unit of work: one request or one message, its changes and the events it publishes, in one commit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import cache
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast
from uuid import UUID

from sqlalchemy import Select, bindparam, inspect, select, text
from sqlalchemy import event as hooks
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from contracts.base import Event
from servicekit import at_end
from servicekit.aggregate import Aggregate
from servicekit.failpoints import Failpoint, PassFailpoint, pass_by
from servicekit.house_rules import HeldRules, HouseRules
from servicekit.ids import new_id
from servicekit.messaging.cursors import applied_up_to
from servicekit.messaging.envelope import Envelope
from servicekit.observe import current_traceparent
from servicekit.refusal import NotFound, Stale
from servicekit.settings import ServiceSettings

T = TypeVar("T")
R = TypeVar("R", bound=HouseRules)

_NEXT_NUMBER = text("""
    insert into counters (name, value) values (:name, 1)
    on conflict (name) do update set value = counters.value + 1 returning value
""")
_ADVISORY_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")


class ShopSession(Session):
    """Notes which aggregates a transaction changes, for the screens that watch (``changes``)."""


@hooks.listens_for(ShopSession, "before_flush")
def _note_touched(session: Session, *_: object) -> None:
    touched = session.info.get("touched")
    if touched is None:
        return
    for row in (*session.new, *session.dirty):
        if isinstance(row, Aggregate) and (row in session.new or session.is_modified(row)):
            identity = inspect(type(row)).primary_key_from_instance(row)
            touched[type(row).__name__, str(identity[0])] = row


@cache
def _locking(kind: type[Any], *names: str) -> Select[tuple[Any]]:
    """Finds one by these attributes and locks it, as it is then.

    Prepared once: putting a statement together takes longer than running it."""
    columns = (getattr(kind, name) == bindparam(name) for name in names)
    return select(kind).where(*columns).with_for_update().execution_options(populate_existing=True)


@cache
def _primary_key(kind: type[Any]) -> tuple[str, ...]:
    """The names of the attributes that are its id."""
    mapper = inspect(kind)
    return tuple(mapper.get_property_by_column(column).key for column in mapper.primary_key)


class Tx:
    """One transaction of a department. The servicekit opens and commits it; commands and reactions use it."""

    def __init__(
        self,
        session: AsyncSession,
        *,
        now: datetime,
        settings: ServiceSettings,
        service: str,
        by: str = "system",
        cause: Envelope | None = None,
        committed: Callable[[list[tuple[int, Envelope]]], None] = lambda _: None,
        failpoint: PassFailpoint = pass_by,
        reading: bool = False,
        held_rules: HeldRules | None = None,
    ) -> None:
        self.session: Final = session
        self.now: Final = now
        self.settings: Final = settings
        self._by = by
        self._cause = cause
        self._reading = reading
        self._expected_version: int | None = None
        self._subject: Aggregate | None = None
        self._at_end: dict[str, dict[str, Any] | None] = {}
        self._service = service
        self._committed = committed
        self._failpoint = failpoint
        self._events: list[Envelope] = []
        self._recorded = 0
        self._timers: dict[tuple[str, str], tuple[datetime, dict[str, Any]] | None] = {}
        self._positions: dict[UUID | None, int] = {}
        self._locked: set[Any] = set()
        self._cache: dict[Any, Any] = {}  # what ``cached`` has read
        self._held_rules = held_rules or HeldRules()
        self._touched: dict[tuple[str, str], Aggregate] = {}
        self._noted: dict[tuple[str, str], int] = {}
        session.info["touched"] = self._touched

    @property
    def service(self) -> str:
        """The department's name."""
        return self._service

    @property
    def by(self) -> str:
        """Who acts: an employee's id, ``customer`` or ``system``."""
        return self._by

    @property
    def cause(self) -> Envelope | None:
        """The event that is handled; ``None`` in a command or timer."""
        return self._cause

    @property
    def today(self) -> date:
        """The shop-local date."""
        return self.now.astimezone(self.settings.timezone).date()

    @property
    def happened_at(self) -> datetime:
        """When the event that is handled happened, however late it came; in commands and timers, now."""
        return self._cause.time if self._cause else self.now

    # --- reading to show

    async def read(self, kind: type[T], id: Any) -> T:
        """The one with this id, for showing: not locked; the first of a request gives the response its ETag.
        Raises ``NotFound``."""
        found = await self.session.get(kind, id)
        if found is None:
            raise NotFound(kind.__name__, id)
        if isinstance(found, Aggregate):
            self.set_subject(found)
        return found

    # --- reading for change

    async def get(self, kind: type[T], id: Any) -> T:
        """The one with this id, locked; the first of a request is its subject: ``If-Match`` checks it."""
        found = await self.find(kind, id)
        if found is None:
            raise NotFound(kind.__name__, id)
        if isinstance(found, Aggregate):
            self._check_version(found)
            self.set_subject(found)
        return found

    async def find(self, kind: type[T], id: Any) -> T | None:
        """The one with this id, locked, or ``None``."""
        identity = inspect(kind).identity_key_from_primary_key(id if isinstance(id, tuple) else (id,))
        held = self.session.sync_session.identity_map.get(identity)
        if held is not None and identity in self._locked:
            return cast(T, held)
        self._locked.add(identity)
        return await self.find_by(kind, **dict(zip(_primary_key(cast(Any, kind)), identity[1], strict=True)))

    async def find_by(self, kind: type[T], **key: Any) -> T | None:
        """The one with this natural key, none of it null, locked, or ``None``."""
        found = await self.session.execute(_locking(cast(Any, kind), *key), key)
        return cast(T | None, found.scalar_one_or_none())

    async def all(self, query: Select[T]) -> list[T]:
        """What a query finds; lock it yourself, in one order, if you will change several."""
        return list((await self.session.scalars(query)).all())

    def _check_version(self, found: Aggregate) -> None:
        if self._subject is None and self._expected_version not in (None, found.version):
            raise Stale(version=found.version)

    # --- changing

    def add(self, *rows: object) -> None:
        """New rows."""
        for row in rows:
            self.session.add(row)
            if isinstance(row, Aggregate):
                self.set_subject(row)

    def publish(self, aggregate: Aggregate, *events: Event) -> None:
        """Events of this transaction, in the order in which they happened to the aggregate."""
        if self._reading:
            raise RuntimeError("a request that only reads has nothing to publish")
        for event in events:
            if event.stream() != aggregate.STREAM:
                raise ValueError(f"{event.TYPE} is not an event of {aggregate.STREAM}")
            aggregate.sequence = (aggregate.sequence or 0) + 1
            self._events.append(self._envelope(event, aggregate.sequence))

    def _envelope(self, event: Event, sequence: int) -> Envelope:
        data = event.model_dump(mode="json")
        if event.by == "system":
            data["by"] = self._by
        inherited = self._cause.correlation if self._cause else ""
        return Envelope(
            id=new_id(),
            source=f"{self.settings.shop_id}/{self._service}",
            type=event.TYPE,
            version=event.VERSION,
            key=event.key,
            sequence=sequence,
            time=self.now,
            data=data,
            correlation=event.correlation or inherited,
            causation=str(self._cause.id) if self._cause else "",
            traceparent=current_traceparent(),
        )

    def schedule(self, kind: str, key: object, due_at: datetime, **data: Any) -> None:
        """A deadline: one per (kind, key), a second call moves it. ``data`` must be JSON."""
        self._timers[kind, str(key)] = (due_at, data)

    def cancel(self, kind: str, key: object) -> None:
        """Take a deadline away, if there is one."""
        self._timers[kind, str(key)] = None

    def notify_watchers(self, kind: type[Aggregate], id: object, version: int = 0) -> None:
        """Wake the screens that watch an aggregate when the session does not see the change: its row was
        changed by a statement of its own (to ``version``), or a copy shown with it changed (0)."""
        name = kind.__name__, str(id)
        self._noted[name] = max(version, self._noted.get(name, 0))

    async def rules(self, model: type[R]) -> R:
        """The house rules in force, read once a transaction; a change holds here at once, in the department's
        other processes within ``rules.FRESH`` seconds."""

        async def read(_: Tx) -> R:
            return await self._held_rules.read(self.session, model)

        return await self._read_once(model, read)

    async def cached(self, read: Callable[["Tx"], Awaitable[T]]) -> T:
        """What ``read`` finds, read once a transaction: what holds for all aggregates and stays as it is.

        Nothing is saved before it, so that a row that goes on changing is written once."""
        return await self._read_once(read, read)

    async def _read_once(self, name: object, read: Callable[["Tx"], Awaitable[T]]) -> T:
        if name not in self._cache:
            with self.session.no_autoflush:
                self._cache[name] = await read(self)
        return cast(T, self._cache[name])

    async def next_number(self, name: str) -> int:
        """The next number of a gapless counter; others wait for this one's commit.

        What the transaction has changed so far is written afterwards: nothing but its end lies between the
        number and those who wait for the next."""
        with self.session.no_autoflush:
            return int((await self.session.execute(_NEXT_NUMBER, {"name": name})).scalar_one())

    async def lock(self, key: object) -> None:
        """Hold ``key`` until the end of the transaction, for a join between two aggregates."""
        await self.session.execute(_ADVISORY_LOCK, {"key": str(key)})

    async def applied(self, stream: str, key: object) -> int:
        """Up to which sequence this department has applied another's aggregate; 0 if it has had none."""
        return await applied_up_to(self.session, stream, str(key))

    # --- for the servicekit

    @property
    def subject(self) -> Aggregate | None:
        """The aggregate that the request is about: its version is the response's ETag."""
        return self._subject

    def set_subject(self, aggregate: Aggregate) -> None:
        """Name what the request is about; the first one counts. `read`, `get` and `add` do it themselves."""
        if self._subject is None:
            self._subject = aggregate

    def set_by(self, by: str) -> None:
        """Name who acts, once the request is authenticated."""
        self._by = by

    def set_cause(self, cause: Envelope) -> None:
        """Name the event that is handled, where it is read in this transaction."""
        self._cause = cause

    def expect_version(self, version: int | None) -> None:
        """Let the first `get` raise ``Stale`` for another version (``If-Match``)."""
        self._expected_version = version

    def at_end(self, **columns: dict[str, Any] | None) -> None:
        """Hand over what is written with the rest of the transaction: ``cursor``, the columns of a consumer's
        moved cursor, or ``response``, those of a command's response and its key. The last call counts."""
        self._at_end |= columns

    async def flush(self) -> None:
        """State first, then the outbox rows of the same transaction, checked for contiguity."""
        await self.session.flush()
        fresh = self._events[self._recorded :]
        noted = self._noted | {name: row.version for name, row in self._touched.items()}
        changed = [(kind, id, version) for (kind, id), version in noted.items()]
        self._touched.clear()
        self._noted.clear()
        timers, self._timers = self._timers, {}
        handed_over, self._at_end = self._at_end, {}
        written = await at_end.write(
            self.session, events=fresh, changed=changed, timers=timers, **handed_over
        )
        self._positions.update(written)
        self._recorded = len(self._events)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Everything inside happens or does not: rows, events, timers."""
        await self.flush()
        before = len(self._events)
        try:
            async with self.session.begin_nested():
                yield
                await self.flush()
        except BaseException:
            del self._events[before:]
            self._recorded = before
            self._timers = {}
            self._touched.clear()
            self._noted.clear()
            self._locked.clear()
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ending = asyncio.ensure_future(self._end(keep=error is None))
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            # A caller that goes away must not leave a transaction half ended.
            await asyncio.gather(ending, return_exceptions=True)
            raise

    async def _end(self, *, keep: bool) -> None:
        try:
            if not keep:
                return
            await self.flush()
            await self._failpoint(Failpoint.BEFORE_COMMIT)
            await self.session.commit()
            self._held_rules.note(self.session)
            await self._failpoint(Failpoint.AFTER_COMMIT)
        finally:
            await self.session.close()
        if self._events:
            self._committed([(self._positions[event.id], event) for event in self._events])
