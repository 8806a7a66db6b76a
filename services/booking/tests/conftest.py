"""The booking department under test, with a small menu."""

import pytest_asyncio
from services.booking.tests.builders import Desk

from booking import main
from testkit.plugin import MakeDepartment


@pytest_asyncio.fixture(loop_scope="session")
async def desk(department: MakeDepartment) -> Desk:
    """The booking desk with its menu."""
    made = Desk(await department(main.service))
    await made.menu()
    return made
