"""E5: a booking is moved, cancelled, or nobody comes."""

from demo.desks import booking
from demo.floor import Floor
from demo.narratives import Fault
from demo.repairs import OIL_SERVICE
from demo.visits.course import Course

_LATER = 6


async def changed(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The customer asks for a later slot, and then comes all the same."""
    course = Course(floor, fault, walk_in=False)
    await course.register()
    await course.book()
    await course.take_slot(_LATER, instead_because="the customer is still on the road")
    await course.arrive()
    await course.diagnose()
    await course.repair(await course.agree())
    await course.inspect()
    await course.settle_and_leave()
    floor.done["E5 changed"] += 1


async def cancelled(floor: Floor, fault: Fault) -> None:
    """An oil service is booked and called off; its parts are free again."""
    course = await _booked(floor, fault)
    await booking.cancel(floor.doors, course.agent, course.appointment_id, reason="the car was sold")
    floor.done["E5 cancelled"] += 1


async def missed(floor: Floor, fault: Fault) -> None:
    """An oil service is booked, and nobody comes; the evening's clock will tell."""
    await _booked(floor, fault)
    floor.done["E5 missed"] += 1


async def _booked(floor: Floor, fault: Fault) -> Course:
    course = Course(floor, fault, walk_in=False)
    await course.register()
    await course.book(services=(OIL_SERVICE,), words="")
    return course
