"""A database that was read-only for a while, as a standby is: no session of then is used any more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from servicekit.errors import is_outage
from testkit.department import Department
from testkit.plugin import MakeDepartment

from .toy import Employee, hire, hiring

pytestmark = pytest.mark.asyncio(loop_scope="session")

_SEND_AWAY = "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{0}'"


@asynccontextmanager
async def _standby(of: Department) -> AsyncIterator[None]:
    """Sessions that begin now may not write, also when it is over."""
    url = make_url(of.settings.database_url)
    server = create_async_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    async with server.connect() as session:
        await session.exec_driver_sql(
            f'alter database "{url.database}" set default_transaction_read_only = on'
        )
        await session.exec_driver_sql(_SEND_AWAY.format(url.database))
        try:
            yield
        finally:
            await session.exec_driver_sql(
                f'alter database "{url.database}" reset default_transaction_read_only'
            )
    await server.dispose()


async def test_new_sessions_work_when_the_database_is_writable_again(
    department: MakeDepartment,
) -> None:
    staff: Department = await department(hiring())

    async with _standby(staff):
        for _ in range(3):  # the sessions of before are gone, then those of the standby are
            with pytest.raises(DBAPIError) as refused:
                async with staff.tx() as tx:
                    await hire(tx, "Li")
            assert is_outage(refused.value)

    async with staff.tx() as tx:
        employee = await hire(tx, "Wang")
    async with staff.tx() as tx:
        assert (await tx.read(Employee, employee.id)).name == "Wang"
