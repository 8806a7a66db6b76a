"""What the workshop does when others report: in every state, in both orders, and by the clock."""

from uuid import uuid4

import pytest
from services.workshop.tests.builders import Story

from contracts.events.reception import ReworkOrdered
from contracts.events.workshop import (
    JobInterrupted,
    JobReady,
    JobReopened,
    JobResumed,
    PromiseEndangered,
    ReworkOpened,
)


class TestRaces:
    async def test_an_issue_waits_for_the_answer_that_authorised_it(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.diagnosed(story.proposal(parts=["1.000"]))
        await story.receives(story.presented(line), story.reserved(line), story.issued(line))
        before = await story.job()

        await story.receives(story.answered(line))
        after = await story.job()

        assert before["lines"][1]["parts"][0]["issued"] == "0.000"
        assert after["lines"][1]["parts"][0]["issued"] == "1.000"

    @pytest.mark.parametrize("parts_first", [True, False])
    async def test_parts_may_come_before_or_after_the_job(self, story: Story, parts_first: bool) -> None:
        booked = story.a_line("maintenance", parts=[story.a_need("2.000")])
        intake, reserved = story.intake(booked), story.reserved(booked)
        await story.receives(story.opened())

        for event in (reserved, intake) if parts_first else (intake, reserved):
            await story.receives(event)

        [part] = (await story.job())["lines"][1]["parts"]
        assert (part["expected"], part["reserved"]) == ("2.000", "2.000")

    async def test_declined_with_parts_out_is_ready_when_they_are_back(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["1.000"]))
        await story.receives(story.reserved(line), story.issued(line))
        await story.receives(story.presented(line, revision=2), story.answered(declined=[line], revision=2))
        before = await story.job()

        await story.receives(story.returned(line, "1.000"))

        assert (before["state"], before["waiting_reason"]) == ("completed", "parts_not_squared")
        ready = story.workshop.published(JobReady)[-1]
        assert (ready.outcome, ready.estimate_revision) == ("no_work", 2)

    async def test_rework_ordered_after_ready_withdraws_it_and_completes_the_measure(
        self, story: Story
    ) -> None:
        await story.is_ready()
        redo = story.a_line("rework", payer="shop")
        measure_id = uuid4()
        await story.receives(
            ReworkOrdered(**story.ids, measure_id=measure_id, complaint_id=uuid4(), lines=(redo,))
        )
        reopened = await story.job()
        await story.begins(redo)
        await story.completes(redo)
        await story.passes_inspection()

        assert reopened["state"] == "rework"
        assert story.workshop.published(JobReopened)[0].withdraws_ready
        assert story.workshop.published(ReworkOpened)[0].measure_id == measure_id
        assert story.workshop.published(JobReady)[-1].done_measure_ids == (measure_id,)

    async def test_rework_ordered_before_the_form_is_signed_waits_for_the_job(self, story: Story) -> None:
        await story.hired()
        redo = story.a_line("rework", payer="shop")
        ordered = ReworkOrdered(**story.ids, measure_id=uuid4(), complaint_id=uuid4(), lines=(redo,))

        await story.receives(story.opened(), ordered, story.intake())

        assert [e.line_ids for e in story.workshop.published(ReworkOpened)] == [(redo.line_id,)]

    async def test_a_newer_answer_after_ready_is_declared_anew(self, story: Story) -> None:
        await story.is_ready()
        extra = story.a_line()
        line_ids = [x["id"] for x in (await story.job())["lines"]]
        done = story.a_line(line_id=line_ids[1])

        await story.receives(
            story.presented(done, extra, revision=2),
            story.answered(done, declined=[extra], revision=2),
        )

        assert [e.estimate_revision for e in story.workshop.published(JobReady)] == [1, 2]


class TestParts:
    async def test_that_are_short_interrupt_and_arrival_resumes(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["1.000"]))
        await story.receives(story.reserved(line, short="1.000"))
        waiting = await story.job()

        await story.receives(story.arrived(line))

        [part] = line.parts
        events = [e for e in story.workshop.published(JobInterrupted) if e.cause == "C"]
        assert (waiting["state"], waiting["waiting_reason"]) == ("awaiting_parts", "parts")
        assert [e.waiting_part_line_ids for e in events] == [(part.part_line_id,)]
        assert story.workshop.published(JobResumed)[-1].cause == "C"
        assert (await story.job())["state"] == "waiting"

    async def test_that_come_too_late_endanger_the_promise(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["1.000"]))
        await story.receives(story.promised(story.in_minutes(240)))

        await story.receives(story.reserved(line, short="1.000", eta=story.in_minutes(600)))

        assert [e.cause for e in story.workshop.published(PromiseEndangered)] == ["eta"]
