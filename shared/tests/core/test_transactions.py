"""What a transaction sends to the database, and how often."""

import pytest
from sqlalchemy import select

from servicekit import Tx
from testkit.plugin import MakeDepartment

from .toy import Employee, hire, hiring

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _names(tx: Tx) -> list[str]:
    return [*(await tx.session.scalars(select(Employee.name))).all()]


class TestACachedReading:
    async def test_is_read_once_a_transaction(self, department: MakeDepartment) -> None:
        staff = await department(hiring())

        async with staff.tx() as tx:
            with staff.statements() as sent:
                first, second = await tx.cached(_names), await tx.cached(_names)

        assert (first, second, len(sent)) == ([], [], 1)

    async def test_saves_nothing_before_it_so_rows_are_written_once(self, department: MakeDepartment) -> None:
        staff = await department(hiring())

        with staff.statements() as sent:
            async with staff.tx() as tx:
                employee = await hire(tx, "Li")
                found = await tx.cached(_names)
                employee.name = "Wang"

        written = [one.split()[:3] for one in sent if "employees" in one]
        assert (found, [words[0] for words in written]) == ([], ["SELECT", "INSERT"])


class TestLocking:
    async def test_gives_a_row_as_it_is_by_then(self, department: MakeDepartment) -> None:
        staff = await department(hiring())
        async with staff.tx() as tx:
            hired = await hire(tx, "Li")

        async with staff.tx() as tx:
            seen = await tx.read(Employee, hired.id)
            async with staff.tx() as other:
                (await other.get(Employee, hired.id)).name = "Wang"
            locked = await tx.get(Employee, hired.id)

        assert (locked is seen, locked.name) == (True, "Wang")
