"""What the workshop does when others report: in every state, in both orders, and by the clock."""

from typing import Any
from uuid import uuid4

import pytest
from services.workshop.tests.builders import Story
from sqlalchemy import text

from contracts.base import Event
from contracts.events.reception import PromiseRefused, ReworkOrdered, VehicleLeft, VehicleReturned
from contracts.events.workshop import (
    JobInterrupted,
    JobReady,
    JobReopened,
    JobResumed,
    PromiseEndangered,
    ReworkOpened,
)
from servicekit.house_rules import change_rule
from workshop.domain import HouseRules


async def _repaired(story: Story) -> Any:
    await story.in_shop()
    [line] = await story.agreed()
    await story.begins(line)
    await story.completes(line)
    return line


async def _waiting(story: Story) -> None:
    await story.in_shop()


async def _diagnosing(story: Story) -> None:
    await story.in_shop()
    await story.begins(story.zero)


async def _awaiting_answer(story: Story) -> None:
    await story.in_shop()
    lines = await story.diagnosed(story.proposal())
    await story.receives(story.presented(*lines))


async def _awaiting_parts(story: Story) -> None:
    await story.in_shop()
    [line] = await story.agreed(story.proposal(parts=["1.000"]))
    await story.receives(story.reserved(line, short="1.000"))


async def _interrupted(story: Story) -> None:
    await _diagnosing(story)
    await story.done("/interruption", {"reason": "lift defect"})


async def _repairing(story: Story) -> None:
    await story.in_shop()
    [line] = await story.agreed()
    await story.begins(line)


async def _completed(story: Story) -> None:
    await _repaired(story)


async def _inspecting(story: Story) -> None:
    await _repaired(story)
    await story.done("/inspection", by=story.qian)


async def _rework(story: Story) -> None:
    line = await _repaired(story)
    body = {"line_ids": [str(line.line_id)], "findings": ["pads rub"]}
    await story.done("/inspection/failure", body, by=story.qian)


async def _washing(story: Story) -> None:
    async with story.workshop.tx() as tx:
        await change_rule(tx, HouseRules, "wash_required", True, "new brush")
    await _repaired(story)
    await story.passes_inspection()


async def _ready(story: Story) -> None:
    await _repaired(story)
    await story.passes_inspection()


async def _closed(story: Story) -> None:
    await _ready(story)
    await story.receives(story.handed_over())


STATES = {
    "waiting": _waiting,
    "diagnosing": _diagnosing,
    "awaiting_answer": _awaiting_answer,
    "awaiting_parts": _awaiting_parts,
    "interrupted": _interrupted,
    "repairing": _repairing,
    "completed": _completed,
    "inspecting": _inspecting,
    "rework": _rework,
    "washing": _washing,
    "ready": _ready,
    "closed": _closed,
}


def _everything(story: Story) -> list[Event]:
    """One of each event that is about a visit with a job, or its parts."""
    extra = story.a_line(parts=[story.a_need()])
    ids, vehicle = story.ids, {"vehicle_id": story.vehicle_id}
    measure = {"measure_id": uuid4(), "complaint_id": uuid4()}
    return [
        story.promised(story.in_minutes(600)),
        story.presented(extra, revision=2),
        story.reserved(extra),
        story.answered(extra, revision=2),
        story.issued(extra, revision=2),
        story.returned(extra, "1.000"),
        story.reserved(extra, short="1.000"),
        story.arrived(extra),
        PromiseRefused(**ids, promise_revision=1, reason="no"),
        VehicleLeft(**ids, **vehicle, request_no="W-250307-0001", left_at=story.now),
        VehicleReturned(**ids, **vehicle, returned_at=story.now),
        ReworkOrdered(**ids, **measure, lines=(story.a_line("rework", payer="shop"),)),
        story.accepted(),
        story.handed_over(),
    ]


class TestEveryEventInEveryState:
    @pytest.mark.parametrize("state", STATES)
    async def test_has_an_outcome(self, story: Story, state: str) -> None:
        await STATES[state](story)
        assert (await story.job())["state"] == state

        for event in _everything(story):
            await story.receives(event)

        async with story.workshop.tx() as tx:
            left = await tx.session.scalar(text("select count(*) from deferred"))
        assert left == 0
        assert (await story.job())["state"] == "closed"


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
        await _ready(story)
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
        await _ready(story)
        extra = story.a_line()
        line_ids = [x["id"] for x in (await story.job())["lines"]]
        done = story.a_line(line_id=line_ids[1])

        await story.receives(
            story.presented(done, extra, revision=2),
            story.answered(done, declined=[extra], revision=2),
        )

        assert [e.estimate_revision for e in story.workshop.published(JobReady)] == [1, 2]


class TestParts:
    @pytest.mark.req("WORK-15")
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


class TestTheClock:
    @pytest.mark.req("F-18", "F-19", "WORK-13")
    async def test_publishes_a_late_start_once(self, story: Story) -> None:
        await story.in_shop()
        await story.agreed()
        await story.receives(story.promised(story.in_minutes(120)))
        early = story.workshop.published(PromiseEndangered)

        await story.workshop.passes(minutes=40)
        await story.workshop.passes(minutes=10)

        [event] = story.workshop.published(PromiseEndangered)
        assert early == []
        assert (event.cause, event.promise_revision) == ("late_start", 1)

    async def test_publishes_nothing_when_the_work_was_begun_in_time(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed()
        await story.receives(story.promised(story.in_minutes(120)))
        await story.begins(line)

        await story.workshop.passes(minutes=55)

        assert story.workshop.published(PromiseEndangered) == []
