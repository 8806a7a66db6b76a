"""Races of journey 7 about papers, money and keys, each in both orders."""

from contextlib import nullcontext
from decimal import Decimal

import pytest
from scenarios.desks import reception
from scenarios.repairs import BRAKES
from scenarios.shop_client import Refused
from scenarios.visits.case import decide, open_case, resolve, rework_lines

from contracts.events.billing import (
    InvoiceDiscounted,
    InvoiceIssued,
    InvoicePrepared,
    InvoiceRefunded,
    MeasureNotPossible,
)
from contracts.events.complaints import MeasureDecided
from contracts.events.parts import PartsReturned
from contracts.events.reception import ReworkAgreed, ReworkOrdered
from contracts.events.workshop import JobReopened
from tests.integration.story import GONE, Story
from tests.integration.story_steps import begins, is_repaired

pytestmark = pytest.mark.asyncio(loop_scope="session")


class TestReworkWhileTheJobBecomesReady:
    @pytest.mark.parametrize("decided", ["before", "after"])
    async def test_is_done_before_the_car_leaves(self, story: Story, decided: str) -> None:
        driver = story.new_visit(walk_in=True)
        line, technician = await begins(driver)
        await driver.finish_line(line, technician)
        case, officer = await open_case(driver, "quality", "it still squeals")
        if decided == "before":
            measure = await decide(driver, case, officer, "rework", line_ids=[line["line_id"]])
            await story.settled()
        else:
            with story.withheld("workshop", ReworkOrdered):
                measure = await decide(driver, case, officer, "rework", line_ids=[line["line_id"]])
                await driver.inspect()
                await story.client.deliver()

        await driver.repair(await rework_lines(driver))
        await driver.inspect()
        await resolve(driver, case, officer)
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE
        assert len(story.published(ReworkOrdered, measure_id=measure)) == 1
        (reopened,) = story.published(JobReopened, visit=driver.visit_id)
        assert reopened.withdraws_ready == (decided == "after")


@pytest.mark.req("BILL-10")
class TestASignatureWhileTheInvoiceIsRevised:
    async def test_under_the_older_revision_is_asked_for_again(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)
        await story.settled()
        case, officer = await open_case(driver, "delay", "nobody warned me how long it takes")
        with story.withheld("reception", InvoicePrepared, InvoiceDiscounted):
            await decide(driver, case, officer, "discount", amount="50.00")
            await story.client.deliver()
            await driver.sign()
            await story.client.deliver()
        await story.settled()
        assert story.published(InvoiceIssued, visit=driver.visit_id) == []
        assert (await story.visit(driver))["state"] == "ready"

        await resolve(driver, case, officer)
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE
        (issued,) = story.published(InvoiceIssued, visit=driver.visit_id)
        assert issued.total_gross - issued.payable == Decimal("50.00")


@pytest.mark.req("BILL-10")
class TestAPaymentAndADiscount:
    @pytest.mark.parametrize("first", ["payment", "discount"])
    async def test_leave_nothing_owed_on_either_side(self, story: Story, first: str) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)
        await driver.sign()
        await story.settled()
        case, officer = await open_case(driver, "cost", "too dear")
        if first == "payment":
            with story.withheld("billing", MeasureDecided):
                await decide(driver, case, officer, "discount", amount="50.00")
                await driver.pay()
        else:
            await decide(driver, case, officer, "discount", amount="50.00")
            await story.settled()
            await driver.pay()
        await resolve(driver, case, officer)
        await driver.leave()

        await story.settled()
        invoice = await story.invoice(driver)
        assert Decimal(invoice["net_paid"]) == Decimal(invoice["payable"]) == Decimal("657.72")
        assert Decimal(invoice["balance"]) == 0
        (given,) = story.published(InvoiceDiscounted, visit=driver.visit_id)
        assert (given.refund_id is not None) == (first == "payment")


class TestARefund:
    async def test_that_is_delivered_twice_is_given_once(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)
        await driver.sign()
        await driver.pay()
        case, officer = await open_case(driver, "cost", "too dear")
        story.shop.broker.duplicate = 1.0

        await decide(driver, case, officer, "refund", amount="50.00")
        await resolve(driver, case, officer)
        await driver.leave()

        await story.settled()
        assert len(story.published(InvoiceRefunded, visit=driver.visit_id)) == 1
        assert Decimal((await story.invoice(driver))["net_paid"]) == Decimal("657.72")

    async def test_of_more_than_was_paid_goes_back_to_be_decided(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)
        await driver.sign()
        await driver.pay()
        case, officer = await open_case(driver, "cost", "too dear")

        first = await decide(driver, case, officer, "refund", amount="400.00")
        manager = story.person("service-manager")
        second = await decide(driver, case, manager, "refund", amount="400.00")
        await story.settled()

        assert [one.measure_id for one in story.published(InvoiceRefunded, visit=driver.visit_id)] == [first]
        (refused,) = story.published(MeasureNotPossible, visit=driver.visit_id)
        assert (refused.measure_id, refused.possible) == (second, Decimal("307.72"))


class TestReworkAndTheKeys:
    async def test_decided_before_the_keys_go_out_holds_the_car(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        lines = await is_repaired(driver)
        await driver.sign()
        await driver.pay()
        case, officer = await open_case(driver, "quality", "it still squeals")
        measure = await decide(driver, case, officer, "rework", line_ids=[lines[0]["line_id"]])
        await story.settled()

        with pytest.raises(Refused) as refused:
            await reception.hand_over(story.client, driver.advisor, driver.visit_id)
        await driver.repair(await rework_lines(driver))
        await driver.inspect()
        await resolve(driver, case, officer)
        await driver.settle_and_leave()

        assert refused.value.status == 409
        assert await story.states(driver) == GONE
        assert len(story.published(ReworkOrdered, measure_id=measure)) == 1
        assert story.published(ReworkAgreed, measure_id=measure) == []

    async def test_received_after_the_keys_went_out_becomes_a_visit_of_its_own(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        lines = await is_repaired(driver)
        await driver.sign()
        await driver.pay()
        await story.settled()
        case, officer = await open_case(driver, "quality", "it still squeals")
        with story.withheld("reception", MeasureDecided):
            measure = await decide(driver, case, officer, "rework", line_ids=[lines[0]["line_id"]])
            await driver.leave()
        await story.settled()

        assert story.published(ReworkOrdered, measure_id=measure) == []
        assert len(story.published(ReworkAgreed, measure_id=measure)) == 1
        assert await story.states(driver) == GONE


class TestAPartTakenBackWhileTheJobBecomesReady:
    """The workshop calls it all used, receives the slip, reopens the job, and sets right what was used."""

    @pytest.mark.parametrize("billing_receives", ["the slip first", "ready first"])
    async def test_is_not_billed(self, story: Story, billing_receives: str) -> None:
        driver = story.new_visit(walk_in=True)
        line, technician = await begins(driver, BRAKES)
        late = (
            story.withheld("billing", PartsReturned) if billing_receives == "ready first" else nullcontext()
        )
        with story.withheld("workshop", PartsReturned), late:
            used = await driver.bring_one_back(technician, line)
            await driver.finish_line(line, technician)
            await driver.inspect()
            await story.client.deliver()
        await story.settled()

        rows = [{"part_line_id": part, "used": quantity} for part, quantity in used.items()]
        path = f"/jobs/{driver.job_id}/lines/{line['line_id']}/usage"
        await story.client.ask("workshop", "PUT", path, who=driver.supervisor, json={"parts": rows})
        await story.settled()
        if (await story.job(driver))["state"] != "ready":
            await driver.inspect()
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE
        assert await story.waiting() == []
        paper = story.published(InvoicePrepared, visit=driver.visit_id)[-1]
        billed = {str(row.part_line_id): row.quantity for row in paper.lines if row.part_line_id}
        assert billed == {part: Decimal(quantity) for part, quantity in used.items()}
