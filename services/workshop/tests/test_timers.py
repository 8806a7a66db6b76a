"""Deadlines: a promise is looked at again when the latest start is over."""

import pytest
from services.workshop.tests.builders import Story

from contracts.events.workshop import (
    PromiseEndangered,
)


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
