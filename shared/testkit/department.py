"""One department under test: its real code on a real database, the in-memory broker, its HTTP by call."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4, uuid5

import httpx
from sqlalchemy import event as hooks
from sqlalchemy import text

from contracts.base import Event
from servicekit.http.app import make_app
from servicekit.http.issue import new_key_pair, sign
from servicekit.messaging.envelope import Envelope
from servicekit.runtime import Runtime
from servicekit.service import Service
from servicekit.tx import Tx
from testkit.clock import ManualClock
from testkit.documented import documented_by
from testkit.in_memory_broker import InMemoryBroker, InMemoryConnection

E = TypeVar("E", bound=Event)

SHOP_ID = UUID("6b8f3a52-7f0e-5d0b-9a53-0d7b8b1e6c01")
EMPLOYEE = UUID("00000000-0000-7000-8000-000000000001")

_DUE_NOW = text("update deferred set next_at = now() where status = 'waiting' and next_at > now()")
_WAKE_NOW = text("update cursors set wake_at = now() where wake_at > now()")
_RETRY_TIMERS_NOW = text("update timers set retry_at = now() where retry_at > now()")
_WATERMARK_NOW = text("update watermark set published_at = null")
_APPLIED_SO_FAR = text("select coalesce(sum(last), 0)::bigint from cursors")
_REQUEST_NOW = text("update publisher_watermarks set requested_at = null where requested_at is not null")
_COUNTED: ContextVar[list[str] | None] = ContextVar("counted", default=None)


class Keys:
    """The token issuer of a test run."""

    def __init__(self, folder: Path) -> None:
        self.pair = new_key_pair()
        self.jwks_file = folder / "jwks.json"
        self.jwks_file.write_text(self.pair.jwks)

    def token(self, permissions: Iterable[str], *, employee: UUID = EMPLOYEE, name: str = "Zhao Min") -> str:
        """A signed access token."""
        claims = {"sub": str(employee), "name": name, "permissions": sorted(permissions)}
        return sign(self.pair.private_pem, self.pair.kid, claims, lifetime=timedelta(days=1))


class Department:
    """A running department; a test is a story of ``receives``, ``call``, ``passes`` and ``published``."""

    def __init__(
        self, service: Service, url: str, broker: InMemoryBroker, clock: ManualClock, keys: Keys, **own: Any
    ) -> None:
        configured: dict[str, Any] = {
            "database_url": url,
            "broker_url": "amqp://memory/",
            "shop_id": SHOP_ID,
            "auth_jwks": str(keys.jwks_file),
            "public_url": "http://shop.test",
            "data_key_file": keys.jwks_file.parent / "data.key",
            "log_level": "ERROR",
        }
        settings = service.settings(**configured | own)
        self.service = service
        self.settings = settings
        self.clock = clock
        self.broker = broker
        self.keys = keys
        self.committed: list[Envelope] = []
        self._sequences: Counter[tuple[str, str]] = Counter()
        self._applied_so_far = 0
        self._boot()

    def _boot(self) -> None:
        """A process of this department."""
        self.connection = InMemoryConnection(self.broker, self.service.name)
        self.runtime = Runtime(
            self.service, self.settings, self.connection, self.clock, failpoint=self.connection.failpoint
        )
        self.runtime.process.after_commit(self._note_committed)
        self.app = make_app(self.runtime)
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://shop.test"
        )

    def _note_committed(self, events: list[tuple[int, Envelope]]) -> None:
        self.committed.extend(envelope for _, envelope in events)

    async def start(self) -> None:
        """Seed and begin to listen; the test turns the wheels."""
        await self.runtime.start(loops=False)

    async def stop(self) -> None:
        """Close what is open."""
        await self._http.aclose()
        await self.runtime.stop()

    async def restart(self) -> None:
        """A new process on the same database, after the old one was killed."""
        await self.stop()
        self._boot()
        await self.start()

    def tx(self, *, by: str = "system") -> Tx:
        """A transaction on the department's database: ``async with department.tx() as tx``."""
        return self.runtime.begin(by=by)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """What is asked of the database inside the block, for tests that hold a line: each is a round trip.

        Left out is what comes at any time: what the department does by itself meanwhile (publishing,
        receiving watermarks), and reading the house rules."""
        sent: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if _COUNTED.get() is sent and "FROM house_rules" not in statement:
                sent.append(statement)

        engine = self.runtime.engine.sync_engine
        hooks.listen(engine, "before_cursor_execute", note)
        outside = _COUNTED.set(sent)
        try:
            yield sent
        finally:
            _COUNTED.reset(outside)
            hooks.remove(engine, "before_cursor_execute", note)

    # --- receiving

    def envelope(self, event: Event, *, sequence: int | None = None) -> Envelope:
        """The event as its publisher would send it; sequences are numbered per aggregate."""
        place = (event.stream(), event.key)
        if sequence is None:
            self._sequences[place] += 1
            sequence = self._sequences[place]
        return Envelope(
            id=uuid4(),
            source=f"{SHOP_ID}/{event.TYPE.split('.', 1)[0]}",
            type=event.TYPE,
            version=event.VERSION,
            key=event.key,
            sequence=sequence,
            time=self.clock.now(),
            data=event.model_dump(mode="json"),
            correlation=event.correlation,
        )

    async def receives(self, *events: Event, wait: bool = True) -> None:
        """Other departments report; through the real listener, in order."""
        for event in events:
            await self.runtime.consumer.handle(self.envelope(event))
        if wait:
            await self.until_quiet()

    async def until_quiet(self) -> None:
        """Let everything that can happen now happen: timers due, deferred events, publishing."""
        before: tuple[int, ...] | None = None
        while before != (now := self.progress()):
            before = now
            await self.turn()

    def progress(self) -> tuple[int, ...]:
        """Changes with everything that happens here."""
        counts = self.runtime.counts
        return (
            len(self.committed),
            counts.applied,
            counts.published,
            counts.backfilled,
            self._applied_so_far,
        )

    async def turn(self) -> None:
        """One turn of all wheels; waits and retries do not wait for machine time.

        Raises ``Killed`` when the process is dead."""
        self.connection.must_live()
        async with self.tx() as tx:
            for statement in (_RETRY_TIMERS_NOW, _DUE_NOW, _WAKE_NOW, _WATERMARK_NOW, _REQUEST_NOW):
                await tx.session.execute(statement)
            # Skipping an event is progress too, though nothing is applied or published.
            self._applied_so_far = (await tx.session.execute(_APPLIED_SO_FAR)).scalar_one()
        await self.runtime.timers.run_due()
        await self.runtime.poller.poll()
        await self.runtime.publisher.sweep(age=0.0)
        await self.publisher_drained()
        self.connection.must_live()
        await self.broker.idle()

    async def publisher_drained(self) -> None:
        """Return when all that was committed here has been tried, or the process is dead."""
        drained = asyncio.ensure_future(self.runtime.publisher.drained())
        while not drained.done() and not self.connection.dead:
            await asyncio.wait({drained}, timeout=0.01)
        drained.cancel()

    async def passes(self, **span: float) -> None:
        """Shop time goes on (``minutes=30``), timers fire, all settles."""
        self.clock.move(**span)
        await self.until_quiet()

    async def watermarks_complete(self, *publishers: str, upto: datetime | None = None) -> None:
        """As if these publishers' watermarks had arrived for everything up to a shop time (now)."""
        seen = text("""
            insert into publisher_watermarks (publisher, complete_until, received_at)
            values (:publisher, :upto, now())
            on conflict (publisher) do update
               set complete_until = excluded.complete_until, received_at = now()
        """)
        async with self.tx() as tx:
            for publisher in publishers:
                await tx.session.execute(seen, {"publisher": publisher, "upto": upto or self.clock.now()})

    # --- publishing

    def published(self, event: type[E]) -> list[E]:
        """The committed events of one type, oldest first."""
        return [event.model_validate(e.data) for e in self.committed if e.type == event.TYPE]

    @property
    def published_types(self) -> list[str]:
        """The types of all committed events, in order."""
        return [envelope.type for envelope in self.committed]

    # --- HTTP

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | AsyncIterable[bytes] | None = None,
        who: Iterable[str] | None = None,
        employee: UUID = EMPLOYEE,
        name: str = "Zhao Min",
        headers: Mapping[str, str] | None = None,
        root: bool = False,
        undocumented: bool = False,
    ) -> httpx.Response:
        """A request under ``/api/<service>`` (``root``: from the root), signed in with ``who``.

        Raises ``AssertionError`` when status or code of the answer are not documented for the operation;
        ``undocumented`` is for tests of the machinery itself, which bring such answers about."""
        sent = dict(headers or {})
        if who is not None:
            sent["Authorization"] = f"Bearer {self.keys.token(who, employee=employee, name=name)}"
        prefix = "" if root else f"/api/{self.service.name}"
        answer = await self._http.request(method, prefix + path, json=json, content=content, headers=sent)
        documented = documented_by(self.service, self.app)
        if documented is not None and not undocumented:
            documented.check(method, answer.request.url.path, answer)
        return answer


def employee_id(name: str) -> UUID:
    """A stable employee id for a name in a test."""
    return uuid5(SHOP_ID, name)
