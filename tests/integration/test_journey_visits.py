"""The visit itself: the happy path, additional work, declined, unpaid (requirements 2.1, E1, E6, E7)."""

from decimal import Decimal

import pytest
from scenarios.desks import billing, booking, crm, reception, workshop
from scenarios.repairs import BRAKES, OIL_SERVICE
from scenarios.shop_client import Refused
from scenarios.visits.additional_work import find_more

from contracts.events.billing import InvoiceSettled
from contracts.events.crm import FollowUpPlanned, SurveySent
from contracts.events.reception import EstimateAnswered
from contracts.events.workshop import JobInterrupted, JobReady
from tests.integration.story import GONE, Story
from tests.integration.story_steps import begins, is_repaired

pytestmark = pytest.mark.asyncio(loop_scope="session")


class TestTheHappyPath:
    @pytest.mark.req("BOOK-05", "BOOK-17", "COLL-03", "CRM-07", "PART-15")
    async def test_goes_from_the_call_to_the_archive(self, story: Story) -> None:
        driver = story.new_visit()

        await driver.come(services=(OIL_SERVICE,))
        await driver.diagnose(BRAKES)
        oil, brakes = await driver.agree()
        technician = await driver.begin_line(oil)
        await driver.finish_line(oil, technician, await driver.bring_one_back(technician, oil))
        await driver.do_line(brakes)
        await driver.inspect()
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE | {"booking": "kept"}
        booked = ["requested", "confirmed", "prepared", "kept"]
        assert story.published_types(driver.request_id, "booking.appointment") == booked
        assert story.published_types(driver.request_id, "reception.visit") == [
            *("opened", "received", "intake-completed"),
            *("estimate-drafted", "estimate-presented", "estimate-answered", "handover-promised"),
            *("customer-notified", "work-accepted", "handed-over", "closed"),
        ]
        done = ["dispatched", "line-started", "line-completed"]
        assert story.published_types(driver.request_id, "workshop.job") == [
            *("opened", *done, "diagnosed", "interrupted", "resumed"),
            *(*done, *done, "completed", "inspection-passed", "ready"),
        ]
        till = ["prepared", "issued", "payment-received", "settled"]
        assert story.published_types(driver.request_id, "billing.invoice") == till
        visit, invoice = await story.visit(driver), await story.invoice(driver)
        shown = await booking.appointment(story.client, driver.agent, driver.appointment_id)
        job = await workshop.job_of(story.client, driver.supervisor, driver.visit_id)
        assert job is not None
        numbers = {found["request_no"] for found in (shown, visit, job["vehicle"], invoice)}
        assert len(numbers) == 1
        assert numbers.pop().startswith("B-")
        file = await story.client.get("crm", f"/customers/{driver.customer_id}", who=driver.agent)
        assert visit["record_no"].startswith(f"{file['customer_no']}-RP-")

    @pytest.mark.req("CRM-10")
    async def test_ends_with_one_survey_and_one_call(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)
        await driver.settle_and_leave()

        await story.passes(days=5)

        assert len(story.published(SurveySent, visit=driver.visit_id)) == 1
        (call,) = story.published(FollowUpPlanned, visit=driver.visit_id)
        assert (call.kind, call.careful) == ("after_service", False)

    @pytest.mark.req("BILL-03", "BILL-18", "BOOK-32")
    async def test_is_billed_at_the_agreed_prices_for_what_was_used(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        line, technician = await begins(driver, BRAKES)
        await driver.finish_line(line, technician, await driver.bring_one_back(technician, line))
        await driver.inspect()
        await driver.settle_and_leave()

        invoice = await story.invoice(driver)

        # Half an hour's diagnosis 90.00 and an hour's work 220.00, and 6 %: 328.60.
        # Three quarters of the pads 201.00, 1.5 litres of fluid 67.50, and 13 % (34.905, half up): 303.41.
        assert Decimal(invoice["total_gross"]) == Decimal("632.01")
        assert (Decimal(invoice["net_paid"]), Decimal(invoice["balance"])) == (Decimal("632.01"), Decimal(0))
        assert await story.states(driver) == GONE
        screen = await reception.screen(story.client, driver.advisor, driver.visit_id)
        path, agent = f"/visit-files/{driver.visit_id}", story.person("customer-service")
        file = await story.client.get("crm", path, who=agent)
        assert screen["visit"]["request_no"].startswith("W-")
        assert (screen["invoice"]["settled"], Decimal(screen["invoice"]["total_gross"])) == (
            True,
            Decimal("632.01"),
        )
        assert (Decimal(file["paid"]), file["settled"]) == (Decimal("632.01"), "paid")

    @pytest.mark.req("BILL-02")
    async def test_may_be_agreed_to_by_the_customers_link(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await driver.come()
        await driver.diagnose(BRAKES)
        lines = await driver.present()

        url = await reception.link_to_estimate(story.client, driver.advisor, driver.visit_id, driver.revision)
        answers = [{"line_id": line["line_id"], "accept": True} for line in lines]
        await story.client.by_link(url, {"answers": answers})

        await driver.repair(lines)
        await driver.inspect()
        await driver.settle_and_leave()
        (answered,) = story.published(EstimateAnswered, visit=driver.visit_id)
        assert (answered.channel, answered.answered_by) == ("link", "customer")
        assert await story.states(driver) == GONE


@pytest.mark.req("RECP-24")
class TestAdditionalWork:
    async def test_is_done_and_billed_when_the_customer_agrees(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        brakes, technician = await begins(driver)

        await find_more(driver, technician, blocks=[brakes["line_id"]])
        (oil,) = await driver.present()
        await story.settled()
        assert (await story.job(driver))["state"] == "awaiting_answer"
        with pytest.raises(Refused) as refused:
            await workshop.start(story.client, technician, driver.job_id, brakes["line_id"])
        await driver.answer([oil])
        await driver.go_on(brakes, technician)
        await driver.do_line(oil)
        await driver.inspect()
        await driver.settle_and_leave()

        assert refused.value.problem["waiting_for"] == "reception.visit"
        assert await story.states(driver) == GONE
        (stopped,) = [
            one for one in story.published(JobInterrupted, visit=driver.visit_id) if one.moved_to_parking
        ]
        assert stopped.cause == "B"
        assert oil["line_id"] in {row["line_id"] for row in (await story.invoice(driver))["lines"]}

    @pytest.mark.req("BILL-03")
    async def test_is_neither_done_nor_billed_when_the_customer_declines(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        brakes, technician = await begins(driver)

        await find_more(driver, technician, blocks=[brakes["line_id"]])
        (oil,) = await driver.present()
        await driver.answer([oil], declined=[oil["line_id"]])
        await driver.go_on(brakes, technician)
        await driver.inspect()
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE
        assert oil["line_id"] not in {row["line_id"] for row in (await story.invoice(driver))["lines"]}
        held = await driver.reservation()
        assert {line["held"] for line in held["lines"]} == {"0.000"}


@pytest.mark.req("BILL-19")
class TestDecliningEverything:
    async def test_leaves_the_diagnosis_to_pay(self, story: Story) -> None:
        driver = story.new_visit()
        await driver.come()
        await driver.diagnose(BRAKES)
        (line,) = await driver.present()
        await driver.answer([line], declined=[line["line_id"]])
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE | {"booking": "kept"}
        (ready,) = story.published(JobReady, visit=driver.visit_id)
        assert ready.outcome == "no_work"
        assert Decimal((await story.invoice(driver))["payable"]) == Decimal("95.40")  # 90.00 and 6 %
        assert (await story.visit(driver))["outcome"] in ("declined", "diagnosis_only")


class TestLeavingWithoutPaying:
    async def test_is_refused_until_credit_is_approved(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await driver.register()
        manager = story.context.crew.one("service-manager")
        await crm.agree_credit(story.client, manager, driver.customer_id, "5000.00")
        await is_repaired(driver)
        await driver.sign()
        await story.settled()

        with pytest.raises(Refused) as refused:
            await reception.hand_over(story.client, driver.advisor, driver.visit_id)
        invoice = await story.invoice(driver)
        await billing.approve_credit(story.client, story.context.crew.one("finance"), invoice["id"])
        await driver.leave()

        assert (refused.value.status, refused.value.waits) == (409, True)
        assert [one.how for one in story.published(InvoiceSettled, visit=driver.visit_id)] == ["credit"]
        assert await story.states(driver) == GONE
