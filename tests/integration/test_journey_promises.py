"""What was promised and does not come by itself: back-orders, rework, promises at risk (E2, E3, E4)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from scenarios.desks import parts, reception, workshop
from scenarios.shop_client import Json
from scenarios.visits.back_order import lacks_a_part, place_order
from scenarios.visits.driver import VisitDriver

from contracts.events.complaints import ComplaintReceived
from contracts.events.parts import EtaChanged, PartsArrived, PartsBackOrdered, ShortageDetected
from contracts.events.reception import PromiseRevised
from contracts.events.workshop import InspectionFailed, PromiseEndangered, ReworkOpened
from tests.integration.story import GONE, Story
from tests.integration.story_steps import begins

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _is_back_ordered(driver: VisitDriver) -> tuple[Json, Json]:
    """A steering gear that is never in stock is agreed to and ordered; gives line and order."""
    line = await lacks_a_part(driver)
    await driver.answer([line], promise=driver.context.tomorrow())
    return line, await place_order(driver, line)


class TestABackOrder:
    @pytest.mark.req("PART-07")
    async def test_stops_the_work_until_the_part_arrives(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        line, order = await _is_back_ordered(driver)
        await story.settled()
        job = await story.job(driver)
        assert job["state"] == "awaiting_parts"
        (part,) = [part for one in job["lines"] for part in one["parts"] if Decimal(part["short"])]
        assert (part["part_no"], part["back_ordered"]) == (line["parts"][0]["part_no"], part["short"])
        assert job["interruptions"][-1]["waiting_part_line_ids"] == [part["id"]]

        late = story.context.tomorrow()
        await parts.change_eta(story.client, driver.keeper, order["id"], late, "the lorry broke down")
        await parts.book_delivery(story.client, driver.keeper, order["id"])
        await driver.do_line(line)
        await driver.inspect()
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE
        for event in (ShortageDetected, PartsBackOrdered, EtaChanged, PartsArrived):
            assert len(story.published(event, visit=driver.visit_id)) == 1, event.TYPE

    async def test_lets_the_car_drive_on_and_come_back_by_appointment(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        line, order = await _is_back_ordered(driver)
        await reception.leave(story.client, driver.advisor, driver.visit_id, back_at=story.context.tomorrow())
        await story.settled()
        assert (await story.visit(driver))["state"] == "away"
        assert (await story.job(driver))["away"] is True

        await parts.book_delivery(story.client, driver.keeper, order["id"])
        driver.appointment_id = await driver.offered_slot()
        await driver.take_slot(0)
        await story.passes(hours=20)
        await reception.come_back(story.client, driver.advisor, driver.visit_id)
        await driver.do_line(line)
        await driver.inspect()
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE | {"booking": "kept"}

    async def test_is_not_bought_when_the_customer_declines(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        line = await lacks_a_part(driver)
        await driver.answer([line], declined=[line["line_id"]])
        await driver.settle_and_leave()

        assert story.published(PartsBackOrdered, visit=driver.visit_id) == []
        part_line_id = line["parts"][0]["part_line_id"]
        assert await parts.order_of(story.client, driver.keeper, part_line_id) is None
        assert await story.states(driver) == GONE


@pytest.mark.req("WORK-27")
class TestAFailedInspection:
    async def test_sends_the_work_back_at_the_shops_cost(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        line, technician = await begins(driver)
        await driver.finish_line(line, technician)
        finding = "it still makes the noise that the customer described"
        await workshop.fail_inspection(
            story.client, driver.inspector, driver.job_id, line_ids=[line["line_id"]], finding=finding
        )
        await driver.go_on(line, technician)
        await driver.inspect()
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE
        (failed,) = story.published(InspectionFailed, visit=driver.visit_id)
        assert (failed.technician_id, failed.penalty_points) == (technician.employee_id, 1)
        assert [one.cause for one in story.published(ReworkOpened, visit=driver.visit_id)] == ["inspection"]
        # An hour's work once, not twice: 310.00 and 6 %, 335.50 of parts and 13 % (43.615, half up).
        assert Decimal((await story.invoice(driver))["payable"]) == Decimal("707.72")


@pytest.mark.req("WORK-13")
class TestAPromiseAtRisk:
    async def test_is_revised_with_reason_and_solution(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        lines = await _promised_too_early(story, driver)
        (alarm,) = story.published(PromiseEndangered, visit=driver.visit_id)
        assert (alarm.promise_revision, alarm.late_minutes > 0) == (1, True)

        await reception.revise_promise(
            story.client,
            driver.advisor,
            driver.visit_id,
            story.now + timedelta(hours=6),
            reason="the work takes longer than was thought",
            solution="a courtesy car until the evening",
        )
        await driver.repair(lines)
        await driver.inspect()
        await driver.settle_and_leave()

        (revised,) = story.published(PromiseRevised, visit=driver.visit_id)
        assert (revised.promise_revision, revised.agreed_by) == (2, "customer")
        assert await story.states(driver) == GONE

    async def test_that_the_customer_refuses_opens_a_case(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        lines = await _promised_too_early(story, driver)

        await reception.refuse_promise(
            story.client, driver.advisor, driver.visit_id, reason="I have to be at the station by then"
        )
        await driver.repair(lines)
        await driver.inspect()
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE
        (case,) = story.published(ComplaintReceived, visit=driver.visit_id)
        assert (case.source, case.category) == ("promise", "delay")

    async def test_is_noticed_when_nobody_starts(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await driver.come()
        await driver.diagnose()
        await driver.agree(promise=story.now + timedelta(hours=4))
        await story.settled()
        assert story.published(PromiseEndangered, visit=driver.visit_id) == []

        await story.passes(hours=3)

        (alarm,) = story.published(PromiseEndangered, visit=driver.visit_id)
        screen = await reception.screen(story.client, driver.advisor, driver.visit_id)
        assert alarm.cause == "late_start"
        assert [task["reason"] for task in screen["tasks"] if task["done_at"] is None] != []


async def _promised_too_early(story: Story, driver: VisitDriver) -> list[Json]:
    """Twenty minutes are promised for two hours' work; the workshop sounds the alarm at once."""
    await driver.come()
    await driver.diagnose(factor=2)
    lines = await driver.agree(promise=driver.minutes_from_now(20))
    await story.settled()
    return lines
