"""What a command or a reaction costs: statements are counted, since each is a round trip (ADR 7)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from services.workshop.tests.builders import Story
from sqlalchemy import text

from contracts.base import Event
from testkit.department import Department
from workshop.domain import Job
from workshop.repository import lock_job

_WAITING = text("select count(*) from pg_locks where not granted")


async def _asked(story: Story, path: str, body: Any) -> int:
    """How many statements a command of a front end takes, its Idempotency-Key included."""
    job = await story.job()
    await story.workshop.passes(minutes=1)
    with story.workshop.statements() as sent:
        answer = await story.workshop.call(
            "POST",
            f"/jobs/{job['id']}{path}",
            json=body,
            who=["workshop.dispatch", "workshop.work"],
            employee=story.li,
            headers={"Idempotency-Key": str(uuid4())},
        )
    assert answer.status_code == 200, answer.text
    return len(sent)


async def _handled(story: Story, event: Event) -> int:
    """How many statements an event takes that is the next of its aggregate."""
    await story.workshop.passes(minutes=1)
    with story.workshop.statements() as sent:
        await story.workshop.receives(event, wait=False)
    await story.workshop.until_quiet()
    return len(sent)


async def _is_promised(story: Story) -> Any:
    """A line that is authorised, with a promise to watch and its part at hand."""
    await story.in_shop()
    [line] = await story.agreed(story.proposal(parts=["1.000"]))
    await story.receives(story.promised(story.in_minutes(540)), story.reserved(line), story.issued(line))
    return line


class TestACommand:
    async def test_that_gives_out_work_takes_few_round_trips(self, story: Story) -> None:
        line = await _is_promised(story)
        body = {"technician_id": str(story.li), "line_ids": [str(line.line_id)]}

        assert await _asked(story, "/dispatch", body) <= 9

    async def test_that_finds_a_free_bay_takes_two_more(self, story: Story) -> None:
        await story.in_shop()

        assert await _asked(story, "/dispatch", {"technician_id": str(story.li)}) <= 11

    async def test_that_starts_work_takes_few_round_trips(self, story: Story) -> None:
        line = await _is_promised(story)
        body = {"technician_id": str(story.li), "line_ids": [str(line.line_id)]}
        await story.done("/dispatch", body)

        assert await _asked(story, f"/lines/{line.line_id}/start", {}) <= 9

    async def test_takes_no_more_for_a_job_of_many_lines(self, story: Story) -> None:
        await story.in_shop()
        lines = await story.agreed(*(story.proposal(parts=["1.000", "2.000"]) for _ in range(6)))
        body = {"technician_id": str(story.li), "line_ids": [str(lines[0].line_id)]}

        shown = await story.job()

        assert [len(line["parts"]) for line in shown["lines"]] == [0, 2, 2, 2, 2, 2, 2]
        assert await _asked(story, "/dispatch", body) <= 9


class TestAReaction:
    async def test_takes_few_round_trips(self, story: Story) -> None:
        await story.in_shop()
        lines = await story.diagnosed(story.proposal(parts=["1.000"]))
        promise = story.now + timedelta(hours=9)

        assert await _handled(story, story.presented(*lines)) <= 6
        assert await _handled(story, story.answered(*lines)) <= 6
        assert await _handled(story, story.promised(promise)) <= 6
        assert await _handled(story, story.reserved(*lines)) <= 7


class TestALockedJob:
    async def test_is_whole_as_it_is_after_the_wait_for_its_lock(self, story: Story) -> None:
        await story.in_shop()
        job_id = UUID((await story.job())["id"])
        workshop: Department = story.workshop

        async def locked() -> str:
            async with workshop.tx() as tx:
                return (await lock_job(tx, job_id)).lines[0].result_text

        async with workshop.tx() as tx:
            job: Job = await lock_job(tx, job_id)
            other = asyncio.create_task(locked())
            await _until_somebody_waits(workshop)
            job.lines[0].result_text = "changed meanwhile"

        assert await other == "changed meanwhile"


async def _until_somebody_waits(workshop: Department) -> None:
    async with asyncio.timeout(30):
        while not (await workshop.runtime.process.autocommit(_WAITING))[0][0]:
            pass
