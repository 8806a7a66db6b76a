"""E3: the final inspection fails; the work is done again at the shop's cost."""

from demo.desks import workshop
from demo.floor import Floor
from demo.narratives import Fault
from demo.visits.course import Course


async def failed_inspection(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The inspector sends the line back; the technician does it again, and it passes."""
    course = Course(floor, fault, walk_in=walk_in)
    await course.come()
    await course.diagnose()
    (line,) = await course.agree()
    technician = await course.begin_line(line)
    await course.finish_line(line, technician)
    await workshop.fail_inspection(
        floor.doors,
        course.inspector,
        course.job_id,
        line_ids=[line["line_id"]],
        finding="it still makes the noise that the customer described",
    )
    await course.go_on(line, technician)
    await course.inspect()
    await course.settle_and_leave()
    floor.done["E3"] += 1
    floor.eventful.append(course.request_id)
