"""The customer is not content: complaints during the visit with each measure, and a low score (E8, E9)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from scenarios.desks import reception
from scenarios.visits.case import decide, open_case, resolve, rework_lines

from contracts.events.complaints import ComplaintReceived, ComplaintResolved, MeasureCompleted
from contracts.events.crm import DissatisfactionDetected
from contracts.events.reception import ReworkAgreed, ReworkOrdered
from contracts.events.workshop import JobReady, JobReopened
from tests.integration.story import GONE, Story
from tests.integration.story_steps import begins, is_repaired, is_scored

pytestmark = pytest.mark.asyncio(loop_scope="session")


class TestAComplaintDuringTheVisit:
    async def test_gives_money_back(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)
        await driver.sign()
        await driver.pay()

        case, officer = await open_case(driver, "cost", "the bill is higher than the neighbour paid")
        measure = await decide(driver, case, officer, "refund", amount="50.00")
        await resolve(driver, case, officer)
        await driver.leave()

        assert await story.states(driver) == GONE | {"billing": "part_refunded"}
        invoice = await story.invoice(driver)
        assert [refund["amount"] for refund in invoice["refunds"]] == ["50.00"]
        assert Decimal(invoice["balance"]) == 0
        (done,) = story.published(MeasureCompleted, visit=driver.visit_id)
        assert (done.measure_id, done.kind) == (measure, "refund")

    @pytest.mark.req("BILL-10")
    async def test_asks_for_less_before_the_invoice_is_signed(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        line, technician = await begins(driver)

        case, officer = await open_case(driver, "delay", "nobody warned me how long it takes")
        await decide(driver, case, officer, "discount", amount="50.00")
        await driver.finish_line(line, technician)
        await driver.inspect()
        await resolve(driver, case, officer)
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE
        invoice = await story.invoice(driver)
        assert Decimal(invoice["total_gross"]) - Decimal(invoice["payable"]) == Decimal("50.00")
        assert Decimal(invoice["net_paid"]) == Decimal(invoice["payable"])

    async def test_has_the_work_done_again_at_the_shops_cost(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        lines = await is_repaired(driver)
        await story.settled()
        before = Decimal((await story.invoice(driver))["payable"])

        case, officer = await open_case(driver, "quality", "the same noise again on the test drive")
        measure = await decide(driver, case, officer, "rework", line_ids=[lines[0]["line_id"]])
        await story.settled()
        assert (await story.states(driver))["billing"] == "withdrawn"
        await driver.repair(await rework_lines(driver))
        await driver.inspect()
        await resolve(driver, case, officer)
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE
        assert Decimal((await story.invoice(driver))["payable"]) == before
        assert [one.withdraws_ready for one in story.published(JobReopened, visit=driver.visit_id)] == [True]
        assert story.published(JobReady, visit=driver.visit_id)[-1].done_measure_ids == (measure,)

    async def test_is_seen_by_the_desk_until_it_is_resolved(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)

        case, officer = await open_case(driver, "attitude", "nobody greeted me")
        await story.settled()
        during = await reception.screen(story.client, driver.advisor, driver.visit_id)
        await resolve(driver, case, officer)
        await driver.settle_and_leave()
        await story.settled()
        after = await reception.screen(story.client, driver.advisor, driver.visit_id)

        assert [one["state"] for one in during["complaints"]] != []
        assert during["complaints"][0]["state"] != after["complaints"][0]["state"] == "resolved"
        assert len(story.published(ComplaintResolved, visit=driver.visit_id)) == 1


class TestAComplaintAfterTheVisit:
    async def test_brings_the_car_back_for_rework_on_a_visit_of_its_own(self, story: Story) -> None:
        first = story.new_visit(walk_in=True)
        lines = await is_repaired(first)
        await first.settle_and_leave()

        case, officer = await open_case(first, "quality", "the same noise again")
        measure = await decide(first, case, officer, "rework", line_ids=[lines[0]["line_id"]])
        await story.settled()
        (agreed,) = story.published(ReworkAgreed, measure_id=measure)
        again = story.new_visit()
        again.fault, again.customer_id, again.vehicle_id = first.fault, first.customer_id, first.vehicle_id
        again.request_no = agreed.request_no
        await again.arrive()
        await again.look_at_it()
        await again.repair(await rework_lines(again))
        await again.inspect()
        await resolve(first, case, officer)
        await again.settle_and_leave()

        assert again.visit_id == str(agreed.visit_id) != first.visit_id
        assert (await story.states(again))["billing"] == "settled"
        assert Decimal((await story.invoice(again))["payable"]) == 0
        assert story.published(ReworkOrdered, measure_id=measure) == []


@pytest.mark.req("COMP-30")
class TestALowScore:
    async def test_opens_a_case_that_is_linked_to_the_form(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)
        await driver.settle_and_leave()
        await story.passes(days=5)

        words = "the price on the bill is not the price on the estimate"
        survey = await is_scored(story, driver, 8, price=3, comment=words)

        (found,) = story.published(DissatisfactionDetected, visit=driver.visit_id)
        assert (found.lowest_item, found.lowest_points) == ("price", 3)
        (case,) = story.published(ComplaintReceived, visit=driver.visit_id)
        assert (case.source, case.source_id) == ("survey", survey)
        assert case.respond_by - case.received_at == timedelta(hours=24)

    async def test_of_a_content_customer_opens_none(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)
        await driver.settle_and_leave()
        await story.passes(days=5)

        await is_scored(story, driver, 8, price=8)

        assert story.published(ComplaintReceived, visit=driver.visit_id) == []
