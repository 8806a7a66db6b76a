"""What complaints does when others report: cases that open by themselves, measures, copies, both orders."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.complaints.tests.builders import ADVISOR, ALL, FRIDAY, Story, hours
from sqlalchemy import text

from contracts.events.complaints import ComplaintOverdue, ComplaintReceived, MeasureCompleted
from contracts.roles import ROLES
from testkit.department import employee_id


async def cases(story: Story) -> list[dict[str, Any]]:
    listed = await story.complaints.call("GET", "/complaints", who=ALL)
    return list(listed.json()["items"])


class TestACaseThatOpensByItself:
    @pytest.mark.req("COMP-30")
    async def test_comes_from_a_low_score_and_is_linked_to_the_form(self, story: Story) -> None:
        low = story.dissatisfied()

        await story.complaints.receives(low)

        received = story.complaints.published(ComplaintReceived)[0]
        assert (received.source, received.source_id) == ("survey", low.survey_id)
        assert (received.visit_id, received.request_id) == (story.visit_id, story.request_id)
        [case] = await cases(story)
        assert (case["owner_id"], case["text"]) == (None, "52 of 100; price: 1; Far too dear")

    @pytest.mark.req("COMP-02")
    async def test_waits_in_the_teams_queue_until_one_of_them_takes_it(self, story: Story) -> None:
        await story.complaints.receives(story.dissatisfied())
        officer, path = ROLES["complaint-officer"], "/complaints?unowned=true"
        [waiting] = (await story.complaints.call("GET", path, who=officer)).json()["items"]

        await story.contact(waiting["id"], "answer", who=officer)

        assert (await story.complaints.call("GET", path, who=officer)).json()["items"] == []
        [case] = await cases(story)
        assert case["owner_id"] is not None

    @pytest.mark.req("CRM-46")
    async def test_comes_from_a_follow_up_that_found_a_problem(self, story: Story) -> None:
        await story.complaints.receives(story.followed_up(problem_found=False))
        assert await cases(story) == []

        await story.complaints.receives(story.followed_up())

        [case] = await cases(story)
        assert (case["source"], case["owner_id"]) == ("follow_up", str(ADVISOR.employee_id))

    async def test_comes_from_a_refused_promise(self, story: Story) -> None:
        await story.complaints.receives(story.opened(), story.promise_refused())

        received = story.complaints.published(ComplaintReceived)[0]
        assert (received.source, received.category, received.during_visit) == ("promise", "delay", True)

    async def test_joins_the_visits_open_case(self, story: Story) -> None:
        case = await story.open()
        low = story.dissatisfied()

        await story.complaints.receives(low, story.followed_up(), story.promise_refused())

        assert len(story.complaints.published(ComplaintReceived)) == 1
        shown = await story.show(case["id"])
        linked = [e for e in shown["entries"] if e["kind"] == "linked"]
        assert [e["text"].split(":")[0] for e in linked] == ["survey", "follow_up", "promise"]
        assert linked[0]["about_id"] == str(low.survey_id)
        assert shown["version"] > case["version"]

    async def test_joins_the_open_case_that_it_opened_before(self, story: Story) -> None:
        await story.complaints.receives(story.followed_up(), story.dissatisfied())

        assert len(await cases(story)) == 1

    async def test_is_joined_by_the_customers_own_words(self, story: Story) -> None:
        await story.complaints.receives(story.dissatisfied())
        [opened] = await cases(story)
        await story.complaints.passes(hours=2)

        stated = await story.post(
            "/complaints",
            story.words(category="attitude", level="major", text="Nobody listened"),
            by=ADVISOR,
        )

        joined = stated.json()
        assert (stated.status_code, joined["id"]) == (200, opened["id"])
        assert len(story.complaints.published(ComplaintReceived)) == 1
        assert (joined["source"], joined["category"], joined["level"]) == ("survey", "attitude", "major")
        assert joined["owner_id"] == str(ADVISOR.employee_id)
        assert joined["respond_by"] == opened["respond_by"]
        assert [(e["kind"], e["text"]) for e in joined["entries"][1:]] == [
            ("complained", "hotline: Nobody listened")
        ]

    @pytest.mark.parametrize("meanwhile", ["answered", "spoken"])
    async def test_is_followed_by_a_linked_one_once_it_is_talked_about(
        self, story: Story, meanwhile: str
    ) -> None:
        await story.complaints.receives(story.dissatisfied())
        [opened] = await cases(story)
        if meanwhile == "answered":
            await story.contact(opened["id"], "answer")
        else:
            await story.post("/complaints", story.words(), by=ADVISOR)

        again = await story.open(text="And now it rattles")

        assert again["id"] != opened["id"]
        assert again["earlier_case_id"] == opened["id"]

    async def test_runs_from_the_day_the_letter_came(self, story: Story) -> None:
        await story.complaints.passes(hours=10)
        await story.complaints.receives(story.dissatisfied())

        stated = await story.post("/complaints", story.words(received_at=FRIDAY.isoformat()))
        await story.complaints.passes(hours=15)

        assert stated.json()["respond_by"] == "2025-03-08T08:30:00Z"
        overdue = story.complaints.published(ComplaintOverdue)
        assert [(o.clock, o.due_at) for o in overdue] == [("respond", FRIDAY + hours(24))]

    async def test_is_a_new_one_after_the_first_was_resolved(self, story: Story) -> None:
        case_id = await story.answered()
        await story.contact(case_id, "notification")
        await story.resolve(case_id)

        await story.complaints.receives(story.dissatisfied())

        latest, first = sorted(await cases(story), key=lambda c: c["state"])
        assert (latest["state"], first["id"]) == ("received", case_id)
        assert (await story.show(latest["id"]))["earlier_case_id"] == case_id

    async def test_is_one_when_two_reports_come_at_the_same_time(self, story: Story) -> None:
        low, refused = story.dissatisfied(), story.promise_refused()
        receive = story.complaints.runtime.consumer.handle
        envelopes = [story.complaints.envelope(event) for event in (low, refused)]

        await asyncio.gather(*(receive(envelope) for envelope in envelopes))
        await story.complaints.until_quiet()

        assert len(story.complaints.published(ComplaintReceived)) == 1


class TestAMeasure:
    async def rework(self, story: Story) -> tuple[str, UUID]:
        await story.complaints.receives(story.opened(), story.job_opened())
        case_id = await story.answered()
        return case_id, await story.measure(case_id, "rework", line_ids=[str(story.line_id)])

    async def state(self, story: Story, case_id: str) -> tuple[str, str, str | None]:
        shown = await story.show(case_id)
        [measure] = shown["measures"]
        return shown["state"], measure["state"], measure["rework_visit_id"]

    async def test_of_rework_is_placed_and_done_in_the_open_visit(self, story: Story) -> None:
        case_id, measure_id = await self.rework(story)

        await story.complaints.receives(story.rework_ordered(measure_id, UUID(case_id)))
        placed = await self.state(story, case_id)
        await story.complaints.receives(story.ready(measure_id))

        assert placed == ("carrying_out", "placed", str(story.visit_id))
        assert await self.state(story, case_id) == ("carrying_out", "completed", str(story.visit_id))
        assert len(story.complaints.published(MeasureCompleted)) == 1

    async def test_of_rework_may_be_done_before_it_is_placed(self, story: Story) -> None:
        case_id, measure_id = await self.rework(story)

        await story.complaints.receives(story.ready(measure_id))
        await story.complaints.receives(story.rework_ordered(measure_id, UUID(case_id)))

        assert await self.state(story, case_id) == ("carrying_out", "completed", str(story.visit_id))
        assert len(story.complaints.published(MeasureCompleted)) == 1

    async def test_of_rework_is_agreed_for_a_new_visit(self, story: Story) -> None:
        case_id, measure_id = await self.rework(story)
        again = uuid4()

        await story.complaints.receives(story.rework_agreed(measure_id, UUID(case_id), again))

        assert await self.state(story, case_id) == ("carrying_out", "placed", str(again))

    async def test_is_published_once_though_the_job_is_ready_twice(self, story: Story) -> None:
        _, measure_id = await self.rework(story)

        await story.complaints.receives(story.ready(measure_id), story.ready(measure_id))

        assert len(story.complaints.published(MeasureCompleted)) == 1

    @pytest.mark.parametrize("kind", ["refund", "discount"])
    async def test_of_money_is_done_by_billing(self, story: Story, kind: str) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()
        measure_id = await story.measure(case_id, kind)
        done = {"refund": story.refunded, "discount": story.discounted}[kind]

        await story.complaints.receives(done(measure_id))

        shown = await story.show(case_id)
        assert (shown["measures"][0]["state"], shown["measures"][0]["given"]) == ("completed", "100.00")
        assert "notify" in shown["allowed"]
        assert [m.kind for m in story.complaints.published(MeasureCompleted)] == [kind]

    async def test_that_is_not_possible_goes_back_to_who_decides(self, story: Story) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()
        first = await story.measure(case_id)

        await story.complaints.receives(story.not_possible(first))
        back = await story.show(case_id)
        again = await story.decide(case_id, amount="50.00")

        assert (back["state"], back["measures"][0]["possible"]) == ("deciding", "50.00")
        assert again.status_code == 201
        assert (await story.show(case_id))["state"] == "carrying_out"

    async def test_of_billings_own_counter_is_nothing_of_ours(self, story: Story) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()

        await story.complaints.receives(
            story.refunded(uuid4()), story.discounted(uuid4()), story.not_possible(uuid4())
        )
        await story.complaints.receives(story.rework_ordered(uuid4(), uuid4()), story.ready(uuid4()))

        assert (await story.show(case_id))["measures"] == []
        assert story.complaints.published(MeasureCompleted) == []


class TestCopies:
    async def test_are_shown_with_the_case(self, story: Story) -> None:
        await story.complaints.receives(story.registered(), story.opened(), story.job_opened())
        await story.complaints.receives(story.inspection_failed(), story.inspection_passed(), story.ready())
        await story.complaints.receives(story.prepared(), story.issued(), story.paid(), story.settled())
        case = await story.open()

        assert case["visit"]["plate"] == "沪A12345"
        assert [i["passed"] for i in case["job"]["inspections"]] == [False, True]
        assert case["job"]["technicians"][0]["technician_id"] == str(employee_id("technician"))
        assert (case["invoice"]["invoice_no"], case["invoice"]["balance"]) == ("2025-000001", "0.00")
        assert case["invoice"]["lines"][0]["line_id"] == str(story.line_id)

    async def test_may_come_after_the_case(self, story: Story) -> None:
        case = await story.open(during_visit=True)
        assert (case["visit"], case["customer"], case["request_id"]) == (None, None, None)

        await story.complaints.receives(story.registered(), story.opened())

        shown = await story.show(case["id"])
        assert shown["request_id"] == str(story.request_id)
        assert shown["customer"]["customer_no"] == "C000123"

    async def test_show_when_a_complaint_is_no_longer_during_the_visit(self, story: Story) -> None:
        await story.complaints.receives(story.opened(), story.handed_over(), story.closed())

        case = await story.open()

        assert case["during_visit"] is False
        assert case["visit"]["record_no"] == "C000123-RP-20250307-001"

    async def test_of_money_given_back_is_kept_on_the_invoice(self, story: Story) -> None:
        await story.invoice_is_paid()
        await story.complaints.receives(story.refunded(uuid4(), "60.00"))

        case = await story.open()

        assert case["invoice"]["refunded"] == "60.00"

    async def test_leave_no_dead_letter_in_any_order(self, story: Story) -> None:
        """Streams of different departments may overtake one another."""
        measure_id = uuid4()
        await story.complaints.receives(
            story.dissatisfied(),
            story.settled(),
            story.refunded(measure_id),
            story.ready(measure_id),
            story.inspection_failed(),
            story.followed_up(),
            story.rework_ordered(measure_id, uuid4()),
            story.promise_refused(),
            story.handed_over(),
            story.closed(),
            story.registered(),
        )

        async with story.complaints.tx() as tx:
            deferred = await tx.session.scalar(text("select count(*) from deferred"))
        assert deferred == 0
        assert story.complaints.runtime.counts.applied == 11
