"""The private servers: what each login may do, and that a node which lost everything heals by itself."""

from collections.abc import Iterator
from pathlib import Path

import aio_pika
import asyncpg
import pytest
from aiormq.exceptions import ChannelAccessRefused
from tools.native.postgres import Postgres
from tools.native.processes import Daemon, NotStarted, answers, wait_for
from tools.native.servers import Servers, end_abandoned, servers


@pytest.fixture(scope="module")
def both() -> Iterator[Servers]:
    with servers(users=["parts", "crm"]) as running:
        yield running


class TestADatabase:
    async def test_lets_only_its_own_department_in(self, both: Servers) -> None:
        both.postgres.create_database("bayline_parts", "bayline_parts")
        both.postgres.create_database("bayline_crm", "bayline_crm")

        mine = await asyncpg.connect(both.postgres.url("bayline_parts", "bayline_parts"))
        await mine.close()

        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(both.postgres.url("bayline_crm", "bayline_parts"))

    def test_is_there_again_after_a_crash_of_the_server(self, both: Servers) -> None:
        both.postgres.create_database("bayline_staff", "bayline_staff")

        both.postgres.stop(kill=True)
        both.postgres.start()

        assert both.postgres.has_database("bayline_staff")


class TestTheBroker:
    async def test_takes_events_only_under_the_name_of_their_publisher(self, both: Servers) -> None:
        async with await aio_pika.connect(both.broker.url("parts")) as connection:
            channel = await connection.channel()
            exchange = await channel.declare_exchange("bayline", "topic", durable=True)

            await exchange.publish(aio_pika.Message(b"{}"), "parts.part.listed", mandatory=False)

            with pytest.raises(ChannelAccessRefused):
                await exchange.publish(aio_pika.Message(b"{}"), "crm.customer.changed", mandatory=False)

    async def test_keeps_a_department_from_anothers_inbox(self, both: Servers) -> None:
        async with await aio_pika.connect(both.broker.url("parts")) as connection:
            channel = await connection.channel()

            with pytest.raises(ChannelAccessRefused):
                await channel.declare_queue("crm.inbox", durable=True)

    async def test_knows_its_users_again_after_it_forgot_everything(self, both: Servers) -> None:
        both.broker.reset()

        async with await aio_pika.connect(both.broker.url("crm")) as connection:
            assert not connection.is_closed

    async def test_comes_back_after_a_kill(self, both: Servers) -> None:
        both.broker.stop(kill=True)
        assert not both.broker.running

        both.broker.start()

        async with await aio_pika.connect(both.broker.url("parts")) as connection:
            assert not connection.is_closed


def test_servers_leave_nothing_running_behind() -> None:
    with servers(broker=False) as alone:
        port = alone.postgres.port
        folder = alone.postgres.folder
        assert answers(port)

    assert not answers(port)
    assert not folder.exists()


class TestAProcess:
    def test_that_died_differs_from_one_that_was_stopped(self, tmp_path: Path) -> None:
        daemon = Daemon("sleeper", tmp_path / "pid", tmp_path / "log")
        pid = daemon.start(["sleep", "60"])

        process = daemon.process()
        assert process is not None
        assert process.pid == pid
        process.kill()

        assert wait_for(lambda: not daemon.alive, 20)
        assert daemon.expected
        daemon.stop()
        assert not daemon.expected

    def test_of_somebody_else_with_a_reused_number_is_left_alone(self, tmp_path: Path) -> None:
        stranger = Daemon("stranger", tmp_path / "stranger", tmp_path / "log")
        pid = stranger.start(["sleep", "60"])
        mine = Daemon("mine", tmp_path / "mine", tmp_path / "log")
        mine.pid_file.write_text(f"{pid} 1.00\n")

        mine.stop()

        assert stranger.alive
        stranger.stop(kill=True)

    def test_whose_port_is_taken_is_not_started(self, both: Servers, tmp_path: Path) -> None:
        late = Postgres(tmp_path, both.postgres.port)

        with pytest.raises(NotStarted):
            late.start()


def test_servers_of_a_run_that_was_killed_are_ended_by_the_next() -> None:
    with servers(broker=False) as abandoned:
        owner = abandoned.postgres.folder.parent / "owner.pid"
        owner.write_text("1 1.00\n")

        end_abandoned()

        assert not answers(abandoned.postgres.port)
        assert not owner.parent.exists()
