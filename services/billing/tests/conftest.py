"""Billing under test."""

import pytest_asyncio

from billing import main
from testkit.department import Department
from testkit.plugin import MakeDepartment


@pytest_asyncio.fixture(loop_scope="session")
async def billing(department: MakeDepartment) -> Department:
    """A new shop's billing department."""
    return await department(main.service)
