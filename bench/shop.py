"""A shop of its own for the bench: empty at first, with the samples, people enough, and customers."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scenarios import after_care
from scenarios.context import ScenarioContext
from scenarios.desks import crm, parts, reception
from scenarios.narratives import whole_vin
from scenarios.people import DIAGNOSIS, Crew, Post, hire_everybody
from scenarios.quiet import until_quiet
from scenarios.repairs import BRAKES
from scenarios.samples import create_samples
from scenarios.shop_client import Person
from scenarios.shop_time import ShopTime
from tools.native.keys import FIRST_ADMIN
from tools.native.layout import Layout
from tools.native.running import Shop
from uuid_utils.compat import uuid7

from bench.client import LeanClient
from bench.journey import PART_NO, Car, Journey, Team
from bench.watch import Watch

_CARS = 48
_PASSWORD = "bench-Passw0rd-2"
_ADMIN = Person("Administrator", "admin", FIRST_ADMIN, uuid7())
_ONE_OF_EACH = (
    "service-manager",
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
    """A second shop on the ports of ``make up`` (``PORT_BASE``), in another folder."""
    layout = Layout.of(os.environ)
    shop = Shop(replace(layout, folder=Path(f"{layout.folder}-bench")))
    # When a row was committed can be read afterwards: effects are timed without anybody watching.
    shop.postgres.settings["track_commit_timestamp"] = "on"
    return shop


class BenchShop:
    """Who works in the bench's shop, and the cars that come to it."""

    teams: list[Team]
    _crew: Crew
    _cars: Iterator[Car]

    def __init__(self, client: LeanClient, clock: ShopTime) -> None:
        self.client = client
        self.clock = clock

    async def set_up(self, first_password: str, teams: int) -> None:
        """Hire, price, build and stock through the gateway; so many journeys can go on at once."""
        await self.client.sign_in(_ADMIN, first_password)
        posts = [Post(role.replace("-", " ").title(), role) for role in _ONE_OF_EACH]
        posts += [Post(f"Technician {n + 1}", "technician", (DIAGNOSIS, BRAKES.skill)) for n in range(teams)]
        crew = self._crew = await hire_everybody(self.client, _ADMIN, {}, _PASSWORD, posts)
        await self.sign_in()
        await create_samples(self.client, crew)
        await parts.put_away(self.client, crew.one("parts-manager"), PART_NO, 1_000_000, "160.00")
        self.teams = [Team.of(crew) for _ in range(teams)]
        self._cars = itertools.cycle([await self._car(n) for n in range(_CARS)])
        await self.quiet()

    async def sign_in(self) -> None:
        """Fresh tokens for everybody: one lasts ten minutes."""
        for person in self._crew.people:
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
        car = await self._car(_CARS)
        visit_id = await journey.drive(car)
        await reception.close(self.client, self.teams[0].advisor, visit_id, mileage_out_km=48_202)
        await self.quiet()
        self.clock.move_to(self.clock.working_days_on(3))
        await self.quiet()
        context = ScenarioContext(self.client, self._crew, "", self.clock.now, {})
        await after_care.answer_surveys(context, {visit_id})
        await after_care.make_calls(context, {car.customer_id})
        await self.quiet()

    async def _car(self, n: int) -> Car:
        clerk = self._crew.one("service-advisor")
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
