"""E1: more is broken than was thought; the customer agrees, or does not."""

from collections.abc import Sequence

from scenarios.context import ScenarioContext
from scenarios.desks import workshop
from scenarios.narratives import Fault
from scenarios.repairs import MORE
from scenarios.shop_client import Json, Person
from scenarios.visits.driver import VisitDriver


async def agreed(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The car stands still until the customer has agreed to the work that was found."""
    driver, line, found, technician = await _until_found(context, fault, walk_in)
    await driver.answer(found)
    await driver.go_on(line, technician)
    await driver.repair(found)
    await driver.inspect()
    await driver.settle_and_leave()
    context.done["E1 agreed"] += 1
    context.eventful.append(driver.request_id)


async def declined(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The customer does not want it now: it is not done, not billed, and offered another day."""
    driver, line, found, technician = await _until_found(context, fault, walk_in)
    await driver.answer(found, declined=[extra["line_id"] for extra in found])
    await driver.go_on(line, technician)
    await driver.inspect()
    await driver.settle_and_leave()
    context.done["E1 declined"] += 1


async def find_more(driver: VisitDriver, technician: Person, *, blocks: Sequence[str] = ()) -> None:
    """The technician reports black oil; the desk will draft the next revision of the estimate."""
    await workshop.find_additional_work(
        driver.client,
        technician,
        driver.job_id,
        lines=[MORE.line("the oil is black and lumpy")],
        why="found while the car was on the lift",
        blocks=blocks,
    )


async def _until_found(
    context: ScenarioContext, fault: Fault, walk_in: bool
) -> tuple[VisitDriver, Json, list[Json], Person]:
    """Work has begun, more was found, and the customer has the new estimate."""
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come()
    await driver.diagnose()
    (line,) = await driver.agree()
    technician = await driver.begin_line(line)
    await find_more(driver, technician, blocks=[line["line_id"]])
    return driver, line, await driver.present(), technician
