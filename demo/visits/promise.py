"""E4: the promised time is in danger; the customer is told before, and agrees to another time or does not."""

from datetime import timedelta

from demo.desks import reception, workshop
from demo.doors import Json
from demo.floor import Floor
from demo.narratives import Fault
from demo.visits.course import Course

_TOO_SOON = 20


async def revised(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The advisor calls, gives the reason and a new time, and the customer agrees."""
    course, lines = await _until_endangered(floor, fault, walk_in)
    await reception.revise_promise(
        floor.doors,
        course.advisor,
        course.visit_id,
        floor.now() + timedelta(hours=6),
        reason="the work takes longer than was thought",
        solution="a courtesy car until the evening",
    )
    await course.repair(lines)
    await course.inspect()
    await course.settle_and_leave()
    floor.done["E4 revised"] += 1


async def refused(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The customer does not accept it: complaints opens a case, and the car is repaired all the same."""
    course, lines = await _until_endangered(floor, fault, walk_in)
    await reception.refuse_promise(
        floor.doors, course.advisor, course.visit_id, reason="I have to be at the station by then"
    )
    await course.repair(lines)
    await course.inspect()
    await course.settle_and_leave()
    floor.done["E4 refused"] += 1


async def _until_endangered(floor: Floor, fault: Fault, walk_in: bool) -> tuple[Course, list[Json]]:
    """The desk promises twenty minutes for more than an hour's work; the workshop sounds the alarm."""
    course = Course(floor, fault, walk_in=walk_in)
    await course.come()
    await course.diagnose(factor=2)
    lines = await course.agree(promise=course.minutes_from_now(_TOO_SOON))

    async def alarm() -> bool | None:
        job = await workshop.job(floor.doors, course.supervisor, course.job_id)
        return True if job["promise"]["alarms"] else None

    await floor.doors.eventually(alarm, "the workshop's alarm about the promise")
    return course, lines
