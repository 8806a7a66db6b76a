"""The pytest fixtures; needs ``postgres_url``, the superuser address of a private server, from the root."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog

from servicekit.service import Service
from testkit.clock import ManualClock
from testkit.databases import Databases
from testkit.department import Department, Keys
from testkit.in_memory_broker import InMemoryBroker
from testkit.shop import Shop

FRIDAY = datetime(2025, 3, 7, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai on a Friday, when stories begin."""

MakeDepartment = Callable[..., Awaitable[Department]]
MakeShop = Callable[..., Awaitable[Shop]]


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Warnings and worse, with plain tracebacks: pretty ones take seconds."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, _warnings_alone, plain])


def _warnings_alone(logger: Any, method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Dropped here, not by the logger's level, so that a test may still capture everything."""
    if method in ("debug", "info"):
        raise structlog.DropEvent
    return line


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """The token issuer and the key of personal data, once a run."""
    folder: Path = tmp_path_factory.mktemp("keys")
    (folder / "data.key").write_text(secrets.token_hex(32))
    return Keys(folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def databases(postgres_url: str) -> AsyncIterator[Databases]:
    """Fresh databases on the run's private server."""
    made = Databases(postgres_url)
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def department(databases: Databases, keys: Keys) -> AsyncIterator[MakeDepartment]:
    """``await department(main.service)``: one department on a database of its own."""
    async with AsyncExitStack() as stack:

        async def make(
            service: Service, *, at: datetime = FRIDAY, broker: InMemoryBroker | None = None, **own: Any
        ) -> Department:
            url = await stack.enter_async_context(databases.copy(service))
            made = Department(service, url, broker or InMemoryBroker(), ManualClock(at), keys, **own)
            await made.start()
            stack.push_async_callback(made.stop)
            return made

        yield make


@pytest_asyncio.fixture(loop_scope="session")
async def shop_of(databases: Databases, keys: Keys) -> AsyncIterator[MakeShop]:
    """``await shop_of(*services)``: departments together on one broker and one clock."""
    async with AsyncExitStack() as stack:

        async def make(
            *services: Service,
            at: datetime = FRIDAY,
            seed: int = 0,
            own: dict[str, dict[str, Any]] | None = None,
        ) -> Shop:
            broker, clock = InMemoryBroker(seed), ManualClock(at)
            departments = {}
            for service in services:
                url = await stack.enter_async_context(databases.copy(service))
                made = Department(service, url, broker, clock, keys, **(own or {}).get(service.name, {}))
                await made.start()
                stack.push_async_callback(made.stop)
                departments[service.name] = made
            shop = Shop(departments, broker, clock)
            await shop.quiet()
            return shop

        yield make
