"""E6: the customer learns the price and declines; only the diagnosis is owed."""

from scenarios.context import ScenarioContext
from scenarios.narratives import Fault
from scenarios.visits.driver import VisitDriver


async def declined(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """Everything but the diagnosis is declined; the car goes as it came."""
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come()
    await driver.diagnose()
    lines = await driver.present()
    await driver.answer(lines, declined=[line["line_id"] for line in lines])
    await driver.settle_and_leave()
    context.done["E6"] += 1
