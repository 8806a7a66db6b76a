"""Parts as most of its tests begin."""

import pytest

from chassis.testing.department import Department
from chassis.testing.plugin import MakeDepartment
from parts import main


@pytest.fixture
async def parts(department: MakeDepartment) -> Department:
    """Parts with an empty catalogue."""
    return await department(main.service)
