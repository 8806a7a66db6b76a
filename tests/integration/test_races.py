"""Two things that happen at once, in both orders: each pair must come to the one end that journey 7 names.

"Not heard yet" is made by withholding an event from a department while the other thing happens; then the
department hears of it late, by asking again, as after a lost message.
"""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from demo.desks import booking, parts, reception, workshop
from demo.doors import Json, Person, Refused
from demo.repairs import BRAKES, OIL_SERVICE, special_order
from demo.visits.course import Course

from contracts.billing import (
    InvoiceDiscounted,
    InvoiceIssued,
    InvoicePrepared,
    InvoiceRefunded,
    InvoiceWithdrawn,
    MeasureNotPossible,
)
from contracts.booking import (
    AppointmentCancelled,
    AppointmentKept,
    AppointmentMissed,
    AppointmentRescheduled,
)
from contracts.complaints import ComplaintReceived, MeasureDecided
from contracts.crm import DissatisfactionDetected, FollowUpCancelled, FollowUpPlanned
from contracts.reception import PromiseRevised, ReworkAgreed, ReworkOrdered, VisitOpened
from contracts.workshop import AdditionalWorkFound, JobReopened, PromiseEndangered
from tests.integration.story import (
    GONE,
    Town,
    begins,
    complains,
    finds_more,
    is_decided,
    is_repaired,
    is_resolved,
    is_scored,
    rework_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _is_booked(course: Course) -> None:
    await course.register()
    await course.book(services=(OIL_SERVICE,), words="")


async def _is_kept_with_its_parts(town: Town, course: Course) -> None:
    """The visit won: the appointment is kept and the parts of the booked work are held for it."""
    states = await town.states(course)
    assert (states["booking"], states["parts"]) == ("kept", "attached")
    held = {line["part_no"]: Decimal(line["held"]) for line in (await course.reservation())["lines"]}
    assert held == {"OF-2001": 1, "OL-2002": Decimal("4.5")}


class TestACancelledBookingWhoseCarArrives:
    async def test_cancelled_first(self, town: Town) -> None:
        course = town.course()
        await _is_booked(course)
        await booking.cancel(town.doors, course.agent, course.appointment_id, reason="sold")
        await town.settled()

        await course.arrive()

        await _is_kept_with_its_parts(town, course)

    async def test_arrived_first_and_booking_has_not_heard(self, town: Town) -> None:
        course = town.course()
        await _is_booked(course)
        await town.settled()
        with town.withheld("booking", VisitOpened):
            await course.arrive()
            await booking.cancel(town.doors, course.agent, course.appointment_id, reason="sold")
            await town.doors.deliver()

        await _is_kept_with_its_parts(town, course)

    async def test_cancelled_first_and_parts_hears_it_last(self, town: Town) -> None:
        course = town.course()
        await _is_booked(course)
        await town.settled()
        with town.withheld("parts", AppointmentCancelled):
            await booking.cancel(town.doors, course.agent, course.appointment_id, reason="sold")
            await course.arrive()
            await town.doors.deliver()

        await _is_kept_with_its_parts(town, course)


@pytest.mark.req("BOOK-37")
class TestAMissedBookingWhoseCarArrives:
    async def test_missed_first(self, town: Town) -> None:
        course = town.course()
        await _is_booked(course)
        await town.passes(hours=26)
        customer = UUID(course.customer_id)
        assert len(town.said(AppointmentMissed, customer_id=customer)) == 1

        await course.arrive()

        await _is_kept_with_its_parts(town, course)
        assert [one.after_missed for one in town.said(AppointmentKept, customer_id=customer)] == [True]
        (call,) = town.said(FollowUpPlanned, customer_id=customer)
        assert len(town.said(FollowUpCancelled, follow_up_id=call.follow_up_id)) == 1

    async def test_arrived_first_and_booking_has_not_heard(self, town: Town) -> None:
        course = town.course()
        await _is_booked(course)
        await town.settled()
        with town.withheld("booking", VisitOpened):
            await course.arrive()
            await town.doors.deliver()
            town.shop.clock.move(hours=26)
            await town.shop["booking"].runtime.alarms.ring()
            await town.doors.deliver()

        await _is_kept_with_its_parts(town, course)
        assert town.said(AppointmentMissed, customer_id=UUID(course.customer_id)) == []


class TestARescheduledBookingWhoseCarArrivesOnTheOldSlot:
    async def test_rescheduled_first(self, town: Town) -> None:
        course = town.course()
        await _is_booked(course)
        await course.take_slot(8, instead_because="the customer is still on the road")
        await town.settled()

        await course.arrive()

        await _is_kept_with_its_parts(town, course)

    async def test_arrived_first_and_booking_has_not_heard(self, town: Town) -> None:
        course = town.course()
        await _is_booked(course)
        await town.settled()
        with town.withheld("booking", VisitOpened):
            await course.arrive()
            await course.take_slot(8, instead_because="the customer is still on the road")
            await town.doors.deliver()

        await _is_kept_with_its_parts(town, course)

    async def test_rescheduled_first_and_reception_and_parts_hear_it_last(self, town: Town) -> None:
        course = town.course()
        await _is_booked(course)
        await town.settled()
        with town.withheld("parts", AppointmentRescheduled):
            await course.take_slot(8, instead_because="the customer is still on the road")
            await course.arrive()
            await town.doors.deliver()

        await _is_kept_with_its_parts(town, course)


@pytest.mark.req("RECP-24", "RECP-47")
class TestAnAnswerWhileTheAdvisorDraftsAnew:
    async def test_answered_first_the_draft_builds_on_it(self, town: Town) -> None:
        course = town.course(walk_in=True)
        (line,) = await _is_asked(course)
        await course.answer([line])

        visit = await _drafts_anew(course)

        agreed = {one["id"] for one in visit["lines"] if one["state"] == "authorised"}
        assert line["line_id"] in agreed
        assert [one["state"] for one in visit["estimates"]] == ["answered", "drafted"]

    async def test_drafted_first_the_answer_comes_too_late(self, town: Town) -> None:
        course = town.course(walk_in=True)
        lines = await _is_asked(course)
        await _drafts_anew(course)

        with pytest.raises(Refused) as refused:
            await course.answer(lines)

        assert (refused.value.status, refused.value.code) == (409, "estimate_superseded")

    async def test_both_at_once_end_in_one_of_the_two(self, town: Town) -> None:
        course = town.course(walk_in=True)
        lines = await _is_asked(course)

        answered, _ = await asyncio.gather(course.answer(lines), _drafts_anew(course), return_exceptions=True)

        states = [one["state"] for one in (await town.visit(course))["estimates"]]
        assert states == (["answered", "drafted"] if answered is None else ["superseded", "drafted"])


async def _is_asked(course: Course) -> list[Json]:
    """The estimate of the brakes lies before the customer."""
    await course.come()
    await course.diagnose(BRAKES)
    return await course.present()


async def _drafts_anew(course: Course) -> Json:
    """The advisor adds an oil service to the estimate."""
    body = {"add": [{"service_code": OIL_SERVICE}]}
    visit: Json = await course.doors.post(
        "reception", f"/visits/{course.visit_id}/estimates", body, who=course.advisor
    )
    return visit


@pytest.mark.req("RECP-24")
class TestAdditionalWorkOnAReadyCar:
    async def test_found_before_the_customer_signs(self, town: Town) -> None:
        course = town.course(walk_in=True)
        technician = await _is_ready(course)
        await town.settled()

        await finds_more(course, technician)

        await _is_withdrawn_and_declined(town, course)

    async def test_found_while_the_customer_signs(self, town: Town) -> None:
        """Reception has not heard that the job goes on: the signature is void, nothing is issued on it."""
        course = town.course(walk_in=True)
        technician = await _is_ready(course)
        await town.settled()
        with town.withheld("reception", JobReopened, AdditionalWorkFound, InvoiceWithdrawn):
            await finds_more(course, technician)
            await town.doors.deliver()
            await course.sign()
            await town.doors.deliver()

        await _is_withdrawn_and_declined(town, course)


async def _is_ready(course: Course) -> Person:
    line, technician = await begins(course)
    await course.finish_line(line, technician)
    await course.inspect()
    return technician


async def _is_withdrawn_and_declined(town: Town, course: Course) -> None:
    """The job is open again, the first invoice withdrawn; the customer declines and the car leaves."""
    states = await town.states(course)
    assert (states["reception"], states["billing"]) == ("in_workshop", "withdrawn")
    assert town.said(InvoiceIssued, visit=course.visit_id) == []

    lines = await course.present()
    await course.answer(lines, declined=[line["line_id"] for line in lines])
    await town.settled()
    if (await town.job(course))["state"] != "ready":
        await course.inspect()
    await course.settle_and_leave()

    assert await town.states(course) == GONE
    assert len(town.said(InvoiceIssued, visit=course.visit_id)) == 1


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


@pytest.mark.req("RECP-22", "WORK-13")
class TestAnAlarmAndANewPromise:
    async def test_for_the_promise_before_is_only_logged(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await _is_promised(town, course)
        with town.withheld("workshop", PromiseRevised):
            await _is_promised_anew(town, course)
            town.shop.clock.move(hours=3)
            await town.shop["workshop"].runtime.alarms.ring()
            await town.doors.deliver()

        await town.settled()
        assert [one.promise_revision for one in town.said(PromiseEndangered, visit=course.visit_id)] == [1]
        assert await _calls_to_make(town, course) == 0

    async def test_for_the_promise_that_stands_calls_for_a_word(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await _is_promised(town, course)
        await town.passes(hours=3)
        assert await _calls_to_make(town, course) == 1

        await _is_promised_anew(town, course)

        await town.settled()
        assert await _calls_to_make(town, course) == 0


async def _is_promised(town: Town, course: Course) -> None:
    """In four hours; nobody begins."""
    await course.come()
    await course.diagnose(BRAKES)
    await course.agree(promise=town.now + timedelta(hours=4))
    await town.settled()


async def _is_promised_anew(town: Town, course: Course) -> None:
    later = town.now + timedelta(hours=30)
    await reception.revise_promise(
        town.doors, course.advisor, course.visit_id, later, reason="much to do", solution="a courtesy car"
    )


async def _calls_to_make(town: Town, course: Course) -> int:
    """How often the customer must be contacted before the promised time."""
    tasks = (await reception.screen(town.doors, course.advisor, course.visit_id))["tasks"]
    return sum(task["purpose"] == "contact_before" and task["done_at"] is None for task in tasks)


@pytest.mark.req("PART-15")
class TestAPartThatArrivesWhileItIsGivenUp:
    @pytest.mark.parametrize("first", ["arrival", "answer"])
    async def test_is_free_for_others(self, town: Town, first: str) -> None:
        number = {"arrival": 4, "answer": 5}[first]
        course = town.course(walk_in=True)
        await course.come()
        await course.diagnose(special_order(number))
        (line,) = await course.present()
        await town.settled()
        manager = town.person("parts-manager")
        deliver = parts.put_away(town.doors, manager, f"SO-90{number:02d}", 1, "900.00")
        decline = course.answer([line], declined=[line["line_id"]])
        for step in (deliver, decline) if first == "arrival" else (decline, deliver):
            await step
            await town.settled()
        await course.settle_and_leave()

        stock = (await parts.listed(town.doors, manager))[f"SO-90{number:02d}"]
        assert (stock["on_hand"], stock["available"]) == ("1.000", "1.000")
        await town.settled()
        await parts.count(town.doors, manager, f"SO-90{number:02d}", "0", "sold over the counter")


class TestTwoAtOnce:
    @pytest.mark.req("PART-15")
    async def test_only_one_counter_hands_out_the_same_part(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await course.come()
        await course.diagnose(BRAKES)
        (line,) = await course.agree()
        await town.settled()
        reservation = (await course.reservation())["id"]
        wanted = [(part["part_line_id"], part["quantity"]) for part in line["parts"]]
        technician = town.person("technician")

        handed = await asyncio.gather(
            *(parts.issue(town.doors, course.keeper, reservation, technician, wanted) for _ in range(2)),
            return_exceptions=True,
        )

        (refused,) = [one for one in handed if one is not None]
        assert isinstance(refused, Refused)
        assert refused.status == 409
        assert {row["issued"] for row in (await course.reservation())["lines"]} == {"1.000", "1.500"}

    @pytest.mark.req("WORK-09")
    async def test_a_technician_works_on_one_line_only(self, town: Town) -> None:
        cars = [town.course(walk_in=True), town.course(walk_in=True)]
        technician = town.person("technician")
        starts = []
        for car in cars:
            await car.come()
            job = await town.job_of(car)
            line = job["lines"][0]["id"]
            await workshop.dispatch(town.doors, car.supervisor, job["id"], technician, [line])
            starts.append(workshop.start(town.doors, technician, job["id"], line))

        started = await asyncio.gather(*starts, return_exceptions=True)

        refused = [one for one in started if isinstance(one, Refused)]
        assert [one.code for one in refused] == ["technician_busy"]
        await _ends(town, cars, technician)


async def _ends(town: Town, cars: list[Course], technician: Person) -> None:
    """Whoever began the diagnosis reports it, so that the technician is free for the next story."""
    for car in cars:
        job = await town.job_of(car)
        car.job_id = job["id"]
        if job["lines"][0]["state"] == "running":
            await workshop.report_diagnosis(
                town.doors,
                technician,
                job["id"],
                codes=["C0035"],
                findings=["worn"],
                lines=[BRAKES.line("worn")],
            )


@pytest.mark.req("COMP-35", "COMP-30")
class TestALowScoreForAVisitWithAComplaint:
    async def test_joins_the_open_case(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)
        await course.settle_and_leave()
        await town.passes(days=5)
        case, _ = await complains(course, "attitude", "nobody greeted me")

        await is_scored(town, course, 3, price=3)

        assert len(town.said(DissatisfactionDetected, visit=course.visit_id)) == 1
        (only,) = town.said(ComplaintReceived, visit=course.visit_id)
        assert str(only.complaint_id) == case

    async def test_opens_the_case_that_the_complaint_joins_when_it_comes_first(self, town: Town) -> None:
        course = town.course(walk_in=True)
        await is_repaired(course)
        await course.settle_and_leave()
        await town.passes(days=5)

        await is_scored(town, course, 3, price=3)
        case, _ = await complains(course, "attitude", "nobody greeted me")

        (only,) = town.said(ComplaintReceived, visit=course.visit_id)
        assert (only.source, str(only.complaint_id)) == ("survey", case)
