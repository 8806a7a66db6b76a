"""Booking's endpoints: permissions, malformed, repeated and stale requests, and the customer's page."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from services.booking.tests.builders import ALL, MONDAY_9, OIL_SERVICE, Desk

from contracts.events.booking import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentRequested,
    AppointmentRescheduled,
)
from contracts.permissions import booking as may_booking


def a_body(**own: Any) -> dict[str, Any]:
    """A request."""
    fields = {"customer_id": str(uuid4()), "vehicle_id": str(uuid4()), "fault_text": "squeals"}
    return fields | own


ROUTES = [
    ("GET", "/appointments", may_booking.READ),
    ("GET", "/calls", may_booking.READ),
    ("GET", "/capacity-days", may_booking.READ),
    ("GET", "/day-lists/2025-03-10", may_booking.READ),
    ("GET", "/directory?query=A", may_booking.READ),
    ("GET", "/key-figures", may_booking.READ),
    ("GET", "/scripts", may_booking.READ),
    ("GET", "/services", may_booking.READ),
    ("GET", "/slots", may_booking.READ),
    ("GET", "/unanswered-requests", may_booking.READ),
    ("GET", "/calendar", may_booking.READ),
    ("GET", "/services/X", may_booking.READ),
    ("GET", f"/appointments/{uuid4()}", may_booking.READ),
    ("GET", f"/appointments/{uuid4()}/slots", may_booking.READ),
    ("POST", f"/appointments/{uuid4()}/calls/{uuid4()}/outcome", may_booking.BOOK),
    ("POST", "/appointments", may_booking.BOOK),
    ("POST", f"/visits/{uuid4()}/appointments", may_booking.BOOK),
    ("POST", f"/appointments/{uuid4()}/link", may_booking.BOOK),
    ("POST", f"/appointments/{uuid4()}/response", may_booking.BOOK),
    ("POST", f"/appointments/{uuid4()}/attendance", may_booking.BOOK),
    ("POST", f"/appointments/{uuid4()}/confirmation", may_booking.BOOK),
    ("POST", f"/appointments/{uuid4()}/cancellation", may_booking.BOOK),
    ("POST", f"/appointments/{uuid4()}/rescheduling", may_booking.BOOK),
    ("PUT", f"/appointments/{uuid4()}/owner", may_booking.BOOK),
    ("PUT", f"/appointments/{uuid4()}/preparations/bay", may_booking.PREPARE),
    ("PUT", "/services/X", may_booking.MENU),
    ("POST", "/services/X/withdrawal", may_booking.MENU),
    ("PUT", "/scripts/reminder", may_booking.MENU),
    ("PUT", "/calendar", may_booking.CALENDAR),
    ("PUT", "/capacity-days/2025-03-10", may_booking.CALENDAR),
]


@pytest.mark.req("DATA-04")
async def test_every_endpoint_asks_for_its_permission(desk: Desk) -> None:
    for method, path, needed in ROUTES:
        without = await desk.booking.call(
            method, path, json={}, who=set(ALL) - {needed, may_booking.OVERBOOK}
        )
        assert without.status_code == 403, path
        assert needed in without.json()["permission"]
        assert (await desk.booking.call(method, path, json={})).status_code == 401, path
        allowed = await desk.booking.call(method, path, json={}, who=[needed])
        assert allowed.status_code not in (401, 403, 500), (path, allowed.text)


async def test_overbooking_needs_more_than_booking(desk: Desk) -> None:
    made = await desk.request("OIL")
    path = f"/appointments/{made['id']}/confirmation"
    body = {"slot_start": MONDAY_9.isoformat(), "overbook": True}

    refused = await desk.booking.call("POST", path, json=body, who=[may_booking.BOOK])

    assert refused.status_code == 403
    assert refused.json()["permission"] == may_booking.OVERBOOK
    assert (await desk.see(made))["state"] == "requested"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"wanted_from": "2025-03-10T09:00:00"}, "body.wanted_from"),
        ({"channel": "pigeon"}, "body.channel"),
        ({"service_codes": ["no such code!"]}, "body.service_codes"),
        ({"colour": "red"}, "body.colour"),
        ({"customer_id": "42"}, "body.customer_id"),
    ],
)
async def test_malformed_requests_change_nothing(desk: Desk, wrong: dict[str, Any], field: str) -> None:
    answer = await desk.booking.call("POST", "/appointments", json=a_body(**wrong), who=ALL)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert not desk.booking.published(AppointmentRequested)
    assert not (await desk.ask("GET", "/appointments"))["items"]


@pytest.mark.parametrize(
    "path",
    [
        "/calls?until=2025-03-10T09:00:00",
        "/calls?until=0001-01-01T00:00:00%2B08:00",
        "/day-lists/9999-12-31",
        "/capacity-days?from_on=9999-12-31",
        "/slots?from_on=9999-12-31",
        "/key-figures?to_on=9999-12-31",
        "/directory?query=%00",
    ],
)
async def test_impossible_days_and_words_are_malformed(desk: Desk, path: str) -> None:
    assert (await desk.ask("GET", path, status=422))["code"] == "invalid"


async def test_a_slot_that_never_ends_is_refused(desk: Desk) -> None:
    made = await desk.request("OIL")

    for end in ("2025-03-25T01:00:00Z", "9999-12-31T23:59:00Z"):
        problem = await desk.confirm(made, status=409, slot_end=end)
        assert problem["code"] == "slot_too_long"


async def test_a_float_is_no_quantity(desk: Desk) -> None:
    body = OIL_SERVICE | {"parts": [{"part_no": "BRK-100", "quantity": 1.5}]}

    assert (await desk.ask("PUT", "/services/X", body, 422))["code"] == "invalid"


async def test_a_request_without_content_is_refused(desk: Desk) -> None:
    problem = await desk.ask("POST", "/appointments", a_body(fault_text=""), 409)

    assert problem["code"] == "request_incomplete"


async def test_a_repeated_key_gives_the_first_answer(desk: Desk) -> None:
    body, key = a_body(), {"Idempotency-Key": "call-1"}

    first = await desk.booking.call("POST", "/appointments", json=body, who=ALL, headers=key)
    again = await desk.booking.call("POST", "/appointments", json=body, who=ALL, headers=key)
    other = await desk.booking.call("POST", "/appointments", json=a_body(), who=ALL, headers=key)

    assert first.json() == again.json()
    assert len(desk.booking.published(AppointmentRequested)) == 1
    assert other.status_code == 409


async def test_a_stale_version_is_refused(desk: Desk) -> None:
    made = await desk.request("OIL")
    path = f"/appointments/{made['id']}"
    seen = await desk.booking.call("GET", path, who=ALL)
    etag = seen.headers["etag"]
    assert etag == f'"{seen.json()["version"]}"'
    await desk.ask("POST", f"{path}/response", {})

    stale = await desk.booking.call(
        "POST", f"{path}/cancellation", json={"reason": "x"}, who=ALL, headers={"If-Match": etag}
    )

    assert stale.status_code == 412
    assert stale.json()["version"] == (await desk.see(made))["version"]
    assert (await desk.see(made))["state"] == "requested"


async def test_unknown_things_are_not_found(desk: Desk) -> None:
    for method, path in (
        ("GET", f"/appointments/{uuid4()}"),
        ("GET", f"/appointments/{uuid4()}/slots"),
        ("GET", "/services/NONE"),
        ("POST", "/services/NONE/withdrawal"),
        ("POST", f"/visits/{uuid4()}/appointments"),
    ):
        assert (await desk.ask(method, path, {}, 404))["code"] == "not_found"


async def test_lists_come_in_pages(desk: Desk) -> None:
    made = [await desk.request("OIL") for _ in range(3)]

    first = await desk.ask("GET", "/appointments?limit=2")
    rest = await desk.ask("GET", f"/appointments?limit=2&cursor={first['next']}")

    assert {row["id"] for row in first["items"] + rest["items"]} == {one["id"] for one in made}
    assert rest["next"] is None
    assert not (await desk.ask("GET", "/appointments?state=kept"))["items"]


class TestTheCustomersPage:
    async def link(self, desk: Desk, made: Any) -> str:
        """The path of a link for this appointment."""
        made_link = await desk.ask("POST", f"/appointments/{made['id']}/link", None, 201)
        return str(made_link["url"].removeprefix("http://shop.test"))

    async def send(self, desk: Desk, path: str, body: Any, status: int = 200) -> Any:
        """A program's request on the link."""
        answer = await desk.booking.call("POST", path, json=body, root=True)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def test_offers_slots_and_takes_one(self, desk: Desk) -> None:
        path = await self.link(desk, await desk.request("OIL"))
        facts = (await desk.booking.call("GET", path, root=True)).json()
        assert facts["allowed"] == ["confirm", "cancel"]

        after = await self.send(
            desk, path, {"wish": "choose_slot", "slot_start": facts["slots"][3]["slot_start"]}
        )

        assert (after["state"], after["slot_start"]) == ("confirmed", facts["slots"][3]["slot_start"])
        assert desk.booking.published(AppointmentConfirmed)[0].by == "customer"
        moved = await self.send(
            desk, path, {"wish": "choose_slot", "slot_start": facts["slots"][9]["slot_start"]}
        )
        assert moved["slot_start"] == facts["slots"][9]["slot_start"]
        assert desk.booking.published(AppointmentRescheduled)[0].asked_by == "customer"
        await desk.agrees()

    async def test_refuses_a_slot_that_nobody_offered(self, desk: Desk) -> None:
        path = await self.link(desk, await desk.request("OIL"))
        odd = (MONDAY_9 + timedelta(minutes=7)).isoformat()

        problem = await self.send(desk, path, {"wish": "choose_slot", "slot_start": odd}, 409)

        assert problem["code"] == "slot_not_offered"
        await self.send(desk, path, {"wish": "choose_slot"}, 422)
        await self.send(desk, path, {"wish": "dance"}, 422)

    @pytest.mark.req("BOOK-05")
    async def test_takes_a_one_step_answer_from_a_browser(self, desk: Desk) -> None:
        made = await desk.booked("OIL")
        path = await self.link(desk, made)
        browser = {"Accept": "text/html"}

        page = await desk.booking.call("GET", path, root=True, headers=browser)
        assert page.headers["content-type"].startswith("text/html")
        assert made["request_no"] in page.text
        assert re.search('name="wish" value="confirm"', page.text)
        sent = await desk.booking._http.post(path, data={"wish": "confirm"}, headers=browser)

        assert (sent.status_code, sent.headers["location"]) == (303, path)
        assert (await desk.see(made))["attendance_confirmed_at"]

    async def test_cancels_and_then_offers_nothing(self, desk: Desk) -> None:
        path = await self.link(desk, await desk.booked("OIL"))

        after = await self.send(desk, path, {"wish": "cancel", "reason": "sold"})

        assert (after["state"], after["allowed"], after["slots"]) == ("cancelled", [], [])
        assert desk.booking.published(AppointmentCancelled)[0].cancelled_by == "customer"
        problem = await self.send(desk, path, {"wish": "cancel"}, 409)
        assert problem["state"] == "cancelled"

    async def test_is_for_those_with_the_link(self, desk: Desk) -> None:
        answer = await desk.booking.call("GET", "/l/booking-guess", root=True)

        assert answer.status_code == 404
