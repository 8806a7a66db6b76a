"""E8: a customer complains during the visit; the shop gives money back, asks for less, or works again."""

from demo.desks import billing, complaints, workshop
from demo.doors import Doors, Json, Person
from demo.floor import Day, Floor
from demo.narratives import Fault
from demo.visits.course import Course

_AMOUNT = "50.00"


async def refund(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The customer has paid and complains about the price before the keys go out: money goes back."""
    course, _ = await _until_done(floor, fault, walk_in)
    await course.sign()
    await course.pay()
    case, officer = await _open(course, "cost", "the bill is higher than the neighbour paid")
    invoice = await billing.invoice_of(floor.doors, course.advisor, course.visit_id)
    assert invoice is not None  # it was paid
    await _decide(floor.doors, officer, case, "refund", invoice_id=invoice["id"], amount=_AMOUNT)
    await _close_case(floor.doors, officer, case)
    await course.leave()
    floor.done["E8 refund"] += 1
    floor.eventful.append(course.request_id)


async def discount(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The customer was kept waiting: less is asked for, before the invoice is signed."""
    course = Course(floor, fault, walk_in=walk_in)
    await course.come()
    await course.diagnose()
    lines = await course.agree()
    case, officer = await _open(course, "delay", "nobody told me how long it takes")
    await _decide(floor.doors, officer, case, "discount", amount=_AMOUNT)
    await course.repair(lines)
    await course.inspect()
    await _close_case(floor.doors, officer, case)
    await course.settle_and_leave()
    floor.done["E8 discount"] += 1


async def rework(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The repair did not help, and the car is still here: it is done again at the shop's cost."""
    course, lines = await _until_done(floor, fault, walk_in)
    case, officer = await _open(course, "quality", "the same noise again on the test drive")
    await _decide(floor.doors, officer, case, "rework", line_ids=[line["line_id"] for line in lines[:1]])
    again = await floor.doors.eventually(lambda: _rework_lines(course), "the rework in the workshop")
    await course.repair(again)
    await course.inspect()
    await _close_case(floor.doors, officer, case)
    await course.settle_and_leave()
    floor.done["E8 rework"] += 1


async def comes_back(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The fault is back once the car is home: a visit is agreed for tomorrow, at the shop's cost."""
    course, lines = await _until_done(floor, fault, walk_in)
    await course.settle_and_leave()
    case, officer = await _open(course, "quality", "the same noise again on the way home", during_visit=False)
    await _decide(floor.doors, officer, case, "rework", line_ids=[line["line_id"] for line in lines[:1]])
    again = Course(floor, fault, walk_in=False)
    await again.is_expected(course.customer_id, course.vehicle_id)
    await again.take_slot(0)

    async def tomorrow() -> None:
        await again.arrive()
        await again.look_at_it()
        redone = await floor.doors.eventually(lambda: _rework_lines(again), "the rework in the workshop")
        await again.repair(redone)
        await again.inspect()
        await again.settle_and_leave()
        await _close_case(floor.doors, officer, case)
        floor.done["E8 comes back"] += 1
        floor.eventful.append(again.request_id)

    floor.put_off(Day.NEXT_MORNING, tomorrow)


async def _until_done(floor: Floor, fault: Fault, walk_in: bool) -> tuple[Course, list[Json]]:
    course = Course(floor, fault, walk_in=walk_in)
    await course.come()
    await course.diagnose()
    lines = await course.agree()
    await course.repair(lines)
    await course.inspect()
    return course, lines


async def _open(course: Course, category: str, text: str, *, during_visit: bool = True) -> tuple[str, Person]:
    """The advisor takes it down, an officer answers; gives the case and its owner."""
    officer = course.crew.one("complaint-officer")
    case = await complaints.record(
        course.doors,
        officer,
        customer_id=course.customer_id,
        visit_id=course.visit_id,
        category=category,
        text=text,
        during_visit=during_visit,
    )
    await complaints.answer(course.doors, officer, case["id"], "we are sorry and look into it at once")
    return str(case["id"]), officer


async def _decide(doors: Doors, officer: Person, case_id: str, kind: str, **what: object) -> None:
    await doors.once_possible(
        lambda: complaints.decide(doors, officer, case_id, kind, **what), f"the decision to {kind}"
    )


async def _close_case(doors: Doors, officer: Person, case_id: str) -> None:
    """Told and resolved, as soon as the measure is carried out."""
    await doors.once_possible(
        lambda: complaints.tell(doors, officer, case_id, "it is done as we said"), "the measure"
    )
    await complaints.resolve(doors, officer, case_id, "the customer accepts what was done")


async def _rework_lines(course: Course) -> list[Json] | None:
    """The lines of the rework, as the workshop has them, in the shape of the estimate's lines."""
    job = await workshop.job(course.doors, course.supervisor, course.job_id)
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
