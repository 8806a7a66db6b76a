"""Requests to customer relations: files of customers and cars, calls, surveys."""

from collections.abc import Mapping
from typing import Any

from scenarios.shop_client import Json, Person, Refused, ShopClient


async def customer(client: ShopClient, who: Person, *, name: str, phone: str) -> str:
    """The id of the customer with this phone, registered if new."""
    body = {"display_name": name, "phone": phone}
    return await _made_or_known(client, who, "/customers", body)


async def vehicle(client: ShopClient, who: Person, **car: Any) -> str:
    """The id of the car with this VIN, registered if new."""
    return await _made_or_known(client, who, "/vehicles", car)


async def _made_or_known(client: ShopClient, who: Person, path: str, body: Json) -> str:
    try:
        return str((await client.post("crm", path, body, who=who))["id"])
    except Refused as refused:
        if refused.status == 409 and "existing_id" in refused.problem:
            return str(refused.problem["existing_id"])
        raise


async def agree_credit(client: ShopClient, manager: Person, customer_id: str, limit: str) -> None:
    """The customer may owe up to a limit."""
    body = {"customer_class": "vip", "credit_limit": limit}
    await client.ask("crm", "PUT", f"/customers/{customer_id}/classification", who=manager, json=body)


async def surveys(client: ShopClient, who: Person, *, state: str) -> list[Json]:
    """Questionnaires in one state."""
    return await client.get_all("crm", f"/surveys?state={state}", who=who)


async def answer_survey(
    client: ShopClient, agent: Person, survey_id: str, points: Mapping[str, int], comment: str | None
) -> None:
    """The agent notes the customer's grade of each item."""
    body = {"points": dict(points), "comment": comment, "clear_opinion": comment is not None}
    await client.post("crm", f"/surveys/{survey_id}/answer", body, who=agent)


async def follow_ups(client: ShopClient, who: Person) -> list[Json]:
    """Calls that are still to be made."""
    return await client.get_all("crm", "/follow-ups?state=planned", who=who)


async def complete_follow_up(
    client: ShopClient, agent: Person, follow_up_id: str, *, problem_found: bool, text: str
) -> None:
    """The call was made."""
    body = {"outcome": "reached", "problem_found": problem_found, "text": text}
    await client.post("crm", f"/follow-ups/{follow_up_id}/completion", body, who=agent)
