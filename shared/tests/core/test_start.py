"""A process that starts while its database is away, or not migrated, begins by itself when it can."""

import asyncio

import pytest
from prometheus_client import generate_latest
from shared.tests.core.toy import listing
from shared.tests.messaging.gate import Gate
from sqlalchemy import make_url, text

from servicekit import observe, run
from servicekit.messaging.topology import MISMATCH
from testkit.clock import ManualClock
from testkit.databases import Databases
from testkit.department import Department, Keys
from testkit.in_memory_broker import InMemoryBroker
from testkit.plugin import FRIDAY

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _status(workshop: Department) -> int:
    return (await workshop.call("GET", "/health/ready", root=True)).status_code


@pytest.mark.fault("away when a department starts", "database")
class TestADepartmentThatStarts:
    async def test_waits_for_its_database(self, databases: Databases, keys: Keys) -> None:
        async with databases.copy(listing()) as url:
            gate = Gate(make_url(url).port or 0)
            await gate.open()
            behind = make_url(url).set(port=gate.port).render_as_string(hide_password=False)
            await gate.shut()
            workshop = Department(
                listing(), behind, InMemoryBroker(), ManualClock(FRIDAY), keys, database_url=behind
            )

            await workshop.start()
            assert await _status(workshop) == 503
            assert not workshop.connection.connected

            await gate.open()
            async with asyncio.timeout(20):
                while not workshop.connection.connected:
                    await _status(workshop)
            async with workshop.tx() as tx:
                assert tx.now == FRIDAY
            await workshop.stop()
            await gate.shut()

    async def test_consumes_nothing_at_another_revision(self, databases: Databases, keys: Keys) -> None:
        async with databases.copy(listing()) as url:
            workshop = Department(listing(), url, InMemoryBroker(), ManualClock(FRIDAY), keys)
            async with workshop.tx() as tx:
                await tx.session.execute(text("create table alembic_version (version_num text)"))
                await tx.session.execute(text("insert into alembic_version values ('of another release')"))

            await workshop.start()
            assert await _status(workshop) == 503
            assert not workshop.connection.connected

            async with workshop.tx() as tx:
                await tx.session.execute(text("drop table alembic_version"))
            async with asyncio.timeout(20):
                while not workshop.connection.connected:
                    await _status(workshop)
            await workshop.stop()


async def test_the_metrics_of_a_real_process_show_a_queue_with_other_arguments(
    monkeypatch: pytest.MonkeyPatch, keys: Keys
) -> None:
    monkeypatch.setattr(observe, "start", lambda *_: None)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    monkeypatch.setenv("BROKER_URL", "amqp://nobody@127.0.0.1:9/nothing")
    monkeypatch.setenv("SHOP_ID", "00000000-0000-0000-0000-000000000000")
    monkeypatch.setenv("AUTH_JWKS", str(keys.jwks_file))

    runtime = run.make_runtime(listing())

    MISMATCH.labels("workshop.inbox").set(1)
    shown = generate_latest(runtime.metrics_registry).decode()
    MISMATCH.remove("workshop.inbox")
    await runtime.process.close()
    assert 'bayline_broker_topology_mismatch{name="workshop.inbox"} 1.0' in shown
