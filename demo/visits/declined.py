"""E6: the customer hears the price and does not want it; only the diagnosis is owed."""

from demo.floor import Floor
from demo.narratives import Fault
from demo.visits.course import Course


async def declined(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """Everything but the diagnosis is declined; the car goes as it came."""
    course = Course(floor, fault, walk_in=walk_in)
    await course.come()
    await course.diagnose()
    lines = await course.present()
    await course.answer(lines, declined=[line["line_id"] for line in lines])
    await course.settle_and_leave()
    floor.done["E6"] += 1
