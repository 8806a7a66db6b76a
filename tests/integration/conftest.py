"""The whole shop in one process, for stories across departments."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from deploy.reconcile import reconcile
from tools.departments import DEPARTMENTS

from servicekit.run import load
from testkit.clock import ManualClock
from testkit.databases import Databases
from testkit.department import Department, Keys
from testkit.in_memory_broker import InMemoryBroker
from testkit.plugin import FRIDAY
from testkit.shop import Shop
from tests.integration.story import Story, begin_story

SERVICES = tuple(load(name) for name in DEPARTMENTS)
OpenStory = Callable[..., Awaitable[Story]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stories(databases: Databases, keys: Keys) -> AsyncIterator[OpenStory]:
    """``await stories(seed=3)``: a shop of its own for one story."""
    signing_key = keys.jwks_file.parent / "signing-key.pem"
    signing_key.write_text(keys.pair.private_pem)
    own: dict[str, dict[str, Any]] = {"staff": {"auth_private_key": signing_key}}
    async with AsyncExitStack() as stack:

        async def make(seed: int = 0) -> Story:
            broker, clock = InMemoryBroker(seed), ManualClock(FRIDAY)
            departments = {}
            for service in SERVICES:
                url = await stack.enter_async_context(databases.copy(service))
                made = Department(service, url, broker, clock, keys, **own.get(service.name, {}))
                await made.start()
                stack.push_async_callback(made.stop)
                departments[service.name] = made
            return await begin_story(Shop(departments, broker, clock))

        yield make


@pytest.fixture(scope="session")
def idle_shops() -> list[Story]:
    """The shop that all stories share, each with its own customer and car; empty: open one."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def story(stories: OpenStory, idle_shops: list[Story]) -> AsyncIterator[Story]:
    """The shared shop on a calm morning; at the end of the story all departments must agree.

    A story that fails leaves technicians at work and cars half done: the next one gets a new shop.
    """
    shop = idle_shops.pop() if idle_shops else await stories()
    await shop.morning()
    yield shop
    shop.calm()
    await shop.settled()
    disagreements = [str(one) for one in await reconcile(shop.urls())]
    assert not disagreements, "\n".join([*disagreements, *await shop.waiting()])
    if not shop.failed:
        idle_shops.append(shop)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Mark the shop of a story that failed."""
    report = yield
    story = getattr(item, "funcargs", {}).get("story")
    if report.failed and story is not None:
        story.failed = True
    return report
