"""The end of a transaction in one round trip: events, change notes, timers, cursor, response."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.errors import AnsweredBefore, Conflict
from servicekit.messaging import cursors, outbox
from servicekit.messaging.envelope import Envelope
from servicekit.work import (
    CANCEL_TIMERS,
    KEEP_RESPONSE,
    SET_TIMERS,
    Deadlines,
    gone_columns,
    timer_columns,
)

_ADVANCED = f"""
    advanced as ({cursors.ADVANCE})"""


async def write(
    session: AsyncSession,
    *,
    events: Sequence[Envelope] = (),
    changed: Sequence[tuple[str, str, int]] = (),
    timers: Deadlines | None = None,
    cursor: dict[str, Any] | None = None,
    response: dict[str, Any] | None = None,
) -> dict[UUID | None, int]:
    """Write what a transaction leaves; ``cursor`` has the columns of an advance, ``response`` those of one.

    Returns the outbox position of each event's id. A sequence that does not join is a conflict, a key with
    its response raises ``AnsweredBefore``."""
    parts: dict[str, dict[str, Any]] = {
        outbox.RECORD_EVENTS: outbox.event_columns(events) if events else {},
        outbox.RECORD_CHANGES: outbox.changed_columns(changed) if changed else {},
        SET_TIMERS: timer_columns(timers or {}),
        CANCEL_TIMERS: gone_columns(timers or {}),
        _ADVANCED: cursor or {},
        KEEP_RESPONSE: response or {},
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
    if KEEP_RESPONSE in parts:  # a row without an id
        selects.append("select null::uuid as id, count(*) as position from responded")
    return text(f"with {','.join(parts)} {' union all '.join(selects) or 'select 1'}")
