"""The story-tellers: the shop's people and doors over a hub, its mornings, and what each department knows.

A story is a `demo.visits` course, which does not know how its calls are carried: put other doors behind a
`Floor` and the steps below are taken over the gateway and the real broker.
"""

import itertools
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
from demo import catalogue, narratives
from demo.desks import billing, booking, complaints, crm, parts, reception, staff, workshop
from demo.doors import Doors, Json, Person, Refused
from demo.floor import Floor
from demo.narratives import Fault
from demo.people import POSTS, Crew
from demo.repairs import BRAKES, MORE, Repair
from demo.visits.course import Course

from chassis.messaging.broker import Control
from chassis.messaging.envelope import Envelope
from chassis.messaging.hub import Killed
from chassis.testing.shop import Shop
from contracts.base import Event
from contracts.roles import ROLES

E = TypeVar("E", bound=Event)

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_OPENING = 9
"""The hour at which a story's day begins."""
_LIGHT = 2
"""So many looks wait only for what is under way; later ones turn every wheel of the shop."""
_PATIENCE = 24
_ADMIN = Person("First Admin", "admin", "admin", UUID(int=7))
GONE = {"reception": "closed", "workshop": "closed", "parts": "closed", "billing": "settled"}
"""Where a walk-in's visit stands everywhere when the car has left and all is paid."""
CODES = {"P": ["P0300", "P0171"], "C": ["C0035"], "B": ["B0001"], "U": ["U0100"]}


class HubDoors(Doors):
    """The departments of one process. A process that dies under a call is started anew, and asked again."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.deaths = 0
        self.withholding = False

    async def ask(
        self, department: str, method: str, path: str, *, who: Person | None, json: Any = None
    ) -> Any:
        key = str(uuid4())
        answer = await self._alive(lambda: self.send(department, method, path, who=who, json=json, key=key))
        return _read(answer, f"{method} /api/{department}{path}")

    async def send(
        self,
        department: str,
        method: str,
        path: str,
        *,
        who: Person | None,
        json: Any = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """One request as it is, for stories about refusals."""
        sent = dict(headers or {})
        if key is not None and method != "GET":
            sent["Idempotency-Key"] = key
        signed: dict[str, Any] = {}
        if who is not None:
            signed = {"who": ROLES[who.role], "employee": who.employee_id, "name": who.name}
        return await self._shop[department].call(method, path, json=json, headers=sent, **signed)

    async def by_link(self, url: str, json: Any) -> Any:
        headers = {"Accept": "application/json", "Idempotency-Key": str(uuid4())}
        path = httpx.URL(url).path

        async def post() -> httpx.Response:
            return await self._shop["reception"].call("POST", path, json=json, headers=headers, root=True)

        return _read(await self._alive(post), "POST a customer's link")

    async def wait(self, turn: int) -> bool:
        """Let what is under way arrive; when that was not enough, turn every wheel."""
        if turn <= _LIGHT or self.withholding:
            await self.deliver()
        else:
            await self.quiet()
        return turn < _PATIENCE

    async def deliver(self) -> None:
        """Publish what was committed and hand it over, without timers, sweeps and asking again."""
        departments = self._shop.departments.values()
        before: list[tuple[int, ...]] | None = None
        while before != (now := [department.progress() for department in departments]):
            before = now
            for department in departments:
                if not department.broker.dead:
                    await department.runtime.publisher_drained()
            await self._shop.hub.idle()
        await self._revive()

    async def quiet(self) -> None:
        """Everything that can happen has happened, in processes that live."""
        while True:
            try:
                await self._revive()
                await self._shop.quiet()
            except Killed:
                continue
            if not await self._revive():
                return

    async def _alive(self, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        while True:
            try:
                answer = await send()
            except Killed:
                await self._revive()
                continue
            if not await self._revive() or answer.status_code < 500:
                return answer

    async def _revive(self) -> bool:
        """Start the dead anew, also those that die while they start; whether there were any."""
        before = self.deaths
        while dead := sum(department.broker.dead for department in self._shop.departments.values()):
            self.deaths += dead
            with suppress(Killed):
                await self._shop.revive()
        return self.deaths > before


def _nothing(_listener: str, _what: Envelope | Control) -> bool:
    """Nothing is lost."""
    return False


def _read(answer: httpx.Response, asked: str) -> Any:
    if answer.is_success:
        return answer.json() if answer.content else None
    is_json = "json" in answer.headers.get("content-type", "")
    raise Refused(answer.status_code, answer.json() if is_json else {"code": answer.text[:200]}, asked)


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


# --- what people do, in steps longer than one request


async def begins(course: Course, *repairs: Repair) -> tuple[Json, Person]:
    """From arrival until a technician is at work on what was agreed; gives line and technician."""
    await course.come()
    await course.diagnose(*(repairs or (BRAKES,)))
    line = (await course.agree())[0]
    return line, await course.begin_line(line)


async def is_repaired(course: Course, *repairs: Repair) -> list[Json]:
    """From arrival to a passed inspection; gives the lines that were done."""
    await course.come()
    await course.diagnose(*(repairs or (BRAKES,)))
    lines = await course.agree()
    await course.repair(lines)
    await course.inspect()
    return lines


async def finds_more(course: Course, technician: Person, *, blocks: Sequence[str] = ()) -> None:
    """The technician reports black oil; the desk will draft the next revision (E1)."""
    await workshop.find_additional_work(
        course.doors,
        technician,
        course.job_id,
        lines=[MORE.line("the oil is black and lumpy")],
        why="found while the car was on the lift",
        blocks=blocks,
    )


async def finds_nothing(course: Course) -> None:
    """The diagnosis of a car whose work is known already: a technician looks, another agrees."""
    job = await course.doors.eventually(
        lambda: workshop.job_of(course.doors, course.supervisor, course.visit_id), "the job"
    )
    course.job_id = job["id"]
    line = next(line for line in job["lines"] if line["kind"] == "diagnosis")
    technician = await course.begin_line(line | {"line_id": line["id"]})
    await workshop.report_diagnosis(
        course.doors, technician, course.job_id, codes=["C0035"], findings=["as before"], lines=[]
    )
    await workshop.review(course.doors, course.crew.one("technical-support"), course.job_id)
    course.crew.at_work.discard(technician)


async def is_ordered(course: Course, line: Json) -> Json:
    """Parts has an order for what the line lacks, placed with the supplier; gives the order (E2)."""
    part_line_id = line["parts"][0]["part_line_id"]

    async def asked() -> Json | None:
        return await parts.order_of(course.doors, course.keeper, part_line_id)

    order = await course.doors.eventually(asked, "the order of a part that is not in stock")
    if order["state"] == "requested":
        await parts.place(course.doors, course.keeper, order["id"], course.floor.supplier_id)
    return order


async def complains(course: Course, category: str, text: str) -> tuple[str, Person]:
    """The customer complains at the desk and has a first answer; gives the case and its officer (E8)."""
    officer = course.crew.one("complaint-officer")
    case = await complaints.record(
        course.doors,
        officer,
        customer_id=course.customer_id,
        visit_id=course.visit_id,
        category=category,
        text=text,
    )
    await complaints.answer(course.doors, officer, case["id"], "we are sorry and look into it at once")
    return str(case["id"]), officer


async def is_decided(course: Course, case: str, officer: Person, kind: str, **what: Any) -> UUID:
    """A measure, as soon as complaints knows what it is about; gives its id."""
    shown = await course.doors.once_possible(
        lambda: complaints.decide(course.doors, officer, case, kind, **what), f"the decision to {kind}"
    )
    return UUID(shown["measure_id"])


async def is_resolved(course: Course, case: str, officer: Person) -> None:
    """All measures are carried out, the customer is told and agrees."""
    await course.doors.once_possible(
        lambda: complaints.tell(course.doors, officer, case, "it is done as we said"), "the measure"
    )
    await complaints.resolve(course.doors, officer, case, "the customer accepts what was done")


async def rework_of(course: Course) -> list[Json]:
    """The rework's lines as the workshop has them, in the shape of an estimate's."""

    async def look() -> list[Json] | None:
        job = await workshop.job_of(course.doors, course.supervisor, course.visit_id)
        whole = await workshop.job(course.doors, course.supervisor, job["id"]) if job else {"lines": []}
        return [_as_estimated(line) for line in whole["lines"] if _is_rework(line)] or None

    return await course.doors.eventually(look, "the rework in the workshop")


def _is_rework(line: Json) -> bool:
    return bool(line["kind"] == "rework" and line["authorised"] and line["state"] != "done")


def _as_estimated(line: Json) -> Json:
    needs = [{"part_line_id": part["id"], "quantity": part["expected"]} for part in line["parts"]]
    return {"line_id": line["id"], "skill": line["skill"], "title": line["title"], "parts": needs}


async def is_scored(
    town: Town, course: Course, points: int, *, comment: str | None = None, price: int
) -> UUID:
    """The customer gives every item of the survey so many points, and the price its own; gives the survey."""
    agent = town.person("customer-service")
    (survey,) = await town.surveys(course)
    template = await town.doors.get("crm", "/survey-template", who=agent)
    given = {item["item"]: points for item in template["items"]} | {"price": price}
    await crm.answer_survey(town.doors, agent, survey["id"], given, comment)
    await town.settled()
    return UUID(survey["id"])
