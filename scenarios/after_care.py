"""The days after: surveys are answered, calls are made, cases that departments opened are settled.

Only of the visits and customers that are named: a shop has other work that is none of the driver's business.
"""

import asyncio
from collections.abc import Collection

from scenarios.context import ScenarioContext
from scenarios.desks import complaints, crm
from scenarios.repairs import pick
from scenarios.shop_client import Json, ShopClient

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


async def answer_surveys(context: ScenarioContext, visit_ids: Collection[str]) -> int:
    """Everybody who was asked about one of these visits answers; gives how many were dissatisfied."""
    agent = context.crew.one("customer-service")
    surveys = await crm.surveys(context.client, agent, state="sent")
    sent = [survey for survey in surveys if survey["visit_id"] in visit_ids]
    few = asyncio.Semaphore(_AT_ONCE)

    async def one(survey: Json) -> bool:
        unhappy = survey["visit_id"] in context.unhappy
        grades = list(_UNHAPPY if unhappy else _CONTENT)
        points = {item: pick(grades, f"{survey['id']}{item}") for item in _ITEMS}
        if unhappy:
            points["price"] = 3
        comment = "the price on the bill is not the price on the estimate" if unhappy else None
        async with few:
            await crm.answer_survey(context.client, agent, survey["id"], points, comment)
        return unhappy

    answered = await asyncio.gather(*(one(survey) for survey in sent))
    context.done["surveys answered"] += len(answered)
    context.done["E9"] += sum(answered)
    return sum(answered)


async def make_calls(context: ScenarioContext, customer_ids: Collection[str]) -> None:
    """Every planned call to one of these customers is made."""
    agent = context.crew.one("customer-service")
    planned = await crm.follow_ups(context.client, agent)
    due = [call for call in planned if call["customer_id"] in customer_ids]
    few = asyncio.Semaphore(_AT_ONCE)

    async def one(call: Json) -> None:
        async with few:
            await crm.complete_follow_up(
                context.client, agent, call["id"], problem_found=False, text="everything is in order"
            )

    await asyncio.gather(*(one(call) for call in due))
    context.done["follow-ups made"] += len(due)


async def see_cases_through(context: ScenarioContext, source: str, expected: int) -> None:
    """Cases about the context's visits that a low score or a refused promise opened: answered, the customer
    notified, resolved."""
    officer = context.crew.one("complaint-officer")

    async def opened() -> list[Json] | None:
        found = await complaints.cases(context.client, officer, f"source={source}&state=received")
        cases = [case for case in found if case["visit_id"] in context.visit_ids]
        return cases if len(cases) >= expected else None

    for case in await context.client.eventually(opened, f"{expected} cases from {source}"):
        await _settle(context.client, context, case["id"])
    context.done[f"cases from {source}"] += expected


async def _settle(client: ShopClient, context: ScenarioContext, case_id: str) -> None:
    officer = context.crew.one("complaint-officer")
    await complaints.answer(client, officer, case_id, "we are sorry and look into it")
    await complaints.notify(client, officer, case_id, "we have talked to the people concerned")
    await complaints.resolve(client, officer, case_id, "the customer accepts our apology")
