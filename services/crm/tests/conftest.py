"""Customer relations under test."""

from typing import Any

import pytest_asyncio

from crm import main
from testkit.department import Department


@pytest_asyncio.fixture(loop_scope="session")
async def crm(department: Any) -> Department:
    """A new shop's crm department."""
    started: Department = await department(main.service)
    return started
