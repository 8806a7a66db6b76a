"""E8: a customer complains during the visit; the shop gives money back, asks for less, or works again."""

from scenarios.context import ScenarioContext
from scenarios.desks import billing
from scenarios.narratives import Fault
from scenarios.shop_client import Json
from scenarios.visits.case import decide, open_case, resolve, rework_lines
from scenarios.visits.driver import VisitDriver

_AMOUNT = "50.00"


async def refund(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The customer has paid and complains about the price before the keys go out: money goes back."""
    driver, _ = await _until_done(context, fault, walk_in)
    await driver.sign()
    await driver.pay()
    case, officer = await open_case(driver, "cost", "the bill is higher than the neighbour paid")
    invoice = await billing.invoice_of(context.client, driver.advisor, driver.visit_id)
    assert invoice is not None  # it was paid
    await decide(driver, case, officer, "refund", invoice_id=invoice["id"], amount=_AMOUNT)
    await resolve(driver, case, officer)
    await driver.leave()
    context.done["E8 refund"] += 1
    context.eventful.append(driver.request_id)


async def discount(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The customer was kept waiting: less is asked for, before the invoice is signed."""
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come()
    await driver.diagnose()
    lines = await driver.agree()
    case, officer = await open_case(driver, "delay", "nobody warned me how long it takes")
    await decide(driver, case, officer, "discount", amount=_AMOUNT)
    await driver.repair(lines)
    await driver.inspect()
    await resolve(driver, case, officer)
    await driver.settle_and_leave()
    context.done["E8 discount"] += 1


async def rework(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The repair did not help, and the car is still here: it is done again at the shop's cost."""
    driver, lines = await _until_done(context, fault, walk_in)
    case, officer = await open_case(driver, "quality", "the same noise again on the test drive")
    await decide(driver, case, officer, "rework", line_ids=[line["line_id"] for line in lines[:1]])
    again = await rework_lines(driver)
    await driver.repair(again)
    await driver.inspect()
    await resolve(driver, case, officer)
    await driver.settle_and_leave()
    context.done["E8 rework"] += 1


async def comes_back(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The fault is back once the car is home: a visit is agreed for tomorrow, at the shop's cost."""
    driver, lines = await _until_done(context, fault, walk_in)
    await driver.settle_and_leave()
    case, officer = await open_case(
        driver, "quality", "the same noise again on the way home", during_visit=False
    )
    await decide(driver, case, officer, "rework", line_ids=[line["line_id"] for line in lines[:1]])
    again = VisitDriver(context, fault, walk_in=False)
    await again.is_expected(driver.customer_id, driver.vehicle_id)
    await again.take_slot(0)

    async def tomorrow() -> None:
        await again.arrive()
        await again.look_at_it()
        redone = await rework_lines(again)
        await again.repair(redone)
        await again.inspect()
        await again.settle_and_leave()
        await resolve(driver, case, officer)
        context.done["E8 comes back"] += 1
        context.eventful.append(again.request_id)

    context.put_off(comes_back.__name__, fault, tomorrow)


async def _until_done(
    context: ScenarioContext, fault: Fault, walk_in: bool
) -> tuple[VisitDriver, list[Json]]:
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come()
    await driver.diagnose()
    lines = await driver.agree()
    await driver.repair(lines)
    await driver.inspect()
    return driver, lines
