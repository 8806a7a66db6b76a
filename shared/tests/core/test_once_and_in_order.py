"""One event takes effect once, in the order of its aggregate's life, whatever the broker does."""

from uuid import UUID

import pytest
from sqlalchemy import text

from servicekit import Tx
from servicekit.messaging import operations
from testkit.plugin import MakeShop
from testkit.shop import Shop

from .toy import Employee, Listed, hire, hiring, listing, rename

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _names(shop: Shop, id: UUID) -> str:
    async with shop["workshop"].tx() as tx:
        listed = await tx.session.get(Listed, id)
        return listed.names.strip() if listed else ""


async def _employee(shop: Shop, *names: str) -> Employee:
    async with shop["staff"].tx() as tx:
        employee = await hire(tx, names[0])
    for name in names[1:]:
        async with shop["staff"].tx() as tx:
            await rename(tx, employee.id, name)
    return employee


async def _hire_and_fail(shop: Shop) -> None:
    async with shop["staff"].tx() as tx:
        await hire(tx, "ghost")
        await tx.flush()
        raise RuntimeError("the command failed")


async def _rename_and_fail(tx: Tx, id: UUID) -> None:
    async with tx.savepoint():
        await rename(tx, id, "ghost")
        raise RuntimeError("inside")


class TestOneAggregate:
    async def test_takes_effect_once_in_order(self, shop_of: MakeShop) -> None:
        shop = await shop_of(hiring(), listing())
        employee = await _employee(shop, "a", "b", "c")

        await shop.quiet()

        assert await _names(shop, employee.id) == "a b c"

    @pytest.mark.fault("doubled, reordered, delayed and lost", "messages")
    @pytest.mark.parametrize("seed", range(4))
    async def test_survives_duplicates_shuffling_delay_and_loss(self, shop_of: MakeShop, seed: int) -> None:
        shop = await shop_of(hiring(), listing(), seed=seed)
        shop.broker.duplicate, shop.broker.shuffle, shop.broker.delay, shop.broker.lose = 0.3, True, 5, 0.2
        employees = [await _employee(shop, *"abcdefgh") for _ in range(5)]
        await shop.quiet()
        shop.broker.lose = 0.0

        await shop.quiet()

        assert [await _names(shop, one.id) for one in employees] == ["a b c d e f g h"] * 5
        counts = shop["workshop"].runtime.counts
        assert counts.duplicates
        assert counts.gaps

    @pytest.mark.fault("reset to empty", "broker")
    async def test_heals_when_the_broker_loses_everything(self, shop_of: MakeShop) -> None:
        shop = await shop_of(hiring(), listing())
        shop.broker.paused = True
        employee = await _employee(shop, "a", "b", "c")
        publisher = shop["staff"].runtime.publisher
        await publisher.sweep(age=0.0)
        shop.broker.lose_everything_queued()
        shop.broker.paused = False

        await shop.quiet()

        assert await _names(shop, employee.id) == "a b c"

    async def test_waits_in_the_outbox_while_the_broker_is_away(self, shop_of: MakeShop) -> None:
        shop = await shop_of(hiring(), listing())
        shop.broker.down = True
        employee = await _employee(shop, "a", "b")
        await shop.quiet()
        assert await _names(shop, employee.id) == ""

        shop.broker.down = False
        await shop.quiet()

        assert await _names(shop, employee.id) == "a b"


@pytest.mark.fault("a reaction that always fails", "messages")
class TestAPoisonEvent:
    async def test_blocks_only_its_own_aggregate_and_can_be_skipped(self, shop_of: MakeShop) -> None:
        shop = await shop_of(hiring(), listing())
        bad = await _employee(shop, "a", "poison", "c")
        good = await _employee(shop, "x", "y")
        await shop.quiet()
        for _ in range(6):
            await shop["workshop"].turn()
        assert await _names(shop, bad.id) == "a"
        assert await _names(shop, good.id) == "x y"
        workshop = shop["workshop"]
        async with workshop.tx() as tx:
            rows = (
                await tx.session.execute(text("select sequence, status from deferred order by sequence"))
            ).all()
        assert [tuple(row) for row in rows] == [(2, "dead_letter"), (3, "waiting")]

        async with workshop.tx() as tx:
            await operations.skip(tx.session, "staff.employee", str(bad.id), 2, "E1", "known bad")
        await shop.quiet()

        assert await _names(shop, bad.id) == "a c"


class TestARolledBackTransaction:
    @pytest.mark.fault("rolled-back transaction", "publisher")
    async def test_publishes_nothing(self, shop_of: MakeShop) -> None:
        shop = await shop_of(hiring(), listing())

        with pytest.raises(RuntimeError):
            await _hire_and_fail(shop)
        await shop.quiet()

        assert shop["staff"].published_types == []

    @pytest.mark.fault("rolled-back savepoint", "publisher")
    async def test_nor_does_a_rolled_back_savepoint(self, shop_of: MakeShop) -> None:
        shop = await shop_of(hiring(), listing())

        async with shop["staff"].tx() as tx:
            kept = (await hire(tx, "kept")).id
            with pytest.raises(RuntimeError):
                await _rename_and_fail(tx, kept)
            await rename(tx, kept, "after")
        await shop.quiet()

        assert await _names(shop, kept) == "kept after"
