"""What an estimate does to a job: lines and parts that are changed, taken out, declined, signed for."""

from typing import Any

import pytest
from services.workshop.tests.builders import Story

from contracts.events.workshop import JobDiagnosed, JobInterrupted, JobReady, JobReopened, LineCompleted


def _without_parts(line: Any) -> Any:
    return line.model_copy(update={"parts": ()})


class TestALine:
    async def test_whose_part_was_taken_out_does_not_wait_for_it(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["2.000"]))
        less = _without_parts(line)
        await story.receives(story.presented(less, revision=2), story.answered(less, revision=2))

        await story.begins(line)

        assert (await story.job())["state"] == "repairing"

    async def test_that_is_changed_while_it_runs_takes_its_new_labour(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(minutes=60))
        await story.begins(line)
        longer = line.model_copy(update={"labour_minutes": 90})

        await story.receives(story.presented(longer, revision=2), story.answered(longer, revision=2))

        assert (await story.job())["lines"][1]["labour_minutes"] == 90

    async def test_that_the_advisor_took_out_before_presenting_is_given_up(self, story: Story) -> None:
        await story.in_shop()
        kept, dropped = await story.diagnosed(story.proposal(), story.proposal())
        await story.receives(story.presented(kept, dropped=[dropped]), story.answered(kept))
        await story.begins(kept)

        await story.completes(kept)

        job = await story.job()
        assert [line["state"] for line in job["lines"]] == ["done", "done", "given_up"]
        assert job["state"] == "completed"

    async def test_that_was_found_after_presenting_still_waits_for_its_own_revision(
        self, story: Story
    ) -> None:
        await story.in_shop()
        [line] = await story.diagnosed(story.proposal())
        await story.done("/additional-work", {"lines": [story.proposal()], "why": "disc cracked"})

        await story.receives(story.presented(line), story.answered(line))

        assert [line["state"] for line in (await story.job())["lines"]] == [
            "done",
            "authorised",
            "not_authorised",
        ]


class TestASecondRevision:
    async def test_of_done_work_alone_interrupts_nothing(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed()
        await story.begins(line)
        await story.completes(line)
        before = len(story.workshop.published(JobInterrupted))

        await story.receives(story.presented(line, revision=2))

        assert len(story.workshop.published(JobInterrupted)) == before


class TestAPlan:
    @pytest.mark.req("WORK-07")
    async def test_is_reviewed_by_another_before_it_is_published(self, story: Story) -> None:
        await story.in_shop()
        await story.begins(story.zero)
        steps = [
            {"step": step, "result": "seen"}
            for step in ("visual_check", "data_acquisition", "fault_codes", "fault_simulation", "judgement")
        ]
        plan = {"steps": steps, "findings": ["worn pads"], "lines": [story.proposal()]}
        await story.done("/diagnosis", plan)

        own = await story.asks("/diagnosis/review", {"approved": True}, by=story.li)
        await story.done("/diagnosis/review", {"approved": False, "remarks": "look again"}, by=story.wang)

        assert own.json()["code"] == "review_by_another"
        assert story.workshop.published(JobDiagnosed) == []
        await story.done("/diagnosis", plan)
        await story.done("/diagnosis/review", {"approved": True}, by=story.wang)
        assert len(story.workshop.published(JobDiagnosed)) == 1

    async def test_that_is_too_long_to_publish_is_refused(self, story: Story) -> None:
        await story.in_shop()
        await story.begins(story.zero)
        long = [{"step": step, "result": "x"} for step in ("visual_check", "data_acquisition")]
        steps = [
            *long,
            *({"step": s, "result": "x"} for s in ("fault_codes", "fault_simulation", "judgement")),
        ]

        refused = await story.asks("/diagnosis", {"steps": steps, "findings": ["磨" * 2000] * 50})

        assert (refused.status_code, refused.json()["code"]) == (413, "event_too_large")
        assert story.workshop.published(LineCompleted) == []


class TestUsage:
    async def test_of_signed_for_work_is_not_set_right_any_more(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["2.000"]))
        await story.receives(story.reserved(line), story.issued(line))
        await story.begins(line)
        part_line_id = line.parts[0].part_line_id
        await story.completes(line, {part_line_id: "2.000"})
        await story.passes_inspection()
        await story.receives(story.accepted())
        body = {"parts": [{"part_line_id": str(part_line_id), "used": "1.000"}]}

        refused = await story.asks(f"/lines/{line.line_id}/usage", body, method="PUT")

        assert (refused.status_code, refused.json()["code"]) == (409, "work_already_accepted")
        assert story.workshop.published(JobReopened) == []

    async def test_of_declined_work_is_refused_its_parts_go_back(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["1.000"]))
        await story.receives(story.reserved(line), story.issued(line))
        await story.receives(story.presented(line, revision=2), story.answered(declined=[line], revision=2))
        body = {"parts": [{"part_line_id": str(line.parts[0].part_line_id), "used": "1.000"}]}

        refused = await story.asks(f"/lines/{line.line_id}/usage", body, method="PUT")

        assert refused.json()["code"] == "work_not_authorised"
        assert story.workshop.published(JobReady) == []
