"""The days after: surveys are answered, calls are made, and cases that others opened are seen through."""

import asyncio

from demo.desks import complaints, crm
from demo.doors import Doors, Json
from demo.floor import Floor
from demo.repairs import pick

_ITEMS = (
    "product-performance",
    "packaging-transport",
    "delivery-timeliness",
    "complaint-timeliness",
    "complaint-effectiveness",
    "service-attitude",
    "professional-knowledge",
    "on-site-service",
    "parts-accuracy",
    "price",
)
_CONTENT = (10, 8)
_UNHAPPY = (5, 3)
_AT_ONCE = 10


async def answer_surveys(floor: Floor) -> int:
    """Everybody who was asked answers; gives how many were dissatisfied."""
    agent = floor.crew.one("customer-service")
    sent = await crm.surveys(floor.doors, agent, state="sent")
    few = asyncio.Semaphore(_AT_ONCE)

    async def one(survey: Json) -> bool:
        unhappy = survey["visit_id"] in floor.unhappy
        grades = list(_UNHAPPY if unhappy else _CONTENT)
        points = {item: pick(grades, f"{survey['id']}{item}") for item in _ITEMS}
        if unhappy:
            points["price"] = 3
        comment = "I was told one price and paid another" if unhappy else None
        async with few:
            await crm.answer_survey(floor.doors, agent, survey["id"], points, comment)
        return unhappy

    answered = await asyncio.gather(*(one(survey) for survey in sent))
    floor.done["surveys answered"] += len(answered)
    floor.done["E9"] += sum(answered)
    return sum(answered)


async def make_calls(floor: Floor) -> None:
    """Every follow-up that is due is made."""
    agent = floor.crew.one("customer-service")
    due = await crm.follow_ups(floor.doors, agent)
    few = asyncio.Semaphore(_AT_ONCE)

    async def one(call: Json) -> None:
        async with few:
            await crm.complete_follow_up(
                floor.doors, agent, call["id"], problem_found=False, text="everything is in order"
            )

    await asyncio.gather(*(one(call) for call in due))
    floor.done["follow-ups made"] += len(due)


async def see_cases_through(floor: Floor, source: str, expected: int) -> None:
    """Cases that a low score or a refused promise opened: answered, told, resolved."""
    officer = floor.crew.one("complaint-officer")

    async def opened() -> list[Json] | None:
        cases = await complaints.cases(floor.doors, officer, f"source={source}&state=received")
        return cases if len(cases) >= expected else None

    for case in await floor.doors.eventually(opened, f"{expected} cases from {source}"):
        await _settle(floor.doors, floor, case["id"])
    floor.done[f"cases from {source}"] += expected


async def _settle(doors: Doors, floor: Floor, case_id: str) -> None:
    officer = floor.crew.one("complaint-officer")
    await complaints.answer(doors, officer, case_id, "we heard you and are sorry")
    await complaints.tell(doors, officer, case_id, "we have talked to the people concerned")
    await complaints.resolve(doors, officer, case_id, "the customer accepts our apology")
