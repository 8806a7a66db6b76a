"""Every real fault of the catalogue, one by one, done to a busy shop: nothing lost, nothing doubled."""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import pytest
from scenarios.narratives import Fault as Car

from tests.faults.real.busy import Busy
from tests.faults.real.fault import Fault
from tests.faults.real.schedule import CATALOGUE
from tests.faults.real.shop import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600), pytest.mark.long]


_ROUNDS = 4
"""How often a fault is injected until it hits something that was under way: chance decides."""


def _hit(fault: Fault, seen: Counter[str]) -> bool:
    return not fault.traces or any(seen[trace] for trace in fault.traces)


@pytest.mark.parametrize(
    "fault",
    [pytest.param(f, id=f.slug, marks=pytest.mark.fault(f.name, f.group)) for f in CATALOGUE],
)
async def test_a_busy_shop_survives(
    stage_of_run: Stage,
    supply: Iterator[Car],
    fault: Fault,
    record_property: Callable[[str, object], None],
) -> None:
    stage, random = stage_of_run, Random(fault.name)
    if not fault.possible(stage):
        pytest.skip("cannot be done on this machine: it needs root, and servers that are no containers")
    before = stage.counts.total
    injected, seconds = 0, 0.0
    async with Busy(stage.context, supply, random) as busy:
        for _ in range(_ROUNDS):
            injected += await fault.inject(stage, random)
            seconds = max(seconds, await stage.recovers())
            if _hit(fault, stage.counts.total - before):
                break
    await stage.single()
    disagreements = await stage.disagreements()
    seen = stage.counts.total - before
    for name, figure in {"injected": injected, "seconds": seconds, **seen}.items():
        record_property(name, figure)

    assert [f"{failure.script}: {failure.why}" for failure in busy.failures] == []
    assert disagreements == []
    assert injected > 0
    assert _hit(fault, seen), f"it did not hit: {seen}"
