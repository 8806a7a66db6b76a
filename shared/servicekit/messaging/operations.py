"""The operator's tools: is it quiet, dead letters, deferred events, replay, skip, an event's trail."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.messaging import cursors
from servicekit.refusal import NotFound, Refusal


class NotDeadLetter(Refusal):
    """Only a dead letter that is the next of its aggregate can be replayed or skipped."""


_QUIET = text("""
    select (select count(*) from outbox where published_at is null) as unpublished,
           (select count(*) from deferred where status = 'waiting') as deferred,
           (select count(*) from deferred where status = 'dead_letter') as dead_letters,
           (select count(*) from unsorted_deliveries) as unsorted_deliveries,
           (select count(*) from unreadable) as unreadable,
           (select count(*) from cursors where high > last) as behind,
           (select count(*) from timers where due_at <= :now and attempt = 0) as timers_due,
           (select count(*) from timers where attempt > 0) as timers_failing
""")
_PUBLISHED = text("select stream, count(*) as n from outbox group by stream order by stream")
_APPLIED = text("select stream, sum(last)::bigint as n from cursors group by stream order by stream")
_DEFERRED = text("""
    select stream, key, sequence, event -> 'headers' ->> 'cloudEvents_type' as type, status, reason, attempt,
           waits_for, deferred_at, next_at, now() - deferred_at > interval '10 minutes' as long
      from deferred where status = :status order by deferred_at limit 200
""")
_ONE = text("""
    select event from deferred
     where reader = 'main' and stream = :stream and key = :key and sequence = :sequence
       and status = 'dead_letter'
""").columns(event=JSONB)
_REPLAY = text("""
    update deferred set status = 'waiting', attempt = 0, starts = 0, next_at = now(), reason = null
     where reader = 'main' and stream = :stream and key = :key and sequence = :sequence
""")
_SKIP = text("""
    with gone as (
        delete from deferred
         where reader = 'main' and stream = :stream and key = :key and sequence = :sequence
        returning reader, stream, key, sequence, event
    )
    insert into skipped (reader, stream, key, sequence, event, by, why)
    select reader, stream, key, sequence, event, :by, :why from gone
""")
_EVENTS_OF = text("""
    select position, stream, key, sequence, id, type, schema_version, occurred_at, recorded_at, published_at,
           data
      from outbox where stream = :stream and key = :key order by sequence limit 1000
""").columns(data=JSONB)
_TIMELINE = text("""
    select stream, key, sequence, id, type, occurred_at, recorded_at, headers ->> 'causation' as causation,
           data
      from outbox where correlation = :correlation order by position limit 1000
""").columns(data=JSONB)

Rows = list[dict[str, Any]]


async def quiet(session: AsyncSession, *, now: Any) -> dict[str, Any]:
    """What keeps this department busy, and how many events it has published and applied per stream.

    The shop is quiet when the counts are 0 and each subscriber's ``applied`` of a stream equals its
    publisher's ``published``, twice, a second apart."""
    counts = (await session.execute(_QUIET, {"now": now})).one()._asdict()
    published = {row.stream: row.n for row in await session.execute(_PUBLISHED)}
    applied = {row.stream: row.n for row in await session.execute(_APPLIED)}
    return {**counts, "published": published, "applied": applied}


async def dead_letters(session: AsyncSession) -> Rows:
    """Events whose reactions failed for good, oldest first."""
    return [dict(row._mapping) for row in await session.execute(_DEFERRED, {"status": "dead_letter"})]


async def deferred(session: AsyncSession) -> Rows:
    """Events that are deferred, and what they wait for."""
    return [dict(row._mapping) for row in await session.execute(_DEFERRED, {"status": "waiting"})]


async def replay(session: AsyncSession, stream: str, key: str, sequence: int) -> None:
    """Run a dead letter again; only the next of its aggregate."""
    cursor = await _next_dead_letter(session, stream, key, sequence)
    await session.execute(_REPLAY, {"stream": stream, "key": key, "sequence": sequence})
    await cursors.advance(session, cursor, last=cursor.last, high=cursor.high)


async def skip(session: AsyncSession, stream: str, key: str, sequence: int, by: str, reason: str) -> None:
    """Skip a dead letter for good, with name and reason; its effects will never happen here."""
    cursor = await _next_dead_letter(session, stream, key, sequence)
    event = {"stream": stream, "key": key, "sequence": sequence}
    await session.execute(_SKIP, event | {"by": by, "why": reason})
    await cursors.advance(session, cursor, last=sequence, high=cursor.high)
    await session.execute(cursors.WAKE_WAITERS, {"waited": cursors.waited_for(stream, key)})


async def _next_dead_letter(session: AsyncSession, stream: str, key: str, sequence: int) -> cursors.Cursor:
    cursor = await cursors.lock(session, stream, key)
    found = await session.execute(_ONE, {"stream": stream, "key": key, "sequence": sequence})
    if found.one_or_none() is None:
        raise NotFound("dead-letter", f"{stream}/{key}/{sequence}")
    if sequence != cursor.last + 1:
        raise NotDeadLetter(stream=stream, key=key, next=cursor.last + 1)
    return cursor


async def events_of(session: AsyncSession, stream: str, key: str) -> Rows:
    """One aggregate's events as this department published them."""
    return [dict(row._mapping) for row in await session.execute(_EVENTS_OF, {"stream": stream, "key": key})]


async def timeline(session: AsyncSession, correlation: str) -> Rows:
    """What this department published about one request, in the order in which it was recorded."""
    return [dict(row._mapping) for row in await session.execute(_TIMELINE, {"correlation": correlation})]
