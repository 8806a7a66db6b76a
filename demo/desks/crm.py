"""What the demo asks of customer relations: files of customers and cars, calls, surveys."""

from collections.abc import Mapping
from typing import Any

from demo.doors import Doors, Json, Person, Refused


async def customer(doors: Doors, who: Person, *, name: str, phone: str) -> str:
    """The id of the customer with this phone, registered if new."""
    body = {"display_name": name, "phone": phone}
    return await _made_or_known(doors, who, "/customers", body)


async def vehicle(doors: Doors, who: Person, **car: Any) -> str:
    """The id of the car with this VIN, registered if new."""
    return await _made_or_known(doors, who, "/vehicles", car)


async def _made_or_known(doors: Doors, who: Person, path: str, body: Json) -> str:
    try:
        return str((await doors.post("crm", path, body, who=who))["id"])
    except Refused as refused:
        if refused.status == 409 and "existing_id" in refused.facts:
            return str(refused.facts["existing_id"])
        raise


async def agree_credit(doors: Doors, manager: Person, customer_id: str, limit: str) -> None:
    """The customer may owe up to a limit."""
    body = {"customer_class": "vip", "credit_limit": limit}
    await doors.ask("crm", "PUT", f"/customers/{customer_id}/classification", who=manager, json=body)


async def surveys(doors: Doors, who: Person, *, state: str) -> list[Json]:
    """Questionnaires in one state."""
    return await _all(doors, who, f"/surveys?state={state}")


async def answer_survey(
    doors: Doors, agent: Person, survey_id: str, points: Mapping[str, int], comment: str | None
) -> None:
    """The agent notes what the customer says to each item."""
    body = {"points": dict(points), "comment": comment, "clear_opinion": comment is not None}
    await doors.post("crm", f"/surveys/{survey_id}/answer", body, who=agent)


async def follow_ups(doors: Doors, who: Person) -> list[Json]:
    """Calls that are still to be made."""
    return await _all(doors, who, "/follow-ups?state=planned")


async def complete_follow_up(
    doors: Doors, agent: Person, follow_up_id: str, *, problem_found: bool, text: str
) -> None:
    """The call was made."""
    body = {"outcome": "reached", "problem_found": problem_found, "text": text}
    await doors.post("crm", f"/follow-ups/{follow_up_id}/completion", body, who=agent)


async def _all(doors: Doors, who: Person, path: str) -> list[Json]:
    found: list[Json] = []
    cursor = ""
    while True:
        page = await doors.get("crm", f"{path}&limit=200{cursor}", who=who)
        found += page["items"]
        if not page["next"]:
            return found
        cursor = f"&cursor={page['next']}"
