"""A shop of processes that is made to be broken: gates before its servers, witnesses in its reactions."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from demo.__main__ import ADMIN, database_urls
from demo.day import trouble_codes
from scenarios.context import ScenarioContext
from scenarios.gateway_client import GatewayClient
from scenarios.people import hire_everybody
from scenarios.quiet import until_quiet
from scenarios.samples import create_samples
from scenarios.shop_time import ShopTime
from shared.tests.messaging.gate import Gate
from sqlalchemy import make_url
from tools.containers.servers import kinds
from tools.departments import DEPARTMENTS
from tools.native import Layout, Shop
from tools.native.departments import Departments, login
from tools.native.keys import FIRST_ADMIN
from tools.native.layout import REPLICAS
from yarl import URL

from tests.faults.checker import caught_up, disagreements, said_so_far
from tests.faults.department import ORDERS
from tests.faults.orders import Orders
from tests.faults.real.counts import Sampler
from tests.faults.real.until import until
from tests.faults.witness import MAKE

_AT_ONCE = 32
"""Blocking steps beside each other: some faults must hit all departments at once."""
PATIENCE = 180.0
"""Seconds within which a shop must have recovered from anything."""


class _Watched(Departments):
    """Processes that reach their servers through gates, and whose reactions are witnessed."""

    program = "tests.faults.department"

    def __init__(self, shop: "BreakableShop") -> None:
        super().__init__(shop.layout, shop.keys, shop.postgres, shop.broker)
        self._shop = shop

    def environment(self, department: str, replica: int = 1) -> dict[str, str]:
        told = super().environment(department, replica)
        shop = self._shop
        address = make_url(told["DATABASE_URL"]).set(port=shop.to_database.port)
        return told | {
            "DATABASE_URL": address.render_as_string(hide_password=False),
            "BROKER_URL": str(URL(told["BROKER_URL"]).with_port(shop.to_broker.port)),
            "POOL_SIZE": "16" if replica == 1 else "6",
            ORDERS: str(shop.orders.folder),
        }

    def migrate(self, departments: tuple[str, ...]) -> None:
        super().migrate(departments)
        for name in departments:
            make = f"{MAKE}; grant all on fault_witness to {login(name)}"
            self.postgres.sql(make, database=login(name))


class BreakableShop(Shop):
    """A shop whose servers stand behind gates; everything else is as in production."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout, *kinds())
        self.orders = Orders(layout.folder / "orders")
        self.to_database = Gate(self.postgres.port)
        self.to_broker = Gate(self.broker.port)
        self.departments = _Watched(self)

    async def open(self) -> None:
        """Open the gates, then the shop."""
        await self.to_database.open()
        await self.to_broker.open()
        await asyncio.to_thread(self.up, say=lambda _: None)

    async def close(self) -> None:
        """End what ``open`` started; the data goes too."""
        for gate in (self.to_database, self.to_broker):
            gate.unmute()
        await asyncio.to_thread(self.erase)
        await self.to_database.shut()
        await self.to_broker.shut()


class Stage:
    """A furnished shop on a working morning, and what a fault may do to it."""

    def __init__(self, shop: BreakableShop, client: GatewayClient, context: ScenarioContext) -> None:
        self.shop = shop
        self.client = client
        self.context = context
        self.counts = Sampler(shop)
        self.urls = database_urls(shop)

    async def act(self, *steps: Callable[[], object]) -> None:
        """Blocking work on servers and processes, beside everything else."""
        await asyncio.gather(*(asyncio.to_thread(step) for step in steps))

    async def kill(self, department: str, replica: int = 1) -> None:
        """End a process where it stands; what it counted is not forgotten."""
        await self.counts.look()
        await self.act(partial(self.shop.stop_service, department, replica, kill=True))

    async def start(self, department: str, replica: int = 1, *, wait: bool = True) -> None:
        """Start a process."""
        await self.act(partial(self.shop.start_service, department, replica, wait=wait))

    async def stop(self, department: str, replica: int = 1) -> None:
        """Ask a process to end in good order."""
        await self.counts.look()
        await self.act(partial(self.shop.stop_service, department, replica))

    async def scaled(self, replicas: Sequence[int]) -> None:
        """Start these replicas of every department."""
        for replica in replicas:
            for department in DEPARTMENTS:
                await self.start(department, replica, wait=False)
            await self.act(
                *(partial(self.shop.departments.await_ready, d, replica, 120.0) for d in DEPARTMENTS)
            )

    async def single(self) -> None:
        """One process of every department again."""
        for department in DEPARTMENTS:
            for replica in REPLICAS[1:]:
                if self.shop.departments.daemon(department, replica).expected:
                    await self.stop(department, replica)
        await self.counts.look()

    async def sql(self, statement: str, department: str) -> str:
        """One statement as superuser, past the gate. Never in the loop's thread, which runs the gates."""
        return await asyncio.to_thread(self.shop.postgres.sql, statement, database=login(department))

    async def recovers(self) -> float:
        """Seconds until everyone has applied everything that was said up to now."""
        wanted = await said_so_far(self.urls)
        return await until(partial(caught_up, self.urls, wanted), within=PATIENCE)

    async def disagreements(self) -> list[str]:
        """Wait until the shop is quiet; what is not as it must be."""
        await until_quiet(self.client, ADMIN, within=PATIENCE)
        return await disagreements(self.urls)


@asynccontextmanager
async def stage(folder: Path, port_base: int) -> AsyncIterator[Stage]:
    """Opened, furnished, and erased at the end."""
    shop = BreakableShop(Layout(folder, port_base))
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_AT_ONCE))
    try:
        await shop.open()
        passwords = {FIRST_ADMIN: shop.keys.first_password.read_text().strip()}
        client = GatewayClient(shop.layout.public_url, passwords, patience=PATIENCE)
        time = ShopTime(shop.layout.clock_file)
        await until_quiet(client, ADMIN)
        time.move_to(time.next_opening())
        crew = await hire_everybody(client, ADMIN, passwords, "a-Shop-of-tests-7")
        supplier_id = await create_samples(client, crew)
        made = Stage(shop, client, ScenarioContext(client, crew, supplier_id, time.now, trouble_codes()))
        async with made.counts:
            yield made
        await client.close()
    finally:
        await shop.close()
