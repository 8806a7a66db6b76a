"""The desk's endpoints: who may, what is malformed, repeated or stale, and the customer's link."""

from typing import Any

import pytest
from fastapi.routing import APIRoute
from services.reception.tests.builders import CUSTOMER, VEHICLE, shortage
from services.reception.tests.conftest import Desk

from contracts.events.reception import EstimateAnswered, IntakeCompleted, VisitOpened
from contracts.permissions import reception as may_reception
from reception.api import customer, estimates, visits
from reception.api import desk as desk_routes

NOBODY = "00000000-0000-7000-8000-00000000dead"
HOURLY = {"hourly_rate": "100.00", "tax_rate": "0.06"}
WALK_IN = {"customer_id": str(CUSTOMER), "vehicle_id": str(VEHICLE), "plate": "沪A12345"}


def guarded_routes() -> list[tuple[str, str]]:
    found = []
    for group in (visits.routes, estimates.routes, desk_routes.routes):
        for route in group.routes:
            assert isinstance(route, APIRoute)
            method = next(iter(route.methods or ()))
            found.append((method, route.path))
    return sorted(found)


class TestPermissions:
    @pytest.mark.req("DATA-04")
    async def test_every_endpoint_is_closed_to_strangers(self, desk: Desk) -> None:
        for method, path in guarded_routes():
            filled = path.format(visit_id=NOBODY, revision=1, task_id=NOBODY)

            unsigned = await desk.department.call(method, filled, json={})
            unpermitted = await desk.ask(method, filled, {}, who=["workshop.work"])

            assert (unsigned.status_code, unpermitted.status_code) == (401, 403), path
            assert unpermitted.json()["permission"].startswith("reception.")

    async def test_a_reader_opens_nothing(self, desk: Desk) -> None:
        answer = await desk.ask("POST", "/visits", WALK_IN, who=[may_reception.READ])

        assert answer.status_code == 403
        assert desk.department.published_types == []


class TestMalformedRequests:
    @pytest.mark.parametrize(
        "body",
        [
            {"vin": "SHORT"},
            {"unknown": 1},
            {"arrived_at": "2025-03-07T09:00:00"},
            {"customer_id": "nobody"},
            {"request_no": "42"},
        ],
    )
    async def test_change_nothing(self, desk: Desk, body: dict[str, Any]) -> None:
        answer = await desk.ask("POST", "/visits", WALK_IN | body)

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert desk.department.published_types == []

    async def test_money_is_never_a_float(self, desk: Desk) -> None:
        await desk.open(plate="沪A1")
        await desk.do("reception")

        price = {"hourly_rate": 100.0, "tax_rate": "0.06"}
        answer = await desk.ask(
            "POST", f"/visits/{desk.visit_id}/intake", {"signed": True, "diagnosis_price": price}
        )

        assert answer.status_code == 422

    @pytest.mark.parametrize(
        "price", [{"discount_net": "-5.00"}, {"hourly_rate": "-1.00"}, {"hourly_rate": "9999999999.99"}]
    )
    async def test_prices_by_hand_have_limits(self, desk: Desk, price: dict[str, str]) -> None:
        (line,) = await desk.estimated()

        answer = await desk.ask(
            "POST", f"/visits/{desk.visit_id}/estimates", {"by_hand": {str(line.line_id): price}}
        )

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")

    async def test_more_text_than_an_event_can_carry_is_refused(self, desk: Desk) -> None:
        await desk.open(plate="沪A1")
        await desk.do("reception")
        form = {"signed": True, "fault": {"phenomenon": "rattles " * 40_000}}

        answer = await desk.ask("POST", f"/visits/{desk.visit_id}/intake", form | {"diagnosis_price": HOURLY})

        assert (answer.status_code, answer.json()["code"]) == (413, "event_too_large")
        assert desk.department.published(IntakeCompleted) == []

    async def test_a_visit_that_is_not_there_is_not_found(self, desk: Desk) -> None:
        assert (await desk.ask("GET", f"/visits/{NOBODY}")).status_code == 404


class TestRepeatedCommands:
    async def test_give_the_first_answer(self, desk: Desk) -> None:
        key = {"Idempotency-Key": "k1"}

        first = await desk.ask("POST", "/visits", WALK_IN, headers=key)
        second = await desk.ask("POST", "/visits", WALK_IN, headers=key)
        other = await desk.ask("POST", "/visits", WALK_IN | {"urgent": True}, headers=key)

        assert first.json() == second.json()
        assert other.status_code == 409
        assert len(desk.department.published(VisitOpened)) == 1

    async def test_of_a_stale_version_are_refused(self, desk: Desk) -> None:
        await desk.open(plate="沪A1")
        seen = await desk.ask("GET", f"/visits/{desk.visit_id}")
        path, match = f"/visits/{desk.visit_id}/reception", {"If-Match": seen.headers["etag"]}

        taken = await desk.ask("POST", path, {}, headers=match)
        stale = await desk.ask("POST", f"/visits/{desk.visit_id}/notices", {"topic": "other"}, headers=match)

        assert (taken.status_code, stale.status_code) == (200, 412)
        assert stale.json()["version"] == taken.json()["version"]
        assert taken.headers["etag"] == f'"{taken.json()["version"]}"'

    async def test_in_the_wrong_state_name_the_state_and_what_is_allowed(self, desk: Desk) -> None:
        await desk.open(plate="沪A1")

        problem = await desk.refuses("handover")
        early = await desk.refuses("intake", {"signed": True})

        assert (problem["state"], problem["code"]) == ("arrived", "illegal_transition")
        assert early["allowed"] == ["receive", "notify", "close"]


class TestTheSupervisor:
    async def test_gives_a_visit_to_another_advisor(self, desk: Desk) -> None:
        await desk.open(plate="沪A1")
        path = f"/visits/{desk.visit_id}/advisor"

        answer = await desk.ask("PUT", path, {"advisor_id": NOBODY}, who=[may_reception.SUPERVISE])

        assert answer.json()["advisor_id"] == NOBODY


class TestTheCustomersLink:
    async def linked(self, desk: Desk) -> str:
        (line,) = await desk.estimated()
        await desk.department.receives(shortage(desk.request_id, line))
        await desk.do("estimates/1/presentation", {"via": "link"})
        answer = await desk.ask("POST", f"/visits/{desk.visit_id}/estimates/1/link")
        assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
        return str(answer.json()["token"])

    @pytest.mark.req("PART-17", "RECP-14")
    async def test_shows_every_line_in_plain_words_with_its_price(self, desk: Desk) -> None:
        token = await self.linked(desk)

        page = await desk.department.call("GET", f"/l/{token}", headers={"Accept": "text/html"}, root=True)

        assert page.status_code == 200
        for expected in ("更换刹车片", "Replace brake pads", "2 × 85.00", "170.00", "573.70", "缺件"):
            assert expected in page.text

    @pytest.mark.req("RECP-24")
    async def test_takes_the_answer_per_line_once(self, desk: Desk) -> None:
        token = await self.linked(desk)
        answers = {"answers": [{"line_id": desk.visit["estimates"][0]["open_line_ids"][0], "accept": True}]}

        first = await desk.department.call("POST", f"/l/{token}", json=answers, root=True)
        again = await desk.department.call("POST", f"/l/{token}", json=answers, root=True)

        (answered,) = desk.department.published(EstimateAnswered)
        assert (first.status_code, first.json()["state"], again.status_code) == (200, "answered", 409)
        assert (answered.channel, answered.answered_by) == ("link", "customer")
        assert answered.answered_at == desk.department.clock.now()

    async def test_takes_a_form_from_the_page(self, desk: Desk) -> None:
        token = await self.linked(desk)
        line_id = desk.visit["estimates"][0]["open_line_ids"][0]

        answer = await desk.department._http.post(
            f"/l/{token}", data={f"line-{line_id}": "yes", f"order-{line_id}": "yes"}
        )

        (answered,) = desk.department.published(EstimateAnswered)
        assert answer.status_code == 200
        assert [str(i) for i in answered.back_order_line_ids] == [line_id]

    async def test_refuses_a_form_with_a_line_that_is_none(self, desk: Desk) -> None:
        token = await self.linked(desk)

        answer = await desk.department._http.post(f"/l/{token}", data={"line-nonsense": "yes"})

        assert answer.status_code == 422
        assert desk.department.published(EstimateAnswered) == []

    @pytest.mark.parametrize("body", [{"answers": []}, {"answers": [{"accept": True}]}, {}])
    async def test_refuses_what_is_malformed(self, desk: Desk, body: dict[str, Any]) -> None:
        token = await self.linked(desk)

        answer = await desk.department.call("POST", f"/l/{token}", json=body, root=True)

        assert answer.status_code == 422
        assert desk.department.published(EstimateAnswered) == []

    async def test_ends_with_the_time_to_answer(self, desk: Desk) -> None:
        token = await self.linked(desk)

        await desk.department.passes(hours=25)

        assert (await desk.department.call("GET", f"/l/{token}", root=True)).status_code == 410

    async def test_is_given_for_presented_estimates_only(self, desk: Desk) -> None:
        await desk.estimated()

        problem = await desk.refuses("estimates/1/link")

        assert (problem["state"], problem["allowed"]) == ("drafted", ["present", "supersede"])


def test_the_customers_page_needs_no_token_of_an_employee() -> None:
    assert {getattr(route, "path", "") for route in customer.routes.routes} == {"/l/{token}"}
