"""Schedules of faults over a busy shop: a short one in every test run, longer ones from seeds."""

from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

import pytest
from scenarios.narratives import Fault as Car

from tests.faults.real import broker_faults, database_faults, department_faults
from tests.faults.real.busy import Busy
from tests.faults.real.schedule import break_and_mend, rounds
from tests.faults.real.shop import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]

_MINUTE = (
    broker_faults.cut_mid_frame,
    broker_faults.killed,
    department_faults.killed,
    database_faults.commit_unknown,
    broker_faults.inboxes_deleted,
)
_ROUNDS = 4


@pytest.mark.fault("a bad minute of a busy shop", "schedule")
async def test_a_busy_shop_survives_a_bad_minute(
    stage_of_run: Stage, supply: Iterator[Car], record_property: Callable[[str, object], None]
) -> None:
    stage, random = stage_of_run, Random(20250307)
    before, injected = stage.counts.total, 0
    async with Busy(stage.context, supply, random) as busy:
        for inject in _MINUTE:
            injected += await inject(stage, random)
        record_property("seconds", await stage.recovers())
    disagreements = await stage.disagreements()
    seen = stage.counts.total - before
    for name, figure in {"injected": injected, **seen}.items():
        record_property(name, figure)

    assert [f"{failure.script}: {failure.why}" for failure in busy.failures] == []
    assert disagreements == []
    assert seen["duplicates"]
    assert seen["gaps"]


@pytest.mark.long
@pytest.mark.fault("schedules from seeds", "schedule")
@pytest.mark.parametrize("nth", range(3))
async def test_a_busy_shop_survives_what_a_seed_picks(
    stage_of_run: Stage,
    supply: Iterator[Car],
    nth: int,
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
) -> None:
    seed = pytestconfig.getoption("--fault-seed") + nth
    stage, random = stage_of_run, Random(seed)
    before, injected, slowest = stage.counts.total, 0, 0.0
    chosen = list(islice(rounds(random), _ROUNDS))
    async with Busy(stage.context, supply, random) as busy:
        for faults in chosen:
            times, seconds = await break_and_mend(stage, faults, random)
            injected, slowest = injected + times, max(slowest, seconds)
    disagreements = await stage.disagreements()
    seen = stage.counts.total - before
    for name, figure in {"injected": injected, "seconds": slowest, **seen}.items():
        record_property(name, figure)
    what = f"seed {seed}: {[[fault.name for fault in faults] for faults in chosen]}"

    assert [f"{failure.script}: {failure.why}" for failure in busy.failures] == [], what
    assert disagreements == [], what
    assert seen["duplicates"] + seen["gaps"], what
