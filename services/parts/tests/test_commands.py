"""What people do in parts: catalogue, counter, two counters at once, stock by hand, key figures."""

import asyncio
from uuid import UUID

import pytest
from services.parts.tests.builders import (
    ALL,
    OIL,
    PADS,
    TECHNICIAN,
    Story,
    a_line,
    a_part,
    agreed,
    asked_for,
    post,
    qty,
    reservation_of,
    stock_differs,
    stock_of,
    stocked,
)

from contracts.events.parts import (
    PartChanged,
    PartListed,
    PartsIssued,
    PartsReturned,
    PartWithdrawn,
    ShortageDetected,
)
from testkit.department import Department


class TestTheCatalogue:
    async def test_publishes_what_is_listed_changed_and_withdrawn(self, parts: Department) -> None:
        await post(parts, "/parts", a_part())
        body = {k: v for k, v in a_part(unit_price="300.00").items() if k != "part_no"}
        changed = await parts.call("PUT", f"/parts/{PADS}", json=body, who=ALL)
        await post(parts, f"/parts/{PADS}/withdrawal")
        await post(parts, "/parts", a_part())

        assert changed.json()["unit_price"] == "300.00"
        types = [PartListed.TYPE, PartChanged.TYPE, PartWithdrawn.TYPE, PartListed.TYPE]
        assert parts.published_types == types
        assert parts.published(PartListed)[0].currency == "CNY"

    async def test_lists_a_number_once(self, parts: Department) -> None:
        await post(parts, "/parts", a_part())

        again = await parts.call("POST", "/parts", json=a_part(), who=ALL)

        assert (again.status_code, again.json()["code"]) == (409, "part_already_listed")

    @pytest.mark.req("PART-28")
    async def test_suggests_what_fell_to_its_reorder_point(self, parts: Department) -> None:
        await stocked(parts, PADS, "3", reorder_point="3", reorder_quantity="10")
        await stocked(parts, OIL, "4", reorder_point="3", reorder_quantity="10")

        found = (await parts.call("GET", "/reorder-suggestions", who=ALL)).json()["items"]

        assert [(row["part_no"], row["reorder_quantity"]) for row in found] == [(PADS, "10.000")]


class TestTheCounter:
    @pytest.mark.req("PART-02")
    async def test_hands_out_on_a_slip_and_measures_the_wait(self, parts: Department) -> None:
        await stocked(parts)
        line = a_line((PADS, "2"))
        story = await agreed(parts, line)
        reservation = await reservation_of(parts, story)
        asked = asked_for(line, "2")
        await post(parts, f"/reservations/{reservation['id']}/pick-requests", asked)
        await parts.passes(minutes=10)

        written = await post(parts, f"/reservations/{reservation['id']}/issues", asked)

        (row,), slip = written["slip"]["lines"], written["slip"]
        now = parts.clock.now().isoformat().replace("+00:00", "Z")
        assert (slip["at"], slip["technician_id"]) == (now, str(TECHNICIAN))
        assert UUID(slip["by"])
        assert (row["part_no"], row["quantity"], row["unit_cost"]) == (PADS, "2.000", "200.00")
        (event,) = parts.published(PartsIssued)
        assert (event.slip_no, event.technician_id, event.estimate_revision) == (
            written["slip"]["slip_no"],
            TECHNICIAN,
            1,
        )
        queue = (await parts.call("GET", "/pick-requests?state=picked", who=ALL)).json()["items"]
        assert [(row["waited_minutes"], row["slip_no"]) for row in queue] == [(10, event.slip_no)]
        assert await stock_differs(parts) == []

    @pytest.mark.req("PART-27")
    async def test_takes_unused_parts_back(self, parts: Department) -> None:
        await stocked(parts)
        line = a_line((PADS, "2"))
        story = await agreed(parts, line)
        id = (await reservation_of(parts, story))["id"]
        await post(parts, f"/reservations/{id}/issues", asked_for(line, "2"))

        await post(parts, f"/reservations/{id}/returns", asked_for(line, "1"))

        (event,) = parts.published(PartsReturned)
        assert (event.lines[0].issued_total, event.lines[0].returned_total) == (qty("2"), qty("1"))
        assert await stock_of(parts) == ("9.000", "0.000", "9.000")
        used = (await parts.call("GET", f"/visits/{story.visit_id}/parts-used", who=ALL)).json()
        assert [(row["part_no"], row["quantity"], row["kind"]) for row in used] == [(PADS, "1.000", "oem")]
        assert await stock_differs(parts) == []

    async def test_refuses_what_nobody_agreed_to(self, parts: Department) -> None:
        await stocked(parts)
        story, line = Story(), a_line((PADS, "2"))
        await parts.receives(story.opened(booked=False), story.drafted(line))
        id = (await reservation_of(parts, story))["id"]

        answer = await parts.call("POST", f"/reservations/{id}/issues", json=asked_for(line, "1"), who=ALL)

        assert answer.status_code == 409
        problem = answer.json()
        assert (problem["code"], problem["waiting_for"]) == ("not_authorised", "reception.visit")
        assert problem["state"] == "attached"
        assert await stock_of(parts) == ("10.000", "2.000", "8.000")

    async def test_answers_no_request_of_another_car(self, parts: Department) -> None:
        await stocked(parts)
        lines = [a_line((PADS, "1")), a_line((PADS, "1"))]
        ids = [(await reservation_of(parts, await agreed(parts, line)))["id"] for line in lines]
        asked = await post(parts, f"/reservations/{ids[0]}/pick-requests", asked_for(lines[0], "1"))
        body = asked_for(lines[1], "1") | {"pick_request_id": asked["id"]}

        answer = await parts.call("POST", f"/reservations/{ids[1]}/issues", json=body, who=ALL)

        assert (answer.status_code, answer.json()["kind"]) == (404, "pick-request")
        queue = (await parts.call("GET", "/pick-requests", who=ALL)).json()["items"]
        assert [row["id"] for row in queue] == [asked["id"]]

    async def test_waits_for_nobody_whose_visit_is_closed(self, parts: Department) -> None:
        await stocked(parts)
        line = a_line((PADS, "1"))
        story = await agreed(parts, line)
        id = (await reservation_of(parts, story))["id"]
        await post(parts, f"/reservations/{id}/pick-requests", asked_for(line, "1"))

        await parts.receives(story.closed())

        assert (await parts.call("GET", "/pick-requests", who=ALL)).json()["items"] == []

    async def test_sets_nothing_aside_anew_for_a_visit_that_is_closed(self, parts: Department) -> None:
        await stocked(parts)
        line = a_line((PADS, "2"))
        story = await agreed(parts, line)
        id = (await reservation_of(parts, story))["id"]
        await post(parts, f"/reservations/{id}/issues", asked_for(line, "2"))
        await parts.receives(story.closed())
        body = asked_for(line, "1", needed_again=True)

        refused = await parts.call("POST", f"/reservations/{id}/returns", json=body, who=ALL)
        await post(parts, f"/reservations/{id}/returns", asked_for(line, "1"))

        assert (refused.status_code, refused.json()["state"]) == (409, "closed")
        assert await stock_of(parts) == ("9.000", "0.000", "9.000")
        assert await stock_differs(parts) == []

    @pytest.mark.req("PART-15", "PART-27")
    async def test_gives_the_last_part_to_one_of_two(self, parts: Department) -> None:
        await stocked(parts, PADS, "0")
        lines = [a_line((PADS, "1")), a_line((PADS, "1"))]
        stories = [await agreed(parts, line) for line in lines]
        ids = [(await reservation_of(parts, story))["id"] for story in stories]
        await post(parts, f"/parts/{PADS}/receipts", {"quantity": "1"})
        for id, line in zip(ids, lines, strict=True):
            part_line_id = line.parts[0].part_line_id
            await post(parts, f"/reservations/{id}/lines/{part_line_id}/freeing")

        answers = await asyncio.gather(
            *(
                parts.call("POST", f"/reservations/{id}/issues", json=asked_for(line, "1"), who=ALL)
                for id, line in zip(ids, lines, strict=True)
            )
        )

        assert sorted(answer.status_code for answer in answers) == [201, 409]
        refused = next(answer.json() for answer in answers if answer.status_code == 409)
        assert (refused["code"], refused["available"]) == ("not_enough_stock", "0.000")
        assert await stock_of(parts) == ("0.000", "0.000", "0.000")
        assert await stock_differs(parts) == []


class TestTwoBookingsAtOnce:
    @pytest.mark.req("PART-15")
    async def test_never_get_the_same_part(self, parts: Department) -> None:
        await stocked(parts, PADS, "3")
        stories = [Story() for _ in range(4)]

        await asyncio.gather(
            *(parts.receives(story.confirmed(a_line((PADS, "1"))), wait=False) for story in stories)
        )
        await parts.until_quiet()

        assert await stock_of(parts) == ("3.000", "3.000", "0.000")
        assert len(parts.published(ShortageDetected)) == 1
        assert await stock_differs(parts) == []

    @pytest.mark.req("PART-15", "PART-27")
    async def test_and_deliveries_and_cancellations_leave_books_that_agree(self, parts: Department) -> None:
        await stocked(parts, PADS, "3")
        await stocked(parts, OIL, "2")
        old, new = [Story() for _ in range(4)], [Story() for _ in range(4)]
        for story in old:
            await parts.receives(story.confirmed(a_line((OIL, "1"), (PADS, "2"))))

        await asyncio.gather(
            *(parts.receives(story.cancelled(), wait=False) for story in old[:2]),
            *(parts.receives(story.confirmed(a_line((PADS, "1"), (OIL, "1"))), wait=False) for story in new),
            *(post(parts, f"/parts/{part_no}/receipts", {"quantity": "2"}) for part_no in (PADS, OIL)),
        )
        await parts.until_quiet()

        assert await stock_differs(parts) == []
        for part_no in (PADS, OIL):
            shelf = (await parts.call("GET", f"/parts/{part_no}", who=ALL)).json()
            short = (await parts.call("GET", f"/shortages?part_no={part_no}", who=ALL)).json()["items"]
            assert shelf["available"] == "0.000" or short == []  # nobody waits while parts are free


class TestStockByHand:
    @pytest.mark.req("PART-27")
    async def test_a_count_is_a_movement_with_its_reason(self, parts: Department) -> None:
        await stocked(parts)

        await post(parts, f"/parts/{PADS}/counts", {"counted": "9", "reason": "one was broken"})

        (row,) = (await parts.call("GET", f"/parts/{PADS}/movements?kind=adjust", who=ALL)).json()["items"]
        assert (row["quantity"], row["on_hand_after"], row["reason"]) == ("-1.000", "9.000", "one was broken")

    async def test_a_freed_line_can_be_set_aside_again(self, parts: Department) -> None:
        await stocked(parts)
        line = a_line((PADS, "2"))
        story = await agreed(parts, line)
        path = (
            f"/reservations/{(await reservation_of(parts, story))['id']}/lines/{line.parts[0].part_line_id}"
        )

        freed = await post(parts, f"{path}/freeing")
        again = await post(parts, f"{path}/setting-aside")

        assert [shown["lines"][0]["held"] for shown in (freed, again)] == ["0.000", "2.000"]
        assert await stock_differs(parts) == []


@pytest.mark.req("PART-19")
async def test_supply_figures_count_lines_waits_and_wrong_parts(parts: Department) -> None:
    await stocked(parts, PADS, "3")
    filled, short = a_line((PADS, "2")), a_line((PADS, "2"))
    id = (await reservation_of(parts, await agreed(parts, filled)))["id"]
    await agreed(parts, short)
    await post(parts, f"/reservations/{id}/pick-requests", asked_for(filled, "2"))
    await parts.passes(minutes=20)
    await post(parts, f"/reservations/{id}/issues", asked_for(filled, "2"))
    await post(
        parts, f"/reservations/{id}/returns", asked_for(filled, "1", reason="wrong_part", needed_again=True)
    )

    path = "/supply-figures?since=2025-03-01T00:00:00Z&until=2025-04-01T00:00:00Z"
    figures = (await parts.call("GET", path, who=ALL)).json()

    assert (figures["fill_rate_percent"], figures["mean_wait_minutes"]) == ("50.00", "20.00")
    assert (figures["slow_picks"], figures["wrong_part_percent"]) == (1, "100.00")
