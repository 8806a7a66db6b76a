"""A running reception desk for the tests of this department."""

from pytest_asyncio import fixture
from services.reception.tests.desk import Desk

from reception.main import service
from testkit.plugin import MakeDepartment


@fixture(loop_scope="session")
async def desk(department: MakeDepartment) -> Desk:
    """A desk on an empty database."""
    return Desk(await department(service))
