"""Small statements that transactions share: timers, counters, locks, cursors of others' streams."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.columns import json_text

_SET = text("""
    insert into timers (kind, key, due_at, data)
    select * from unnest(cast(:kinds as text[]), cast(:keys as text[]), cast(:dues as timestamptz[]),
                         cast(:datas as jsonb[]))
    on conflict (kind, key) do update
       set due_at = excluded.due_at, data = excluded.data, attempt = 0, retry_at = now(), reason = null
""")
_CANCEL = text("""
    delete from timers using unnest(cast(:kinds as text[]), cast(:keys as text[])) as gone(kind, key)
    where timers.kind = gone.kind and timers.key = gone.key
""")
_NEXT = text("""
    insert into counters (name, value) values (:name, 1)
    on conflict (name) do update set value = counters.value + 1 returning value
""")
_APPLIED = text("select last from stream_cursor where reader = 'main' and stream = :stream and key = :key")
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")

Deadlines = Mapping[tuple[str, str], tuple[datetime, dict[str, Any]] | None]


async def set_timers(session: AsyncSession, timers: Deadlines) -> None:
    """Write the deadlines of a transaction; ``None`` cancels."""
    wanted = sorted((kind, key, *when) for (kind, key), when in timers.items() if when is not None)
    gone = sorted(name for name, when in timers.items() if when is None)
    if gone:
        await session.execute(_CANCEL, {"kinds": [k for k, _ in gone], "keys": [k for _, k in gone]})
    if wanted:
        kinds, keys, dues, datas = zip(*wanted, strict=True)
        columns = {
            "kinds": list(kinds),
            "keys": list(keys),
            "dues": list(dues),
            "datas": [json_text(data) for data in datas],
        }
        await session.execute(_SET, columns)


async def next_number(session: AsyncSession, name: str) -> int:
    """Raise the named counter by one, holding its row until the commit, so that numbers have no gaps."""
    return int((await session.execute(_NEXT, {"name": name})).scalar_one())


async def advisory_lock(session: AsyncSession, key: str) -> None:
    """Transaction-scoped."""
    await session.execute(_LOCK, {"key": key})


async def applied(session: AsyncSession, stream: str, key: str) -> int:
    """The cursor of another department's aggregate."""
    return int((await session.execute(_APPLIED, {"stream": stream, "key": key})).scalar() or 0)
