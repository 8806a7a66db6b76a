"""What can be wrong with messages themselves: missing, doubled, unknown, poisonous, too large."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from shared.tests.core.toy import hire, rename
from sqlalchemy import text

from contracts.events.staff import EmployeeChanged, EmployeeHired
from servicekit.messaging import operations
from servicekit.messaging.broker import Control
from servicekit.messaging.envelope import BODY_LIMIT, Envelope
from servicekit.messaging.outbox import EventTooLarge
from testkit.databases import Databases
from testkit.department import Department, Keys
from tests.faults.in_memory.toys import Toys, toys

pytestmark = pytest.mark.asyncio(loop_scope="session")

_NAMES = text("select trim(names) from listed where id = :id")


@pytest_asyncio.fixture(loop_scope="session")
async def shop(databases: Databases, keys: Keys) -> AsyncIterator[Toys]:
    """Staff, and two processes of a workshop."""
    async with toys(databases, keys, 3, listeners=2) as made:
        yield made


def _told(workshop: Department, key: UUID, n: int, name: str, **other: Any) -> Envelope:
    contract = EmployeeHired if n == 1 else EmployeeChanged
    event = contract(employee_id=key, employee_no="E1", display_name=name, skills=(), active=True)
    return replace(workshop.envelope(event, sequence=n), **other)


async def _names(workshop: Department, key: UUID) -> str:
    async with workshop.tx() as tx:
        return str((await tx.session.execute(_NAMES, {"id": key})).scalar() or "")


class TestWhatIsMissing:
    @pytest.mark.fault("the first, a middle one, the last missing", "messages")
    @pytest.mark.parametrize("which", [1, 4, 6])
    async def test_is_asked_for_and_comes(self, shop: Toys, which: int, record_property: Any) -> None:
        lost: set[str] = set()

        def lose(_: str, what: Envelope | Control) -> bool:
            once = isinstance(what, Envelope) and what.sequence == which and what.key not in lost
            if once and isinstance(what, Envelope):
                lost.add(what.key)
            return once

        shop.broker.lose = lose
        await shop.live(Random(which), names=6)
        await shop.until_quiet()

        assert len(lost) == 3
        assert await shop.wrongs() == []
        record_property("injected", 3)
        record_property("gaps", sum(d.runtime.counts.gaps for d in shop.shop.departments.values()))

    @pytest.mark.fault("every message doubled, at two replicas at once", "messages")
    async def test_nor_is_anything_applied_twice(self, shop: Toys, record_property: Any) -> None:
        shop.broker.duplicate = 1.0
        shop.broker.paused = True
        await shop.live(Random(2))
        shop.broker.paused = False
        await shop.until_quiet()

        doubled = sum(d.runtime.counts.duplicates for d in shop.shop.departments.values())
        assert doubled > 0
        assert await shop.wrongs() == []
        record_property("injected", shop.broker.count["duplicated"])
        record_property("duplicates", doubled)


class TestAnEventOfAnotherRelease:
    @pytest.mark.fault("unknown type", "messages")
    async def test_is_passed_over_when_nobody_ever_reacted_to_its_type(self, shop: Toys) -> None:
        key, receive = uuid4(), shop.workshop.runtime.consumer.handle
        await receive(_told(shop.workshop, key, 1, "a"))
        await receive(_told(shop.workshop, key, 2, "?", type="staff.employee.promoted"))
        await receive(_told(shop.workshop, key, 3, "c"))

        assert await _names(shop.workshop, key) == "a c"

    @pytest.mark.fault("higher version", "messages")
    async def test_of_a_newer_version_waits_for_the_release_that_knows_it(self, shop: Toys) -> None:
        key, receive = uuid4(), shop.workshop.runtime.consumer.handle
        await receive(_told(shop.workshop, key, 1, "a"))
        await receive(_told(shop.workshop, key, 2, "b", version=2))
        await receive(_told(shop.workshop, key, 3, "c"))
        await shop.until_quiet()
        assert await _names(shop.workshop, key) == "a"

        reactions = shop.workshop.service.reactions
        reactions[EmployeeChanged.TYPE, 2] = reactions[EmployeeChanged.TYPE, 1]
        await shop.until_quiet()

        assert await _names(shop.workshop, key) == "a b c"

    @pytest.mark.fault("new reaction during a rolling deploy", "subscriber")
    async def test_waits_at_an_old_replica_until_a_new_one_takes_it(self, shop: Toys) -> None:
        old, new = shop.workshop, shop.shop["workshop 1"]
        known = EmployeeChanged.TYPE, EmployeeChanged.VERSION
        reaction = old.service.reactions.pop(known)
        key = uuid4()
        await old.runtime.consumer.handle(_told(old, key, 1, "a"))
        await old.runtime.consumer.handle(_told(old, key, 2, "b"))
        await old.turn()
        assert await _names(old, key) == "a"

        assert known in new.service.reactions
        await new.turn()

        assert await _names(old, key) == "a b"
        assert reaction


class TestPoison:
    @pytest.mark.fault("a reaction that always fails, with 100 successors", "messages")
    async def test_parks_with_its_successors_behind_it_and_holds_nobody_else_up(self, shop: Toys) -> None:
        async with shop.staff.tx() as tx:
            bad, good = (await hire(tx, "0")).id, (await hire(tx, "0")).id
        for key, names in ((bad, ["poison", *map(str, range(100))]), (good, ["1", "2"])):
            for name in names:
                async with shop.staff.tx() as tx:
                    await rename(tx, key, name)
        for _ in range(7):
            await shop.until_quiet()

        async with shop.workshop.tx() as tx:
            (dead_letter,) = await operations.dead_letters(tx.session)
        assert (dead_letter["key"], dead_letter["sequence"]) == (str(bad), 2)
        assert await _names(shop.workshop, good) == "0 1 2"

        async with shop.workshop.tx() as tx:
            await operations.skip(tx.session, "staff.employee", str(bad), 2, "E1", "known bad")
        await shop.until_quiet()

        assert await _names(shop.workshop, bad) == " ".join(["0", *map(str, range(100))])


class TestWhatCannotBeSaid:
    @pytest.mark.fault("too large", "messages")
    async def test_undoes_the_whole_transaction(self, shop: Toys) -> None:
        with pytest.raises(EventTooLarge):
            await _say_too_much(shop.staff)
        await shop.until_quiet()

        assert shop.staff.published_types == []


async def _say_too_much(staff: Department) -> None:
    async with staff.tx() as tx:
        await hire(tx, "x" * BODY_LIMIT)


class TestPublishing:
    @pytest.mark.fault("two sweeps at once", "publisher")
    async def test_by_two_sweeps_at_once_doubles_no_effect(
        self, databases: Databases, keys: Keys, record_property: Any
    ) -> None:
        async with toys(databases, keys, 4, publishers=2) as shop:
            shop.broker.down = True
            await shop.live(Random(4))
            shop.broker.down = False
            sweeping = (d.runtime.publisher.sweep(age=0.0) for d in (shop.staff, shop.shop["staff 1"]))

            await asyncio.gather(*sweeping)
            await shop.until_quiet()

            assert sum(d.runtime.counts.swept for d in shop.shop.departments.values()) > 0
            assert await shop.wrongs() == []
