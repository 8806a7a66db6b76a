"""Real servers and processes: journeys, outages, lost queues, kills; nothing lost, nothing doubled."""

import asyncio
import itertools
import random
from collections.abc import Iterator
from functools import partial

import httpx
import pytest
from demo.__main__ import database_urls
from demo.day import Failure, VisitCourse, drive, visits_of_the_day
from deploy.reconcile import open_books
from scenarios import narratives
from scenarios.desks import crm
from scenarios.narratives import Fault
from scenarios.visits import additional_work, back_order, happy, promise, rework
from tools.departments import DEPARTMENTS
from tools.native.rabbitmq import VHOST

from . import first_visit
from .conftest import RealShop

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]

_faults: Iterator[Fault] = itertools.cycle(visits_of_the_day(narratives.read()))


async def _see_through(shop: RealShop, *courses: VisitCourse, drivers: int = 6) -> list[Failure]:
    scripts = [
        (course.__name__, partial(course, shop.context, next(_faults), n % 2 == 0))
        for n, course in enumerate(courses)
    ]
    return await drive(scripts, drivers=drivers, done=lambda: None)


class TestJourneysOverTheRealBroker:
    async def test_the_happy_path_and_e1_to_e4_leave_all_departments_agreeing(
        self, real_shop: RealShop
    ) -> None:
        failures = await _see_through(
            real_shop,
            happy.happy,
            happy.by_link,
            additional_work.agreed,
            additional_work.declined,
            back_order.stays,
            rework.failed_inspection,
            promise.revised,
        )

        assert failures == []
        assert await real_shop.agrees() == []


class TestTheBroker:
    async def test_may_be_away_commands_succeed_and_events_wait(self, real_shop: RealShop) -> None:
        async with real_shop.without_broker():
            clerk = real_shop.context.crew.one("service-advisor")
            customer = await crm.customer(real_shop.client, clerk, name="Sun Li", phone="13900001111")

            assert await real_shop.unpublished("crm") >= 1

        assert await real_shop.agrees() == []
        async with open_books(database_urls(real_shop.shop)) as books:
            known = await books.rows("reception", "select id::text from customers")
        assert customer in [row["id"] for row in known]

    @pytest.mark.fault("inboxes deleted with their messages", "broker")
    async def test_may_lose_a_queue_with_its_messages(self, real_shop: RealShop) -> None:
        async with real_shop.without("billing"):
            clerk = real_shop.context.crew.one("service-advisor")
            for n in range(3):
                await crm.customer(real_shop.client, clerk, name=f"Lost {n}", phone=f"1390000222{n}")
            real_shop.shop.broker.ctl("-p", VHOST, "delete_queue", "billing.inbox")

        assert await real_shop.agrees() == []

    @pytest.mark.fault("reset to empty", "broker")
    async def test_may_lose_everything_it_holds(self, real_shop: RealShop) -> None:
        driving = asyncio.create_task(_see_through(real_shop, happy.happy, happy.happy, drivers=2))
        await asyncio.to_thread(real_shop.shop.broker.reset)

        assert await driving == []
        assert await real_shop.agrees() == []


class TestADepartment:
    @pytest.mark.fault("processes killed", "subscriber")
    async def test_killed_twenty_times_at_work_loses_and_doubles_nothing(self, real_shop: RealShop) -> None:
        seed = random.Random(20250307)
        driving = asyncio.create_task(_see_through(real_shop, *[happy.happy] * 14))
        for _ in range(20):
            name = seed.choice(DEPARTMENTS)
            await asyncio.to_thread(partial(real_shop.shop.stop_service, name, kill=True))
            await asyncio.to_thread(partial(real_shop.shop.start_service, name))

        assert await driving == []
        assert await real_shop.agrees() == []


class TestTheFirstVisit:
    async def test_is_answered_as_the_page_promises(self, real_shop: RealShop) -> None:
        variables = {"SHOP": real_shop.shop.public_url, "PASSWORD": real_shop.client.passwords["sun.li"]}

        async with httpx.AsyncClient() as http:
            for step in first_visit.steps():
                answer = await first_visit.answered(http, step, variables)
                assert answer.status_code == step.status, (step.title, answer.text)
                for name, path in step.kept.items():
                    variables[name] = first_visit.field(answer.json(), path)

        assert len(first_visit.steps()) == 10
        assert [event["type"] for event in answer.json()][:3] == [
            "reception.visit.opened",
            "reception.visit.received",
            "reception.visit.intake-completed",
        ]
