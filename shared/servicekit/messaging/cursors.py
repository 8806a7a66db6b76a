"""How far a consumer has come in each aggregate's life: the cursor's row, its lock, the reason to look again.

Deciding to defer and applying both hold the cursor's lock, and the reason to look again is a stored fact
(``wake_at``), never a memory.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.columns import json_text
from servicekit.errors import Conflict
from servicekit.messaging.envelope import Envelope

GRACE = 1.0
"""Seconds that a gap may last before what is missing is requested from the publisher."""

WINDOW = 1000
"""How many events of one aggregate are deferred; the publisher's outbox has the rest."""

_LOCK = text("""
    select c.last, c.high,
           exists (select 1 from deferred d where d.reader = 'main' and d.stream = c.stream and d.key = c.key
                      and d.sequence = c.last + 1) as head,
           exists (select 1 from deferred d where d.waits_for = c.stream || '|' || c.key) as awaited,
           exists (select 1 from reaction_types t where t.type = :type) as registered
      from cursors c
     where c.reader = 'main' and c.stream = :stream and c.key = :key
       for update of c nowait
""")
_BEGIN = text("""
    insert into cursors as c (reader, stream, key) values ('main', :stream, :key)
    on conflict do nothing
    returning c.last, c.high, false as head,
              exists (select 1 from deferred d where d.waits_for = c.stream || '|' || c.key) as awaited,
              exists (select 1 from reaction_types t where t.type = :type) as registered
""")
ADVANCE = """
    update cursors c
       set last = :last, high = greatest(c.high, :high), last_id = coalesce(:last_id, c.last_id),
           wake_at = case
               when d.status = 'waiting' then d.next_at
               when d.status = 'dead_letter' then null
               when greatest(c.high, :high) <= :last then null
               when c.last <> :last or c.gap_since is null
               then now() + make_interval(secs => :grace * power(2, least(c.requests, 6)))
               else c.wake_at end,
           gap_since = case
               when d.status is not null or greatest(c.high, :high) <= :last then null
               when c.last <> :last or c.gap_since is null then now()
               else c.gap_since end,
           requests = case
               when d.status is null and greatest(c.high, :high) > :last and c.gap_since is not null
               then c.requests else 0 end
      from (select 1) as one
      left join deferred d
        on d.reader = 'main' and d.stream = :stream and d.key = :key and d.sequence = :last + 1
     where c.reader = 'main' and c.stream = :stream and c.key = :key
"""
"""Moves a cursor and stores the reason to look again (`advance_columns`). A gap that is not yet closed is
requested less and less often, also while the cursor moves: what is missing may just lie in a long queue."""

_ADVANCE = text(ADVANCE)
_DEFER = text("""
    insert into deferred (reader, stream, key, sequence, event, reason, next_at)
    values ('main', :stream, :key, :sequence, cast(:event as jsonb), :reason,
            now() + make_interval(secs => :delay))
    on conflict do nothing
""")
_DEFER_AFTER_RUN = text("""
    insert into deferred (reader, stream, key, sequence, event, reason, attempt, next_at, waits_for, status)
    values ('main', :stream, :key, :sequence, cast(:event as jsonb), :reason, :attempt,
            now() + make_interval(secs => :delay), :waits_for, :status)
    on conflict (reader, stream, key, sequence) do update
       set reason = excluded.reason, attempt = excluded.attempt, next_at = excluded.next_at,
           waits_for = excluded.waits_for, status = excluded.status, starts = 0
     where deferred.status = 'waiting'
""")
_REMOVE = text("""
    delete from deferred where reader = 'main' and stream = :stream and key = :key and sequence = :sequence
""")
WAKE_WAITERS = text("""
    with woken as (
        update deferred set next_at = now()
         where (reader, stream, key, sequence) in (
               select d.reader, d.stream, d.key, d.sequence from deferred d
                where d.waits_for = :waited and d.status = 'waiting' for update skip locked)
        returning reader, stream, key
    )
    update cursors c set wake_at = now()
     where (reader, stream, key) in (
           select s.reader, s.stream, s.key from cursors s join woken using (reader, stream, key)
              for update of s skip locked)
""")
"""Those who wait for the aggregate ``waited`` (see `waited_for`) look again now; a locked row is left to its
own poll."""
_HEAD = text("""
    select d.event, d.status, d.attempt, d.starts, d.next_at <= now() as due,
           extract(epoch from now() - d.deferred_at)::float8 as age
      from deferred d
     where d.reader = 'main' and d.stream = :stream and d.key = :key and d.sequence = :sequence
""").columns(event=JSONB)


_APPLIED = text("select last from cursors where reader = 'main' and stream = :stream and key = :key")


@dataclass(slots=True)
class Cursor:
    """A locked cursor and what is known around it."""

    stream: str
    key: str
    last: int
    high: int
    head: bool  # the next event is deferred already
    awaited: bool  # other aggregates' reactions wait for this one
    registered: bool  # some release of this department reacts to the type at hand, in some version


async def lock(session: AsyncSession, stream: str, key: str, *, type: str = "", new: bool = False) -> Cursor:
    """Lock (or begin) the cursor of one aggregate; raises the database's lock error when somebody has it.

    ``new``: it is likely that no event of this aggregate was handled before."""
    names = {"stream": stream, "key": key, "type": type}
    # Insert and lock are two statements: one upsert with a condition skips the beginning of a new key.
    begin_or_lock = (_BEGIN, _LOCK) if new else (_LOCK, _BEGIN, _LOCK)
    for statement in begin_or_lock:
        row = (await session.execute(statement, names)).one_or_none()
        if row is not None:
            return Cursor(stream, key, row.last, row.high, row.head, row.awaited, row.registered)
    raise Conflict(f"the cursor of {stream} {key} came and went")


async def applied_up_to(session: AsyncSession, stream: str, key: str) -> int:
    """The last sequence of another department's aggregate that is applied here; 0 if there is none."""
    return int((await session.execute(_APPLIED, {"stream": stream, "key": key})).scalar() or 0)


async def advance(
    session: AsyncSession, cursor: Cursor, *, last: int, high: int, applied: Envelope | None = None
) -> None:
    """At the end of every transaction that holds the cursor: move it and store the reason to look again."""
    await session.execute(_ADVANCE, advance_columns(cursor, last=last, high=high, applied=applied))


def advance_columns(
    cursor: Cursor, *, last: int, high: int, applied: Envelope | None = None
) -> dict[str, Any]:
    """The columns of ``ADVANCE``: up to which sequence the aggregate is applied, and up to which one it is
    known to have events."""
    return {
        "stream": cursor.stream,
        "key": cursor.key,
        "last": last,
        "high": high,
        "last_id": applied.id if applied else None,
        "grace": GRACE,
    }


async def defer(
    session: AsyncSession,
    envelope: Envelope,
    *,
    reason: str | None = None,
    delay: float = 0.0,
) -> None:
    """Keep an event for later, due after ``delay`` seconds of machine time, if it is not kept already."""
    await session.execute(
        _DEFER, _numbered(envelope) | _stored(envelope) | {"reason": reason, "delay": delay}
    )


async def defer_after_run(
    session: AsyncSession,
    envelope: Envelope,
    *,
    reason: str,
    attempt: int,
    delay: float,
    waits_for: str | None,
    status: str,
) -> None:
    """Keep an event whose reaction waits or failed; one that was kept already becomes as this run left it."""
    kept = {
        "reason": reason,
        "attempt": attempt,
        "delay": delay,
        "waits_for": waits_for,
        "status": status,
    }
    await session.execute(_DEFER_AFTER_RUN, _numbered(envelope) | _stored(envelope) | kept)


async def remove_deferred(session: AsyncSession, envelope: Envelope) -> None:
    """A deferred event has taken effect."""
    await session.execute(_REMOVE, _numbered(envelope))


def _numbered(envelope: Envelope) -> dict[str, Any]:
    return {"stream": envelope.stream, "key": envelope.key, "sequence": envelope.sequence}


def _stored(envelope: Envelope) -> dict[str, Any]:
    return {"event": json_text(envelope.to_json())}


def waited_for(stream: str, key: str) -> str:
    """How ``deferred.waits_for`` names an aggregate."""
    return f"{stream}|{key}"


@dataclass(slots=True)
class Head:
    """The deferred event that is next for its aggregate."""

    envelope: Envelope
    status: str
    attempt: int
    starts: int
    due: bool
    age: float  # seconds since it was deferred


async def head_of(session: AsyncSession, stream: str, key: str, sequence: int) -> Head | None:
    """The deferred event with that number, if there is one."""
    row = (await session.execute(_HEAD, {"stream": stream, "key": key, "sequence": sequence})).one_or_none()
    if row is None:
        return None
    return Head(Envelope.from_json(row.event), row.status, row.attempt, row.starts, row.due, row.age)
