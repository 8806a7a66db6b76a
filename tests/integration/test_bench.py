"""The bench: its journey, its figures, past visits with rows of their own, and where time goes."""

import asyncio
import sys

import asyncpg
import pytest
from bench import profile
from bench.effects import _times
from bench.figures import Times
from bench.journey import COMMANDS, PART_NO, Car, Journey, Team
from bench.past import Past
from bench.report import Figures, show
from bench.watch import Published, Watch
from rich.console import Console
from scenarios.shop_client import Json, Person
from sqlalchemy import text

from contracts.events.billing import InvoiceSettled
from tests.integration.conftest import OpenStory
from tests.integration.in_process_client import InProcessClient
from tests.integration.story import Story


class _CountingClient(InProcessClient):
    """Counts the requests that change something."""

    commands = 0

    async def ask(
        self, department: str, method: str, path: str, *, who: Person | None, json: Json | None = None
    ) -> object:
        self.commands += method != "GET"
        return await super().ask(department, method, path, who=who, json=json)


class _BrokerWatch(Watch):
    """In one process an effect is visible when the in-memory broker has delivered it."""

    def __init__(self, story: Story) -> None:
        self._story = story

    async def published(self, request_id: str, type: str) -> Published:
        await self._story.client.deliver()
        async with self._story.shop[type.partition(".")[0]].tx() as tx:
            found = text(
                "select key, sequence, data from outbox where correlation = :request and type = :type"
            )
            row = (await tx.session.execute(found, {"request": request_id, "type": type})).one()
        return Published(row.key, row.sequence, row.data)

    async def applied(self, department: str, stream: str, key: str, n: int) -> None:
        await self._story.client.deliver()

    async def everywhere(self, request_id: str) -> None:
        await self._story.settled()


async def _journey(story: Story) -> tuple[str, int]:
    """A visit, and how many commands it took."""
    client = _CountingClient(story.shop)
    caller = story.new_visit(walk_in=True)
    await caller.register()
    team = Team.of(story.context.crew)
    car = Car(caller.customer_id, caller.vehicle_id, caller.fault.plate, caller.fault.vin)
    visit_id = await Journey(client, _BrokerWatch(story), team, lambda: story.now).drive(car)
    return visit_id, client.commands


class TestTheJourney:
    async def test_is_a_visit_of_seventeen_commands_with_one_part_and_a_settled_invoice(
        self, story: Story
    ) -> None:
        visit_id, commands = await _journey(story)

        async with story.shop["parts"].tx() as tx:
            issued = "select count(*) from reservation_lines l join reservations r on r.id = l.reservation_id"
            issued += f" where r.visit_id = '{visit_id}' and l.part_no = '{PART_NO}'"
            lines = (await tx.session.execute(text(issued))).scalar()
        assert commands == COMMANDS
        assert lines == 1
        assert story.published(InvoiceSettled, visit=visit_id)


class TestPastVisits:
    async def test_are_copies_under_ids_of_their_own_in_every_department(self, stories: OpenStory) -> None:
        story = await stories()
        urls = {name: url.replace("+asyncpg", "") for name, url in story.urls().items()}

        async def visit() -> None:
            await _journey(story)

        past = await Past.note(urls, visit)
        await past.copy(3)

        reception = await asyncpg.connect(urls["reception"])
        twins = await reception.fetch("select id, request_no from visits")
        log = await reception.fetch(
            "select key, data ->> 'visit_id' as visit_id from outbox"
            " where stream = 'reception.visit' and txid::text = '3'"
        )
        await reception.close()
        assert len({row["id"] for row in twins}) == len({row["request_no"] for row in twins}) == 4
        assert {row["key"] for row in log} == {row["visit_id"] for row in log}
        assert len({row["key"] for row in log}) == 3
        assert past.rows > 100


class TestFigures:
    @pytest.mark.parametrize(
        ("samples", "p50", "p99"), [([0.002], 2.0, 2.0), ([n / 1000 for n in range(1, 101)], 50.0, 99.0)]
    )
    def test_name_the_sample_that_so_many_do_not_exceed(
        self, samples: list[float], p50: float, p99: float
    ) -> None:
        times = Times.of(samples)

        assert (times.count, times.p50, times.p99) == (len(samples), p50, p99)

    def test_an_effect_is_a_caused_event_or_a_cursor_whose_last_event_has_a_reaction(self) -> None:
        first = {
            "id": "a",
            "stream": "x.y",
            "key": "1",
            "sequence": 2,
            "type": "x.y.z",
            "cause": "",
            "at": 10.0,
        }
        caused = first | {"id": "b", "stream": "v.w", "cause": "a", "at": 10.004}
        idle = first | {"id": "c", "type": "x.y.idle", "sequence": 3}
        cursors = [
            {"stream": "x.y", "key": "1", "last": 2, "at": 10.006},
            {"stream": "x.y", "key": "1", "last": 3, "at": 99.0},
        ]

        times = _times([first, caused, idle], [({"x.y.z"}, cursors)])

        assert (times.count, times.p50, times.p99) == (2, 4.0, 6.0)

    def test_are_shown_with_those_of_another_commit(self) -> None:
        screen = Console(record=True, width=100)
        new: Figures = {
            "at": "",
            "commit": "b",
            "machine": "",
            "start": {"alone": 3.0},
            "journeys": {"1": {"x": 2}},
        }
        old: Figures = {
            "at": "",
            "commit": "a",
            "machine": "",
            "start": {"alone": 2.0},
            "journeys": {"1": {"x": 4}},
        }

        show(screen, new, old)

        shown = screen.export_text()
        assert "3 (+50%)" in shown
        assert "2 (-50%)" in shown


_STACKS = """\
<module> (main.py:1);run (asyncio/runners.py:90);handle (servicekit/messaging/consumer.py:88) 6
<module> (main.py:1);run (asyncio/runners.py:90);handle (servicekit/messaging/consumer.py:88);open (reception/commands/arrival.py:40) 3
<module> (main.py:1);run (asyncio/runners.py:90);run (asyncio/runners.py:90) 1
"""  # noqa: E501  (py-spy writes a stack in one line)


class TestAProfile:
    def test_counts_samples_by_package_by_function_and_by_all_functions_on_the_stack(self) -> None:
        found = profile.read(_STACKS.splitlines())

        assert found.samples == 10
        assert found.packages == {"servicekit": 6, "reception": 3, "asyncio": 1}
        assert found.own["open (reception/commands/arrival.py:40)"] == 3
        assert found.within["handle (servicekit/messaging/consumer.py:88)"] == 9
        assert found.within["run (asyncio/runners.py:90)"] == 10

    def test_is_shown_in_per_cent_of_the_samples(self) -> None:
        screen = Console(record=True, width=120)

        profile.show(screen, "reception", profile.read(_STACKS.splitlines()))

        shown = screen.export_text()
        assert "reception: 10 samples" in shown
        assert "60.0  servicekit" in shown
        assert "90.0  handle (servicekit/messaging/consumer.py:88)" in shown
        assert "100.0  run (asyncio" not in shown

    async def test_of_a_process_at_work_names_what_it_does(self) -> None:
        busy = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "def spin():\n    while True: pass\nprint(flush=True)\nspin()", stdout=-1
        )
        assert busy.stdout is not None
        await busy.stdout.readline()
        try:
            found = await profile.record(busy.pid, 1, lambda: asyncio.sleep(0))
        except profile.NotProfiled as refused:
            if "permission" not in str(refused).lower():
                raise
            pytest.skip("this machine lets nobody read another process")
        finally:
            busy.kill()
            await busy.wait()

        assert found.own.most_common(1)[0][0].startswith("spin ")

    async def test_of_a_process_that_is_gone_is_refused(self) -> None:
        gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
        await gone.wait()

        with pytest.raises(profile.NotProfiled):
            await profile.record(gone.pid, 1, lambda: asyncio.sleep(0))
