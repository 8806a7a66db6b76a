"""Section 2.1: everything goes as it should; and E9, where it does but the customer is not content."""

from demo.desks import reception
from demo.floor import Floor
from demo.narratives import Fault
from demo.repairs import OIL_SERVICE
from demo.visits.course import Course


async def happy(floor: Floor, fault: Fault, walk_in: bool) -> Course:
    """Come, be diagnosed, agree, be repaired, sign, pay, leave."""
    course = Course(floor, fault, walk_in=walk_in)
    await course.come()
    await course.diagnose()
    await course.repair(await course.agree())
    await course.inspect()
    await course.settle_and_leave()
    return course


async def low_score(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """E9: nothing is wrong with the work, but the customer will not be content when asked."""
    course = await happy(floor, fault, walk_in)
    floor.unhappy.add(course.visit_id)


async def with_service(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """An oil service was booked besides; a technician fetches more than is needed and brings it back."""
    course = Course(floor, fault, walk_in=walk_in)
    await course.come(services=(OIL_SERVICE,))
    await course.diagnose()
    for line in await course.agree():
        technician = await course.begin_line(line)
        keep = await course.bring_one_back(technician, line)
        await course.finish_line(line, technician, keep)
    await course.inspect()
    await course.settle_and_leave()


async def by_link(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The customer answers the estimate at home, by the link that the desk sent."""
    course = Course(floor, fault, walk_in=walk_in)
    await course.come()
    await course.diagnose()
    lines = await course.present()
    url = await reception.link_to_estimate(floor.doors, course.advisor, course.visit_id, course.revision)
    answers = [{"line_id": line["line_id"], "accept": True} for line in lines]
    await floor.doors.by_link(url, {"answers": answers})
    await course.repair(lines)
    await course.inspect()
    await course.settle_and_leave()
