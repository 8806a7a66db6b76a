"""The fixtures of the workshop's tests."""

from collections.abc import Awaitable, Callable

import pytest_asyncio
from services.workshop.tests.builders import Story

from testkit.department import Department
from workshop import main


@pytest_asyncio.fixture(loop_scope="session")
async def story(department: Callable[..., Awaitable[Department]]) -> Story:
    """A visit of an empty workshop."""
    return Story(await department(main.service))
