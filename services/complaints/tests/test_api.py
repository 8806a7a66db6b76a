"""The endpoints of complaints: who may, what is refused how, lists, the ledger and the figures."""

from typing import Any
from uuid import uuid4

import pytest
from services.complaints.tests.builders import ALL, TEAM, Story

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
