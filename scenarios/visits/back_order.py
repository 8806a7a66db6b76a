"""E2: a part is not in stock; the customer waits for it here, or drives on and comes back."""

from scenarios.context import ScenarioContext
from scenarios.desks import parts, reception
from scenarios.narratives import Fault
from scenarios.repairs import special_order, steering_gear
from scenarios.samples import list_part
from scenarios.shop_client import Json
from scenarios.visits.driver import VisitDriver


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

    context.put_off(drives_on.__name__, fault, tomorrow)


async def lacks_a_part(driver: VisitDriver) -> Json:
    """The car has come and needs a part that nobody has; gives the line that the customer is asked about.

    The part has a number of its own for every visit: goods that arrive go to the oldest promise, and another
    visit's would be older.
    """
    await driver.come()
    part_no = f"SO-{driver.request_no}"
    await list_part(driver.client, driver.crew.one("parts-manager"), steering_gear(part_no))
    await driver.diagnose(special_order(part_no))
    (line,) = await driver.present()
    return line


async def place_order(driver: VisitDriver, line: Json) -> Json:
    """Parts has an order for what the line lacks, placed with the supplier; gives the order."""
    part_line_id = line["parts"][0]["part_line_id"]

    async def ordered() -> Json | None:
        return await parts.order_of(driver.client, driver.keeper, part_line_id)

    order = await driver.client.eventually(ordered, "the order of a part that is not in stock")
    if order["state"] == "requested":
        await parts.place(driver.client, driver.keeper, order["id"], driver.context.supplier_id)
    return order


async def _until_ordered(
    context: ScenarioContext, fault: Fault, walk_in: bool
) -> tuple[VisitDriver, Json, Json]:
    driver = VisitDriver(context, fault, walk_in=walk_in)
    line = await lacks_a_part(driver)
    await driver.answer([line], promise=context.tomorrow())
    order = await place_order(driver, line)
    await reception.notify(
        context.client, driver.advisor, driver.visit_id, "parts", "the steering gear is on order"
    )
    return driver, line, order
