"""Every department dies at every crash point that it passes in a visit; nothing is lost, nothing doubled."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.streams import DEPARTMENTS
from tests.integration.story import is_repaired
from tests.integration.town import GONE, Town

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(3000), pytest.mark.long]

_APART = 40
"""Crash points between two deaths of a department in one visit: it must come to work again in between."""


async def _visit(town: Town) -> None:
    course = town.course()
    await is_repaired(course)
    await course.settle_and_leave()
    assert await town.states(course) == GONE | {"booking": "kept"}


async def _passed(town: Town) -> dict[str, list[str]]:
    """The crash points that every department passes in a visit, in this order; the shorter of two visits'."""
    shortest: dict[str, list[str]] = {}
    for _ in range(2):
        town.shop.hub.steps.clear()
        await _visit(town)
        for name in DEPARTMENTS:
            passed = list(town.shop.hub.steps.get(name, ()))
            shortest[name] = min(shortest.get(name, passed), passed, key=len)
    return shortest


@pytest.mark.fault("every crash point of every department", "publisher")
async def test_dying_anywhere_loses_and_doubles_nothing(
    town: Town, record_property: Callable[[str, Any], None]
) -> None:
    hub, passed = town.shop.hub, await _passed(town)
    hit: dict[str, set[str]] = {name: set() for name in DEPARTMENTS}
    before = hub.count["killed"]
    for first in range(1, _APART + 1):
        hub.steps.clear()
        armed = {name: list(range(first, len(passed[name]) + 1, _APART)) for name in DEPARTMENTS}
        for name, steps in armed.items():
            hub.kill_at(name, *steps)
        await _visit(town)
        hub.crash_points.clear()
        for name, steps in armed.items():
            assert len(hub.steps.get(name, ())) >= max(steps, default=0), f"{name} did not come to {steps}"
            hit[name].update(hub.steps[name][step - 1] for step in steps)

    alone = await _those_missed(town, passed, hit)
    assert hit == {name: set(points) for name, points in passed.items()}
    deaths = hub.count["killed"] - before
    assert deaths == sum(map(len, passed.values())) + alone
    record_property("injected", deaths)


async def _those_missed(town: Town, passed: dict[str, list[str]], hit: dict[str, set[str]]) -> int:
    """A department that has died once passes other points when it starts, so that later deaths may all miss a
    kind of point: it dies there once more, alone in a visit. How many times."""
    missed = [(name, kind) for name in DEPARTMENTS for kind in sorted({*passed[name]} - hit[name])]
    for name, kind in missed:
        town.shop.hub.steps.clear()
        step = passed[name].index(kind) + 1
        town.shop.hub.kill_at(name, step)
        await _visit(town)
        town.shop.hub.crash_points.clear()
        hit[name].add(town.shop.hub.steps[name][step - 1])
    return len(missed)
