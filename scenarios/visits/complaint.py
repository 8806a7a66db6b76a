"""E8: a customer complains during the visit; the shop gives money back, asks for less, or works again."""

from scenarios.context import Day, ScenarioContext
from scenarios.desks import billing, complaints, workshop
from scenarios.narratives import Fault
from scenarios.shop_client import Json, Person, ShopClient
from scenarios.visits.driver import VisitDriver

_AMOUNT = "50.00"


async def refund(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The customer has paid and complains about the price before the keys go out: money goes back."""
    driver, _ = await _until_done(context, fault, walk_in)
    await driver.sign()
    await driver.pay()
    case, officer = await _open(driver, "cost", "the bill is higher than the neighbour paid")
    invoice = await billing.invoice_of(context.client, driver.advisor, driver.visit_id)
    assert invoice is not None  # it was paid
    await _decide(context.client, officer, case, "refund", invoice_id=invoice["id"], amount=_AMOUNT)
    await _close_case(context.client, officer, case)
    await driver.leave()
    context.done["E8 refund"] += 1
    context.eventful.append(driver.request_id)


async def discount(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The customer was kept waiting: less is asked for, before the invoice is signed."""
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come()
    await driver.diagnose()
    lines = await driver.agree()
    case, officer = await _open(driver, "delay", "nobody told me how long it takes")
    await _decide(context.client, officer, case, "discount", amount=_AMOUNT)
    await driver.repair(lines)
    await driver.inspect()
    await _close_case(context.client, officer, case)
    await driver.settle_and_leave()
    context.done["E8 discount"] += 1


async def rework(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The repair did not help, and the car is still here: it is done again at the shop's cost."""
    driver, lines = await _until_done(context, fault, walk_in)
    case, officer = await _open(driver, "quality", "the same noise again on the test drive")
    await _decide(context.client, officer, case, "rework", line_ids=[line["line_id"] for line in lines[:1]])
    again = await context.client.eventually(lambda: _rework_lines(driver), "the rework in the workshop")
    await driver.repair(again)
    await driver.inspect()
    await _close_case(context.client, officer, case)
    await driver.settle_and_leave()
    context.done["E8 rework"] += 1


async def comes_back(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The fault is back once the car is home: a visit is agreed for tomorrow, at the shop's cost."""
    driver, lines = await _until_done(context, fault, walk_in)
    await driver.settle_and_leave()
    case, officer = await _open(driver, "quality", "the same noise again on the way home", during_visit=False)
    await _decide(context.client, officer, case, "rework", line_ids=[line["line_id"] for line in lines[:1]])
    again = VisitDriver(context, fault, walk_in=False)
    await again.is_expected(driver.customer_id, driver.vehicle_id)
    await again.take_slot(0)

    async def tomorrow() -> None:
        await again.arrive()
        await again.look_at_it()
        redone = await context.client.eventually(lambda: _rework_lines(again), "the rework in the workshop")
        await again.repair(redone)
        await again.inspect()
        await again.settle_and_leave()
        await _close_case(context.client, officer, case)
        context.done["E8 comes back"] += 1
        context.eventful.append(again.request_id)

    context.put_off(Day.NEXT_MORNING, tomorrow)


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


async def _open(
    driver: VisitDriver, category: str, text: str, *, during_visit: bool = True
) -> tuple[str, Person]:
    """The advisor takes it down, an officer answers; gives the case and its owner."""
    officer = driver.crew.one("complaint-officer")
    case = await complaints.record(
        driver.client,
        officer,
        customer_id=driver.customer_id,
        visit_id=driver.visit_id,
        category=category,
        text=text,
        during_visit=during_visit,
    )
    await complaints.answer(driver.client, officer, case["id"], "we are sorry and look into it at once")
    return str(case["id"]), officer


async def _decide(client: ShopClient, officer: Person, case_id: str, kind: str, **what: object) -> None:
    await client.when_possible(
        lambda: complaints.decide(client, officer, case_id, kind, **what), f"the decision to {kind}"
    )


async def _close_case(client: ShopClient, officer: Person, case_id: str) -> None:
    """Told and resolved, as soon as the measure is carried out."""
    await client.when_possible(
        lambda: complaints.tell(client, officer, case_id, "it is done as we said"), "the measure"
    )
    await complaints.resolve(client, officer, case_id, "the customer accepts what was done")


async def _rework_lines(driver: VisitDriver) -> list[Json] | None:
    """The lines of the rework, as the workshop has them, in the shape of the estimate's lines."""
    job = await workshop.job(driver.client, driver.supervisor, driver.job_id)
    lines = [line for line in job["lines"] if line["kind"] == "rework" and line["authorised"]]
    return [
        {
            "line_id": line["id"],
            "skill": line["skill"],
            "title": line["title"],
            "parts": [{"part_line_id": part["id"], "quantity": part["expected"]} for part in line["parts"]],
        }
        for line in lines
    ] or None
