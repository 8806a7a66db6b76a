"""Employees are published from hiring to leaving, and found by their colleagues."""

from typing import Any
from uuid import UUID

import pytest

from contracts.events.staff import EmployeeChanged, EmployeeHired, EmployeeLeft
from contracts.permissions import staff as may_staff
from testkit.department import Department

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _hire(staff: Department, name: str = "Li Wei", **more: Any) -> Any:
    answer = await staff.call("POST", "/employees", json={"display_name": name, **more}, who=[may_staff.HIRE])
    return answer.json()


class TestAnEmployee:
    async def test_is_published_with_skills_from_hiring_to_leaving(self, staff: Department) -> None:
        hired = await _hire(staff, skills=[{"skill": "engine", "level": 3}])
        body = {"display_name": "Li Wei", "skills": [{"skill": "brakes", "level": 2}], "active": False}
        await staff.call("PUT", f"/employees/{hired['id']}", json=body, who=[may_staff.SKILLS])
        await staff.call("POST", f"/employees/{hired['id']}/departure", who=[may_staff.HIRE])

        mine = UUID(hired["id"])
        assert [e.skills[0].skill for e in staff.published(EmployeeHired) if e.employee_id == mine] == [
            "engine"
        ]
        assert [(e.skills[0].level, e.active) for e in staff.published(EmployeeChanged)] == [(2, False)]
        assert [e.employee_id for e in staff.published(EmployeeLeft)] == [mine]

    async def test_has_a_number_of_its_own(self, staff: Department) -> None:
        await _hire(staff, employee_no="T-1")

        answer = await staff.call(
            "POST", "/employees", json={"display_name": "Wang", "employee_no": "T-1"}, who=[may_staff.HIRE]
        )

        assert answer.status_code == 409
        assert answer.json()["code"] == "employee_no_taken"
        assert len(staff.published(EmployeeHired)) == 2  # the administrator and the first

    async def test_is_given_the_next_number_that_nobody_chose(self, staff: Department) -> None:
        admin = (await staff.call("GET", "/employees", who=[may_staff.READ])).json()["items"][0]
        assert admin["employee_no"] == "E00001"
        await _hire(staff, employee_no="E00002")

        hired = [await _hire(staff), await _hire(staff)]

        assert [one["employee_no"] for one in hired] == ["E00003", "E00004"]

    async def test_who_has_left_does_not_change(self, staff: Department) -> None:
        hired = await _hire(staff)
        await staff.call("POST", f"/employees/{hired['id']}/departure", who=[may_staff.HIRE])

        body = {"display_name": "Li", "skills": [], "active": True}
        answer = await staff.call("PUT", f"/employees/{hired['id']}", json=body, who=[may_staff.HIRE])

        assert (answer.status_code, answer.json()["state"]) == (409, "left")

    async def test_a_stale_change_is_412_and_changes_nothing(self, staff: Department) -> None:
        hired = await _hire(staff)
        body = {"display_name": "Li", "skills": [], "active": True}
        path = f"/employees/{hired['id']}"
        await staff.call("PUT", path, json=body, who=[may_staff.HIRE], headers={"If-Match": '"1"'})

        late = await staff.call("PUT", path, json=body, who=[may_staff.HIRE], headers={"If-Match": '"1"'})

        assert (late.status_code, late.json()["version"]) == (412, 2)
        assert len(staff.published(EmployeeChanged)) == 1

    async def test_is_found_by_name_and_by_skill(self, staff: Department) -> None:
        await _hire(staff, "Li Wei", skills=[{"skill": "engine", "level": 3}])
        await _hire(staff, "Wang Fang", skills=[{"skill": "brakes", "level": 1}])

        by_name = (await staff.call("GET", "/employees?search=fang", who=[may_staff.READ])).json()["items"]
        by_skill = (await staff.call("GET", "/employees?skill=engine", who=[may_staff.READ])).json()["items"]

        assert [e["display_name"] for e in by_name] == ["Wang Fang"]
        assert [e["display_name"] for e in by_skill] == ["Li Wei"]
