"""What only containers have, tried on the open shop of ``BAYLINE_DATA``; ``make containers`` calls this."""

import asyncio
import itertools
import os
import re
import time
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from demo.__main__ import ADMIN, database_urls, password
from demo.day import drive, trouble_codes, visits_of_the_day
from deploy.reconcile import reconcile
from scenarios import narratives
from scenarios.context import ScenarioContext
from scenarios.gateway_client import GatewayClient
from scenarios.people import hire_everybody
from scenarios.quiet import until_quiet
from scenarios.samples import create_samples
from scenarios.shop_time import ShopTime
from scenarios.visits import happy
from tools.containers import engine
from tools.containers.box import execute
from tools.containers.shop import ComposeShop
from tools.departments import DEPARTMENTS
from tools.native.keys import FIRST_ADMIN
from tools.native.layout import Layout

pytestmark = pytest.mark.timeout(600)

WITHIN = 10.0
"""Seconds a department has to drain, finish, acknowledge and close."""


@pytest.fixture(scope="session")
def shop() -> ComposeShop:
    return ComposeShop(Layout.of(os.environ))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def context(shop: ComposeShop) -> AsyncIterator[ScenarioContext]:
    client = GatewayClient(shop.public_url, {FIRST_ADMIN: shop.keys.first_password.read_text().strip()})
    crew = await hire_everybody(client, ADMIN, client.passwords, password(shop))
    supplier_id = await create_samples(client, crew)
    yield ScenarioContext(client, crew, supplier_id, ShopTime(shop.clock_file).now, trouble_codes())
    await client.close()


class TestADepartmentsContainer:
    def test_is_one_process_that_is_not_root_and_can_write_nowhere(self, shop: ComposeShop) -> None:
        for name in DEPARTMENTS:
            with shop.one(name) as container:
                processes = container.top(ps_args="-o pid,uid")["Processes"]  # the engine wants a pid
                assert [uid for _, uid in processes] == ["10001"]
                assert execute(container, ["touch", "/app/x"])[0] != 0
                assert execute(container, ["touch", "/venv/x"])[0] != 0

    def test_reads_only_its_own_secrets(self, shop: ComposeShop) -> None:
        with shop.one("parts") as container:
            code, listed = execute(container, ["ls", "/run/secrets"])

        assert code == 0
        own = ["jwks.json", "parts-broker-url", "parts-database-url", "personal-data.key"]
        assert sorted(listed.split()) == own

    @pytest.mark.asyncio(loop_scope="session")
    async def test_stopped_at_work_ends_well_and_leaves_nothing_half_done(
        self, shop: ComposeShop, context: ScenarioContext
    ) -> None:
        faults = itertools.cycle(visits_of_the_day(narratives.read()))
        scripts = [("happy", partial(happy.happy, context, next(faults), n % 2 == 0)) for n in range(10)]
        driving = asyncio.create_task(drive(scripts, drivers=5, done=lambda: None))
        endings = {}

        for name in DEPARTMENTS:
            began = time.monotonic()
            await asyncio.to_thread(shop.stop_service, name)
            endings[name] = (time.monotonic() - began < WITHIN, shop.exit_code(name))
            await asyncio.to_thread(shop.start_service, name)

        assert await driving == []
        assert endings == dict.fromkeys(DEPARTMENTS, (True, 0))
        await until_quiet(context.client, ADMIN)
        assert await reconcile(database_urls(shop)) == []


class TestTheShop:
    def test_publishes_the_gateway_alone_and_on_the_loopback(self, shop: ComposeShop) -> None:
        with shop.containers() as containers:
            published = [
                (container.labels["com.docker.compose.service"], binding["HostIp"])
                for container in containers
                for bindings in container.ports.values()
                for binding in bindings or []
            ]

        assert published == [("gateway", "127.0.0.1")]

    def test_keeps_no_password_where_the_engine_shows_it(self, shop: ComposeShop) -> None:
        with shop.containers() as containers:
            environments = "".join(str(container.attrs["Config"]["Env"]) for container in containers)

        assert not re.findall(r"://\w+:\w+@", environments)

    def test_images_name_no_package_source(self) -> None:
        with engine.asked() as client:
            for name in ("bayline/python:3.13", "bayline:local"):
                history = str(client.images.get(name).history())
                assert "http://" not in history
                assert "https://" not in history
