"""E4: the promised time is in danger; the customer is notified, and agrees to another time or does not."""

from datetime import timedelta

from scenarios.context import ScenarioContext
from scenarios.desks import reception, workshop
from scenarios.narratives import Fault
from scenarios.shop_client import Json
from scenarios.visits.driver import VisitDriver

_TOO_SOON = 20


async def revised(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The advisor calls, gives the reason and a new time, and the customer agrees."""
    driver, lines = await _until_endangered(context, fault, walk_in)
    await reception.revise_promise(
        context.client,
        driver.advisor,
        driver.visit_id,
        context.now() + timedelta(hours=6),
        reason="the work takes longer than was thought",
        solution="a courtesy car until the evening",
    )
    await driver.repair(lines)
    await driver.inspect()
    await driver.settle_and_leave()
    context.done["E4 revised"] += 1


async def refused(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The customer does not accept it: complaints opens a case, and the car is repaired all the same."""
    driver, lines = await _until_endangered(context, fault, walk_in)
    await reception.refuse_promise(
        context.client, driver.advisor, driver.visit_id, reason="I have to be at the station by then"
    )
    await driver.repair(lines)
    await driver.inspect()
    await driver.settle_and_leave()
    context.done["E4 refused"] += 1


async def _until_endangered(
    context: ScenarioContext, fault: Fault, walk_in: bool
) -> tuple[VisitDriver, list[Json]]:
    """The desk promises twenty minutes for more than an hour's work; the workshop sounds the alarm."""
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come()
    await driver.diagnose(factor=2)
    lines = await driver.agree(promise=driver.minutes_from_now(_TOO_SOON))

    async def alarm() -> bool | None:
        job = await workshop.job(context.client, driver.supervisor, driver.job_id)
        return True if job["promise"]["alarms"] else None

    await context.client.eventually(alarm, "the workshop's alarm about the promise")
    return driver, lines
