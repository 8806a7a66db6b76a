"""E2: a part is not in stock; the customer waits for it here, or drives on and comes back."""

from itertools import count

from demo.desks import parts, reception
from demo.doors import Json
from demo.floor import Day, Floor
from demo.narratives import Fault
from demo.repairs import special_order
from demo.visits.course import Course

_next_kind = count()
_KINDS = 6


async def stays(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The car waits; the supplier first names a later day, then delivers."""
    course, line, order = await _until_ordered(floor, fault, walk_in)
    late = floor.tomorrow()
    await parts.change_eta(floor.doors, course.keeper, order["id"], late, "the lorry broke down")
    await parts.book_delivery(floor.doors, course.keeper, order["id"])
    await course.do_line(line)
    await course.inspect()
    await course.settle_and_leave()
    floor.done["E2"] += 1
    floor.eventful.append(course.request_id)


async def drives_on(floor: Floor, fault: Fault, walk_in: bool) -> None:
    """The car leaves; the part comes, booking offers a slot, and the work is done tomorrow."""
    course, line, order = await _until_ordered(floor, fault, walk_in)
    await reception.leave(floor.doors, course.advisor, course.visit_id, back_at=floor.tomorrow())
    await parts.book_delivery(floor.doors, course.keeper, order["id"])
    course.appointment_id = await course.offered_slot()
    await course.take_slot(0)

    async def tomorrow() -> None:
        await reception.come_back(floor.doors, course.advisor, course.visit_id)
        await course.do_line(line)
        await course.inspect()
        await course.settle_and_leave()
        floor.done["E2"] += 1

    floor.put_off(Day.NEXT_MORNING, tomorrow)


async def _until_ordered(floor: Floor, fault: Fault, walk_in: bool) -> tuple[Course, Json, Json]:
    course = Course(floor, fault, walk_in=walk_in)
    await course.come()
    await course.diagnose(special_order(next(_next_kind) % _KINDS + 1))
    (line,) = await course.present()
    await course.answer([line], promise=floor.tomorrow())
    part_line_id = line["parts"][0]["part_line_id"]

    async def ordered() -> Json | None:
        return await parts.order_of(floor.doors, course.keeper, part_line_id)

    order = await floor.doors.eventually(ordered, "the order of a part that is not in stock")
    if order["state"] == "requested":
        await parts.place(floor.doors, course.keeper, order["id"], floor.supplier_id)
    await reception.notify(
        floor.doors, course.advisor, course.visit_id, "parts", "the steering gear is on order"
    )
    return course, line, order
