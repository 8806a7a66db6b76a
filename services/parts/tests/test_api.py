"""The endpoints of parts: who may, what is malformed, repeated commands, stale screens, pages."""

from typing import Any
from uuid import uuid4

import pytest
from services.parts.tests.builders import (
    ALL,
    OIL,
    PADS,
    Story,
    a_line,
    a_part,
    reservation_of,
    routes,
    stocked,
)

from contracts.events.parts import PartListed
from contracts.permissions import parts as may_parts
from contracts.permissions import workshop
from testkit.department import Department


@pytest.fixture
async def parts(parts: Department) -> Department:
    """Parts with ten sets of brake pads."""
    await stocked(parts)
    return parts


def _filled(path: str) -> str:
    known = {"{part_no}": PADS, "{slip_no}": "PI-250307-0001"}
    for name, value in known.items():
        path = path.replace(name, value)
    while "{" in path:
        before, rest = path.split("{", 1)
        path = f"{before}{uuid4()}{rest.split('}', 1)[1]}"
    return path


class TestEveryRoute:
    @pytest.mark.parametrize(("method", "path"), routes())
    async def test_wants_a_token_and_a_permission(self, parts: Department, method: str, path: str) -> None:
        before = len(parts.committed)

        nobody = await parts.call(method, _filled(path))
        stranger = await parts.call(method, _filled(path), who=["crm.read"])

        assert (nobody.status_code, stranger.status_code) == (401, 403)
        assert nobody.headers["content-type"] == "application/problem+json"
        assert len(parts.committed) == before


class TestPermissions:
    async def test_to_look_is_not_to_touch(self, parts: Department) -> None:
        body = {"quantity": "1"}

        answer = await parts.call("POST", f"/parts/{PADS}/receipts", json=body, who=[may_parts.READ])

        assert (answer.status_code, answer.json()["permission"]) == (403, may_parts.PURCHASE)

    async def test_a_technician_may_ask_for_parts(self, parts: Department) -> None:
        story, line = Story(), a_line((PADS, "1"))
        await parts.receives(story.opened(booked=False), story.drafted(line), story.answered(line))
        id = (await reservation_of(parts, story))["id"]
        body = {"lines": [{"part_line_id": str(line.parts[0].part_line_id), "quantity": "1"}]}

        answer = await parts.call("POST", f"/reservations/{id}/pick-requests", json=body, who=[workshop.WORK])

        assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
        seen = await parts.call("GET", f"/pick-requests/{answer.json()['id']}", who=[may_parts.READ])
        assert seen.json()["lines"] == [body["lines"][0] | {"part_no": PADS, "quantity": "1.000"}]


class TestMalformedRequests:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"unit_price": 320.0},
            {"unit_price": "-1.00"},
            {"kind": "pirated"},
            {"tax_rate": "1.5"},
            {"part_no": "no blanks"},
            {"colour": "red"},
        ],
    )
    async def test_change_nothing(self, parts: Department, wrong: dict[str, Any]) -> None:
        before = len(parts.committed)

        answer = await parts.call("POST", "/parts", json=a_part("NEW-1") | wrong, who=ALL)

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert next(iter(wrong)) in answer.json()["errors"][0]["field"]
        assert len(parts.committed) == before

    @pytest.mark.parametrize("quantity", ["0", "-1", "1.2345", "many"])
    async def test_quantities_are_positive_with_three_places(self, parts: Department, quantity: str) -> None:
        answer = await parts.call("POST", f"/parts/{PADS}/receipts", json={"quantity": quantity}, who=ALL)

        assert answer.status_code == 422

    async def test_an_unknown_reservation_is_not_found(self, parts: Department) -> None:
        answer = await parts.call("GET", f"/reservations/{uuid4()}", who=ALL)

        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


class TestRepeatedCommands:
    async def test_take_effect_once_and_are_answered_twice(self, parts: Department) -> None:
        body, headers = a_part("NEW-1"), {"Idempotency-Key": "k1"}

        first = await parts.call("POST", "/parts", json=body, who=ALL, headers=headers)
        second = await parts.call("POST", "/parts", json=body, who=ALL, headers=headers)

        assert (second.status_code, second.content) == (first.status_code, first.content)
        assert len(parts.published(PartListed)) == 2  # the fixture's and this one

    async def test_with_another_body_are_refused(self, parts: Department) -> None:
        headers = {"Idempotency-Key": "k1"}
        await parts.call("POST", "/parts", json=a_part("NEW-1"), who=ALL, headers=headers)

        other = await parts.call("POST", "/parts", json=a_part("NEW-2"), who=ALL, headers=headers)

        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


class TestAStaleScreen:
    async def test_gets_the_current_version(self, parts: Department) -> None:
        seen = await parts.call("GET", f"/parts/{PADS}", who=ALL)
        body = {k: v for k, v in a_part(unit_price="300.00").items() if k != "part_no"}
        headers = {"If-Match": seen.headers["etag"]}
        first = await parts.call("PUT", f"/parts/{PADS}", json=body, who=ALL, headers=headers)

        second = await parts.call("PUT", f"/parts/{PADS}", json=body, who=ALL, headers=headers)

        assert (first.status_code, second.status_code) == (200, 412)
        assert second.json()["version"] == first.json()["version"] == seen.json()["version"] + 1


class TestIllegalTransitions:
    async def test_name_the_state_and_what_is_allowed(self, parts: Department) -> None:
        await parts.call("POST", f"/parts/{PADS}/withdrawal", who=ALL)

        answer = await parts.call("POST", f"/parts/{PADS}/withdrawal", who=ALL)

        assert answer.status_code == 409
        assert (answer.json()["state"], answer.json()["allowed"]) == ("withdrawn", ["list"])


class TestLists:
    async def test_show_on_hand_reserved_and_available(self, parts: Department) -> None:
        await stocked(parts, OIL, "5")
        await parts.receives(Story().confirmed(a_line((OIL, "4"))))

        found = await parts.call("GET", f"/parts?part_no={OIL}&part_no=NONE", who=[may_parts.READ])

        (row,) = found.json()["items"]
        assert (row["on_hand"], row["reserved"], row["available"]) == ("5.000", "4.000", "1.000")

    async def test_come_in_pages(self, parts: Department) -> None:
        await stocked(parts, OIL, "0")

        first = (await parts.call("GET", "/parts?limit=1", who=ALL)).json()
        second = (await parts.call("GET", f"/parts?limit=1&cursor={first['next']}", who=ALL)).json()

        assert [row["part_no"] for row in first["items"] + second["items"]] == [PADS, OIL]
        assert second["next"] is None

    async def test_find_a_car_however_its_plate_is_typed(self, parts: Department) -> None:
        await parts.receives(Story().opened(booked=False))

        found = {
            plate: len((await parts.call("GET", f"/reservations?plate={plate}", who=ALL)).json()["items"])
            for plate in ("沪a·12345", "沪A1234")
        }

        assert found == {"沪a·12345": 1, "沪A1234": 0}

    async def test_find_a_part_by_a_piece_of_its_name(self, parts: Department) -> None:
        found = (await parts.call("GET", "/parts?q=刹车", who=ALL)).json()["items"]
        other = (await parts.call("GET", "/parts?q=%25", who=ALL)).json()["items"]

        assert ([row["part_no"] for row in found], other) == ([PADS], [])

    @pytest.mark.parametrize(
        "path",
        ["/suppliers", "/slips", "/shortages", "/reservations?state=open", "/purchase-orders?state=placed"],
    )
    async def test_may_be_empty(self, parts: Department, path: str) -> None:
        assert (await parts.call("GET", path, who=ALL)).json() == {"items": [], "next": None}

    async def test_lead_to_one_supplier(self, parts: Department) -> None:
        body = {"name": "Bosch", "qualified": True}
        id = (await parts.call("POST", "/suppliers", json=body, who=ALL)).json()["id"]

        found = await parts.call("GET", f"/suppliers/{id}", who=[may_parts.READ])

        assert found.json()["name"] == "Bosch"
