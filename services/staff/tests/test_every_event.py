"""Every event that staff subscribes to becomes an entry, whether the employee has left or not."""

from uuid import UUID, uuid4

import pytest
from services.staff.tests.builders import Visit
from sqlalchemy import select, text

from contracts.permissions import staff as may_staff
from staff.domain import WorkRecord
from staff.main import service
from testkit.department import Department


def test_is_among_those_tried() -> None:
    tried = {event.TYPE for event in Visit().everything(uuid4(), uuid4())}

    assert tried == {event.TYPE for event, _ in service.reactions.values()}


@pytest.mark.parametrize("left", [False, True])
async def test_becomes_an_entry(staff: Department, left: bool) -> None:
    answer = await staff.call("POST", "/employees", json={"display_name": "Li Wei"}, who=[may_staff.HIRE])
    employee_id = UUID(answer.json()["id"])
    if left:
        await staff.call("POST", f"/employees/{employee_id}/departure", who=[may_staff.HIRE])
    events = Visit().everything(employee_id, employee_id)

    await staff.receives(*events)

    async with staff.tx() as tx:
        entries = await tx.all(select(WorkRecord))
        dead_letters = (await tx.session.execute(text("select reason from deferred"))).all()
    assert len(entries) == len(events) + 1  # a failed inspection is one of the inspector's too
    assert dead_letters == []
