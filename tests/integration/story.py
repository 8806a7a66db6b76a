"""The shop of the stories: its people and cars, its mornings, and what each department knows.

A story uses a ``scenarios.visits`` driver, which does not know how calls are carried: with another client in
its ``ScenarioContext`` the same steps are taken over the gateway and the real broker.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from scenarios import narratives, samples
from scenarios.context import ScenarioContext
from scenarios.desks import billing, booking, parts, reception, workshop
from scenarios.narratives import Fault
from scenarios.people import hire_without_accounts
from scenarios.shop_client import Json, Person
from scenarios.visits.driver import VisitDriver

from contracts.base import Event
from contracts.roles import ROLES
from servicekit.messaging.broker import Control
from servicekit.messaging.envelope import Envelope
from testkit.shop import Shop
from tests.integration.in_process_client import InProcessClient

E = TypeVar("E", bound=Event)

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_OPENING = 9
"""The hour at which a story's day begins."""
_ADMIN = Person("First Admin", "admin", "admin", UUID(int=7))
GONE = {"reception": "closed", "workshop": "closed", "parts": "closed", "billing": "settled"}
"""Where a walk-in's visit stands everywhere when the car has left and all is paid."""
CODES = {"P": ["P0300", "P0171"], "C": ["C0035"], "B": ["B0001"], "U": ["U0100"]}


def _nothing(_subscriber: str, _what: Envelope | Control) -> bool:
    """Nothing is lost."""
    return False


@dataclass
class Story:
    """A shop at work, and the cars that come to it, each with an owner of its own."""

    shop: Shop
    client: InProcessClient
    context: ScenarioContext
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

    def new_visit(self, *, walk_in: bool = False, component: str = "SERVICE BRAKES") -> VisitDriver:
        """The driver of a visit that has not begun."""
        return VisitDriver(self.context, self.fault(component), walk_in=walk_in)

    def person(self, role: str) -> Person:
        """Somebody of this role."""
        return _ADMIN if role == "admin" else self.context.crew.one(role)

    async def settled(self) -> None:
        """All departments know what there is to know."""
        await self.client.quiet()

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

    def published(self, event: type[E], *, visit: str | None = None, **fields: Any) -> list[E]:
        """The published events of this type, of one visit or with these fields, oldest first."""
        if visit is not None:
            fields["visit_id"] = UUID(visit)
        department = event.TYPE.split(".", 1)[0]
        events = self.shop[department].published(event)
        return [one for one in events if all(getattr(one, name) == want for name, want in fields.items())]

    def published_types(self, request_id: str, stream: str) -> list[str]:
        """The types that one stream published about a request, in order, without the stream's name."""
        committed = self.shop[stream.split(".", 1)[0]].committed
        return [
            envelope.type.rsplit(".", 1)[1]
            for envelope in committed
            if envelope.type.rsplit(".", 1)[0] == stream and envelope.correlation == request_id
        ]

    def calm(self) -> None:
        """The broker behaves from now on."""
        broker = self.shop.broker
        broker.duplicate = broker.lose = broker.unconfirmed = 0.0
        broker.shuffle, broker.delay, broker.down, broker.paused = False, 0, False, False
        broker.armed_failpoints.clear()
        self.client.withholding = False

    @contextmanager
    def withheld(self, department: str, *events: type[Event]) -> Iterator[None]:
        """The department does not receive these events until the block ends, and then by a backfill. Blocks
        may be nested."""
        types = {event.TYPE for event in events}
        before = self.shop.broker.lose, self.client.withholding
        also = before[0] if callable(before[0]) else _nothing

        def lose(subscriber: str, what: Envelope | Control) -> bool:
            mine = subscriber == department and isinstance(what, Envelope) and what.type in types
            return mine or also(subscriber, what)

        self.shop.broker.lose, self.client.withholding = lose, True
        try:
            yield
        finally:
            self.shop.broker.lose, self.client.withholding = before

    async def states(self, driver: VisitDriver) -> dict[str, str]:
        """Where the visit stands in each department that has it."""
        await self.settled()
        found = {"reception": (await self.visit(driver))["state"]}
        if driver.appointment_id:
            shown = await booking.appointment(self.client, driver.agent, driver.appointment_id)
            found["booking"] = shown["state"]
        if job := await workshop.job_of(self.client, driver.supervisor, driver.visit_id):
            found["workshop"] = job["state"]
        if held := await parts.reservation_of(self.client, driver.keeper, driver.request_id):
            found["parts"] = held["state"]
        if invoice := await self.invoice(driver):
            found["billing"] = invoice["state"]
        return found

    async def invoice(self, driver: VisitDriver) -> Json:
        """The invoice with its rows, as billing has it."""
        row = await billing.invoice_of(self.client, driver.advisor, driver.visit_id)
        if row is None:
            return {}
        whole: Json = await self.client.get("billing", f"/invoices/{row['id']}", who=driver.advisor)
        return whole

    async def surveys(self, driver: VisitDriver) -> list[Json]:
        """The questionnaires about a visit."""
        agent = self.person("customer-service")
        found = await self.client.get("crm", f"/surveys?visit_id={driver.visit_id}", who=agent)
        forms: list[Json] = found["items"]
        return forms

    async def job_of(self, driver: VisitDriver) -> Json:
        """The job of a visit, as soon as the workshop has opened it."""
        return await self.client.eventually(
            lambda: workshop.job_of(self.client, driver.supervisor, driver.visit_id), "the job"
        )

    async def visit(self, driver: VisitDriver) -> Json:
        """The visit as reception has it."""
        screen = await reception.screen(self.client, driver.advisor, driver.visit_id)
        visit: Json = screen["visit"]
        return visit

    async def job(self, driver: VisitDriver) -> Json:
        """The job as the workshop has it."""
        return await workshop.job(self.client, driver.supervisor, driver.job_id)

    async def waiting(self) -> list[str]:
        """Events that were received and have not taken effect, and what they wait for."""
        found = []
        for name, department in self.shop.departments.items():
            for kind in ("deferred", "dead-letters"):
                answer = await department.call("GET", f"/operations/{kind}", who=ROLES["admin"])
                found += [f"{name}: {one['type']} {one['key']}: {one['reason']}" for one in answer.json()]
        return found

    def urls(self) -> dict[str, str]:
        """The departments' databases by name."""
        return {name: department.settings.database_url for name, department in self.shop.departments.items()}


async def begin_story(shop: Shop) -> Story:
    """Hire everybody, create the samples, and open."""
    client = InProcessClient(shop)
    crew = await hire_without_accounts(client, _ADMIN)
    await client.quiet()
    supplier_id = await samples.create_samples(client, crew)
    context = ScenarioContext(client, crew, supplier_id, shop.clock.now, CODES)
    story = Story(shop, client, context, itertools.cycle(narratives.read()), itertools.count(1))
    await story.settled()
    return story
