"""Whether the shop is quiet: nothing unpublished or deferred, every subscriber has applied all events."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from tools.departments import DEPARTMENTS
from tools.subscriptions import subscribers

from contracts.streams import STREAMS
from scenarios.shop_client import Person, ShopClient

_BUSY = ("unpublished", "deferred", "unsorted_deliveries", "behind", "timers_due")
_WRONG = ("dead_letters", "unreadable", "timers_failing")
_APART = 1.0
_AGAIN = 0.3
"""Seconds between two looks at a shop that still moves."""


class NeverQuiet(Exception):
    """Something still moves, or stands still for good, after the time that was given."""


@dataclass(frozen=True, slots=True)
class ShopActivity:
    """What every department reports at one moment."""

    states: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def restless(self) -> list[str]:
        """What keeps the shop busy; empty: it is quiet."""
        counts = [
            f"{name}: {state[what]} {what}"
            for name, state in self.states.items()
            for what in (*_BUSY, *_WRONG)
            if state[what]
        ]
        return counts + list(self._behind())

    @property
    def dead_letters(self) -> int:
        """Reactions that failed for good."""
        return sum(state["dead_letters"] for state in self.states.values())

    @property
    def published(self) -> int:
        """Events in all outboxes."""
        return sum(sum(state["published"].values()) for state in self.states.values())

    @property
    def applied(self) -> int:
        """Events that all subscribers have applied."""
        return sum(sum(state["applied"].values()) for state in self.states.values())

    def _behind(self) -> list[str]:
        behind = []
        for stream in STREAMS.values():
            published = self.states[stream.publisher]["published"].get(stream.name, 0)
            for subscriber in subscribers()[stream.name]:
                applied = self.states[subscriber]["applied"].get(stream.name, 0)
                if applied != published:
                    behind.append(f"{subscriber} applied {applied} of {published} of {stream.name}")
        return behind


async def look(client: ShopClient, operator: Person) -> ShopActivity:
    """Ask every department's operator endpoint."""
    answers = await asyncio.gather(
        *(client.get(name, "/operations/quiet", who=operator) for name in DEPARTMENTS)
    )
    return ShopActivity(dict(zip(DEPARTMENTS, answers, strict=True)))


async def until_quiet(client: ShopClient, operator: Person, *, within: float = 90) -> ShopActivity:
    """Return when the shop was quiet twice, a second apart, with nothing published in between.

    Raises ``NeverQuiet`` with what still moves.
    """
    deadline = time.monotonic() + within
    before: ShopActivity | None = None
    while True:
        now = await look(client, operator)
        if not now.restless and before is not None and before.published == now.published:
            return now
        if time.monotonic() > deadline:
            raise NeverQuiet("; ".join(now.restless) or "events are still on their way")
        before = None if now.restless else now
        await asyncio.sleep(_AGAIN if now.restless else _APART)
