"""The end of a transaction in one round trip: facts, change notes, deadlines, cursor, answer."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.faults import AnsweredBefore, Conflict
from chassis.messaging import cursors, log
from chassis.messaging.envelope import Envelope
from chassis.work import (
    CANCEL_TIMERS,
    KEEP_ANSWER,
    SET_TIMERS,
    Deadlines,
    gone_columns,
    timer_columns,
)

_SETTLED = f"""
    settled as ({cursors.SETTLE})"""


async def write(
    session: AsyncSession,
    *,
    said: Sequence[Envelope] = (),
    changed: Sequence[tuple[str, str, int]] = (),
    timers: Deadlines | None = None,
    cursor: dict[str, Any] | None = None,
    answer: dict[str, Any] | None = None,
) -> dict[UUID | None, int]:
    """Write what a transaction leaves; ``cursor`` has the columns of a settlement, ``answer`` those of one.

    Returns the log position of each event's id. A sequence that does not join is a conflict, a key that has
    its answer raises ``AnsweredBefore``."""
    parts: dict[str, dict[str, Any]] = {
        log.SAID: log.said_columns(said) if said else {},
        log.CHANGED: log.changed_columns(changed) if changed else {},
        SET_TIMERS: timer_columns(timers or {}),
        CANCEL_TIMERS: gone_columns(timers or {}),
        _SETTLED: cursor or {},
        KEEP_ANSWER: answer or {},
    }
    needed = {part: columns for part, columns in parts.items() if columns}
    if not needed:
        return {}
    columns = {name: value for part in needed.values() for name, value in part.items()}
    rows = (await session.execute(_statement(tuple(needed)), columns)).all()
    positions: dict[UUID | None, int] = {row.id: row.position for row in rows} if said or answer else {}
    if answer and not positions.pop(None):
        raise AnsweredBefore()
    if len(positions) != len(said):
        raise Conflict("the log does not join: another transaction published first")
    return positions


@cache
def _statement(parts: tuple[str, ...]) -> TextClause:
    """One of those that can be needed; a part that is not needed costs nothing."""
    told = ["select id, position from logged"] if log.SAID in parts else []
    if KEEP_ANSWER in parts:  # a row without an id
        told.append("select null::uuid as id, count(*) as position from answered")
    return text(f"with {','.join(parts)} {' union all '.join(told) or 'select 1'}")
