"""A process that dies at any step loses nothing and doubles nothing: every step of a busy story is tried."""

import contextlib
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from testkit.department import Department
from testkit.in_memory_broker import Killed
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


async def _steps(shop: Shop, victim: str, ids: list[UUID]) -> tuple[set[str], int]:
    """The crash points that a story passes, and how many at least."""
    names: set[str] = set()
    counts = []
    for _ in range(3):
        shop.broker.passed_failpoints.clear()
        await _story(shop, ids)
        names.update(shop.broker.passed_failpoints[victim])
        counts.append(len(shop.broker.passed_failpoints[victim]))
    return names, min(counts)


async def _dies_at(shop: Shop, victim: str, step: int, ids: list[UUID]) -> str:
    """Tell stories until the process has died at this step of one; which point that was."""
    for _ in range(5):  # a story may take a step less than another
        shop.broker.passed_failpoints.clear()
        shop.broker.kill_at(victim, step)
        with contextlib.suppress(Killed):
            await _story(shop, ids)
        shop.broker.armed_failpoints.clear()
        if shop[victim].connection.dead:
            return shop.broker.passed_failpoints[victim][step - 1]
    raise AssertionError(f"no story came to step {step}")


async def _log(staff: Department, id: UUID) -> list[str]:
    said = text("select data ->> 'display_name' as name from outbox where key = :key order by sequence")
    async with staff.tx() as tx:
        return list((await tx.session.execute(said, {"key": str(id)})).scalars())


async def _applied(workshop: Department, id: UUID) -> list[str]:
    async with workshop.tx() as tx:
        listed = await tx.session.get(Listed, id)
        return listed.names.split() if listed else []


@pytest.mark.fault("every crash point of a publisher and a listener", "publisher")
class TestAProcessThatDies:
    @pytest.mark.parametrize("victim", ["staff", "workshop"])
    async def test_at_any_step_loses_and_doubles_nothing(self, shop_of: Any, victim: str) -> None:
        shop = await shop_of(hiring(), listing())
        ids: list[UUID] = []
        names, steps = await _steps(shop, victim, ids)
        assert steps >= 6
        died_at: set[str] = set()

        for step in range(1, steps + 1):
            died_at.add(await _dies_at(shop, victim, step, ids))
            await shop.revive()
            await shop.quiet()

            assert await _applied(shop["workshop"], ids[-1]) == await _log(shop["staff"], ids[-1]), (
                f"at {step}"
            )
        assert died_at == names
        for id in ids:
            assert await _applied(shop["workshop"], id) == await _log(shop["staff"], id)
