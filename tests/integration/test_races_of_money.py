"""Races of journey 7 about papers, money and keys, each in both orders."""

from contextlib import nullcontext
from decimal import Decimal

import pytest
from demo.desks import reception
from demo.doors import Refused
from demo.repairs import BRAKES

from contracts.billing import (
    InvoiceDiscounted,
    InvoiceIssued,
    InvoicePrepared,
    InvoiceRefunded,
    MeasureNotPossible,
)
from contracts.complaints import MeasureDecided
from contracts.parts import PartsReturned
from contracts.reception import ReworkAgreed, ReworkOrdered
from contracts.workshop import JobReopened
from tests.integration.story import begins, complains, is_decided, is_repaired, is_resolved, rework_of
from tests.integration.town import GONE, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.req("BILL-23")
class TestReworkWhileTheJobBecomesReady:
    @pytest.mark.parametrize("heard", ["before", "after"])
    async def test_is_done_before_the_car_leaves(self, town: Town, heard: str) -> None:
        course = town.course(walk_in=True)
        line, technician = await begins(course)
        await course.finish_line(line, technician)
        case, officer = await complains(course, "quality", "it still squeals")
        if heard == "before":
            measure = await is_decided(course, case, officer, "rework", line_ids=[line["line_id"]])
            await town.settled()
        else:
            with town.withheld("workshop", ReworkOrdered):
                measure = await is_decided(course, case, officer, "rework", line_ids=[line["line_id"]])
                await course.inspect()
                await town.doors.deliver()

        await course.repair(await rework_of(course))
        await course.inspect()
        await is_resolved(course, case, officer)
        await course.settle_and_leave()

        assert await town.states(course) == GONE
        assert len(town.said(ReworkOrdered, measure_id=measure)) == 1
        (reopened,) = town.said(JobReopened, visit=course.visit_id)
        assert reopened.withdraws_ready == (heard == "after")


@pytest.mark.req("BILL-10")
class TestASignatureWhileTheInvoiceIsRevised:
    async def test_under_the_older_revision_is_asked_for_again(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)
        await town.settled()
        case, officer = await complains(course, "delay", "nobody told me how long it takes")
        with town.withheld("reception", InvoicePrepared, InvoiceDiscounted):
            await is_decided(course, case, officer, "discount", amount="50.00")
            await town.doors.deliver()
            await course.sign()
            await town.doors.deliver()
        await town.settled()
        assert town.said(InvoiceIssued, visit=course.visit_id) == []
        assert (await town.visit(course))["state"] == "ready"

        await is_resolved(course, case, officer)
        await course.settle_and_leave()

        assert await town.states(course) == GONE
        (issued,) = town.said(InvoiceIssued, visit=course.visit_id)
        assert issued.total_gross - issued.payable == Decimal("50.00")


@pytest.mark.req("BILL-10", "BILL-11")
class TestAPaymentAndADiscount:
    @pytest.mark.parametrize("first", ["payment", "discount"])
    async def test_leave_nothing_owed_on_either_side(self, town: Town, first: str) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)
        await course.sign()
        await town.settled()
        case, officer = await complains(course, "cost", "too dear")
        if first == "payment":
            with town.withheld("billing", MeasureDecided):
                await is_decided(course, case, officer, "discount", amount="50.00")
                await course.pay()
        else:
            await is_decided(course, case, officer, "discount", amount="50.00")
            await town.settled()
            await course.pay()
        await is_resolved(course, case, officer)
        await course.leave()

        await town.settled()
        invoice = await town.invoice(course)
        assert Decimal(invoice["net_paid"]) == Decimal(invoice["payable"]) == Decimal("657.72")
        assert Decimal(invoice["balance"]) == 0
        (given,) = town.said(InvoiceDiscounted, visit=course.visit_id)
        assert (given.refund_id is not None) == (first == "payment")


@pytest.mark.req("BILL-11")
class TestARefund:
    async def test_that_is_told_twice_is_given_once(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)
        await course.sign()
        await course.pay()
        case, officer = await complains(course, "cost", "too dear")
        town.shop.hub.duplicate = 1.0

        await is_decided(course, case, officer, "refund", amount="50.00")
        await is_resolved(course, case, officer)
        await course.leave()

        await town.settled()
        assert len(town.said(InvoiceRefunded, visit=course.visit_id)) == 1
        assert Decimal((await town.invoice(course))["net_paid"]) == Decimal("657.72")

    async def test_of_more_than_was_paid_goes_back_to_be_decided(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)
        await course.sign()
        await course.pay()
        case, officer = await complains(course, "cost", "too dear")

        first = await is_decided(course, case, officer, "refund", amount="400.00")
        manager = town.person("service-manager")
        second = await is_decided(course, case, manager, "refund", amount="400.00")
        await town.settled()

        assert [one.measure_id for one in town.said(InvoiceRefunded, visit=course.visit_id)] == [first]
        (refused,) = town.said(MeasureNotPossible, visit=course.visit_id)
        assert (refused.measure_id, refused.possible) == (second, Decimal("307.72"))


@pytest.mark.req("BILL-23", "COMP-17")
class TestReworkAndTheKeys:
    async def test_decided_before_the_keys_go_out_holds_the_car(self, town: Town) -> None:
        course = town.course(walk_in=True)
        lines = await is_repaired(course)
        await course.sign()
        await course.pay()
        case, officer = await complains(course, "quality", "it still squeals")
        measure = await is_decided(course, case, officer, "rework", line_ids=[lines[0]["line_id"]])
        await town.settled()

        with pytest.raises(Refused) as refused:
            await reception.hand_over(town.doors, course.advisor, course.visit_id)
        await course.repair(await rework_of(course))
        await course.inspect()
        await is_resolved(course, case, officer)
        await course.settle_and_leave()

        assert refused.value.status == 409
        assert await town.states(course) == GONE
        assert len(town.said(ReworkOrdered, measure_id=measure)) == 1
        assert town.said(ReworkAgreed, measure_id=measure) == []

    async def test_heard_after_the_keys_went_out_becomes_a_visit_of_its_own(self, town: Town) -> None:
        course = town.course(walk_in=True)
        lines = await is_repaired(course)
        await course.sign()
        await course.pay()
        await town.settled()
        case, officer = await complains(course, "quality", "it still squeals")
        with town.withheld("reception", MeasureDecided):
            measure = await is_decided(course, case, officer, "rework", line_ids=[lines[0]["line_id"]])
            await course.leave()
        await town.settled()

        assert town.said(ReworkOrdered, measure_id=measure) == []
        assert len(town.said(ReworkAgreed, measure_id=measure)) == 1
        assert await town.states(course) == GONE


@pytest.mark.req("BILL-05")
class TestAPartTakenBackWhileTheJobBecomesReady:
    """The workshop calls it all used, hears of the slip, reopens the job, and sets right what was used."""

    @pytest.mark.parametrize("billing_hears", ["the slip first", "ready first"])
    async def test_is_not_billed(self, town: Town, billing_hears: str) -> None:
        course = town.course(walk_in=True)
        line, technician = await begins(course, BRAKES)
        deaf = town.withheld("billing", PartsReturned) if billing_hears == "ready first" else nullcontext()
        with town.withheld("workshop", PartsReturned), deaf:
            used = await course.bring_one_back(technician, line)
            await course.finish_line(line, technician)
            await course.inspect()
            await town.doors.deliver()
        await town.settled()

        rows = [{"part_line_id": part, "used": quantity} for part, quantity in used.items()]
        path = f"/jobs/{course.job_id}/lines/{line['line_id']}/usage"
        await town.doors.ask("workshop", "PUT", path, who=course.supervisor, json={"parts": rows})
        await town.settled()
        if (await town.job(course))["state"] != "ready":
            await course.inspect()
        await course.settle_and_leave()

        assert await town.states(course) == GONE
        assert await town.waiting() == []
        paper = town.said(InvoicePrepared, visit=course.visit_id)[-1]
        billed = {str(row.part_line_id): row.quantity for row in paper.lines if row.part_line_id}
        assert billed == {part: Decimal(quantity) for part, quantity in used.items()}
