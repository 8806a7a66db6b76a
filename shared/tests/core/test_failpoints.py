"""A process that dies at any failpoint loses and doubles nothing: every one that a story passes is tried."""

import contextlib
from uuid import UUID

import pytest
from sqlalchemy import text

from testkit.department import Department
from testkit.in_memory_broker import Killed
from testkit.plugin import MakeShop
from testkit.shop import Shop

from .toy import Listed, hire, hiring, listing, rename

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _story(shop: Shop, ids: list[UUID]) -> None:
    async with shop["staff"].tx() as tx:
        ids.append((await hire(tx, "a")).id)
    for name in "bc":
        async with shop["staff"].tx() as tx:
            await rename(tx, ids[-1], name)
    await shop.quiet()


async def _failpoints(shop: Shop, victim: str, ids: list[UUID]) -> tuple[set[str], int]:
    """The failpoints that a story passes by name, and how often it passes one at least."""
    names: set[str] = set()
    counts = []
    for _ in range(3):
        shop.broker.passed_failpoints.clear()
        await _story(shop, ids)
        names.update(shop.broker.passed_failpoints[victim])
        counts.append(len(shop.broker.passed_failpoints[victim]))
    return names, min(counts)


async def _dies_at(shop: Shop, victim: str, n: int, ids: list[UUID]) -> str:
    """Run stories until the process has died at the n-th failpoint of one; the failpoint's name."""
    for _ in range(5):  # a story may pass one less than another
        shop.broker.passed_failpoints.clear()
        shop.broker.kill_at(victim, n)
        with contextlib.suppress(Killed):
            await _story(shop, ids)
        shop.broker.armed_failpoints.clear()
        if shop[victim].connection.dead:
            return shop.broker.passed_failpoints[victim][n - 1]
    raise AssertionError(f"no story came to failpoint {n}")


async def _recorded(staff: Department, id: UUID) -> list[str]:
    names = text("select data ->> 'display_name' as name from outbox where key = :key order by sequence")
    async with staff.tx() as tx:
        return list((await tx.session.execute(names, {"key": str(id)})).scalars())


async def _applied(workshop: Department, id: UUID) -> list[str]:
    async with workshop.tx() as tx:
        listed = await tx.session.get(Listed, id)
        return listed.names.split() if listed else []


@pytest.mark.fault("every failpoint of a publisher and a subscriber", "publisher")
class TestAProcessThatDies:
    @pytest.mark.parametrize("victim", ["staff", "workshop"])
    async def test_at_any_failpoint_loses_and_doubles_nothing(self, shop_of: MakeShop, victim: str) -> None:
        shop = await shop_of(hiring(), listing())
        ids: list[UUID] = []
        names, passed = await _failpoints(shop, victim, ids)
        assert passed >= 6
        died_at: set[str] = set()

        for n in range(1, passed + 1):
            died_at.add(await _dies_at(shop, victim, n, ids))
            await shop.revive()
            await shop.quiet()

            assert await _applied(shop["workshop"], ids[-1]) == await _recorded(shop["staff"], ids[-1]), (
                f"at {n}"
            )
        assert died_at == names
        for id in ids:
            assert await _applied(shop["workshop"], id) == await _recorded(shop["staff"], id)
