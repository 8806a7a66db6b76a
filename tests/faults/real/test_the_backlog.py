"""A department that was away for long: it hears all that was said, stays small, and serves meanwhile."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from scenarios.desks import workshop

from tests.faults.real.shop import Stage
from tests.faults.real.until import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(7200), pytest.mark.long]

_MESSAGES = int(os.environ.get("BACKLOG") or 100_000)
_OF_ONE = 100
_WITHIN = 3600.0
_GROWTH = 64
"""Megabytes: it holds what it takes up together, not what the queue holds."""

_SAY = f"""
    insert into outbox
           (stream, key, sequence, id, type, schema_version, occurred_at, recorded_at, correlation,
            headers, data)
    select 'staff.employee', life.id::text, n, gen_random_uuid(), 'staff.employee.noted', 1, now(),
           now() - interval '1 minute', '', (select headers from outbox limit 1),
           jsonb_build_object('employee_id', life.id, 'note', repeat('x', 300))
      from (select gen_random_uuid() as id from generate_series(1, {_MESSAGES // _OF_ONE})) as life,
           generate_series(1, {_OF_ONE}) as n
     order by n, life.id
"""
_UNPUBLISHED = "select count(*) from outbox where published_at is null"
_HEARD = "select coalesce(sum(last), 0) from cursors where stream = 'staff.employee'"


@pytest.mark.fault("a backlog of a hundred thousand messages (BACKLOG=1000000)", "subscriber")
async def test_a_department_comes_back_to_a_long_backlog(
    stage_of_run: Stage, record_property: Callable[[str, object], None]
) -> None:
    stage = stage_of_run
    assert await stage.disagreements() == []
    small, heard = _megabytes(stage), int(await stage.sql(_HEARD, "workshop"))
    await stage.stop("workshop")
    await stage.sql(_SAY, "staff")
    await until(partial(_is, stage, "staff", _UNPUBLISHED, 0), within=_WITHIN)

    await stage.start("workshop")
    sizes: list[float] = []
    serving = asyncio.create_task(_serve(stage, sizes))
    seconds = await until(partial(_is, stage, "workshop", _HEARD, heard + _MESSAGES), within=_WITHIN, every=1)
    if not serving.cancel():
        serving.result()
    for name, figure in {"injected": 1, "seconds": seconds}.items():
        record_property(name, figure)

    assert len(sizes) > 1, "nobody was served before everything was heard"
    assert max(sizes) < small + _GROWTH
    assert await stage.disagreements() == []


async def _serve(stage: Stage, sizes: list[float]) -> None:
    """The workshop's people work on meanwhile; notes how large it is after each command that was answered."""
    supervisor = stage.context.crew.one("workshop-supervisor")
    while True:
        await workshop.add_bay(stage.client, supervisor, f"bay {uuid4()}")
        sizes.append(_megabytes(stage))
        await asyncio.sleep(0.5)


async def _is(stage: Stage, department: str, count: str, wanted: int) -> bool:
    return int(await stage.sql(count, department)) == wanted


def _megabytes(stage: Stage) -> float:
    process = stage.shop.departments.daemon("workshop").process()
    return process.memory_info().rss / 2**20 if process else 0.0
