"""Employees are told to the workshop, and their work is kept from what other departments tell."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.testing.department import Department
from contracts.crm import SurveyAnswered
from contracts.may import staff as perm
from contracts.staff import EmployeeChanged, EmployeeHired, EmployeeLeft
from contracts.workshop import InspectionFailed, LineCompleted

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOON = datetime(2025, 3, 7, 4, 0, tzinfo=UTC)


async def _hire(staff: Department, name: str = "Li Wei", **more: Any) -> Any:
    answer = await staff.call("POST", "/employees", json={"display_name": name, **more}, who=[perm.HIRE])
    return answer.json()


class TestAnEmployee:
    @pytest.mark.req("STAF-13")
    async def test_is_told_with_skills_from_hiring_to_leaving(self, staff: Department) -> None:
        hired = await _hire(staff, skills=[{"skill": "engine", "level": 3}])
        body = {"display_name": "Li Wei", "skills": [{"skill": "brakes", "level": 2}], "active": False}
        await staff.call("PUT", f"/employees/{hired['id']}", json=body, who=[perm.SKILLS])
        await staff.call("POST", f"/employees/{hired['id']}/departure", who=[perm.HIRE])

        mine = UUID(hired["id"])
        assert [e.skills[0].skill for e in staff.said(EmployeeHired) if e.employee_id == mine] == ["engine"]
        assert [(e.skills[0].level, e.active) for e in staff.said(EmployeeChanged)] == [(2, False)]
        assert [e.employee_id for e in staff.said(EmployeeLeft)] == [mine]

    async def test_has_a_number_of_its_own(self, staff: Department) -> None:
        await _hire(staff, employee_no="T-1")

        answer = await staff.call(
            "POST", "/employees", json={"display_name": "Wang", "employee_no": "T-1"}, who=[perm.HIRE]
        )

        assert answer.status_code == 409
        assert answer.json()["code"] == "employee_no_taken"
        assert len(staff.said(EmployeeHired)) == 2  # the administrator and the first

    async def test_who_has_left_does_not_change(self, staff: Department) -> None:
        hired = await _hire(staff)
        await staff.call("POST", f"/employees/{hired['id']}/departure", who=[perm.HIRE])

        body = {"display_name": "Li", "skills": [], "active": True}
        answer = await staff.call("PUT", f"/employees/{hired['id']}", json=body, who=[perm.HIRE])

        assert (answer.status_code, answer.json()["state"]) == (409, "left")

    async def test_a_stale_change_is_412_and_changes_nothing(self, staff: Department) -> None:
        hired = await _hire(staff)
        body = {"display_name": "Li", "skills": [], "active": True}
        path = f"/employees/{hired['id']}"
        await staff.call("PUT", path, json=body, who=[perm.HIRE], headers={"If-Match": '"1"'})

        late = await staff.call("PUT", path, json=body, who=[perm.HIRE], headers={"If-Match": '"1"'})

        assert (late.status_code, late.json()["version"]) == (412, 2)
        assert len(staff.said(EmployeeChanged)) == 1

    async def test_is_found_by_name_and_by_skill(self, staff: Department) -> None:
        await _hire(staff, "Li Wei", skills=[{"skill": "engine", "level": 3}])
        await _hire(staff, "Wang Fang", skills=[{"skill": "brakes", "level": 1}])

        by_name = (await staff.call("GET", "/employees?search=fang", who=[perm.READ])).json()["items"]
        by_skill = (await staff.call("GET", "/employees?skill=engine", who=[perm.READ])).json()["items"]

        assert [e["display_name"] for e in by_name] == ["Wang Fang"]
        assert [e["display_name"] for e in by_skill] == ["Li Wei"]


class TestWorkOnRecord:
    @pytest.mark.req("STAF-39", "WORK-28")
    async def test_counts_lines_points_and_the_customers_score(self, staff: Department) -> None:
        hired = await _hire(staff)
        mine, visit, request, customer = UUID(hired["id"]), uuid4(), uuid4(), uuid4()
        job: dict[str, Any] = {
            "job_id": uuid4(),
            "visit_id": visit,
            "request_id": request,
        }
        done = LineCompleted(
            line_id=uuid4(), technician_id=mine, completed_at=NOON, labour_minutes=45, result_text="x", **job
        )
        failed = InspectionFailed(
            inspector_id=uuid4(), findings=("loose",), line_ids=(done.line_id,), technician_id=mine,
            penalty_points=2, **job,
        )  # fmt: skip
        answered = SurveyAnswered(
            survey_id=uuid4(), visit_id=visit, customer_id=customer, template_version="ten-1", points=(),
            request_id=request, total=82, answered_at=NOON,
        )  # fmt: skip

        await staff.hears(done, failed, answered)

        path = f"/employees/{mine}/performance?since=2025-03-01T00:00:00Z&until=2025-04-01T00:00:00Z"
        figures = (await staff.call("GET", path, who=[perm.APPRAISE])).json()
        assert figures["lines_completed"] == 1
        assert figures["labour_minutes"] == 45
        assert figures["penalty_points"] == 2
        assert figures["mean_score"].startswith("82")
        records = (await staff.call("GET", f"/employees/{mine}/records", who=[perm.APPRAISE])).json()["items"]
        assert {record["kind"] for record in records} == {"line_completed", "inspection_failed", "survey"}
