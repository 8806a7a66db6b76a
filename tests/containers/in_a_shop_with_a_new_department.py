"""A visit in an open shop with a scaffolded department, which opens a record for it and publishes that."""

import itertools

import pytest
from demo.__main__ import ADMIN
from demo.day import visits_of_the_day
from deploy.reconcile import open_books
from scenarios import narratives
from scenarios.context import ScenarioContext
from scenarios.quiet import until_quiet
from scenarios.visits import happy
from tools.containers.shop import ComposeShop

from tests.containers.new_department import NAME
from tests.containers.only_in_containers import context, shop

__all__ = ["context", "shop"]  # fixtures

_PUBLISHED = f"select key from outbox where stream = '{NAME}.record' and published_at is not null"


@pytest.mark.timeout(600)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_visit_gets_its_record(context: ScenarioContext, shop: ComposeShop) -> None:
    faults = itertools.cycle(visits_of_the_day(narratives.read()))

    await happy.happy(context, next(faults), True)
    await until_quiet(context.client, ADMIN)

    async with open_books({name: shop.reading_url(name) for name in (NAME, "reception")}) as books:
        visits = {str(row["id"]) for row in await books.rows("reception", "select id from visits")}
        records = {str(row["id"]) for row in await books.rows(NAME, "select id from records")}
        published = {row["key"] for row in await books.rows(NAME, _PUBLISHED)}
    assert visits
    assert visits == records == published
