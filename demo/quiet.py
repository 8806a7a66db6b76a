"""Whether the shop is quiet: nothing unpublished or put aside, every listener has heard all that was said."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from contracts.streams import DEPARTMENTS, STREAMS
from demo.doors import Doors, Person

_BUSY = ("unpublished", "deferred", "arrivals", "behind", "timers_due")
_WRONG = ("parked", "unreadable", "timers_failing")
_APART = 1.0
_AGAIN = 0.3
"""Seconds between two looks at a shop that still moves."""


class NeverQuiet(Exception):
    """Something still moves, or stands still for good, after the time that was given."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What every department told at one moment."""

    told: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def restless(self) -> list[str]:
        """What keeps the shop busy; empty: it is quiet."""
        counts = [
            f"{name}: {told[what]} {what}"
            for name, told in self.told.items()
            for what in (*_BUSY, *_WRONG)
            if told[what]
        ]
        return counts + list(self._unheard())

    @property
    def parked(self) -> int:
        """Reactions that failed for good."""
        return sum(told["parked"] for told in self.told.values())

    @property
    def said(self) -> int:
        """Events in all logs."""
        return sum(sum(told["said"].values()) for told in self.told.values())

    @property
    def heard(self) -> int:
        """Events that all listeners have applied."""
        return sum(sum(told["heard"].values()) for told in self.told.values())

    def _unheard(self) -> list[str]:
        behind = []
        for stream in STREAMS.values():
            said = self.told[stream.publisher]["said"].get(stream.name, 0)
            for listener in stream.listeners:
                heard = self.told[listener]["heard"].get(stream.name, 0)
                if heard != said:
                    behind.append(f"{listener} heard {heard} of {said} of {stream.name}")
        return behind


async def look(doors: Doors, operator: Person) -> Standing:
    """Ask every department's operator endpoint."""
    answers = await asyncio.gather(
        *(doors.get(name, "/operations/quiet", who=operator) for name in DEPARTMENTS)
    )
    return Standing(dict(zip(DEPARTMENTS, answers, strict=True)))


async def until_quiet(doors: Doors, operator: Person, *, within: float = 90) -> Standing:
    """Return when the shop was quiet twice, a second apart, with nothing said in between.

    Raises ``NeverQuiet`` with what still moves.
    """
    deadline = time.monotonic() + within
    before: Standing | None = None
    while True:
        now = await look(doors, operator)
        if not now.restless and before is not None and before.said == now.said:
            return now
        if time.monotonic() > deadline:
            raise NeverQuiet("; ".join(now.restless) or "facts are still being told")
        before = None if now.restless else now
        await asyncio.sleep(_AGAIN if now.restless else _APART)
