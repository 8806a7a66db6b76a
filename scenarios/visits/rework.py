"""E3: the final inspection fails; the work is done again at the shop's cost."""

from scenarios.context import ScenarioContext
from scenarios.desks import workshop
from scenarios.narratives import Fault
from scenarios.visits.driver import VisitDriver


async def failed_inspection(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The inspector sends the line back; the technician does it again, and it passes."""
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come()
    await driver.diagnose()
    (line,) = await driver.agree()
    technician = await driver.begin_line(line)
    await driver.finish_line(line, technician)
    await workshop.fail_inspection(
        context.client,
        driver.inspector,
        driver.job_id,
        line_ids=[line["line_id"]],
        finding="it still makes the noise that the customer described",
    )
    await driver.go_on(line, technician)
    await driver.inspect()
    await driver.settle_and_leave()
    context.done["E3"] += 1
    context.eventful.append(driver.request_id)
