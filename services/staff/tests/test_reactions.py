"""What our people's work has shown, kept from other departments' events, in whatever order they come."""

from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.staff.tests.builders import Visit

from contracts.permissions import staff as may_staff
from testkit.department import Department

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARCH = "since=2025-03-01T00:00:00Z&until=2025-04-01T00:00:00Z"


async def _hire(staff: Department) -> UUID:
    answer = await staff.call("POST", "/employees", json={"display_name": "Li Wei"}, who=[may_staff.HIRE])
    return UUID(answer.json()["id"])


async def _figures(staff: Department, employee_id: UUID) -> Any:
    answer = await staff.call(
        "GET", f"/employees/{employee_id}/performance?{MARCH}", who=[may_staff.APPRAISE]
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _kinds(staff: Department, employee_id: UUID) -> list[str]:
    answer = await staff.call("GET", f"/employees/{employee_id}/records", who=[may_staff.APPRAISE])
    assert answer.status_code == 200, answer.text
    return sorted(record["kind"] for record in answer.json()["items"])


class TestWorkOnRecord:
    async def test_counts_lines_minutes_points_and_inspections(self, staff: Department) -> None:
        technician, inspector, visit = await _hire(staff), await _hire(staff), Visit()

        await staff.receives(
            visit.dispatched(technician),
            visit.line_completed(technician),
            visit.failed(technician, inspector),
            visit.passed(inspector),
        )

        worked, inspected = await _figures(staff, technician), await _figures(staff, inspector)
        assert (worked["lines_completed"], worked["labour_minutes"]) == (1, 45)
        assert (worked["inspections_failed"], worked["penalty_points"]) == (1, 2)
        assert (inspected["inspections"], inspected["penalty_points"]) == (2, 0)
        assert await _kinds(staff, technician) == ["dispatched", "inspection_failed", "line_completed"]

    async def test_of_a_visit_is_everyones_who_worked_on_it(self, staff: Department) -> None:
        technician, elsewhere, visit, other = await _hire(staff), await _hire(staff), Visit(), Visit()

        await staff.receives(
            visit.line_completed(technician),
            other.line_completed(elsewhere),
            *visit.stopped_and_resumed(),
            visit.surveyed(),
            visit.dissatisfied(),
            visit.complained(),
            *visit.complaint_ended(),
        )

        assert await _kinds(staff, technician) == [
            "complaint",
            "complaint_reopened",
            "complaint_resolved",
            "dissatisfaction",
            "interrupted",
            "line_completed",
            "resumed",
            "rework_opened",
            "survey",
        ]
        assert await _kinds(staff, elsewhere) == ["line_completed"]

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    async def test_is_the_same_in_whatever_order_it_comes(
        self, staff: Department, order: tuple[int, ...]
    ) -> None:
        technician, visit = await _hire(staff), Visit()
        events = [visit.line_completed(technician), visit.complained(), visit.surveyed()]

        await staff.receives(*(events[n] for n in order))

        figures = await _figures(staff, technician)
        assert (figures["lines_completed"], figures["complaints"]) == (1, 1)
        assert Decimal(figures["mean_score"]) == 82

    async def test_of_two_lines_counts_the_visit_once(self, staff: Department) -> None:
        technician, visit = await _hire(staff), Visit()
        await staff.receives(visit.line_completed(technician), visit.line_completed(technician))

        await staff.receives(visit.complained())

        figures = await _figures(staff, technician)
        assert (figures["lines_completed"], figures["complaints"]) == (2, 1)

    async def test_has_nothing_of_a_complaint_about_no_visit(self, staff: Department) -> None:
        technician, visit = await _hire(staff), Visit()

        await staff.receives(visit.line_completed(technician), visit.complained(visit_id=None))

        assert await _kinds(staff, technician) == ["line_completed"]

    async def test_counts_when_it_happened_not_when_the_event_came(self, staff: Department) -> None:
        technician, visit = await _hire(staff), Visit()
        late = staff.envelope(visit.failed(technician, uuid4()))
        await staff.passes(days=40)

        await staff.runtime.consumer.handle(late)

        assert (await _figures(staff, technician))["penalty_points"] == 2

    async def test_of_nobody_is_not_found(self, staff: Department) -> None:
        for what in (f"performance?{MARCH}", "records"):
            answer = await staff.call("GET", f"/employees/{uuid4()}/{what}", who=[may_staff.APPRAISE])
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    @pytest.mark.parametrize(
        "period",
        [
            "since=2025-03-01T00:00:00&until=2025-04-01T00:00:00",
            "since=2025-04-01T00:00:00Z&until=2025-03-01T00:00:00Z",
        ],
    )
    async def test_is_asked_for_by_a_period_with_its_zone(self, staff: Department, period: str) -> None:
        path = f"/employees/{await _hire(staff)}/performance?{period}"

        answer = await staff.call("GET", path, who=[may_staff.APPRAISE])

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
