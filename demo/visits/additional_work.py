"""E1: more is broken than was thought; the customer agrees, or does not."""

from demo.desks import workshop
from demo.doors import Json, Person
from demo.floor import Floor
from demo.narratives import Fault
from demo.repairs import MORE
from demo.visits.course import Course


async def agreed(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The car stands still until the customer has agreed to the work that was found."""
    course, line, found, technician = await _until_found(floor, fault, walk_in)
    await course.answer(found)
    await course.go_on(line, technician)
    await course.repair(found)
    await course.inspect()
    await course.settle_and_leave()
    floor.done["E1 agreed"] += 1
    floor.eventful.append(course.request_id)


async def declined(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The customer does not want it now: it is not done, not billed, and offered another day."""
    course, line, found, technician = await _until_found(floor, fault, walk_in)
    await course.answer(found, declined=[extra["line_id"] for extra in found])
    await course.go_on(line, technician)
    await course.inspect()
    await course.settle_and_leave()
    floor.done["E1 declined"] += 1


async def _until_found(floor: Floor, fault: Fault, walk_in: bool) -> tuple[Course, Json, list[Json], Person]:
    """Work has begun, more was found, and the customer has the new estimate."""
    course = Course(floor, fault, walk_in=walk_in)
    await course.come()
    await course.diagnose()
    (line,) = await course.agree()
    technician = await course.begin_line(line)
    await workshop.find_additional_work(
        floor.doors,
        technician,
        course.job_id,
        lines=[MORE.line("the oil is black and lumpy")],
        why="found while the car was on the lift",
        blocks=[line["line_id"]],
    )
    return course, line, await course.present(), technician
