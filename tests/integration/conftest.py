"""The whole shop in one process, for stories across departments."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from demo.reconcile import reconcile

import billing.main
import booking.main
import complaints.main
import crm.main
import parts.main
import reception.main
import staff.main
import workshop.main
from chassis.clock import ManualClock
from chassis.messaging.hub import Hub
from chassis.testing.databases import Databases
from chassis.testing.department import Department, Keys
from chassis.testing.plugin import FRIDAY
from chassis.testing.shop import Shop
from tests.integration.town import Town, found

SERVICES = tuple(
    module.service
    for module in (
        booking.main,
        reception.main,
        workshop.main,
        parts.main,
        billing.main,
        crm.main,
        complaints.main,
        staff.main,
    )
)
FoundTown = Callable[..., Awaitable[Town]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def towns(databases: Databases, keys: Keys) -> AsyncIterator[FoundTown]:
    """``await towns(seed=3)``: a shop of its own for one story."""
    signing_key = keys.jwks_file.parent / "signing-key.pem"
    signing_key.write_text(keys.pair.private_pem)
    own: dict[str, dict[str, Any]] = {"staff": {"auth_private_key": signing_key}}
    async with AsyncExitStack() as stack:

        async def make(seed: int = 0) -> Town:
            hub, clock = Hub(seed), ManualClock(FRIDAY)
            departments = {}
            for service in SERVICES:
                url = await stack.enter_async_context(databases.copy(service))
                made = Department(service, url, hub, clock, keys, **own.get(service.name, {}))
                await made.start()
                stack.push_async_callback(made.stop)
                departments[service.name] = made
            return await found(Shop(departments, hub, clock))

        yield make


@pytest.fixture(scope="session")
def standing() -> list[Town]:
    """The shop that all stories share, each with its own customer and car; empty: found one."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def town(towns: FoundTown, standing: list[Town]) -> AsyncIterator[Town]:
    """The shared shop on a calm morning; at the end of the story all departments must agree.

    A story that fails leaves technicians at work and cars half done: the next one gets a new shop.
    """
    shop = standing.pop() if standing else await towns()
    await shop.morning()
    yield shop
    shop.calm()
    await shop.settled()
    disagreements = [str(one) for one in await reconcile(shop.urls())]
    assert not disagreements, "\n".join([*disagreements, *await shop.waiting()])
    if not shop.failed:
        standing.append(shop)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Mark the shop of a story that failed."""
    report = yield
    town = getattr(item, "funcargs", {}).get("town")
    if report.failed and town is not None:
        town.failed = True
    return report
