"""Every event about a visit, in every state of its job, takes effect or changes nothing."""

from uuid import uuid4

import pytest
from services.workshop.tests.builders import Story
from sqlalchemy import text

from contracts.base import Event
from contracts.events.reception import PromiseRefused, ReworkOrdered, VehicleLeft, VehicleReturned
from servicekit.house_rules import change_rule
from workshop.domain import HouseRules


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
    await story.is_repaired()


async def _inspecting(story: Story) -> None:
    await story.is_repaired()
    await story.done("/inspection", by=story.qian)


async def _rework(story: Story) -> None:
    line = await story.is_repaired()
    body = {"line_ids": [str(line.line_id)], "findings": ["pads rub"]}
    await story.done("/inspection/failure", body, by=story.qian)


async def _washing(story: Story) -> None:
    async with story.workshop.tx() as tx:
        await change_rule(tx, HouseRules, "wash_required", True, "new brush")
    await story.is_repaired()
    await story.passes_inspection()


async def _closed(story: Story) -> None:
    await story.is_ready()
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
    "ready": Story.is_ready,
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
