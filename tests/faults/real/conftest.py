"""The shop that the real faults break, opened once a run."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from scenarios.narratives import Fault as Car

from tests.faults.real.busy import cars
from tests.faults.real.shop import Stage, stage
from tests.integration.real.conftest import PORT_BASE

_PORTS_APART = 200
"""Away from the shop of the other integration tests, which may be open in another process of the same run."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage_of_run() -> AsyncIterator[Stage]:
    """Opened for this run, closed and erased after it."""
    folder = Path(tempfile.mkdtemp(prefix="bayline-faults-", dir="/var/tmp"))
    try:
        async with stage(folder, PORT_BASE + _PORTS_APART) as made:
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def supply() -> Iterator[Car]:
    """Cars for all tests of a run."""
    return cars()
