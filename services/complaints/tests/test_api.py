"""The endpoints of complaints: who may, what is refused how, lists, the ledger and the figures."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from services.complaints.tests.builders import ADVISOR, ALL, OFFICER, TEAM, Story

from contracts.events.complaints import ComplaintReceived, MeasureDecided
from contracts.permissions import complaints as may_complaints

CASE = {
    "customer_id": str(uuid4()),
    "category": "attitude",
    "channel": "wechat",
    "text": "Nobody greeted me",
}
SAY = {"text": "Sorry", "channel": "phone"}
ENDPOINTS: list[tuple[str, str, Any, str]] = [
    ("POST", "/complaints", CASE, may_complaints.RECORD),
    ("GET", "/complaints", None, may_complaints.READ),
    ("GET", "/complaints/{id}", None, may_complaints.READ),
    ("POST", "/complaints/{id}/answer", SAY, may_complaints.HANDLE),
    ("POST", "/complaints/{id}/feedback", SAY, may_complaints.HANDLE),
    ("POST", "/complaints/{id}/handover", {"reason": "mine"}, may_complaints.HANDLE),
    ("PUT", "/complaints/{id}/assessment", {"category": "cost", "level": "normal"}, may_complaints.HANDLE),
    ("POST", "/complaints/{id}/measures", {"kind": "rework", "reason": "again"}, may_complaints.DECIDE),
    ("POST", "/complaints/{id}/notification", SAY, may_complaints.HANDLE),
    (
        "POST",
        "/complaints/{id}/resolution",
        {"resolution": "x", "confirmed_by_customer": True},
        may_complaints.HANDLE,
    ),
    ("POST", "/complaints/{id}/reopening", {"reason": "no"}, may_complaints.REOPEN),
    ("GET", "/measures", None, may_complaints.READ),
    ("GET", "/ledger.csv", None, may_complaints.READ),
    ("GET", "/kpis?since=2025-03-01T00:00:00Z&until=2025-04-01T00:00:00Z", None, may_complaints.READ),
]


class TestEveryEndpoint:
    async def test_asks_who_is_there_and_what_they_may(self, story: Story) -> None:
        case_id = (await story.open())["id"]
        before = len(story.complaints.published_types)

        for method, path, body, needed in ENDPOINTS:
            place = path.format(id=case_id)
            keyed = {"Idempotency-Key": str(uuid4())}
            nobody = await story.complaints.call(method, place, json=body, headers=keyed)
            other = await story.complaints.call(
                method, place, json=body, who=["workshop.work"], headers=keyed
            )
            assert (nobody.status_code, other.status_code) == (401, 403), path
            assert needed in other.json()["permission"], path

        assert len(story.complaints.published_types) == before

    async def test_opens_to_those_who_may(self, story: Story) -> None:
        case_id = (await story.open())["id"]

        for method, path, body, needed in ENDPOINTS:
            answer = await story.complaints.call(
                method,
                path.format(id=case_id),
                json=body,
                who=[needed],
                headers={"Idempotency-Key": str(uuid4())},
            )
            assert answer.status_code in (200, 201, 409), (path, answer.text)

    async def test_answers_404_when_there_is_no_such_case(self, story: Story) -> None:
        for method, path, body, _ in ENDPOINTS:
            if "{id}" in path:
                answer = await story.complaints.call(
                    method,
                    path.format(id=uuid4()),
                    json=body,
                    who=ALL,
                    headers={"Idempotency-Key": str(uuid4())},
                )
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


class TestARequest:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"category": "no such thing"},
            {"level": "no such level"},
            {"channel": "pigeon"},
            {"text": ""},
            {"customer_id": "me"},
            {"received_at": "2025-03-07T09:00:00"},
            {"received_at": "2099-03-07T09:00:00Z"},
            {"surprise": 1},
        ],
    )
    async def test_that_is_malformed_changes_nothing(self, story: Story, wrong: dict[str, Any]) -> None:
        answer = await story.complaints.call("POST", "/complaints", json=CASE | wrong, who=ALL)

        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert story.complaints.published(ComplaintReceived) == []

    @pytest.mark.parametrize(
        "wrong",
        [
            {"amount": 100.0},
            {"amount": "-1.00"},
            {"amount": "0.00"},
            {"amount": "1.001"},
            {"amount": None},
            {"kind": "rework"},
            {"kind": "gift"},
        ],
    )
    async def test_for_a_measure_needs_an_amount_that_fits(self, story: Story, wrong: dict[str, Any]) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()

        answer = await story.post(
            f"/complaints/{case_id}/measures", {"kind": "refund", "amount": "10.00", "reason": "x"} | wrong
        )

        assert answer.status_code == 422
        assert story.complaints.published(MeasureDecided) == []

    async def test_in_the_wrong_state_names_it_and_what_is_allowed(self, story: Story) -> None:
        case_id = (await story.open())["id"]

        refused = await story.resolve(case_id)

        problem = refused.json()
        assert (refused.status_code, problem["code"], problem["state"]) == (
            409,
            "illegal_transition",
            "received",
        )
        assert problem["allowed"] == ["answer", "assess", "feed_back", "hand_over"]

    async def test_for_a_measure_must_be_repeatable(self, story: Story) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()
        path = f"/complaints/{case_id}/measures"
        body = {"kind": "refund", "amount": "10.00", "reason": "x"}
        key = {"Idempotency-Key": "k-1"}

        unkeyed = await story.complaints.call("POST", path, json=body, who=TEAM)
        first = await story.complaints.call("POST", path, json=body, who=TEAM, headers=key)
        again = await story.complaints.call("POST", path, json=body, who=TEAM, headers=key)
        other = await story.complaints.call(
            "POST", path, json=body | {"amount": "20.00"}, who=TEAM, headers=key
        )

        assert unkeyed.status_code == 428
        assert (first.status_code, again.json()) == (201, first.json())
        assert other.status_code == 409
        assert len(story.complaints.published(MeasureDecided)) == 1

    async def test_from_an_old_screen_is_refused(self, story: Story) -> None:
        case = await story.open()
        shown = await story.complaints.call("GET", f"/complaints/{case['id']}", who=TEAM)
        path, old = f"/complaints/{case['id']}/feedback", {"If-Match": shown.headers["etag"]}

        first = await story.complaints.call("POST", path, json=SAY, who=TEAM, headers=old)
        stale = await story.complaints.call("POST", path, json=SAY, who=TEAM, headers=old)

        assert first.status_code == 200
        assert (stale.status_code, stale.json()["version"]) == (412, first.json()["version"])


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


@pytest.mark.req("COMP-25")
class TestTheFigures:
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
