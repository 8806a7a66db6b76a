"""The shop for real: private PostgreSQL and RabbitMQ, eight processes, the gateway; once a run."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from demo.__main__ import ADMIN, database_urls
from demo.day import trouble_codes
from deploy.reconcile import reconcile
from scenarios.context import ScenarioContext
from scenarios.gateway_client import GatewayClient
from scenarios.people import hire_everybody
from scenarios.quiet import until_quiet
from scenarios.samples import create_samples
from scenarios.shop_time import ShopTime
from tools.containers.servers import kinds
from tools.native import Layout, Shop
from tools.native.keys import FIRST_ADMIN

PORT_BASE = int(os.environ.get("TEST_PORT_BASE") or 26000)
"""Away from a shop that somebody has open on this machine; two checkouts tested at once need two."""


@dataclass(frozen=True, slots=True)
class RealShop:
    """A shop with people, parts and prices, on a working morning."""

    shop: Shop
    client: GatewayClient
    context: ScenarioContext

    async def agrees(self) -> list[str]:
        """Wait until it is quiet; what the departments do not agree about."""
        await until_quiet(self.client, ADMIN)
        return [str(discrepancy) for discrepancy in await reconcile(database_urls(self.shop))]

    async def unpublished(self, department: str) -> int:
        """How many events wait in a department's outbox."""
        answer = await self.client.get(department, "/operations/quiet", who=ADMIN)
        return int(answer["unpublished"])

    @asynccontextmanager
    async def without(self, department: str) -> AsyncIterator[None]:
        """A department is away for a while."""
        await asyncio.to_thread(self.shop.stop_service, department)
        try:
            yield
        finally:
            await asyncio.to_thread(self.shop.start_service, department)

    @asynccontextmanager
    async def without_broker(self) -> AsyncIterator[None]:
        """The broker is away for a while."""
        await asyncio.to_thread(self.shop.stop_broker)
        try:
            yield
        finally:
            await asyncio.to_thread(self.shop.start_broker)


@pytest.fixture(scope="session")
def open_shop() -> Iterator[Shop]:
    """Opened for this run, closed and erased after it; on servers in containers or of the machine."""
    folder = Path(tempfile.mkdtemp(prefix="bayline-real-", dir="/var/tmp"))
    shop = Shop(Layout(folder, PORT_BASE), *kinds())
    try:
        shop.up(say=lambda _: None)
        yield shop
    finally:
        shop.erase()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def real_shop(open_shop: Shop) -> AsyncIterator[RealShop]:
    """With people, parts, prices and a menu."""
    passwords = {FIRST_ADMIN: open_shop.keys.first_password.read_text().strip()}
    client = GatewayClient(open_shop.public_url, passwords)
    time = ShopTime(open_shop.clock_file)
    await until_quiet(client, ADMIN)
    time.move_to(time.next_opening())
    crew = await hire_everybody(client, ADMIN, passwords, "a-Shop-of-tests-7")
    supplier_id = await create_samples(client, crew)
    yield RealShop(open_shop, client, ScenarioContext(client, crew, supplier_id, time.now, trouble_codes()))
    await client.close()
