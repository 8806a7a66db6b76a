"""What all drivers of a day share: client, people, time, their visits, and what is put off to tomorrow."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from scenarios.narratives import Fault
from scenarios.people import Crew
from scenarios.shop_client import NotInTime, Refused, ShopClient

Script = Callable[[], Awaitable[object]]


class Visit(Protocol):
    """A visit under way, as far as it must be recognised: whose car, and what the departments call it."""

    fault: Fault
    customer_id: str
    visit_id: str
    request_no: str


class VisitStuck(Exception):
    """A visit cannot go on. One line: which visit, and why."""


@dataclass(slots=True)
class ScenarioContext:
    """One working day's setting. ``now`` is shop time."""

    client: ShopClient
    crew: Crew
    supplier_id: str
    now: Callable[[], datetime]
    codes: dict[str, list[str]]
    """Trouble codes by their first letter."""
    next_morning: list[tuple[str, Script]] = field(default_factory=list)
    """What goes on when the shop has opened again, by name."""
    done: Counter[str] = field(default_factory=Counter)
    """How often each kind of scenario came to its end."""
    visits: list[Visit] = field(default_factory=list)
    """Visits that were begun here; a shop may have others that are none of this day's business."""
    unhappy: set[str] = field(default_factory=set)
    """Visits whose customers will not be content when they are asked."""
    eventful: list[str] = field(default_factory=list)
    """Requests whose stories are worth showing."""

    async def see_through(self, fault: Fault, script: Script) -> None:
        """Run what happens to a car; whatever ends it early names the visit. Raises ``VisitStuck``."""
        try:
            await script()
        except (Refused, NotInTime) as error:
            raise VisitStuck(f"{self._named(fault)} stands still: {error}") from error

    def put_off(self, name: str, fault: Fault, script: Script) -> None:
        """Go on with a car the next morning."""
        self.next_morning.append((name, lambda: self.see_through(fault, script)))

    def this_evening(self) -> datetime:
        """Half past five by the shop's clock, at least four hours from now."""
        return self.now() + timedelta(hours=9)

    def tomorrow(self) -> datetime:
        """The same hour tomorrow and some."""
        return self.now() + timedelta(hours=30)

    @property
    def visit_ids(self) -> frozenset[str]:
        """Ids of the visits that were begun here."""
        return frozenset(visit.visit_id for visit in self.visits if visit.visit_id)

    @property
    def customer_ids(self) -> frozenset[str]:
        """Ids of the customers who called or came."""
        return frozenset(visit.customer_id for visit in self.visits if visit.customer_id)

    def _named(self, fault: Fault) -> str:
        mine = [visit for visit in self.visits if visit.fault is fault]
        number = mine[-1].request_no if mine and mine[-1].request_no else "without a number yet"
        return f"visit {number} of car {fault.plate}"
