"""Events that nobody reacts to move many cursors at a time, and only where nothing else is known of them."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from contracts.events.staff import EmployeeChanged, EmployeeHired
from servicekit.messaging import cursors
from servicekit.messaging.delivery import DeliveryResult
from servicekit.messaging.envelope import Envelope
from servicekit.messaging.skipping import Skipped, Skipper
from testkit.department import Department
from testkit.plugin import MakeDepartment

from .toy import Listed, greeting

pytestmark = pytest.mark.asyncio(loop_scope="session")

_CURSORS = text("select key, last, high from cursors where stream = 'staff.employee'")
_DUE = text("update cursors set wake_at = now() where wake_at is not null")
_REQUESTS = text("select requests from cursors")
_DEFERRED = text("select count(*) from deferred")
_REGISTER = text("insert into reaction_types (type, version) values (:type, 1)")
_SKIPPED = Skipped(DeliveryResult.SKIPPED, awaited=False)
_DUPLICATE = Skipped(DeliveryResult.DUPLICATE, awaited=False)


def _changed(workshop: Department, key: UUID, n: int) -> Envelope:
    event = EmployeeChanged(employee_id=key, employee_no="E1", display_name="x", skills=[], active=True)
    return workshop.envelope(event, sequence=n)


async def _cursors(workshop: Department) -> dict[str, tuple[int, int]]:
    async with workshop.tx() as tx:
        return {row.key: (row.last, row.high) for row in await tx.session.execute(_CURSORS)}


class TestSkipping:
    async def test_moves_many_cursors_together(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        skipper = Skipper(workshop.runtime.process)
        keys = [uuid4() for _ in range(20)]

        for n in (1, 2):
            skipped = await asyncio.gather(*(skipper.skip(_changed(workshop, key, n)) for key in keys))
            assert skipped == [_SKIPPED] * 20

        assert await _cursors(workshop) == {str(key): (2, 2) for key in keys}

    async def test_leaves_an_unknown_aggregate_that_does_not_begin(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())

        assert await Skipper(workshop.runtime.process).skip(_changed(workshop, uuid4(), 2)) is None

        assert await _cursors(workshop) == {}

    async def test_recognises_a_duplicate(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        skipper, key = Skipper(workshop.runtime.process), uuid4()
        for n in (1, 2):
            await skipper.skip(_changed(workshop, key, n))
        before = workshop.runtime.counts.duplicates

        again = await asyncio.gather(*(skipper.skip(_changed(workshop, key, n)) for n in (1, 2)))

        assert again == [_DUPLICATE, _DUPLICATE]
        assert await _cursors(workshop) == {str(key): (2, 2)}
        assert workshop.runtime.counts.duplicates - before == 2

    async def test_leaves_gaps_to_the_consumer(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        skipper, key = Skipper(workshop.runtime.process), uuid4()
        await skipper.skip(_changed(workshop, key, 1))

        assert await skipper.skip(_changed(workshop, key, 3)) is None

        assert await _cursors(workshop) == {str(key): (1, 1)}

    async def test_leaves_a_cursor_that_knows_of_more(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        key = uuid4()
        await workshop.runtime.consumer.handle(_changed(workshop, key, 1))
        await workshop.runtime.consumer.handle(_changed(workshop, key, 3))

        assert await Skipper(workshop.runtime.process).skip(_changed(workshop, key, 2)) is None
        await workshop.runtime.consumer.handle(_changed(workshop, key, 2))
        await workshop.until_quiet()

        assert await _cursors(workshop) == {str(key): (3, 3)}

    async def test_does_not_wait_for_a_locked_cursor(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        skipper, busy, free = Skipper(workshop.runtime.process), uuid4(), uuid4()
        for key in (busy, free):
            await skipper.skip(_changed(workshop, key, 1))

        async with workshop.tx() as tx:
            await cursors.lock(tx.session, "staff.employee", str(busy))
            skipped = await asyncio.gather(
                *(skipper.skip(_changed(workshop, key, 2)) for key in (busy, free))
            )

        assert skipped == [None, _SKIPPED]

    async def test_leaves_a_type_that_another_release_reacts_to(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        async with workshop.tx() as tx:
            await tx.session.execute(_REGISTER, {"type": EmployeeChanged.TYPE})

        assert await Skipper(workshop.runtime.process).skip(_changed(workshop, uuid4(), 1)) is None

    async def test_reports_that_another_aggregate_waits(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        key = uuid4()
        waiting = _changed(workshop, uuid4(), 1)
        async with workshop.tx() as tx:
            waits_for = cursors.waited_for("staff.employee", str(key))
            await cursors.defer_after_run(
                tx.session, waiting, reason="", attempt=0, delay=9, waits_for=waits_for, status="waiting"
            )

        skipped = await Skipper(workshop.runtime.process).skip(_changed(workshop, key, 1))

        assert skipped == Skipped(DeliveryResult.SKIPPED, awaited=True)


class TestBackfilledEvents:
    async def test_are_skipped_at_once_where_nobody_reacts(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        key = uuid4()

        with workshop.statements() as seen:
            await workshop.runtime.consumer.handle_backfill(
                [_changed(workshop, key, n) for n in range(1, 101)]
            )

        assert await _cursors(workshop) == {str(key): (100, 100)}
        assert 0 < len(seen) < 6

    async def test_go_on_from_the_cursor(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        key = uuid4()
        await workshop.runtime.consumer.handle(_changed(workshop, key, 1))

        await workshop.runtime.consumer.handle_backfill([_changed(workshop, key, n) for n in range(1, 6)])
        await workshop.runtime.consumer.handle_backfill([_changed(workshop, key, n) for n in range(2, 5)])

        assert await _cursors(workshop) == {str(key): (5, 5)}

    async def test_cost_no_more_for_many_duplicates(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        key = uuid4()
        page = [_changed(workshop, key, n) for n in range(1, 101)]
        await workshop.runtime.consumer.handle_backfill(page)

        with workshop.statements() as seen:
            await workshop.runtime.consumer.handle_backfill(page)

        assert 0 < len(seen) < 4
        assert workshop.runtime.counts.duplicates == 100

    async def test_are_requested_less_often_even_if_the_cursor_moves(
        self, department: MakeDepartment
    ) -> None:
        workshop = await department(greeting())
        key = uuid4()
        requests = []
        for n in (1, 9, 2, 3, 4):
            await workshop.runtime.consumer.handle(_changed(workshop, key, n))
            async with workshop.tx() as tx:
                await tx.session.execute(_DUE)
            await workshop.runtime.poller.poll()
            async with workshop.tx() as tx:
                requests.append(await tx.session.scalar(_REQUESTS))
        assert requests == [0, 1, 2, 3, 4]

        await workshop.runtime.consumer.handle_backfill([_changed(workshop, key, n) for n in range(5, 10)])
        await workshop.until_quiet()

        async with workshop.tx() as tx:
            assert await tx.session.scalar(_REQUESTS) == 0

    async def test_stop_at_a_gap(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        key = uuid4()

        await workshop.runtime.consumer.handle_backfill([_changed(workshop, key, n) for n in (1, 2, 4, 5)])
        assert await _cursors(workshop) == {str(key): (2, 5)}
        await workshop.runtime.consumer.handle_backfill([_changed(workshop, key, n) for n in (3, 4, 5)])
        await workshop.until_quiet()

        assert await _cursors(workshop) == {str(key): (5, 5)}
        async with workshop.tx() as tx:
            assert await tx.session.scalar(_DEFERRED) == 0

    async def test_are_reacted_to_in_their_turn(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        key = uuid4()
        begun = EmployeeHired(employee_id=key, employee_no="E1", display_name="new", skills=[], active=True)
        hired = workshop.envelope(begun, sequence=1)

        changes = [_changed(workshop, key, n) for n in range(2, 9)]
        await workshop.runtime.consumer.handle_backfill([hired, *changes])

        assert await _cursors(workshop) == {str(key): (8, 8)}
        async with workshop.tx() as tx:
            assert (await tx.read(Listed, key)).names == "new "

    async def test_are_handled_singly_where_another_release_reacts(self, department: MakeDepartment) -> None:
        workshop = await department(greeting())
        key = uuid4()
        async with workshop.tx() as tx:
            await tx.session.execute(_REGISTER, {"type": EmployeeChanged.TYPE})

        await workshop.runtime.consumer.handle_backfill([_changed(workshop, key, n) for n in (1, 2, 3)])

        assert await _cursors(workshop) == {str(key): (0, 3)}
