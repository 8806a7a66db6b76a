"""Small statements that transactions share: timers, counters, locks, cursors of others' streams."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.columns import json_text

SET_TIMERS = """
    timed as (
        insert into timers (kind, key, due_at, data)
        select * from unnest(cast(:timer_kinds as text[]), cast(:timer_keys as text[]),
                             cast(:timer_dues as timestamptz[]), cast(:timer_datas as jsonb[]))
        on conflict (kind, key) do update
           set due_at = excluded.due_at, data = excluded.data, attempt = 0, retry_at = now(), reason = null
    )"""
"""Writes deadlines (`timer_columns`)."""

CANCEL_TIMERS = """
    untimed as (
        delete from timers
         using unnest(cast(:gone_kinds as text[]), cast(:gone_keys as text[])) as gone(kind, key)
         where timers.kind = gone.kind and timers.key = gone.key
    )"""
"""Takes deadlines away (`gone_columns`)."""

KEEP_RESPONSE = """
    responded as (
        insert into idempotency_keys (scope, route, key, fingerprint, status, headers, body)
        values (:response_scope, :response_route, :response_key, :response_fingerprint, :response_status,
                cast(:response_headers as jsonb), :response_body)
        on conflict do nothing returning 1
    )"""
"""Keeps a command's response with its key, waiting for a twin that still runs; ``responded`` is empty when
the key was used before."""

_NEXT = text("""
    insert into counters (name, value) values (:name, 1)
    on conflict (name) do update set value = counters.value + 1 returning value
""")
_APPLIED = text("select last from cursors where reader = 'main' and stream = :stream and key = :key")
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")

Deadlines = Mapping[tuple[str, str], tuple[datetime, dict[str, Any]] | None]


def timer_columns(timers: Deadlines) -> dict[str, Any]:
    """The columns of ``SET_TIMERS``; empty when none is set."""
    wanted = sorted((kind, key, *when) for (kind, key), when in timers.items() if when is not None)
    if not wanted:
        return {}
    kinds, keys, dues, datas = zip(*wanted, strict=True)
    return {
        "timer_kinds": list(kinds),
        "timer_keys": list(keys),
        "timer_dues": list(dues),
        "timer_datas": [json_text(data) for data in datas],
    }


def gone_columns(timers: Deadlines) -> dict[str, Any]:
    """The columns of ``CANCEL_TIMERS``; empty when none is cancelled."""
    gone = sorted(name for name, when in timers.items() if when is None)
    return {"gone_kinds": [k for k, _ in gone], "gone_keys": [k for _, k in gone]} if gone else {}


async def next_number(session: AsyncSession, name: str) -> int:
    """Raise the named counter by one, holding its row until the commit, so that numbers have no gaps.

    What the transaction has changed so far is written afterwards: nothing but its end stands between the
    number and those who wait for the next."""
    with session.no_autoflush:
        return int((await session.execute(_NEXT, {"name": name})).scalar_one())


async def advisory_lock(session: AsyncSession, key: str) -> None:
    """Transaction-scoped."""
    await session.execute(_LOCK, {"key": key})


async def applied(session: AsyncSession, stream: str, key: str) -> int:
    """The cursor of another department's aggregate."""
    return int((await session.execute(_APPLIED, {"stream": stream, "key": key})).scalar() or 0)
