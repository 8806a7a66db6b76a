"""Every department dies at every crash point that it passes in a visit; nothing is lost, nothing doubled."""

from collections.abc import Callable
from typing import Any

import pytest
from tools.departments import DEPARTMENTS

from tests.integration.story import GONE, Story
from tests.integration.story_steps import is_repaired

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(3000), pytest.mark.long]

_APART = 40
"""Crash points between two deaths of a department in one visit: it must come to work again in between."""


async def _visit(story: Story) -> None:
    driver = story.new_visit()
    await is_repaired(driver)
    await driver.settle_and_leave()
    assert await story.states(driver) == GONE | {"booking": "kept"}


async def _passed(story: Story) -> dict[str, list[str]]:
    """The crash points that every department passes in a visit, in this order; the shorter of two visits'."""
    shortest: dict[str, list[str]] = {}
    for _ in range(2):
        story.shop.broker.passed_failpoints.clear()
        await _visit(story)
        for name in DEPARTMENTS:
            passed = list(story.shop.broker.passed_failpoints.get(name, ()))
            shortest[name] = min(shortest.get(name, passed), passed, key=len)
    return shortest


@pytest.mark.fault("every crash point of every department", "publisher")
async def test_dying_anywhere_loses_and_doubles_nothing(
    story: Story, record_property: Callable[[str, Any], None]
) -> None:
    broker, passed = story.shop.broker, await _passed(story)
    hit: dict[str, set[str]] = {name: set() for name in DEPARTMENTS}
    before = broker.count["killed"]
    for first in range(1, _APART + 1):
        broker.passed_failpoints.clear()
        armed = {name: list(range(first, len(passed[name]) + 1, _APART)) for name in DEPARTMENTS}
        for name, steps in armed.items():
            broker.kill_at(name, *steps)
        await _visit(story)
        broker.armed_failpoints.clear()
        for name, steps in armed.items():
            assert len(broker.passed_failpoints.get(name, ())) >= max(steps, default=0), (
                f"{name} did not come to {steps}"
            )
            hit[name].update(broker.passed_failpoints[name][step - 1] for step in steps)

    alone = await _those_missed(story, passed, hit)
    assert hit == {name: set(points) for name, points in passed.items()}
    deaths = broker.count["killed"] - before
    assert deaths == sum(map(len, passed.values())) + alone
    record_property("injected", deaths)


async def _those_missed(story: Story, passed: dict[str, list[str]], hit: dict[str, set[str]]) -> int:
    """A department that has died once passes other points when it starts, so that later deaths may all miss a
    kind of point: it dies there once more, alone in a visit. How many times."""
    missed = [(name, kind) for name in DEPARTMENTS for kind in sorted({*passed[name]} - hit[name])]
    for name, kind in missed:
        story.shop.broker.passed_failpoints.clear()
        step = passed[name].index(kind) + 1
        story.shop.broker.kill_at(name, step)
        await _visit(story)
        story.shop.broker.armed_failpoints.clear()
        hit[name].add(story.shop.broker.passed_failpoints[name][step - 1])
    return len(missed)
