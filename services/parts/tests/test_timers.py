"""Parts of a car that never came are freed (PART-15)."""

import pytest
from services.parts.tests.builders import PADS, Story, a_line, stock_of, stocked

from contracts.events.parts import PartsReleased
from testkit.department import Department


@pytest.fixture
async def parts(parts: Department) -> Department:
    """Parts with ten sets of brake pads."""
    await stocked(parts)
    return parts


class TestTheEnd:
    async def test_of_a_slot_that_nobody_spoke_of_again_frees_its_parts(self, parts: Department) -> None:
        story = Story()
        await parts.receives(story.confirmed(a_line((PADS, "2"))))
        await parts.passes(days=3)
        assert (
            parts.published(PartsReleased) == []
        )  # silence proves nothing before both watermarks are beyond it

        await parts.watermarks_complete("booking", "reception")
        await parts.until_quiet()

        assert parts.published(PartsReleased)[0].reason == "lapsed"
        assert (await stock_of(parts))[1] == "0.000"

    async def test_of_a_lapsed_slot_is_taken_back_by_the_car(self, parts: Department) -> None:
        story = Story()
        await parts.receives(story.confirmed(a_line((PADS, "2"))))
        await parts.passes(days=3)
        await parts.watermarks_complete("booking", "reception")
        await parts.until_quiet()

        await parts.receives(story.opened())

        assert (await stock_of(parts))[1] == "2.000"
