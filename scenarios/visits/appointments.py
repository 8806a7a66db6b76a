"""E5: a booking is moved, cancelled, or nobody comes."""

from scenarios.context import ScenarioContext
from scenarios.desks import booking
from scenarios.narratives import Fault
from scenarios.repairs import OIL_SERVICE
from scenarios.visits.driver import VisitDriver

_LATER = 6


async def changed(context: ScenarioContext, fault: Fault, walk_in: bool) -> None:
    """The customer asks for a later slot, and then comes all the same."""
    driver = VisitDriver(context, fault, walk_in=False)
    await driver.register()
    await driver.book()
    await driver.take_slot(_LATER, instead_because="the customer is still on the road")
    await driver.arrive()
    await driver.diagnose()
    await driver.repair(await driver.agree())
    await driver.inspect()
    await driver.settle_and_leave()
    context.done["E5 changed"] += 1


async def cancelled(context: ScenarioContext, fault: Fault) -> None:
    """An oil service is booked and called off; its parts are free again."""
    driver = await _booked(context, fault)
    await booking.cancel(context.client, driver.agent, driver.appointment_id, reason="the car was sold")
    context.done["E5 cancelled"] += 1


async def missed(context: ScenarioContext, fault: Fault) -> None:
    """An oil service is booked, and nobody comes; the evening's clock will tell."""
    await _booked(context, fault)
    context.done["E5 missed"] += 1


async def _booked(context: ScenarioContext, fault: Fault) -> VisitDriver:
    driver = VisitDriver(context, fault, walk_in=False)
    await driver.register()
    await driver.book(services=(OIL_SERVICE,), words="")
    return driver
