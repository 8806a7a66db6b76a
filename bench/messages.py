"""How fast one department publishes, and how fast one subscriber applies, with a backlog on each side.

Rows are written into staff's outbox as if its broker had been away; workshop is the only subscriber of that
stream. The sweep publishes them page by page (the same code as after a commit, in larger batches):
publishes a second are rows over the time between the first and the last page's mark. Workshop then applies
them: messages a second are the sum of its cursors for that stream, from the first tenth of the backlog to
its end. *Relevant*: ``staff.employee.changed``, a copy of a technician is written. *Irrelevant*: a type
without a reaction on a stream that is subscribed to: the cursor moves, nothing else.
"""

import asyncio
import time
from dataclasses import dataclass

import asyncpg
from tools.native.running import Shop

_EVENTS_OF_ONE = 4
_PUBLISHER, _SUBSCRIBER = "staff", "workshop"
_RELEVANT, _IRRELEVANT = "staff.employee.changed", "staff.employee.noted"
_PATIENCE = 120.0

_WRITE = """
    insert into outbox
           (stream, key, sequence, id, type, schema_version, occurred_at, recorded_at, headers, data)
    select 'staff.employee', a.id::text, n, gen_random_uuid(), $2, 1, now(), now() - interval '1 minute',
           $3::jsonb,
           jsonb_build_object('employee_id', a.id, 'employee_no', 'X' || a.place, 'display_name', 'Trainee',
                              'skills', '[]'::jsonb, 'active', true, 'by', 'system')
      from (select gen_random_uuid() as id, place from generate_series(1, $1::int) place) a,
           generate_series(1, $4::int) n
     order by n, a.place
"""
_HEADERS = "select headers::text from outbox where stream = 'staff.employee' limit 1"
_PUBLISHED = """
    select count(*) filter (where published_at is null) as left,
           count(*) as rows, extract(epoch from max(published_at) - min(published_at))::float8 as seconds,
           count(distinct published_at) as pages
      from outbox where position > $1
"""
_APPLIED = """
    select coalesce(sum(last), 0)::bigint from cursors
     where reader = 'main' and stream = 'staff.employee'
"""


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages a second."""

    published: float
    applied_relevant: float
    applied_irrelevant: float


async def measure(shop: Shop, *, messages: int) -> Rates:
    """Both kinds, one after the other; leaves trainees among the workshop's technicians."""
    publisher = await asyncpg.connect(shop.postgres.url(f"bayline_{_PUBLISHER}"))
    subscriber = await asyncpg.connect(shop.postgres.url(f"bayline_{_SUBSCRIBER}"))
    try:
        published, relevant = await _run(publisher, subscriber, _RELEVANT, messages)
        _, irrelevant = await _run(publisher, subscriber, _IRRELEVANT, messages)
    finally:
        await publisher.close()
        await subscriber.close()
    return Rates(published, relevant, irrelevant)


async def _run(
    publisher: asyncpg.Connection, subscriber: asyncpg.Connection, type: str, messages: int
) -> tuple[float, float]:
    headers = await publisher.fetchval(_HEADERS)
    start = await publisher.fetchval("select max(position) from outbox")
    before = await subscriber.fetchval(_APPLIED)
    await publisher.execute(_WRITE, messages // _EVENTS_OF_ONE, type, headers, _EVENTS_OF_ONE)
    applied = asyncio.create_task(_applied(subscriber, before, messages))
    deadline = time.monotonic() + _PATIENCE
    while (row := await publisher.fetchrow(_PUBLISHED, start))["left"]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{row['left']} events were not published")
        await asyncio.sleep(0.2)
    first_page = row["rows"] / row["pages"]  # its own time lies before the first mark
    published = (row["rows"] - first_page) / row["seconds"] if row["seconds"] else 0.0
    return round(published, 0), round(await applied, 0)


async def _applied(subscriber: asyncpg.Connection, before: int, messages: int) -> float:
    """Messages a second from the first tenth to the last, by looks 50 ms apart."""
    began: tuple[float, int] | None = None
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        done = int(await subscriber.fetchval(_APPLIED)) - before
        now = time.perf_counter()
        if began is None and done >= messages / 10:
            began = now, done
        if done >= messages:
            assert began is not None
            return (done - began[1]) / max(now - began[0], 0.001)
        await asyncio.sleep(0.05)
    raise TimeoutError(f"the subscriber has applied {done} of {messages} messages")
