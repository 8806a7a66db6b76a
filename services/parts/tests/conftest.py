"""Parts as most of its tests begin."""

import pytest

from parts import main
from testkit.department import Department
from testkit.plugin import MakeDepartment


@pytest.fixture
async def parts(department: MakeDepartment) -> Department:
    """Parts with an empty catalogue."""
    return await department(main.service)
