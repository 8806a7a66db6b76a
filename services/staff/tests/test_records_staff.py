"""What our people's work has shown, kept from what other departments tell, in whatever order they tell it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.base import Event
from contracts.events.complaints import ComplaintReceived, ComplaintReopened, ComplaintResolved
from contracts.events.crm import DissatisfactionDetected, SurveyAnswered
from contracts.events.workshop import (
    InspectionFailed,
    InspectionPassed,
    JobDispatched,
    JobInterrupted,
    JobResumed,
    LineCompleted,
    ReworkOpened,
)
from contracts.permissions import staff as may_staff
from testkit.department import Department

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOON = datetime(2025, 3, 7, 4, 0, tzinfo=UTC)
MARCH = "since=2025-03-01T00:00:00Z&until=2025-04-01T00:00:00Z"


async def _hire(staff: Department) -> UUID:
    answer = await staff.call("POST", "/employees", json={"display_name": "Li Wei"}, who=[may_staff.HIRE])
    return UUID(answer.json()["id"])


class Visit:
    """One visit as the others tell of it."""

    def __init__(self) -> None:
        self.visit_id, self.request_id, self.customer_id = uuid4(), uuid4(), uuid4()
        self.job_id, self.line_id, self.complaint_id = uuid4(), uuid4(), uuid4()

    @property
    def _job(self) -> dict[str, Any]:
        return {"job_id": self.job_id, "visit_id": self.visit_id, "request_id": self.request_id}

    @property
    def _customers(self) -> dict[str, Any]:
        return {"visit_id": self.visit_id, "request_id": self.request_id, "customer_id": self.customer_id}

    def dispatched(self, technician: UUID) -> JobDispatched:
        return JobDispatched(
            **self._job,
            line_ids=(self.line_id,),
            technician_id=technician,
            technician_name="Li Wei",
            bay="1",
            planned_start=NOON,
            planned_end=NOON + timedelta(hours=1),
        )

    def line_completed(self, technician: UUID) -> LineCompleted:
        return LineCompleted(
            **self._job,
            line_id=self.line_id,
            technician_id=technician,
            completed_at=NOON,
            labour_minutes=45,
            result_text="x",
        )

    def failed(self, technician: UUID, inspector: UUID) -> InspectionFailed:
        return InspectionFailed(
            **self._job,
            inspector_id=inspector,
            findings=("loose",),
            line_ids=(self.line_id,),
            technician_id=technician,
            penalty_points=2,
        )

    def passed(self, inspector: UUID) -> InspectionPassed:
        return InspectionPassed(**self._job, inspector_id=inspector, items=(), test_drive=True)

    def stood_still(self) -> list[Event]:
        return [
            JobInterrupted(**self._job, cause="C", reason="no pads", since=NOON),
            JobResumed(**self._job, cause="C", resumed_at=NOON + timedelta(hours=1)),
            ReworkOpened(**self._job, line_ids=(self.line_id,), cause="inspection"),
        ]

    def surveyed(self, total: int = 82) -> SurveyAnswered:
        return SurveyAnswered(
            **self._customers,
            survey_id=uuid4(),
            template_version="ten-1",
            points=(),
            total=Decimal(total),
            answered_at=NOON,
        )

    def dissatisfied(self) -> DissatisfactionDetected:
        return DissatisfactionDetected(
            **self._customers, survey_id=uuid4(), triggers=("item", "total"), total=Decimal(52)
        )

    def complained(self, **own: Any) -> ComplaintReceived:
        facts: dict[str, Any] = self._customers | {
            "complaint_id": self.complaint_id,
            "complaint_no": "CP-250307-0001",
            "source": "person",
            "category": "quality",
            "level": "normal",
            "received_at": NOON,
            "respond_by": NOON,
            "resolve_by": NOON,
        }
        return ComplaintReceived(**facts | own)

    def complaint_ended(self) -> list[Event]:
        about: dict[str, Any] = self._customers | {"complaint_id": self.complaint_id}
        return [
            ComplaintResolved(**about, resolution="explained", confirmed_by_customer=True, resolved_at=NOON),
            ComplaintReopened(**about, reason="not content", respond_by=NOON, resolve_by=NOON),
        ]


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
    @pytest.mark.req("STAF-39", "WORK-28")
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
            *visit.stood_still(),
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

    @pytest.mark.req("STAF-23")
    @pytest.mark.parametrize("order", list(permutations(range(3))))
    async def test_is_the_same_in_whatever_order_it_is_told(
        self, staff: Department, order: tuple[int, ...]
    ) -> None:
        technician, visit = await _hire(staff), Visit()
        told = [visit.line_completed(technician), visit.complained(), visit.surveyed()]

        await staff.receives(*(told[n] for n in order))

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

    async def test_counts_when_it_happened_not_when_it_was_heard(self, staff: Department) -> None:
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
