"""Every event in every state of a reservation has an outcome, and the books agree."""

from typing import Any

import pytest
from services.parts.tests.builders import PADS, Story, a_line, stock_differs, stocked
from sqlalchemy import text

from contracts.base import Event
from testkit.department import Department


@pytest.fixture
async def parts(parts: Department) -> Department:
    """Parts with ten sets of brake pads."""
    await stocked(parts)
    return parts


EVERY_EVENT = (
    "confirmed", "rescheduled", "cancelled", "missed", "kept", "opened", "drafted", "answered",
    "rework_ordered", "rework_agreed", "closed", "ready", "reopened",
)  # fmt: skip
TAKES_LINES = frozenset(EVERY_EVENT) - {"cancelled", "missed", "kept", "opened", "closed", "reopened"}
HISTORIES = {
    "nothing": (),
    "open": ("confirmed",),
    "released": ("confirmed", "missed"),
    "expected": ("rework_agreed",),
    "attached": ("confirmed", "opened"),
    "drafted": ("confirmed", "opened", "drafted"),
    "answered": ("confirmed", "opened", "drafted", "answered"),
    "ready": ("confirmed", "opened", "drafted", "answered", "ready"),
    "closed": ("confirmed", "opened", "drafted", "answered", "ready", "closed"),
}


def _event(story: Story, name: str, line: Any) -> Event:
    takes_lines = name in TAKES_LINES
    event: Event = getattr(story, name)(*([line] if takes_lines else []))
    return event


class TestEveryEventInEveryState:
    @pytest.mark.parametrize("history", HISTORIES)
    async def test_has_an_outcome(self, parts: Department, history: str) -> None:
        for name in EVERY_EVENT:
            story, line = Story(), a_line((PADS, "1"))
            for earlier in HISTORIES[history]:
                await parts.receives(_event(story, earlier, line))
            if history in {"nothing", "expected"} and name == "opened":
                await parts.receives(story.kept())  # else it rightly waits, which is tested above

            await parts.receives(_event(story, name, line))

        async with parts.tx() as tx:
            waiting = (await tx.session.execute(text("select count(*) from deferred"))).scalar_one()
        assert waiting == 0
        assert await stock_differs(parts) == []
