"""E2: a part is not in stock; the customer waits for it here, or drives on and comes back."""

from itertools import count

from scenarios.context import Day, ScenarioContext
from scenarios.desks import parts, reception
from scenarios.narratives import Fault
from scenarios.repairs import special_order
from scenarios.shop_client import Json
from scenarios.visits.driver import VisitDriver

_next_kind = count()
_KINDS = 6


async def stays(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The car waits; the supplier first names a later day, then delivers."""
    driver, line, order = await _until_ordered(context, fault, walk_in)
    late = context.tomorrow()
    await parts.change_eta(context.client, driver.keeper, order["id"], late, "the lorry broke down")
    await parts.book_delivery(context.client, driver.keeper, order["id"])
    await driver.do_line(line)
    await driver.inspect()
    await driver.settle_and_leave()
    context.done["E2"] += 1
    context.eventful.append(driver.request_id)


async def drives_on(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The car leaves; the part comes, booking offers a slot, and the work is done tomorrow."""
    driver, line, order = await _until_ordered(context, fault, walk_in)
    await reception.leave(context.client, driver.advisor, driver.visit_id, back_at=context.tomorrow())
    await parts.book_delivery(context.client, driver.keeper, order["id"])
    driver.appointment_id = await driver.offered_slot()
    await driver.take_slot(0)

    async def tomorrow() -> None:
        await reception.come_back(context.client, driver.advisor, driver.visit_id)
        await driver.do_line(line)
        await driver.inspect()
        await driver.settle_and_leave()
        context.done["E2"] += 1

    context.put_off(Day.NEXT_MORNING, tomorrow)


async def _until_ordered(
    context: ScenarioContext, fault: Fault, walk_in: bool
) -> tuple[VisitDriver, Json, Json]:
    driver = VisitDriver(context, fault, walk_in=walk_in)
    await driver.come()
    await driver.diagnose(special_order(next(_next_kind) % _KINDS + 1))
    (line,) = await driver.present()
    await driver.answer([line], promise=context.tomorrow())
    part_line_id = line["parts"][0]["part_line_id"]

    async def ordered() -> Json | None:
        return await parts.order_of(context.client, driver.keeper, part_line_id)

    order = await context.client.eventually(ordered, "the order of a part that is not in stock")
    if order["state"] == "requested":
        await parts.place(context.client, driver.keeper, order["id"], context.supplier_id)
    await reception.notify(
        context.client, driver.advisor, driver.visit_id, "parts", "the steering gear is on order"
    )
    return driver, line, order
