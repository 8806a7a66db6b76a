"""Two things that happen at once, in both orders: each pair must come to the one end that journey 7 names.

"Not heard yet" is made by withholding an event from a department while the other thing happens; then the
department hears of it late, by asking again, as after a lost message.
"""

import asyncio
from datetime import timedelta

import pytest
from demo.desks import parts, reception, workshop
from demo.doors import Json, Person, Refused
from demo.repairs import BRAKES, OIL_SERVICE, special_order
from demo.visits.course import Course

from contracts.billing import (
    InvoiceIssued,
    InvoiceWithdrawn,
)
from contracts.complaints import ComplaintReceived
from contracts.crm import DissatisfactionDetected
from contracts.reception import PromiseRevised
from contracts.workshop import AdditionalWorkFound, JobReopened, PromiseEndangered
from tests.integration.story import begins, complains, finds_more, is_repaired, is_scored
from tests.integration.town import GONE, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
