"""Deadlines are rows: they fire once, survive failures, and conclude from silence only when it is certain."""

from uuid import UUID

import pytest
from sqlalchemy import Integer, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contracts.events.staff import EmployeeChanged, EmployeeHired
from servicekit import Service, Timer, Tx, new_metadata
from testkit.department import Department
from testkit.plugin import MakeDepartment, MakeShop
from testkit.shop import Shop

from .toy import hire, hiring

pytestmark = pytest.mark.asyncio(loop_scope="session")


class TimedBase(DeclarativeBase):
    metadata = new_metadata()


class Noted(TimedBase):
    """One row for each effect."""

    __tablename__ = "noted"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    what: Mapped[str]


async def _note(tx: Tx, timer: Timer) -> None:
    if timer.key == "bad":
        raise RuntimeError("this one fails")
    tx.add(Noted(what=f"{timer.kind} {timer.key} {timer.data.get('n', '')}".strip()))


async def _came(tx: Tx, event: EmployeeHired | EmployeeChanged) -> None:
    tx.add(Noted(what="came"))
    tx.cancel("absent", "today")


async def _absent(tx: Tx, timer: Timer) -> None:
    tx.add(Noted(what="absent"))


def timed() -> Service:
    """A department with a plain timer, and one that concludes from staff's silence."""
    service = Service("workshop", base=TimedBase)
    service.on(EmployeeHired, _came)
    service.at("remind", _note)
    service.at("absent", _absent, silence_of=("staff.employee",))
    return service


async def _noted(workshop: Department) -> list[str]:
    async with workshop.tx() as tx:
        return list((await tx.session.execute(text("select what from noted order by id"))).scalars())


class TestATimer:
    async def test_fires_once_when_its_time_has_come(self, department: MakeDepartment) -> None:
        workshop = await department(timed())
        async with workshop.tx() as tx:
            tx.schedule("remind", "a", tx.now.replace(hour=2), n=1)

        await workshop.passes(minutes=59)
        assert await _noted(workshop) == []
        await workshop.passes(minutes=1)
        await workshop.passes(hours=9)

        assert await _noted(workshop) == ["remind a 1"]

    async def test_is_moved_by_a_second_call_and_removed_by_cancel(self, department: MakeDepartment) -> None:
        workshop = await department(timed())
        async with workshop.tx() as tx:
            tx.schedule("remind", "a", tx.now.replace(hour=2), n=1)
            tx.schedule("remind", "b", tx.now.replace(hour=2))
        async with workshop.tx() as tx:
            tx.schedule("remind", "a", tx.now.replace(hour=3), n=2)
            tx.cancel("remind", "b")

        await workshop.passes(hours=1)
        assert await _noted(workshop) == []
        await workshop.passes(hours=1)

        assert await _noted(workshop) == ["remind a 2"]

    async def test_that_fails_stays_and_does_not_hold_up_others(self, department: MakeDepartment) -> None:
        workshop = await department(timed())
        async with workshop.tx() as tx:
            tx.schedule("remind", "bad", tx.now)
            tx.schedule("remind", "good", tx.now)

        await workshop.passes(minutes=1)

        assert await _noted(workshop) == ["remind good"]
        async with workshop.tx() as tx:
            row = (await tx.session.execute(text("select key, reason from timers"))).one()
        assert row.key == "bad"
        assert "this one fails" in row.reason


class TestSilence:
    @pytest.mark.fault("a conclusion from silence during an outage", "time")
    async def test_is_not_concluded_from_while_the_publisher_is_cut_off(self, shop_of: MakeShop) -> None:
        shop: Shop = await shop_of(hiring(), timed())
        workshop = shop["workshop"]
        async with workshop.tx() as tx:
            tx.schedule("absent", "today", tx.now.replace(hour=2))
        shop.broker.down = True
        async with shop["staff"].tx() as tx:
            await hire(tx, "in time")  # published, but not received

        await shop.passes(hours=2)
        assert await _noted(workshop) == []

        shop.broker.down = False
        await shop.quiet()
        assert await _noted(workshop) == ["came"]

    async def test_is_concluded_from_once_everything_up_to_then_is_applied(self, shop_of: MakeShop) -> None:
        shop: Shop = await shop_of(hiring(), timed())
        async with shop["workshop"].tx() as tx:
            tx.schedule("absent", "today", tx.now.replace(hour=2))

        await shop.passes(hours=2)

        assert await _noted(shop["workshop"]) == ["absent"]

    @pytest.mark.fault("late commit", "publisher")
    async def test_proves_nothing_while_an_older_transaction_is_open(self, shop_of: MakeShop) -> None:
        shop: Shop = await shop_of(hiring(), timed())
        async with shop["workshop"].tx() as tx:
            tx.schedule("absent", "today", tx.now.replace(hour=2))
        ids: list[UUID] = []
        async with shop["staff"].tx() as slow:
            ids.append((await hire(slow, "late commit")).id)
            await slow.flush()
            shop.clock.move(hours=2)
            await shop.quiet()
            assert await _noted(shop["workshop"]) == []

        await shop.quiet()

        assert await _noted(shop["workshop"]) == ["came"]
