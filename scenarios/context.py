"""The shop floor that all drivers share: doors, people, time, and what is put off to a later day."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from scenarios.people import Crew
from scenarios.shop_client import ShopClient

Script = Callable[[], Awaitable[object]]


class Day(StrEnum):
    """When shop time allows a script to go on."""

    TODAY = "today"
    NEXT_MORNING = "next morning"
    DAYS_LATER = "three working days on"


@dataclass(slots=True)
class ScenarioContext:
    """One working day's setting. ``now`` is shop time."""

    client: ShopClient
    crew: Crew
    supplier_id: str
    now: Callable[[], datetime]
    codes: dict[str, list[str]]
    """Trouble codes by their first letter."""
    later: dict[Day, list[Script]] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    """How often each kind of story came to its end."""
    unhappy: set[str] = field(default_factory=set)
    """Visits whose customers will not be content when they are asked."""
    eventful: list[str] = field(default_factory=list)
    """Requests whose stories are worth telling."""

    def put_off(self, day: Day, script: Script) -> None:
        """Go on with it on a later day."""
        self.later.setdefault(day, []).append(script)

    def this_evening(self) -> datetime:
        """Half past five by the shop's clock, at least four hours from now."""
        return self.now() + timedelta(hours=9)

    def tomorrow(self) -> datetime:
        """The same hour tomorrow and some."""
        return self.now() + timedelta(hours=30)
