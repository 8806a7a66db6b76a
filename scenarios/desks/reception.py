"""Requests to reception: the visit from the kerb to the archive."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from scenarios.shop_client import Json, Person, ShopClient

CHECKS = ("vehicle_inspected", "work_explained", "cost_explained", "clean")


def instant(at: datetime) -> str:
    """As JSON carries it."""
    return at.isoformat().replace("+00:00", "Z")


async def open_visit(client: ShopClient, who: Person, **car: Any) -> Json:
    """A car is here: by ``request_no``, or as a walk-in with customer, vehicle and plate."""
    opened: Json = await client.post("reception", "/visits", car, who=who)
    return opened


async def screen(client: ShopClient, who: Person, visit_id: str) -> Json:
    """Everything about a visit."""
    shown: Json = await client.get("reception", f"/visits/{visit_id}", who=who)
    return shown


async def visits_of(client: ShopClient, who: Person, *, state: str, vehicle_id: str) -> list[Json]:
    """A car's visits in one state, the latest first."""
    return await client.get_all("reception", f"/visits?state={state}&vehicle_id={vehicle_id}", who=who)


async def receive(client: ShopClient, who: Person, visit_id: str) -> Json:
    """The advisor takes the car."""
    visit: Json = await client.post("reception", f"/visits/{visit_id}/reception", {}, who=who)
    return visit


async def complete_intake(client: ShopClient, who: Person, visit_id: str, **form: Any) -> Json:
    """The customer signs the registration form."""
    visit: Json = await client.post(
        "reception", f"/visits/{visit_id}/intake", {"signed": True, **form}, who=who
    )
    return visit


async def present(
    client: ShopClient, who: Person, visit_id: str, revision: int, *, via: str = "desk"
) -> Json:
    """Lay the estimate before the customer."""
    path = f"/visits/{visit_id}/estimates/{revision}/presentation"
    visit: Json = await client.post("reception", path, {"via": via}, who=who)
    return visit


async def answer(
    client: ShopClient,
    who: Person,
    visit_id: str,
    revision: int,
    answers: Sequence[Json],
    *,
    promised_at: datetime | None = None,
    waiting_on_site: bool = False,
) -> Json:
    """Note the customer's answer to every open line, and promise a time with it."""
    body: Json = {"answers": list(answers), "waiting_on_site": waiting_on_site}
    if promised_at is not None:
        body["promised_at"] = instant(promised_at)
    path = f"/visits/{visit_id}/estimates/{revision}/answer"
    visit: Json = await client.post("reception", path, body, who=who)
    return visit


async def link_to_estimate(client: ShopClient, who: Person, visit_id: str, revision: int) -> str:
    """The address under which the customer answers."""
    path = f"/visits/{visit_id}/estimates/{revision}/link"
    return str((await client.post("reception", path, who=who))["url"])


async def revise_promise(
    client: ShopClient, who: Person, visit_id: str, promised_at: datetime, *, reason: str, solution: str
) -> Json:
    """The customer agreed to another time."""
    body = {"promised_at": instant(promised_at), "reason": reason, "solution": solution}
    visit: Json = await client.post("reception", f"/visits/{visit_id}/promise/revisions", body, who=who)
    return visit


async def refuse_promise(client: ShopClient, who: Person, visit_id: str, *, reason: str) -> Json:
    """The customer does not accept a later time."""
    path = f"/visits/{visit_id}/promise/refusal"
    visit: Json = await client.post("reception", path, {"reason": reason}, who=who)
    return visit


async def notify(client: ShopClient, who: Person, visit_id: str, topic: str, note: str) -> None:
    """Note that the customer was notified by phone."""
    body = {"topic": topic, "channel": "phone", "note": note}
    await client.post("reception", f"/visits/{visit_id}/notices", body, who=who)


async def leave(client: ShopClient, who: Person, visit_id: str, *, back_at: datetime) -> None:
    """The car drives on until its parts come."""
    body = {"reason": "awaiting_parts", "return_expected_at": instant(back_at)}
    await client.post("reception", f"/visits/{visit_id}/departure", body, who=who)


async def come_back(client: ShopClient, who: Person, visit_id: str) -> None:
    """The car is back to go on."""
    await client.post("reception", f"/visits/{visit_id}/return", who=who)


async def accept_work(
    client: ShopClient, who: Person, visit_id: str, invoice_revision: int, belongings: Sequence[str]
) -> Json:
    """The customer looks at everything and signs."""
    body = {
        "invoice_revision": invoice_revision,
        "checks": [{"check": check, "ok": True} for check in CHECKS],
        "belongings": [{"item": item, "present": True} for item in belongings],
    }
    visit: Json = await client.post("reception", f"/visits/{visit_id}/acceptance", body, who=who)
    return visit


async def hand_over(client: ShopClient, who: Person, visit_id: str) -> Json:
    """The keys go out."""
    visit: Json = await client.post("reception", f"/visits/{visit_id}/handover", {}, who=who)
    return visit


async def close(client: ShopClient, who: Person, visit_id: str, **papers: Any) -> Json:
    """The record goes to the archive."""
    visit: Json = await client.post("reception", f"/visits/{visit_id}/closure", papers, who=who)
    return visit
