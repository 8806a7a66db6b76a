"""Orders from request to receipt, for customers who agreed to wait and for the shelf."""

from uuid import uuid4

from services.parts.tests.builders import (
    ALL,
    PADS,
    Story,
    a_line,
    a_supplier,
    agreed,
    post,
    qty,
    reservation_of,
    stock_differs,
    stocked,
)

from contracts.events.parts import (
    EtaChanged,
    PartsArrived,
    PartsBackOrdered,
    PurchaseOrderPlaced,
    PurchaseOrderReceived,
    ShortageDetected,
)
from testkit.department import Department


class TestABackOrder:
    async def test_goes_from_agreement_to_arrival(self, parts: Department) -> None:
        supplier = await a_supplier(parts)
        await stocked(parts, PADS, "1", supplier_id=supplier)
        line = a_line((PADS, "3"))
        await agreed(parts, line, wait=True)
        (ordered,) = parts.published(PartsBackOrdered)
        (order,) = (await parts.call("GET", "/purchase-orders?state=placed", who=ALL)).json()["items"]
        assert order["order_no"] == ordered.purchase_order_no
        assert parts.published(PurchaseOrderPlaced)[0].supplier == "Bosch"

        received = await post(parts, f"/purchase-orders/{order['id']}/receipts", {})

        assert received["state"] == "received"
        (event,) = parts.published(PartsArrived)
        assert (event.lines[0].reserved, event.lines[0].short, event.lines[0].eta) == (
            qty("3"),
            qty("0"),
            None,
        )
        assert parts.published(PurchaseOrderReceived)[0].lines[0].quantity == 2
        assert await stock_differs(parts) == []

    async def test_publishes_when_its_arrival_moves(self, parts: Department) -> None:
        await stocked(parts, PADS, "0", supplier_id=await a_supplier(parts))
        await agreed(parts, a_line((PADS, "1")), wait=True)
        old = parts.published(PartsBackOrdered)[0].lines[0].eta
        (order,) = (await parts.call("GET", "/purchase-orders", who=ALL)).json()["items"]
        body = {"due_at": "2025-03-20T09:00:00Z", "reason": "strike, ask 13812345678"}

        shown = await post(parts, f"/purchase-orders/{order['id']}/eta-changes", body)

        (event,) = parts.published(EtaChanged)
        assert (event.lines[0].old_eta, event.reason) == (old, shown["eta_changes"][0]["reason"])
        assert event.lines[0].new_eta.day == 20
        assert event.reason.startswith("strike")
        assert "13812345678" not in event.reason

    async def test_is_on_the_shortage_list(self, parts: Department) -> None:
        await stocked(parts, PADS, "0")
        story = await agreed(parts, a_line((PADS, "1")), wait=True)
        await parts.passes(hours=2)

        (row,) = (await parts.call("GET", "/shortages", who=ALL)).json()["items"]

        assert (row["visit_id"], row["short"], row["back_ordered"]) == (
            str(story.visit_id),
            "1.000",
            "1.000",
        )
        assert row["age_minutes"] == 120
        assert row["eta"] is not None

    async def test_that_is_cancelled_leaves_the_line_short(self, parts: Department) -> None:
        await stocked(parts, PADS, "0")
        await agreed(parts, a_line((PADS, "1")), wait=True)
        (order,) = (await parts.call("GET", "/purchase-orders", who=ALL)).json()["items"]

        await post(parts, f"/purchase-orders/{order['id']}/cancellation")

        event = parts.published(ShortageDetected)[-1]
        assert (event.lines[0].short, event.lines[0].eta) == (qty("1"), None)

    async def test_whose_goods_went_to_an_older_promise_is_short_again_when_that_ones_order_is_cancelled(
        self, parts: Department
    ) -> None:
        await stocked(parts, PADS, "0")
        older = await agreed(parts, a_line((PADS, "1")), wait=True)
        await parts.passes(hours=1)
        newer = await agreed(parts, a_line((PADS, "1")), wait=True)
        orders = (await parts.call("GET", "/purchase-orders", who=ALL)).json()["items"]
        first, second = sorted((order["order_no"], order["id"]) for order in orders)
        await post(parts, f"/purchase-orders/{second[1]}/placement", {"supplier_id": await a_supplier(parts)})
        await post(parts, f"/purchase-orders/{second[1]}/receipts", {})

        await post(parts, f"/purchase-orders/{first[1]}/cancellation")

        rows = (await parts.call("GET", "/shortages", who=ALL)).json()["items"]
        assert [(row["visit_id"], row["back_ordered"]) for row in rows] == [(str(newer.visit_id), "0.000")]
        event = parts.published(ShortageDetected)[-1]
        assert (event.visit_id, event.lines[0].eta) == (newer.visit_id, None)
        held = (await reservation_of(parts, older))["lines"][0]["held"]
        assert held == "1.000"

    async def test_requested_without_a_supplier_is_placed_by_the_keeper(self, parts: Department) -> None:
        await stocked(parts, PADS, "0")
        await agreed(parts, a_line((PADS, "1")), wait=True)
        (order,) = (await parts.call("GET", "/purchase-orders?state=requested", who=ALL)).json()["items"]

        body = {"supplier_id": await a_supplier(parts)}
        placed = await post(parts, f"/purchase-orders/{order['id']}/placement", body)

        assert (placed["state"], placed["supplier_name"]) == ("placed", "Bosch")

    async def test_by_hand_is_only_for_what_was_agreed(self, parts: Department) -> None:
        supplier = await a_supplier(parts)
        await stocked(parts, PADS, "0")
        story, line = Story(), a_line((PADS, "1"))
        row = {"part_no": PADS, "quantity": "1", "part_line_id": str(line.parts[0].part_line_id)}
        body = {"supplier_id": supplier, "lines": [row]}
        await parts.receives(story.opened(booked=False), story.drafted(line))
        early = await parts.call("POST", "/purchase-orders", json=body, who=ALL)
        await parts.receives(story.answered(line))

        placed = await post(parts, "/purchase-orders", body)

        assert early.json()["code"] == "not_authorised"
        assert parts.published(PartsBackOrdered)[0].purchase_order_no == placed["order_no"]

    async def test_is_refused_to_an_unqualified_supplier(self, parts: Department) -> None:
        await stocked(parts, PADS, "0")
        body = {
            "supplier_id": await a_supplier(parts, qualified=False),
            "lines": [{"part_no": PADS, "quantity": "1"}],
        }

        answer = await parts.call("POST", "/purchase-orders", json=body, who=ALL)

        assert (answer.status_code, answer.json()["code"]) == (409, "supplier_not_qualified")


async def test_an_unknown_line_cannot_be_ordered_for(parts: Department) -> None:
    await stocked(parts, PADS, "0")
    row = {"part_no": PADS, "quantity": "1", "part_line_id": str(uuid4())}

    answer = await parts.call(
        "POST", "/purchase-orders", json={"supplier_id": await a_supplier(parts), "lines": [row]}, who=ALL
    )

    assert answer.status_code == 404
