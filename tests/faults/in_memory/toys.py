"""Two small departments on an in-memory broker, whose reactions are witnessed, and events for them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from random import Random
from typing import TypeVar
from uuid import UUID

from deploy.reconcile import open_books
from shared.tests.core.toy import hire, hiring, listing, rename
from sqlalchemy import text

from servicekit import Tx
from servicekit.runtime import Runtime
from testkit.clock import ManualClock
from testkit.databases import Databases
from testkit.department import Department, Keys
from testkit.in_memory_broker import InMemoryBroker, Killed
from testkit.plugin import FRIDAY
from testkit.shop import Shop
from tests.faults.checker import misapplied
from tests.faults.witness import MAKE, witnessed

Harm = Callable[[Department], None]
T = TypeVar("T")
BURST = 7
"""So many events are published before the in-memory broker comes to rest."""
PUBLISHER, SUBSCRIBER = "staff", "workshop"
_PUBLISHED = text("""
    select key, string_agg(data ->> 'display_name', ' ' order by sequence) as names from outbox group by key
""")
_NOTED = text("select id::text as key, trim(names) as names from listed")


class Toys:
    """Staff hires and renames, workshop keeps a list of every name in order; ``departments`` may be wrong."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.broker = shop.broker
        self.between: Callable[[int], None] = lambda _: None  # before the n-th event that is published
        self.in_the_end: Callable[[], None] = lambda: None  # when all is published, and nothing is under way
        self._spoilt = ""
        self._harm: Harm = lambda _: None
        self._harmed: list[Runtime] = []

    @property
    def staff(self) -> Department:
        """Who publishes."""
        return self.shop[PUBLISHER]

    @property
    def workshop(self) -> Department:
        """Who subscribes."""
        return self.shop[SUBSCRIBER]

    def spoil(self, service: str, harm: Harm) -> None:
        """Do this to every process of a department, also to those that come after one that died."""
        self._spoilt, self._harm = service, harm
        self._spoil()

    def _spoil(self) -> None:
        for department in self.shop.departments.values():
            new = department.runtime not in self._harmed and not department.connection.dead
            if new and department.service.name == self._spoilt:
                self._harmed.append(department.runtime)
                self._harm(department)

    async def publish_events(self, random: Random, *, people: int = 3, names: int = 6) -> None:
        """Publish the events of so many employees, mixed at random, by processes that may die meanwhile."""
        hired: list[UUID] = []
        while len(hired) < people:
            employee = await self._publish(partial(hire, name="0"))
            hired += [employee.id] if employee else []
        renamings = [(id, f"{n}") for n in range(1, names) for id in hired]
        random.shuffle(renamings)
        for n, (id, name) in enumerate(renamings):
            self.between(n)
            await self._publish(partial(rename, id=id, name=name))
            if n % BURST == 0:
                await self.broker.idle()
        await self.broker.idle()
        self.in_the_end()

    async def until_quiet(self) -> None:
        """Everything that can happen has happened, in processes that live."""
        while True:
            with suppress(Killed):
                await self.revive()
                await self.shop.quiet()
                if not self._dead:
                    return

    async def revive(self) -> None:
        """New processes in place of the dead, as wrong as those were."""
        while self._dead:
            with suppress(Killed):
                await self.shop.revive()
            self._spoil()

    @property
    def _dead(self) -> int:
        return sum(department.connection.dead for department in self.shop.departments.values())

    async def _publish(self, act: Callable[[Tx], Awaitable[T]]) -> T | None:
        """What came of it; nothing when the process died and it may have happened or not."""
        await self.revive()
        with suppress(Killed):
            async with self.staff.tx() as tx:
                done = await act(tx)
            await self.staff.publisher_drained()
            return done
        return None

    async def wrongs(self) -> list[str]:
        """What the checker finds, and effects that are not what was published, once each and in order."""
        urls = {d.service.name: d.settings.database_url for d in self.shop.departments.values()}
        services = {d.service.name: d.service for d in self.shop.departments.values()}
        async with open_books(urls) as books:
            found = [str(one) for one in await misapplied(books, services)]
        async with self.staff.tx() as tx:
            published = {row.key: row.names for row in await tx.session.execute(_PUBLISHED)}
        async with self.workshop.tx() as tx:
            noted = {row.key: row.names for row in await tx.session.execute(_NOTED)}
        return found + [
            f"effect {key}: {noted.get(key)!r} of {published.get(key)!r}"
            for key in published.keys() | noted.keys()
            if published.get(key) != noted.get(key)
        ]


@asynccontextmanager
async def toys(
    databases: Databases, keys: Keys, seed: int, *, publishers: int = 1, subscribers: int = 1
) -> AsyncIterator[Toys]:
    """A shop of two on fresh databases."""
    async with AsyncExitStack() as stack:
        broker, clock = InMemoryBroker(seed), ManualClock(FRIDAY)
        departments = {}
        for service, replicas in ((hiring(), publishers), (listing(), subscribers)):
            url = await stack.enter_async_context(databases.copy(service))
            for replica in range(replicas):  # each with reactions of its own: it may be of another release
                made = Department(witnessed(service), url, broker, clock, keys)
                async with made.tx() as tx:
                    await tx.session.execute(text(MAKE))
                departments[f"{service.name} {replica}" if replica else service.name] = made
                await made.start()
                stack.push_async_callback(made.stop)
        yield Toys(Shop(departments, broker, clock))
