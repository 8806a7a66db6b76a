"""The customer is not content: complaints during the visit with each measure, and a low score (E8, E9)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from demo.desks import reception

from contracts.complaints import ComplaintReceived, ComplaintResolved, MeasureCompleted
from contracts.crm import DissatisfactionDetected
from contracts.reception import ReworkAgreed, ReworkOrdered
from contracts.workshop import JobReady, JobReopened
from tests.integration.story import (
    begins,
    complains,
    finds_nothing,
    is_decided,
    is_repaired,
    is_resolved,
    is_scored,
    rework_of,
)
from tests.integration.town import GONE, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.req("COMP-04", "COMP-17")
class TestAComplaintDuringTheVisit:
    @pytest.mark.req("BILL-11")
    async def test_gives_money_back(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)
        await course.sign()
        await course.pay()

        case, officer = await complains(course, "cost", "the bill is higher than the neighbour paid")
        measure = await is_decided(course, case, officer, "refund", amount="50.00")
        await is_resolved(course, case, officer)
        await course.leave()

        assert await town.states(course) == GONE | {"billing": "part_refunded"}
        invoice = await town.invoice(course)
        assert [refund["amount"] for refund in invoice["refunds"]] == ["50.00"]
        assert Decimal(invoice["balance"]) == 0
        (done,) = town.said(MeasureCompleted, visit=course.visit_id)
        assert (done.measure_id, done.kind) == (measure, "refund")

    @pytest.mark.req("BILL-10")
    async def test_asks_for_less_before_the_invoice_is_signed(self, town: Town) -> None:
        course = town.course(walk_in=True)
        line, technician = await begins(course)

        case, officer = await complains(course, "delay", "nobody told me how long it takes")
        await is_decided(course, case, officer, "discount", amount="50.00")
        await course.finish_line(line, technician)
        await course.inspect()
        await is_resolved(course, case, officer)
        await course.settle_and_leave()

        assert await town.states(course) == GONE
        invoice = await town.invoice(course)
        assert Decimal(invoice["total_gross"]) - Decimal(invoice["payable"]) == Decimal("50.00")
        assert Decimal(invoice["net_paid"]) == Decimal(invoice["payable"])

    @pytest.mark.req("BILL-23", "WORK-10")
    async def test_has_the_work_done_again_at_the_shops_cost(self, town: Town) -> None:
        course = town.course(walk_in=True)
        lines = await is_repaired(course)
        await town.settled()
        before = Decimal((await town.invoice(course))["payable"])

        case, officer = await complains(course, "quality", "the same noise again on the test drive")
        measure = await is_decided(course, case, officer, "rework", line_ids=[lines[0]["line_id"]])
        await town.settled()
        assert (await town.states(course))["billing"] == "withdrawn"
        await course.repair(await rework_of(course))
        await course.inspect()
        await is_resolved(course, case, officer)
        await course.settle_and_leave()

        assert await town.states(course) == GONE
        assert Decimal((await town.invoice(course))["payable"]) == before
        assert [one.withdraws_ready for one in town.said(JobReopened, visit=course.visit_id)] == [True]
        assert town.said(JobReady, visit=course.visit_id)[-1].done_measure_ids == (measure,)

    @pytest.mark.req("COMP-31")
    async def test_is_seen_by_the_desk_until_it_is_resolved(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)

        case, officer = await complains(course, "attitude", "nobody greeted me")
        await town.settled()
        during = await reception.screen(town.doors, course.advisor, course.visit_id)
        await is_resolved(course, case, officer)
        await course.settle_and_leave()
        await town.settled()
        after = await reception.screen(town.doors, course.advisor, course.visit_id)

        assert [one["state"] for one in during["complaints"]] != []
        assert during["complaints"][0]["state"] != after["complaints"][0]["state"] == "resolved"
        assert len(town.said(ComplaintResolved, visit=course.visit_id)) == 1


@pytest.mark.req("COMP-17", "BILL-23")
class TestAComplaintAfterTheVisit:
    async def test_brings_the_car_back_for_rework_on_a_visit_of_its_own(self, town: Town) -> None:
        first = town.course(walk_in=True)
        lines = await is_repaired(first)
        await first.settle_and_leave()

        case, officer = await complains(first, "quality", "the same noise again")
        measure = await is_decided(first, case, officer, "rework", line_ids=[lines[0]["line_id"]])
        await town.settled()
        (agreed,) = town.said(ReworkAgreed, measure_id=measure)
        again = town.course()
        again.fault, again.customer_id, again.vehicle_id = first.fault, first.customer_id, first.vehicle_id
        again.request_no = agreed.request_no
        await again.arrive()
        await finds_nothing(again)
        await again.repair(await rework_of(again))
        await again.inspect()
        await is_resolved(first, case, officer)
        await again.settle_and_leave()

        assert again.visit_id == str(agreed.visit_id) != first.visit_id
        assert (await town.states(again))["billing"] == "settled"
        assert Decimal((await town.invoice(again))["payable"]) == 0
        assert town.said(ReworkOrdered, measure_id=measure) == []


@pytest.mark.req("COMP-30", "CRM-26")
class TestALowScore:
    async def test_opens_a_case_that_is_linked_to_the_form(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)
        await course.settle_and_leave()
        await town.passes(days=5)

        words = "I was told one price and paid another"
        survey = await is_scored(town, course, 8, price=3, comment=words)

        (found,) = town.said(DissatisfactionDetected, visit=course.visit_id)
        assert (found.lowest_item, found.lowest_points) == ("price", 3)
        (case,) = town.said(ComplaintReceived, visit=course.visit_id)
        assert (case.source, case.source_id) == ("survey", survey)
        assert case.respond_by - case.received_at == timedelta(hours=24)

    async def test_of_a_content_customer_opens_none(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)
        await course.settle_and_leave()
        await town.passes(days=5)

        await is_scored(town, course, 8, price=8)

        assert town.said(ComplaintReceived, visit=course.visit_id) == []
