"""Requests to parts: catalogue and stock, the counter, and orders from suppliers."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from scenarios.desks.reception import instant
from scenarios.shop_client import Json, Person, ShopClient


async def listed(client: ShopClient, who: Person) -> dict[str, Json]:
    """The catalogue with its stock, by number."""
    return {part["part_no"]: part for part in await client.get_all("parts", "/parts", who=who)}


async def available(client: ShopClient, who: Person, part_no: str) -> Decimal:
    """How much of a part lies on the shelf and is promised to nobody."""
    return Decimal((await client.get("parts", f"/parts/{part_no}", who=who))["available"])


async def list_part(client: ShopClient, who: Person, **part: Any) -> None:
    """A part enters the catalogue."""
    await client.post("parts", "/parts", part, who=who)


async def put_away(client: ShopClient, who: Person, part_no: str, quantity: int, unit_cost: str) -> None:
    """Stock that came without an order."""
    body = {"quantity": str(quantity), "unit_cost": unit_cost, "reason": "stock for the day"}
    await client.post("parts", f"/parts/{part_no}/receipts", body, who=who)


async def count(client: ShopClient, who: Person, part_no: str, counted: str, reason: str) -> None:
    """What really lies on the shelf."""
    await client.post("parts", f"/parts/{part_no}/counts", {"counted": counted, "reason": reason}, who=who)


async def suppliers(client: ShopClient, who: Person) -> list[Json]:
    """From whom parts are bought."""
    return await client.get_all("parts", "/suppliers", who=who)


async def add_supplier(client: ShopClient, who: Person, name: str) -> Json:
    """A qualified supplier."""
    body = {"name": name, "qualified": True, "qualification": "audited", "lead_working_days": 1}
    added: Json = await client.post("parts", "/suppliers", body, who=who)
    return added


async def reservation_of(client: ShopClient, who: Person, request_id: str) -> Json | None:
    """What is reserved for a request, once parts knows it."""
    rows = (await client.get("parts", f"/reservations?request_id={request_id}", who=who))["items"]
    if not rows:
        return None
    found: Json = await client.get("parts", f"/reservations/{rows[0]['id']}", who=who)
    return found


async def ask_for(
    client: ShopClient, technician: Person, reservation_id: str, lines: Sequence[tuple[str, str]]
) -> None:
    """The technician asks at the counter and begins to wait."""
    body = {"lines": [{"part_line_id": part, "quantity": quantity} for part, quantity in lines]}
    await client.post("parts", f"/reservations/{reservation_id}/pick-requests", body, who=technician)


async def issue(
    client: ShopClient,
    keeper: Person,
    reservation_id: str,
    technician: Person,
    lines: Sequence[tuple[str, str]],
) -> None:
    """Hand parts out on a slip."""
    rows = [{"part_line_id": part, "quantity": quantity} for part, quantity in lines]
    body = {"technician_id": str(technician.employee_id), "lines": rows}
    await client.post("parts", f"/reservations/{reservation_id}/issues", body, who=keeper)


async def take_back(
    client: ShopClient,
    keeper: Person,
    reservation_id: str,
    technician: Person,
    lines: Sequence[tuple[str, str]],
) -> None:
    """Unused parts come back on a slip."""
    rows = [{"part_line_id": part, "quantity": quantity} for part, quantity in lines]
    body = {"technician_id": str(technician.employee_id), "lines": rows}
    await client.post("parts", f"/reservations/{reservation_id}/returns", body, who=keeper)


async def order_of(client: ShopClient, keeper: Person, part_line_id: str) -> Json | None:
    """The order on which a short part line waits, asked for or placed."""
    for state in ("requested", "placed"):
        for order in await client.get_all("parts", f"/purchase-orders?state={state}", who=keeper):
            if any(line["part_line_id"] == part_line_id for line in order["lines"]):
                return order
    return None


async def place(client: ShopClient, keeper: Person, order_id: str, supplier_id: str) -> None:
    """Give an order its supplier."""
    await client.post(
        "parts", f"/purchase-orders/{order_id}/placement", {"supplier_id": supplier_id}, who=keeper
    )


async def change_eta(
    client: ShopClient, keeper: Person, order_id: str, due_at: datetime, reason: str
) -> None:
    """The supplier names another arrival."""
    body = {"due_at": instant(due_at), "reason": reason}
    await client.post("parts", f"/purchase-orders/{order_id}/eta-changes", body, who=keeper)


async def book_delivery(client: ShopClient, keeper: Person, order_id: str) -> None:
    """Everything on the order came."""
    await client.post("parts", f"/purchase-orders/{order_id}/receipts", {}, who=keeper)
