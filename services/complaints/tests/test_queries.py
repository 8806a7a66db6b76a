"""What the screens of complaints show: the list, the ledger, the figures."""

import csv
import io
from typing import Any

import pytest
from services.complaints.tests.builders import ADVISOR, ALL, OFFICER, Story

from contracts.permissions import complaints as may_complaints


class TestTheList:
    async def test_is_narrowed_and_paged(self, story: Story) -> None:
        await story.complaints.receives(story.registered(), story.opened())
        ids = []
        for category in ("cost", "quality", "cost"):
            ids.append((await story.open(category=category))["id"])
            await story.complaints.passes(hours=1)
        await story.contact(ids[0], "answer")

        async def found(query: str) -> list[str]:
            listed = await story.complaints.call("GET", f"/complaints?{query}", who=[may_complaints.READ])
            assert listed.status_code == 200, listed.text
            return [row["id"] for row in listed.json()["items"]]

        assert await found("") == ids[::-1]
        assert await found("sort=resolve_by") == ids
        assert await found("category=cost&state=received") == [ids[2]]
        assert await found("is_open=false") == []
        assert await found("is_open=true&plate=沪a·12345") == ids[::-1]
        assert await found("vin=lsvaa4182e2123456") == ids[::-1]
        assert await found("vin=LSVAA4182E2999999") == []
        assert await found("customer_name=静") == ids[::-1]
        assert await found(f"owner_id={ADVISOR.employee_id}&unowned=false") == ids[::-1]
        assert await found(f"owner_id={OFFICER.employee_id}") == []
        assert await found("complaint_no=cp-250307-0002") == [ids[1]]
        assert await found("since=2025-03-07T09:30:00Z&until=2025-03-07T10:00:00Z") == [ids[1]]
        assert await found(f"visit_id={story.visit_id}&level=normal&source=person") == ids[::-1]
        assert await found("overdue=true") == []
        first = await story.complaints.call("GET", "/complaints?limit=2", who=[may_complaints.READ])
        assert await found(f"limit=2&cursor={first.json()['next']}") == [ids[0]]

    async def test_shows_who_and_which_car(self, story: Story) -> None:
        await story.complaints.receives(story.registered(), story.opened())
        await story.open()

        listed = await story.complaints.call("GET", "/complaints", who=[may_complaints.READ])

        row = listed.json()["items"][0]
        assert (row["customer_name"], row["plate"], row["open_measures"]) == ("陈静", "沪A12345", 0)

    async def test_refuses_a_time_without_its_zone(self, story: Story) -> None:
        listed = await story.complaints.call(
            "GET", "/complaints?since=2025-03-07T09:30:00", who=[may_complaints.READ]
        )

        assert listed.status_code == 422

    async def test_of_overdue_cases_has_those_whose_clock_ran_out(self, story: Story) -> None:
        case = await story.open()
        await story.complaints.passes(hours=25)

        listed = await story.complaints.call("GET", "/complaints?overdue=true", who=[may_complaints.READ])

        [row] = listed.json()["items"]
        assert (row["id"], row["respond_overdue_at"] is not None) == (case["id"], True)


@pytest.mark.req("COMP-07")
class TestTheLedger:
    async def rows(self, story: Story, query: str = "") -> list[dict[str, str]]:
        exported = await story.complaints.call("GET", f"/ledger.csv{query}", who=[may_complaints.READ])
        assert exported.headers["content-type"].startswith("text/csv")
        return list(csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig"))))

    async def test_has_content_handling_result_and_feedback_of_each_case(self, story: Story) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()
        await story.complaints.receives(story.refunded(await story.measure(case_id)))
        await story.contact(case_id, "notification")
        await story.post(f"/complaints/{case_id}/reopening", {"reason": "Still angry"})
        await story.contact(case_id, "answer")
        await story.contact(case_id, "notification")
        await story.resolve(case_id)

        [row] = await self.rows(story)

        assert (row["complaint_no"], row["customer"], row["plate"]) == (
            "CP-250307-0001",
            "陈静",
            "沪A12345",
        )
        assert (row["received_at"], row["respond_by"]) == ("2025-03-07 16:30", "2025-03-08 16:30")
        assert row["content"] == "The bill is too high"
        assert row["handling"].count("We look into it") == 4
        assert (row["measures"], row["result"]) == ("refund 100.00 completed", "Refunded")
        assert row["customer_feedback"].endswith("reopened: Still angry")
        assert (row["confirmed_by_customer"], row["state"]) == ("True", "resolved")

    async def test_takes_the_filters_of_the_list(self, story: Story) -> None:
        await story.open(category="cost")
        await story.open(category="quality")

        assert [row["category"] for row in await self.rows(story, "?category=quality")] == ["quality"]

    async def test_lets_no_customer_write_formulas(self, story: Story) -> None:
        await story.open(text="=1+1")

        [row] = await self.rows(story)

        assert row["content"] == "'=1+1"


class TestTheFigures:
    @pytest.mark.req("F-12")
    async def test_are_of_the_period(self, story: Story) -> None:
        await story.complaints.receives(story.registered(), story.opened())
        quick = await story.answered()
        await story.contact(quick, "notification")
        await story.resolve(quick)
        slow = await story.open(category="quality")
        await story.complaints.passes(hours=25)
        await story.contact(slow["id"], "answer")
        await story.open(category="quality")  # its clock still runs

        figures = await self.kpis(story)

        assert (figures["received"], figures["resolved"], figures["visits"]) == (3, 1, 1)
        assert (figures["respond_due"], figures["answered_in_time"]) == (2, 1)
        assert (figures["resolution_rate"], figures["on_time_response_rate"]) == ("33.33", "50.00")
        assert (figures["complaint_rate"], figures["confirmed_rate"]) == ("300.00", "100.00")
        assert figures["by_category"] == {"cost": 1, "quality": 2}
        assert figures["measures_rate"] is None

    async def test_of_another_period_are_empty(self, story: Story) -> None:
        await story.open()

        figures = await self.kpis(story, since="2025-01-01T00:00:00Z", until="2025-02-01T00:00:00Z")

        assert (figures["received"], figures["resolution_rate"]) == (0, None)

    async def test_need_a_period_of_a_year_at_most(self, story: Story) -> None:
        for until in ("2025-03-01T00:00:00Z", "2027-03-01T00:00:00Z"):
            answer = await story.complaints.call(
                "GET", f"/kpis?since=2025-03-01T00:00:00Z&until={until}", who=ALL
            )
            assert answer.status_code == 422

    async def kpis(
        self, story: Story, since: str = "2025-03-01T00:00:00Z", until: str = "2025-04-01T00:00:00Z"
    ) -> dict[str, Any]:
        answer = await story.complaints.call(
            "GET", f"/kpis?since={since}&until={until}", who=[may_complaints.READ]
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
