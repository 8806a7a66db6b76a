"""The complaints department under test, on a Friday at 16:30."""

from typing import Any

import pytest_asyncio
from services.complaints.tests.builders import FRIDAY, Story

from complaints import main


@pytest_asyncio.fixture(loop_scope="session")
async def story(department: Any) -> Story:
    """A fresh department, one customer, one visit."""
    return Story(await department(main.service, at=FRIDAY))
