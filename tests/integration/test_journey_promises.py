"""What was promised and does not come by itself: back-orders, rework, promises at risk (E2, E3, E4)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from demo.desks import booking, parts, reception, workshop
from demo.doors import Json
from demo.repairs import special_order
from demo.visits.course import Course

from contracts.complaints import ComplaintReceived
from contracts.parts import EtaChanged, PartsArrived, PartsBackOrdered, ShortageDetected
from contracts.reception import PromiseRevised
from contracts.workshop import InspectionFailed, PromiseEndangered, ReworkOpened
from tests.integration.story import begins, is_ordered
from tests.integration.town import GONE, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _lacks_a_part(course: Course, kind: int) -> tuple[Json, Json]:
    """A steering gear that is never in stock is agreed to and ordered; gives line and order."""
    await course.come()
    await course.diagnose(special_order(kind))
    (line,) = await course.present()
    await course.answer([line], promise=course.floor.tomorrow())
    return line, await is_ordered(course, line)


@pytest.mark.req("PART-05", "PART-07")
class TestABackOrder:
    @pytest.mark.req("PART-06")
    async def test_stops_the_work_until_the_part_arrives(self, town: Town) -> None:
        course = town.course(walk_in=True)
        line, order = await _lacks_a_part(course, 1)
        await town.settled()
        assert (await town.job(course))["state"] == "awaiting_parts"

        late = town.floor.tomorrow()
        await parts.change_eta(town.doors, course.keeper, order["id"], late, "the lorry broke down")
        await parts.book_delivery(town.doors, course.keeper, order["id"])
        await course.do_line(line)
        await course.inspect()
        await course.settle_and_leave()

        assert await town.states(course) == GONE
        for event in (ShortageDetected, PartsBackOrdered, EtaChanged, PartsArrived):
            assert len(town.said(event, visit=course.visit_id)) == 1, event.TYPE

    async def test_lets_the_car_drive_on_and_come_back_by_appointment(self, town: Town) -> None:
        course = town.course(walk_in=True)
        line, order = await _lacks_a_part(course, 2)
        await reception.leave(town.doors, course.advisor, course.visit_id, back_at=town.floor.tomorrow())
        await town.settled()
        assert (await town.visit(course))["state"] == "away"
        assert (await town.job(course))["away"] is True

        await parts.book_delivery(town.doors, course.keeper, order["id"])
        course.appointment_id = await _offered(town, course)
        await course.take_slot(0)
        await town.passes(hours=20)
        await reception.come_back(town.doors, course.advisor, course.visit_id)
        await course.do_line(line)
        await course.inspect()
        await course.settle_and_leave()

        assert await town.states(course) == GONE | {"booking": "kept"}

    async def test_is_not_bought_when_the_customer_declines(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await course.come()
        await course.diagnose(special_order(3))
        (line,) = await course.present()
        await course.answer([line], declined=[line["line_id"]])
        await course.settle_and_leave()

        assert town.said(PartsBackOrdered, visit=course.visit_id) == []
        part_line_id = line["parts"][0]["part_line_id"]
        assert await parts.order_of(town.doors, course.keeper, part_line_id) is None
        assert await town.states(course) == GONE


async def _offered(town: Town, course: Course) -> str:
    """The appointment by which the car comes back, as booking opened it when the car left."""

    async def look() -> str | None:
        found = await booking.appointments_of_visit(town.doors, course.agent, course.visit_id)
        return next((str(one["id"]) for one in found if one["state"] == "requested"), None)

    return await town.doors.eventually(look, "the appointment for the car's return")


@pytest.mark.req("WORK-27", "WORK-28", "BILL-23")
class TestAFailedInspection:
    async def test_sends_the_work_back_at_the_shops_cost(self, town: Town) -> None:
        course = town.course(walk_in=True)
        line, technician = await begins(course)
        await course.finish_line(line, technician)
        finding = "it still makes the noise that the customer described"
        await workshop.fail_inspection(
            town.doors, course.inspector, course.job_id, line_ids=[line["line_id"]], finding=finding
        )
        await course.go_on(line, technician)
        await course.inspect()
        await course.settle_and_leave()

        assert await town.states(course) == GONE
        (failed,) = town.said(InspectionFailed, visit=course.visit_id)
        assert (failed.technician_id, failed.penalty_points) == (technician.employee_id, 1)
        assert [one.cause for one in town.said(ReworkOpened, visit=course.visit_id)] == ["inspection"]
        # An hour's work once, not twice: 310.00 and 6 %, 335.50 of parts and 13 % (43.615, half up).
        assert Decimal((await town.invoice(course))["payable"]) == Decimal("707.72")


@pytest.mark.req("WORK-13", "RECP-22")
class TestAPromiseAtRisk:
    @pytest.mark.req("RECP-48")
    async def test_is_revised_with_reason_and_solution(self, town: Town) -> None:
        course = town.course(walk_in=True)
        lines = await _promised_too_early(town, course)
        (alarm,) = town.said(PromiseEndangered, visit=course.visit_id)
        assert (alarm.promise_revision, alarm.late_minutes > 0) == (1, True)

        await reception.revise_promise(
            town.doors,
            course.advisor,
            course.visit_id,
            town.now + timedelta(hours=6),
            reason="the work takes longer than was thought",
            solution="a courtesy car until the evening",
        )
        await course.repair(lines)
        await course.inspect()
        await course.settle_and_leave()

        (revised,) = town.said(PromiseRevised, visit=course.visit_id)
        assert (revised.promise_revision, revised.agreed_by) == (2, "customer")
        assert await town.states(course) == GONE

    async def test_that_the_customer_refuses_opens_a_case(self, town: Town) -> None:
        course = town.course(walk_in=True)
        lines = await _promised_too_early(town, course)

        await reception.refuse_promise(
            town.doors, course.advisor, course.visit_id, reason="I have to be at the station by then"
        )
        await course.repair(lines)
        await course.inspect()
        await course.settle_and_leave()

        assert await town.states(course) == GONE
        (case,) = town.said(ComplaintReceived, visit=course.visit_id)
        assert (case.source, case.category) == ("promise", "delay")

    async def test_is_noticed_when_nobody_starts(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await course.come()
        await course.diagnose()
        await course.agree(promise=town.now + timedelta(hours=4))
        await town.settled()
        assert town.said(PromiseEndangered, visit=course.visit_id) == []

        await town.passes(hours=3)

        (alarm,) = town.said(PromiseEndangered, visit=course.visit_id)
        screen = await reception.screen(town.doors, course.advisor, course.visit_id)
        assert alarm.cause == "late_start"
        assert [task["reason"] for task in screen["tasks"] if task["done_at"] is None] != []


async def _promised_too_early(town: Town, course: Course) -> list[Json]:
    """Twenty minutes are promised for two hours' work; the workshop sounds the alarm at once."""
    await course.come()
    await course.diagnose(factor=2)
    lines = await course.agree(promise=course.minutes_from_now(20))
    await town.settled()
    return lines
