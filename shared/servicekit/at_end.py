"""What a unit of work writes at its end, in one round trip: events, changes, timers, cursor, response."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.columns import json_text
from servicekit.errors import AnsweredBefore, Conflict
from servicekit.messaging import cursors, outbox
from servicekit.messaging.envelope import Envelope

_SET_TIMERS = """
    timed as (
        insert into timers (kind, key, due_at, data)
        select * from unnest(cast(:timer_kinds as text[]), cast(:timer_keys as text[]),
                             cast(:timer_dues as timestamptz[]), cast(:timer_datas as jsonb[]))
        on conflict (kind, key) do update
           set due_at = excluded.due_at, data = excluded.data, attempt = 0, retry_at = now(), reason = null
    )"""
_CANCEL_TIMERS = """
    cancelled as (
        delete from timers
         using unnest(cast(:cancelled_kinds as text[]), cast(:cancelled_keys as text[])) as c(kind, key)
         where timers.kind = c.kind and timers.key = c.key
    )"""
_ADVANCE_CURSOR = f"""
    advanced as ({cursors.ADVANCE})"""
# Waits for a twin that still runs; empty when the key was used before.
_KEEP_RESPONSE = """
    responded as (
        insert into idempotency_keys (scope, route, key, fingerprint, status, headers, body)
        values (:response_scope, :response_route, :response_key, :response_fingerprint, :response_status,
                cast(:response_headers as jsonb), :response_body)
        on conflict do nothing returning 1
    )"""

Deadlines = Mapping[tuple[str, str], tuple[datetime, dict[str, Any]] | None]
"""When each timer (kind, key) is due, with its data; ``None`` cancels it."""


async def write(
    session: AsyncSession,
    *,
    events: Sequence[Envelope] = (),
    changed: Sequence[tuple[str, str, int]] = (),
    timers: Deadlines | None = None,
    cursor: dict[str, Any] | None = None,
    response: dict[str, Any] | None = None,
) -> dict[UUID | None, int]:
    """Write what a unit of work leaves; ``cursor`` has the columns of an advance, ``response`` those of one.

    Returns the outbox position of each event's id. A sequence that does not join is a conflict, a key with
    its response raises ``AnsweredBefore``."""
    parts: dict[str, dict[str, Any]] = {
        outbox.RECORD_EVENTS: outbox.event_columns(events) if events else {},
        outbox.RECORD_CHANGES: outbox.changed_columns(changed) if changed else {},
        _SET_TIMERS: _timer_columns(timers or {}),
        _CANCEL_TIMERS: _cancelled_columns(timers or {}),
        _ADVANCE_CURSOR: cursor or {},
        _KEEP_RESPONSE: response or {},
    }
    needed = {part: columns for part, columns in parts.items() if columns}
    if not needed:
        return {}
    columns = {name: value for part in needed.values() for name, value in part.items()}
    rows = (await session.execute(_statement(tuple(needed)), columns)).all()
    positions: dict[UUID | None, int] = {row.id: row.position for row in rows} if events or response else {}
    if response and not positions.pop(None):
        raise AnsweredBefore()
    if len(positions) != len(events):
        raise Conflict("the sequence does not join: another transaction published first")
    return positions


@cache
def _statement(parts: tuple[str, ...]) -> TextClause:
    """One of those that can be needed; a part that is not needed costs nothing."""
    selects = ["select id, position from recorded"] if outbox.RECORD_EVENTS in parts else []
    if _KEEP_RESPONSE in parts:  # a row without an id
        selects.append("select null::uuid as id, count(*) as position from responded")
    return text(f"with {','.join(parts)} {' union all '.join(selects) or 'select 1'}")


def _timer_columns(timers: Deadlines) -> dict[str, Any]:
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


def _cancelled_columns(timers: Deadlines) -> dict[str, Any]:
    cancelled = sorted(name for name, when in timers.items() if when is None)
    if not cancelled:
        return {}
    return {"cancelled_kinds": [k for k, _ in cancelled], "cancelled_keys": [k for _, k in cancelled]}
