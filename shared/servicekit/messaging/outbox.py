"""The outbox: events as rows of the change's own transaction, published after the commit, kept for good."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.columns import json_text
from servicekit.messaging.envelope import BODY_LIMIT, Envelope
from servicekit.refusal import Refusal


class EventTooLarge(Refusal):
    """This is more than fits into one message: use fewer words or several steps."""

    status = 413


RECORD_EVENTS = """
    events as (
        select * from unnest(
            cast(:ids as uuid[]), cast(:streams as text[]), cast(:keys as text[]),
            cast(:sequences as bigint[]), cast(:types as text[]), cast(:versions as smallint[]),
            cast(:times as timestamptz[]), cast(:correlations as text[]),
            cast(:headers as jsonb[]), cast(:datas as jsonb[])
        ) with ordinality
            as s(id, stream, key, sequence, type, version, time, correlation, headers, data, n)
    ), recorded as (
        insert into outbox
               (stream, key, sequence, id, type, schema_version, occurred_at, correlation, headers, data)
        select stream, key, sequence, id, type, version, time, correlation, headers, data
          from events
         where sequence = 1
            or exists (select 1 from outbox e
                        where e.stream = events.stream and e.key = events.key
                          and e.sequence = events.sequence - 1)
            or exists (select 1 from events before
                        where before.stream = events.stream and before.key = events.key
                          and before.sequence = events.sequence - 1)
         order by n
        returning id, position
    )"""
"""Writes events (`event_columns`) where the one before is recorded; ``recorded`` has their positions."""

RECORD_CHANGES = """
    changed as (
        insert into changes (kind, id, version)
        select * from unnest(cast(:kinds as text[]), cast(:rows as text[]), cast(:row_versions as int[]))
    )"""
"""Notes what changed (`changed_columns`), for the screens that watch."""

_COLUMNS = "id, type, schema_version, key, sequence, occurred_at, correlation, headers, data"
_SWEEP = text(f"""
    select position, {_COLUMNS} from outbox
     where published_at is null and recorded_at < now() - make_interval(secs => :age)
     order by position limit :limit for update skip locked
""").columns(headers=JSONB, data=JSONB)
MARK = text("update outbox set published_at = now() where position = any(cast(:positions as bigint[]))")
"""The rows at ``positions`` were confirmed by the broker."""
_RANGE = text(f"""
    select {_COLUMNS} from outbox
     where stream = :stream and key = :key and sequence between :first and :last
     order by sequence limit :limit
""").columns(headers=JSONB, data=JSONB)


def event_columns(events: Sequence[Envelope]) -> dict[str, Any]:
    """The columns of ``RECORD_EVENTS``. Raises ``EventTooLarge``."""
    bodies = [envelope.body() for envelope in events]
    for envelope, body in zip(events, bodies, strict=True):
        if len(body) > BODY_LIMIT:
            raise EventTooLarge(event_type=envelope.type, limit_bytes=BODY_LIMIT)
    return {
        "ids": [e.id for e in events],
        "streams": [e.stream for e in events],
        "keys": [e.key for e in events],
        "sequences": [e.sequence for e in events],
        "types": [e.type for e in events],
        "versions": [e.version for e in events],
        "times": [e.time for e in events],
        "correlations": [e.correlation for e in events],
        "headers": [json_text(_kept(e)) for e in events],
        "datas": [body.decode() for body in bodies],
    }


def changed_columns(changed: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    """The columns of ``RECORD_CHANGES``: kind, id and version of each."""
    kinds, rows, versions = zip(*changed, strict=True)
    return {"kinds": list(kinds), "rows": list(rows), "row_versions": list(versions)}


def _kept(envelope: Envelope) -> dict[str, str]:
    """What the row has no column of its own for."""
    return {
        "source": envelope.source,
        "causation": envelope.causation,
        "traceparent": envelope.traceparent,
    }


def envelope_of(row: Row[Any]) -> Envelope:
    """An outbox row as it goes over the wire."""
    headers = row.headers
    return Envelope(
        id=row.id,
        source=headers["source"],
        type=row.type,
        version=row.schema_version,
        key=row.key,
        sequence=row.sequence,
        time=row.occurred_at,
        data=row.data,
        correlation=row.correlation,
        causation=headers["causation"],
        traceparent=headers["traceparent"],
    )


async def unpublished(session: AsyncSession, *, age: float, limit: int) -> list[tuple[int, Envelope]]:
    """Rows that nobody has published for ``age`` seconds, locked against other sweeps."""
    rows = (await session.execute(_SWEEP, {"age": age, "limit": limit})).all()
    return [(row.position, envelope_of(row)) for row in rows]


async def between(
    session: AsyncSession, stream: str, key: str, first: int, last: int, limit: int
) -> list[Envelope]:
    """A page of one aggregate's life, for those who missed it."""
    columns = {"stream": stream, "key": key, "first": first, "last": last, "limit": limit}
    return [envelope_of(row) for row in (await session.execute(_RANGE, columns)).all()]
