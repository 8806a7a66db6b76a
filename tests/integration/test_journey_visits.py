"""The visit itself: the happy path, additional work, declined, unpaid (requirements 2.1, E1, E6, E7)."""

from decimal import Decimal

import pytest
from demo.desks import billing, crm, reception, workshop
from demo.doors import Refused
from demo.repairs import BRAKES, OIL_SERVICE

from contracts.billing import InvoiceSettled
from contracts.crm import FollowUpPlanned, SurveySent
from contracts.reception import EstimateAnswered
from contracts.workshop import JobInterrupted, JobReady
from tests.integration.story import begins, finds_more, is_repaired
from tests.integration.town import GONE, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


class TestTheHappyPath:
    @pytest.mark.req("BOOK-17", "RECP-24", "WORK-26", "PART-15", "RECP-34")
    async def test_goes_from_the_call_to_the_archive(self, town: Town) -> None:
        course = town.course()

        await course.come(services=(OIL_SERVICE,))
        await course.diagnose(BRAKES)
        oil, brakes = await course.agree()
        technician = await course.begin_line(oil)
        await course.finish_line(oil, technician, await course.bring_one_back(technician, oil))
        await course.do_line(brakes)
        await course.inspect()
        await course.settle_and_leave()

        assert await town.states(course) == GONE | {"booking": "kept"}
        booked = ["requested", "confirmed", "prepared", "kept"]
        assert town.told(course.request_id, "booking.appointment") == booked
        assert town.told(course.request_id, "reception.visit") == [
            *("opened", "received", "intake-completed"),
            *("estimate-drafted", "estimate-presented", "estimate-answered", "handover-promised"),
            *("customer-notified", "work-accepted", "handed-over", "closed"),
        ]
        done = ["dispatched", "line-started", "line-completed"]
        assert town.told(course.request_id, "workshop.job") == [
            *("opened", *done, "diagnosed", "interrupted", "resumed"),
            *(*done, *done, "completed", "inspection-passed", "ready"),
        ]
        till = ["prepared", "issued", "payment-received", "settled"]
        assert town.told(course.request_id, "billing.invoice") == till

    @pytest.mark.req("CRM-10", "CRM-12")
    async def test_ends_with_one_survey_and_one_call(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)
        await course.settle_and_leave()

        await town.passes(days=5)

        assert len(town.said(SurveySent, visit=course.visit_id)) == 1
        (call,) = town.said(FollowUpPlanned, visit=course.visit_id)
        assert (call.kind, call.careful) == ("after_service", False)

    @pytest.mark.req("BILL-01", "BILL-03", "PART-10")
    async def test_is_billed_at_the_agreed_prices_for_what_was_used(self, town: Town) -> None:
        course = town.course(walk_in=True)
        line, technician = await begins(course, BRAKES)
        await course.finish_line(line, technician, await course.bring_one_back(technician, line))
        await course.inspect()
        await course.settle_and_leave()

        invoice = await town.invoice(course)

        # Half an hour's diagnosis 90.00 and an hour's work 220.00, and 6 %: 328.60.
        # Three quarters of the pads 201.00, 1.5 litres of fluid 67.50, and 13 % (34.905, half up): 303.41.
        assert Decimal(invoice["total_gross"]) == Decimal("632.01")
        assert (Decimal(invoice["net_paid"]), Decimal(invoice["balance"])) == (Decimal("632.01"), Decimal(0))

    @pytest.mark.req("BILL-02")
    async def test_may_be_agreed_to_by_the_customers_link(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await course.come()
        await course.diagnose(BRAKES)
        lines = await course.present()

        url = await reception.link_to_estimate(town.doors, course.advisor, course.visit_id, course.revision)
        answers = [{"line_id": line["line_id"], "accept": True} for line in lines]
        await town.doors.by_link(url, {"answers": answers})

        await course.repair(lines)
        await course.inspect()
        await course.settle_and_leave()
        (answered,) = town.said(EstimateAnswered, visit=course.visit_id)
        assert (answered.channel, answered.answered_by) == ("link", "customer")
        assert await town.states(course) == GONE


@pytest.mark.req("RECP-24", "WORK-15")
class TestAdditionalWork:
    async def test_is_done_and_billed_when_the_customer_agrees(self, town: Town) -> None:
        course = town.course(walk_in=True)
        brakes, technician = await begins(course)

        await finds_more(course, technician, blocks=[brakes["line_id"]])
        (oil,) = await course.present()
        await town.settled()
        assert (await town.job(course))["state"] == "awaiting_answer"
        with pytest.raises(Refused) as refused:
            await workshop.start(town.doors, technician, course.job_id, brakes["line_id"])
        await course.answer([oil])
        await course.go_on(brakes, technician)
        await course.do_line(oil)
        await course.inspect()
        await course.settle_and_leave()

        assert refused.value.facts["waiting_for"] == "reception.visit"
        assert await town.states(course) == GONE
        (stopped,) = [one for one in town.said(JobInterrupted, visit=course.visit_id) if one.moved_to_parking]
        assert stopped.cause == "B"
        assert oil["line_id"] in {row["line_id"] for row in (await town.invoice(course))["lines"]}

    @pytest.mark.req("BILL-03")
    async def test_is_neither_done_nor_billed_when_the_customer_declines(self, town: Town) -> None:
        course = town.course(walk_in=True)
        brakes, technician = await begins(course)

        await finds_more(course, technician, blocks=[brakes["line_id"]])
        (oil,) = await course.present()
        await course.answer([oil], declined=[oil["line_id"]])
        await course.go_on(brakes, technician)
        await course.inspect()
        await course.settle_and_leave()

        assert await town.states(course) == GONE
        assert oil["line_id"] not in {row["line_id"] for row in (await town.invoice(course))["lines"]}
        held = await course.reservation()
        assert {line["held"] for line in held["lines"]} == {"0.000"}


@pytest.mark.req("BILL-19", "RECP-19")
class TestDecliningEverything:
    async def test_leaves_the_diagnosis_to_pay(self, town: Town) -> None:
        course = town.course()
        await course.come()
        await course.diagnose(BRAKES)
        (line,) = await course.present()
        await course.answer([line], declined=[line["line_id"]])
        await course.settle_and_leave()

        assert await town.states(course) == GONE | {"booking": "kept"}
        (ready,) = town.said(JobReady, visit=course.visit_id)
        assert ready.outcome == "no_work"
        assert Decimal((await town.invoice(course))["payable"]) == Decimal("95.40")  # 90.00 and 6 %
        assert (await town.visit(course))["outcome"] in ("declined", "diagnosis_only")


@pytest.mark.req("BILL-20")
class TestLeavingWithoutPaying:
    async def test_is_refused_until_credit_is_approved(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await course.register()
        manager = town.floor.crew.one("service-manager")
        await crm.agree_credit(town.doors, manager, course.customer_id, "5000.00")
        await is_repaired(course)
        await course.sign()
        await town.settled()

        with pytest.raises(Refused) as refused:
            await reception.hand_over(town.doors, course.advisor, course.visit_id)
        invoice = await town.invoice(course)
        await billing.approve_credit(town.doors, town.floor.crew.one("finance"), invoice["id"])
        await course.leave()

        assert (refused.value.status, refused.value.waits) == (409, True)
        assert [one.how for one in town.said(InvoiceSettled, visit=course.visit_id)] == ["credit"]
        assert await town.states(course) == GONE
