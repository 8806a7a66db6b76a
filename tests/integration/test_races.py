"""Two things that happen at once, in both orders: each pair must come to the one end that journey 7 names.

"Not received yet" is made by withholding an event from a department while the other thing happens; then
the department receives it late, by a backfill, as after a lost message.
"""

import asyncio
from datetime import timedelta

import pytest
from scenarios.desks import parts, reception, workshop
from scenarios.repairs import BRAKES, OIL_SERVICE
from scenarios.shop_client import Json, Person, Refused
from scenarios.visits.additional_work import find_more
from scenarios.visits.back_order import lacks_a_part
from scenarios.visits.case import open_case
from scenarios.visits.driver import VisitDriver

from contracts.events.billing import (
    InvoiceIssued,
    InvoiceWithdrawn,
)
from contracts.events.complaints import ComplaintReceived
from contracts.events.crm import DissatisfactionDetected
from contracts.events.reception import PromiseRevised
from contracts.events.workshop import AdditionalWorkFound, JobReopened, PromiseEndangered
from tests.integration.story import GONE, Story
from tests.integration.story_steps import begins, is_repaired, is_scored

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.req("RECP-24")
class TestAnAnswerWhileTheAdvisorDraftsAnew:
    async def test_answered_first_the_draft_builds_on_it(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        (line,) = await _is_asked(driver)
        await driver.answer([line])

        visit = await _drafts_anew(driver)

        agreed = {one["id"] for one in visit["lines"] if one["state"] == "authorised"}
        assert line["line_id"] in agreed
        assert [one["state"] for one in visit["estimates"]] == ["answered", "drafted"]

    async def test_drafted_first_the_answer_comes_too_late(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        lines = await _is_asked(driver)
        await _drafts_anew(driver)

        with pytest.raises(Refused) as refused:
            await driver.answer(lines)

        assert (refused.value.status, refused.value.code) == (409, "estimate_superseded")

    async def test_both_at_once_end_in_one_of_the_two(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        lines = await _is_asked(driver)

        answered, _ = await asyncio.gather(driver.answer(lines), _drafts_anew(driver), return_exceptions=True)

        states = [one["state"] for one in (await story.visit(driver))["estimates"]]
        assert states == (["answered", "drafted"] if answered is None else ["superseded", "drafted"])


async def _is_asked(driver: VisitDriver) -> list[Json]:
    """The estimate of the brakes lies before the customer."""
    await driver.come()
    await driver.diagnose(BRAKES)
    return await driver.present()


async def _drafts_anew(driver: VisitDriver) -> Json:
    """The advisor adds an oil service to the estimate."""
    body = {"add": [{"service_code": OIL_SERVICE}]}
    visit: Json = await driver.client.post(
        "reception", f"/visits/{driver.visit_id}/estimates", body, who=driver.advisor
    )
    return visit


@pytest.mark.req("RECP-24")
class TestAdditionalWorkOnAReadyCar:
    async def test_found_before_the_customer_signs(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        technician = await _is_ready(driver)
        await story.settled()

        await find_more(driver, technician)

        await _is_withdrawn_and_declined(story, driver)

    async def test_found_while_the_customer_signs(self, story: Story) -> None:
        """Reception does not know yet that the job goes on: the signature is void, nothing is issued."""
        driver = story.new_visit(walk_in=True)
        technician = await _is_ready(driver)
        await story.settled()
        with story.withheld("reception", JobReopened, AdditionalWorkFound, InvoiceWithdrawn):
            await find_more(driver, technician)
            await story.client.deliver()
            await driver.sign()
            await story.client.deliver()

        await _is_withdrawn_and_declined(story, driver)


async def _is_ready(driver: VisitDriver) -> Person:
    line, technician = await begins(driver)
    await driver.finish_line(line, technician)
    await driver.inspect()
    return technician


async def _is_withdrawn_and_declined(story: Story, driver: VisitDriver) -> None:
    """The job is open again, the first invoice withdrawn; the customer declines and the car leaves."""
    states = await story.states(driver)
    assert (states["reception"], states["billing"]) == ("in_workshop", "withdrawn")
    assert story.published(InvoiceIssued, visit=driver.visit_id) == []

    lines = await driver.present()
    await driver.answer(lines, declined=[line["line_id"] for line in lines])
    await story.settled()
    if (await story.job(driver))["state"] != "ready":
        await driver.inspect()
    await driver.settle_and_leave()

    assert await story.states(driver) == GONE
    assert len(story.published(InvoiceIssued, visit=driver.visit_id)) == 1


@pytest.mark.req("WORK-13")
class TestAnAlarmAndANewPromise:
    async def test_for_the_promise_before_is_only_logged(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await _is_promised(story, driver)
        with story.withheld("workshop", PromiseRevised):
            await _is_promised_anew(story, driver)
            story.shop.clock.move(hours=3)
            await story.shop["workshop"].runtime.timers.run_due()
            await story.client.deliver()

        await story.settled()
        assert [
            one.promise_revision for one in story.published(PromiseEndangered, visit=driver.visit_id)
        ] == [1]
        assert await _calls_to_make(story, driver) == 0

    async def test_for_the_promise_that_stands_calls_for_a_word(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await _is_promised(story, driver)
        await story.passes(hours=3)
        assert await _calls_to_make(story, driver) == 1

        await _is_promised_anew(story, driver)

        await story.settled()
        assert await _calls_to_make(story, driver) == 0


async def _is_promised(story: Story, driver: VisitDriver) -> None:
    """In four hours; nobody begins."""
    await driver.come()
    await driver.diagnose(BRAKES)
    await driver.agree(promise=story.now + timedelta(hours=4))
    await story.settled()


async def _is_promised_anew(story: Story, driver: VisitDriver) -> None:
    later = story.now + timedelta(hours=30)
    await reception.revise_promise(
        story.client, driver.advisor, driver.visit_id, later, reason="much to do", solution="a courtesy car"
    )


async def _calls_to_make(story: Story, driver: VisitDriver) -> int:
    """How often the customer must be contacted before the promised time."""
    tasks = (await reception.screen(story.client, driver.advisor, driver.visit_id))["tasks"]
    return sum(task["purpose"] == "contact_before" and task["done_at"] is None for task in tasks)


@pytest.mark.req("PART-15")
class TestAPartThatArrivesWhileItIsGivenUp:
    @pytest.mark.parametrize("first", ["arrival", "answer"])
    async def test_is_free_for_others(self, story: Story, first: str) -> None:
        driver = story.new_visit(walk_in=True)
        line = await lacks_a_part(driver)
        part_no = line["parts"][0]["part_no"]
        await story.settled()
        manager = story.person("parts-manager")
        deliver = parts.put_away(story.client, manager, part_no, 1, "900.00")
        decline = driver.answer([line], declined=[line["line_id"]])
        for step in (deliver, decline) if first == "arrival" else (decline, deliver):
            await step
            await story.settled()
        await driver.settle_and_leave()

        stock = (await parts.listed(story.client, manager))[part_no]
        assert (stock["on_hand"], stock["available"]) == ("1.000", "1.000")


class TestTwoAtOnce:
    @pytest.mark.req("PART-15")
    async def test_only_one_counter_hands_out_the_same_part(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await driver.come()
        await driver.diagnose(BRAKES)
        (line,) = await driver.agree()
        await story.settled()
        reservation = (await driver.reservation())["id"]
        wanted = [(part["part_line_id"], part["quantity"]) for part in line["parts"]]
        technician = story.person("technician")

        handed = await asyncio.gather(
            *(parts.issue(story.client, driver.keeper, reservation, technician, wanted) for _ in range(2)),
            return_exceptions=True,
        )

        (refused,) = [one for one in handed if one is not None]
        assert isinstance(refused, Refused)
        assert refused.status == 409
        assert {row["issued"] for row in (await driver.reservation())["lines"]} == {"1.000", "1.500"}

    @pytest.mark.req("WORK-09")
    async def test_a_technician_works_on_one_line_only(self, story: Story) -> None:
        cars = [story.new_visit(walk_in=True), story.new_visit(walk_in=True)]
        technician = story.person("technician")
        starts = []
        for car in cars:
            await car.come()
            job = await story.job_of(car)
            line = job["lines"][0]["id"]
            await workshop.dispatch(story.client, car.supervisor, job["id"], technician, [line])
            starts.append(workshop.start(story.client, technician, job["id"], line))

        started = await asyncio.gather(*starts, return_exceptions=True)

        refused = [one for one in started if isinstance(one, Refused)]
        assert [one.code for one in refused] == ["technician_busy"]
        await _ends(story, cars, technician)


async def _ends(story: Story, cars: list[VisitDriver], technician: Person) -> None:
    """Whoever began the diagnosis reports it, so that the technician is free for the next story."""
    for car in cars:
        job = await story.job_of(car)
        car.job_id = job["id"]
        if job["lines"][0]["state"] == "running":
            await workshop.report_diagnosis(
                story.client,
                technician,
                job["id"],
                codes=["C0035"],
                findings=["worn"],
                lines=[BRAKES.line("worn")],
            )


@pytest.mark.req("COMP-30")
class TestALowScoreForAVisitWithAComplaint:
    async def test_joins_the_open_case(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)
        await driver.settle_and_leave()
        await story.passes(days=5)
        case, _ = await open_case(driver, "attitude", "nobody greeted me")

        await is_scored(story, driver, 3, price=3)

        assert len(story.published(DissatisfactionDetected, visit=driver.visit_id)) == 1
        (only,) = story.published(ComplaintReceived, visit=driver.visit_id)
        assert str(only.complaint_id) == case

    async def test_opens_the_case_that_the_complaint_joins_when_it_comes_first(self, story: Story) -> None:
        driver = story.new_visit(walk_in=True)
        await is_repaired(driver)
        await driver.settle_and_leave()
        await story.passes(days=5)

        await is_scored(story, driver, 3, price=3)
        case, _ = await open_case(driver, "attitude", "nobody greeted me")

        (only,) = story.published(ComplaintReceived, visit=driver.visit_id)
        assert (only.source, str(only.complaint_id)) == ("survey", case)
