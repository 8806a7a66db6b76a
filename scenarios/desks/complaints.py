"""Requests to complaints: a case from the first word to the customer's agreement."""

from typing import Any

from scenarios.shop_client import Json, Person, ShopClient


async def record(
    client: ShopClient,
    who: Person,
    *,
    customer_id: str,
    visit_id: str,
    category: str,
    text: str,
    during_visit: bool = True,
) -> Json:
    """A customer complains: at the desk while the car is here, or by phone afterwards."""
    body = {
        "customer_id": customer_id,
        "visit_id": visit_id,
        "category": category,
        "channel": "on_site" if during_visit else "hotline",
        "during_visit": during_visit,
        "text": text,
    }
    case: Json = await client.post("complaints", "/complaints", body, who=who)
    return case


async def cases(client: ShopClient, who: Person, query: str) -> list[Json]:
    """Cases by a filter such as ``visit_id=…`` or ``source=survey``."""
    return await client.get_all("complaints", f"/complaints?{query}", who=who)


async def answer(client: ShopClient, officer: Person, case_id: str, text: str) -> None:
    """The customer has a first answer."""
    await _post(client, officer, case_id, "answer", {"text": text, "channel": "phone"})


async def decide(client: ShopClient, officer: Person, case_id: str, kind: str, **what: Any) -> Json:
    """What is done for the customer: refund, discount or rework."""
    body = {"kind": kind, "reason": "the customer is right", **what}
    return await _post(client, officer, case_id, "measures", body)


async def notify(client: ShopClient, officer: Person, case_id: str, text: str) -> None:
    """The customer is notified of the result."""
    await _post(client, officer, case_id, "notification", {"text": text, "channel": "phone"})


async def resolve(client: ShopClient, officer: Person, case_id: str, resolution: str) -> None:
    """The customer agrees that it is settled."""
    body = {"resolution": resolution, "confirmed_by_customer": True}
    await _post(client, officer, case_id, "resolution", body)


async def _post(client: ShopClient, who: Person, case_id: str, what: str, body: Json) -> Json:
    answered: Json = await client.post("complaints", f"/complaints/{case_id}/{what}", body, who=who)
    return answered
