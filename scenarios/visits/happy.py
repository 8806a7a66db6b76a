"""Section 2.1: everything goes as it should; and E9, where it does but the customer is not content."""

from scenarios.context import ScenarioContext
from scenarios.desks import reception
from scenarios.narratives import Fault
from scenarios.repairs import OIL_SERVICE
from scenarios.visits.driver import VisitDriver


async def happy(context: ScenarioContext, fault: Fault, walk_in: bool) -> VisitDriver:
    """Come, be diagnosed, agree, be repaired, sign, pay, leave."""
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come()
    await driver.diagnose()
    await driver.repair(await driver.agree())
    await driver.inspect()
    await driver.settle_and_leave()
    return driver


async def low_score(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """E9: nothing is wrong with the work, but the customer will not be content when asked."""
    driver = await happy(context, fault, walk_in)
    context.unhappy.add(driver.visit_id)


async def with_service(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """An oil service was booked besides; a technician fetches more than is needed and brings it back."""
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come(services=(OIL_SERVICE,))
    await driver.diagnose()
    for line in await driver.agree():
        technician = await driver.begin_line(line)
        keep = await driver.bring_one_back(technician, line)
        await driver.finish_line(line, technician, keep)
    await driver.inspect()
    await driver.settle_and_leave()


async def by_link(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The customer answers the estimate at home, by the link that the desk sent."""
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come()
    await driver.diagnose()
    lines = await driver.present()
    url = await reception.link_to_estimate(context.client, driver.advisor, driver.visit_id, driver.revision)
    answers = [{"line_id": line["line_id"], "accept": True} for line in lines]
    await context.client.by_link(url, {"answers": answers})
    await driver.repair(lines)
    await driver.inspect()
    await driver.settle_and_leave()
