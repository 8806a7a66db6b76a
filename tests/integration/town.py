"""The town of the stories: the shop's people and cars, its mornings, and what each department knows.

A story is a `demo.visits` course, which does not know how its calls are carried: put other doors behind a
`Floor` and the same steps are taken over the gateway and the real broker.
"""

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from demo import catalogue, narratives
from demo.desks import billing, booking, parts, reception, staff, workshop
from demo.doors import Doors, Json, Person
from demo.floor import Floor
from demo.narratives import Fault
from demo.people import POSTS, Crew
from demo.visits.course import Course

from chassis.messaging.broker import Control
from chassis.messaging.envelope import Envelope
from chassis.testing.shop import Shop
from contracts.base import Event
from contracts.roles import ROLES
from tests.integration.doors import HubDoors

E = TypeVar("E", bound=Event)

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_OPENING = 9
"""The hour at which a story's day begins."""
_ADMIN = Person("First Admin", "admin", "admin", UUID(int=7))
GONE = {"reception": "closed", "workshop": "closed", "parts": "closed", "billing": "settled"}
"""Where a walk-in's visit stands everywhere when the car has left and all is paid."""
CODES = {"P": ["P0300", "P0171"], "C": ["C0035"], "B": ["B0001"], "U": ["U0100"]}


def _nothing(_listener: str, _what: Envelope | Control) -> bool:
    """Nothing is lost."""
    return False


@dataclass
class Town:
    """A shop at work: its floor, and the cars that come to it, each with an owner of its own."""

    shop: Shop
    doors: HubDoors
    floor: Floor
    faults: "itertools.cycle[Fault]"
    numbers: "itertools.count[int]"
    failed: bool = False

    @property
    def now(self) -> datetime:
        """Shop time."""
        return self.shop.clock.now()

    def fault(self, component: str = "SERVICE BRAKES") -> Fault:
        """A car that nobody has seen before, with this trouble."""
        n = next(self.numbers)
        fault = next(self.faults)
        return replace(
            fault,
            number=f"{fault.number}-{n}",
            component=component,
            vin=narratives.whole_vin("", 2020, 7919 * n),
            plate=f"沪T{n:05d}",
            phone=f"1380000{n:04d}",
            mileage_km=40_000 + n,
        )

    def course(self, *, walk_in: bool = False, component: str = "SERVICE BRAKES") -> Course:
        """A new visit, not begun."""
        return Course(self.floor, self.fault(component), walk_in=walk_in)

    def person(self, role: str) -> Person:
        """Somebody of this role."""
        return _ADMIN if role == "admin" else self.floor.crew.one(role)

    async def settled(self) -> None:
        """All departments know what there is to know."""
        await self.doors.quiet()

    async def passes(self, **span: float) -> None:
        """Shop time goes on, and everything that follows from it happens."""
        await self.settled()
        self.shop.clock.move(**span)
        await self.settled()

    async def morning(self) -> None:
        """It is nine o'clock on the next day, unless it is that already."""
        here = self.now.astimezone(_SHANGHAI)
        opening = here.replace(hour=_OPENING, minute=0, second=0, microsecond=0)
        if opening < here:
            opening += timedelta(days=1)
        if opening > here:
            await self.passes(seconds=(opening - here).total_seconds())

    def said(self, event: type[E], *, visit: str | None = None, **facts: Any) -> list[E]:
        """What was told of this kind, of one visit or with these facts, oldest first."""
        if visit is not None:
            facts["visit_id"] = UUID(visit)
        department = event.TYPE.split(".", 1)[0]
        heard = self.shop[department].said(event)
        return [one for one in heard if all(getattr(one, name) == fact for name, fact in facts.items())]

    def told(self, request_id: str, stream: str) -> list[str]:
        """What one stream said about a request, in the order it happened, without the stream's name."""
        committed = self.shop[stream.split(".", 1)[0]].committed
        return [
            envelope.type.rsplit(".", 1)[1]
            for envelope in committed
            if envelope.type.rsplit(".", 1)[0] == stream and envelope.correlation == request_id
        ]

    def calm(self) -> None:
        """The broker behaves from now on."""
        hub = self.shop.hub
        hub.duplicate = hub.lose = hub.unconfirmed = 0.0
        hub.shuffle, hub.delay, hub.down, hub.paused = False, 0, False, False
        hub.crash_points.clear()
        self.doors.withholding = False

    @contextmanager
    def withheld(self, department: str, *events: type[Event]) -> Iterator[None]:
        """The department does not hear of these events until the block ends, and then by asking again. Blocks
        may stand in each other."""
        types = {event.TYPE for event in events}
        before = self.shop.hub.lose, self.doors.withholding
        also = before[0] if callable(before[0]) else _nothing

        def lose(listener: str, what: Envelope | Control) -> bool:
            mine = listener == department and isinstance(what, Envelope) and what.type in types
            return mine or also(listener, what)

        self.shop.hub.lose, self.doors.withholding = lose, True
        try:
            yield
        finally:
            self.shop.hub.lose, self.doors.withholding = before

    async def states(self, course: Course) -> dict[str, str]:
        """Where the visit stands in each department that has it."""
        await self.settled()
        found = {"reception": (await self.visit(course))["state"]}
        if course.appointment_id:
            shown = await booking.appointment(self.doors, course.agent, course.appointment_id)
            found["booking"] = shown["state"]
        if job := await workshop.job_of(self.doors, course.supervisor, course.visit_id):
            found["workshop"] = job["state"]
        if held := await parts.reservation_of(self.doors, course.keeper, course.request_id):
            found["parts"] = held["state"]
        if invoice := await self.invoice(course):
            found["billing"] = invoice["state"]
        return found

    async def invoice(self, course: Course) -> Json:
        """The invoice with its rows, as billing has it."""
        row = await billing.invoice_of(self.doors, course.advisor, course.visit_id)
        if row is None:
            return {}
        whole: Json = await self.doors.get("billing", f"/invoices/{row['id']}", who=course.advisor)
        return whole

    async def surveys(self, course: Course) -> list[Json]:
        """The questionnaires about a visit."""
        agent = self.person("customer-service")
        found = await self.doors.get("crm", f"/surveys?visit_id={course.visit_id}", who=agent)
        forms: list[Json] = found["items"]
        return forms

    async def job_of(self, course: Course) -> Json:
        """The job of a visit, as soon as the workshop has opened it."""
        return await self.doors.eventually(
            lambda: workshop.job_of(self.doors, course.supervisor, course.visit_id), "the job"
        )

    async def visit(self, course: Course) -> Json:
        """The visit as reception has it."""
        screen = await reception.screen(self.doors, course.advisor, course.visit_id)
        visit: Json = screen["visit"]
        return visit

    async def job(self, course: Course) -> Json:
        """The job as the workshop has it."""
        return await workshop.job(self.doors, course.supervisor, course.job_id)

    async def waiting(self) -> list[str]:
        """What was heard and has not taken effect, and what it waits for."""
        found = []
        for name, department in self.shop.departments.items():
            for kind in ("waiting", "parked"):
                answer = await department.call("GET", f"/operations/{kind}", who=ROLES["admin"])
                found += [f"{name}: {one['type']} {one['key']}: {one['reason']}" for one in answer.json()]
        return found

    def urls(self) -> dict[str, str]:
        """The departments' databases by name."""
        return {name: department.settings.database_url for name, department in self.shop.departments.items()}


async def hire(doors: Doors, posts: Iterable[Any] = POSTS) -> Crew:
    """Everybody of the shop; signing in is staff's own matter, so nobody gets a password here."""
    people: list[Person] = []
    skills: dict[UUID, tuple[str, ...]] = {}
    for post in posts:
        known = [{"skill": skill, "level": 2} for skill in post.skills]
        hired = await staff.hire(doors, _ADMIN, name=post.name, skills=known)
        person = Person(post.name, post.role, post.login, UUID(str(hired["id"])))
        people.append(person)
        skills[person.employee_id] = post.skills
    return Crew(people, skills)


async def found(shop: Shop) -> Town:
    """Hire everybody, put everything in its place, and open."""
    doors = HubDoors(shop)
    crew = await hire(doors)
    await doors.quiet()
    supplier_id = await catalogue.furnish(doors, crew)
    floor = Floor(doors, crew, supplier_id, shop.clock.now, CODES)
    town = Town(shop, doors, floor, itertools.cycle(narratives.read()), itertools.count(1))
    await town.settled()
    return town
