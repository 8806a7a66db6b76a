"""A shop of its own for the bench: empty at first, with people, bays, prices, one part, and customers."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from scenarios import after_care
from scenarios.context import ScenarioContext
from scenarios.desks import billing, crm, parts, reception, staff, workshop
from scenarios.narratives import whole_vin
from scenarios.people import Crew
from scenarios.quiet import until_quiet
from scenarios.repairs import GOODS_TAX, LABOUR_TAX, RATES
from scenarios.shop_client import Person
from scenarios.shop_time import ShopTime
from tools.native.keys import FIRST_ADMIN
from tools.native.layout import Layout
from tools.native.running import Shop
from uuid_utils.compat import uuid7

from bench.client import LeanClient
from bench.journey import PART_NO, Car, Journey, Team
from bench.watch import Watch

_BAYS = 24
_CARS = 48
_PASSWORD = "bench-Passw0rd-2"
_ADMIN = Person("Administrator", "admin", FIRST_ADMIN, uuid7())
_SKILLS = ("diagnosis", "chassis")
_SHARED = (
    "service-advisor",
    "workshop-supervisor",
    "technical-support",
    "inspector",
    "parts-manager",
    "parts-keeper",
    "cashier",
    "finance",
    "customer-service",
)


def bench_shop() -> Shop:
    """A shop beside the one of ``make up``: same ports from ``PORT_BASE``, another folder."""
    layout = Layout.of(os.environ)
    shop = Shop(replace(layout, folder=Path(f"{layout.folder}-bench")))
    # When a row was committed can be asked afterwards: effects are timed without anybody watching.
    shop.postgres.settings["track_commit_timestamp"] = "on"
    return shop


class Furnished:
    """Who works in the bench's shop, and the cars that come to it."""

    def __init__(self, client: LeanClient, clock: ShopTime) -> None:
        self.client = client
        self.clock = clock
        self.teams: list[Team] = []
        self._people: list[Person] = []
        self._known: dict[str, Person] = {}
        self._cars: Iterator[Car] = iter(())

    async def create_samples(self, first_password: str, teams: int) -> None:
        """Hire, price, build and stock through the front doors; so many journeys can go on at once."""
        await self.client.sign_in(_ADMIN, first_password)
        shared = self._known = {role: await self._hire(role) for role in _SHARED}
        technicians = [await self._hire("technician", n) for n in range(teams)]
        self.teams = [
            Team(
                advisor=shared["service-advisor"],
                supervisor=shared["workshop-supervisor"],
                technician=technician,
                reviewer=shared["technical-support"],
                inspector=shared["inspector"],
                keeper=shared["parts-keeper"],
                cashier=shared["cashier"],
            )
            for technician in technicians
        ]
        await self._price(shared)
        cars = [await self._car(shared["service-advisor"], n) for n in range(_CARS)]
        self._cars = itertools.cycle(cars)
        await self.quiet()

    async def sign_in(self) -> None:
        """Fresh tokens for everybody: one lasts ten minutes."""
        for person in self._people:
            await self.client.sign_in(person, _PASSWORD)

    async def quiet(self) -> None:
        """Return when nothing moves any more."""
        await until_quiet(self.client, _ADMIN)

    def next_car(self) -> Car:
        """The next customer comes; each is away long before it is their turn again."""
        return next(self._cars)

    async def whole_visit(self, watch: Watch) -> None:
        """A new customer's visit, to the answered survey and the call, three working days of shop time on."""
        journey = Journey(self.client, watch, self.teams[0], self.clock.now)
        advisor, agent = self._known["service-advisor"], self._known["customer-service"]
        visit_id = await journey.drive(await self._car(advisor, _CARS))
        await reception.close(self.client, advisor, visit_id, mileage_out_km=48_202)
        await self.quiet()
        self.clock.move_to(self.clock.working_days_on(3))
        await self.quiet()
        context = ScenarioContext(self.client, Crew([agent], {}), "", self.clock.now, {})
        await after_care.answer_surveys(context)
        await after_care.make_calls(context)
        await self.quiet()

    async def _hire(self, role: str, n: int = 0) -> Person:
        name = f"{role.replace('-', ' ').title()} {n + 1}"
        skills = [{"skill": skill, "level": 2} for skill in _SKILLS] if role == "technician" else []
        hired = await staff.hire(self.client, _ADMIN, name=name, skills=skills)
        person = Person(name, role, f"{role}.{n + 1}", UUID(hired["id"]))
        await staff.open_account(
            self.client, _ADMIN, employee_id=hired["id"], login=person.login, password=_PASSWORD, role=role
        )
        self._people.append(person)
        await self.client.sign_in(person, _PASSWORD)
        return person

    async def _price(self, shared: dict[str, Person]) -> None:
        await parts.list_part(
            self.client,
            shared["parts-manager"],
            part_no=PART_NO,
            title={"zh": "前制动片", "en": "Front brake pads"},
            kind="oem",
            unit="set",
            unit_price="268.00",
            tax_rate=GOODS_TAX,
        )
        await parts.put_away(self.client, shared["parts-manager"], PART_NO, 1_000_000, "160.00")
        for work_type in ("diagnosis", "mechanical"):
            rate = RATES[work_type]
            await billing.set_rate(self.client, shared["finance"], work_type, "normal", rate, LABOUR_TAX)
        for n in range(_BAYS):
            await workshop.add_bay(self.client, shared["workshop-supervisor"], f"Bench bay {n + 1}")

    async def _car(self, clerk: Person, n: int) -> Car:
        customer_id = await crm.customer(
            self.client, clerk, name=f"Customer {n + 1}", phone=f"139{n * 7919 % 100_000_000:08d}"
        )
        plate, vin = f"沪B{n:04d}Q", whole_vin("", 2021, n * 7919 + 13)
        vehicle_id = await crm.vehicle(
            self.client,
            clerk,
            customer_id=customer_id,
            plate=plate,
            vin=vin,
            make="Buick",
            model="Excelle",
            model_year=2021,
        )
        return Car(customer_id, vehicle_id, plate, vin)
