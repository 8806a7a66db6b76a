"""The publisher's log: rows of the same transaction as the change, published after the commit, for good."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.columns import json_text
from chassis.messaging.envelope import BODY_LIMIT, Envelope
from chassis.refusal import Refusal


class EventTooLarge(Refusal):
    """This is more than fits into one message: say it in fewer words or in several steps."""

    status = 413


SAID = """
    said as (
        select * from unnest(
            cast(:ids as uuid[]), cast(:streams as text[]), cast(:keys as text[]),
            cast(:sequences as bigint[]), cast(:types as text[]), cast(:versions as smallint[]),
            cast(:times as timestamptz[]), cast(:correlations as text[]),
            cast(:headers as jsonb[]), cast(:datas as jsonb[])
        ) with ordinality
            as s(id, stream, key, sequence, type, version, time, correlation, headers, data, place)
    ), logged as (
        insert into event_log
               (stream, key, sequence, id, type, schema_version, occurred_at, correlation, headers, data)
        select stream, key, sequence, id, type, version, time, correlation, headers, data
          from said
         where sequence = 1
            or exists (select 1 from event_log e
                        where e.stream = said.stream and e.key = said.key and e.sequence = said.sequence - 1)
            or exists (select 1 from said before
                        where before.stream = said.stream and before.key = said.key
                          and before.sequence = said.sequence - 1)
         order by place
        returning id, position
    )"""
"""Writes facts (`said_columns`) where the one before stands; ``logged`` has their positions."""

CHANGED = """
    changed as (
        insert into changes (kind, id, version)
        select * from unnest(cast(:kinds as text[]), cast(:rows as text[]), cast(:row_versions as int[]))
    )"""
"""Notes what changed (`changed_columns`), for the screens that watch."""

_COLUMNS = "id, type, schema_version, key, sequence, occurred_at, correlation, headers, data"
_SWEEP = text(f"""
    select position, {_COLUMNS} from event_log
     where published_at is null and recorded_at < now() - make_interval(secs => :age)
     order by position limit :limit for update skip locked
""").columns(headers=JSONB, data=JSONB)
MARK = text("update event_log set published_at = now() where position = any(cast(:positions as bigint[]))")
"""The rows at ``positions`` were confirmed by the broker."""
_RANGE = text(f"""
    select {_COLUMNS} from event_log
     where stream = :stream and key = :key and sequence between :first and :last
     order by sequence limit :limit
""").columns(headers=JSONB, data=JSONB)


def said_columns(said: Sequence[Envelope]) -> dict[str, Any]:
    """The columns of ``SAID``. Raises ``EventTooLarge``."""
    bodies = [envelope.body() for envelope in said]
    for envelope, body in zip(said, bodies, strict=True):
        if len(body) > BODY_LIMIT:
            raise EventTooLarge(told=envelope.type, limit_bytes=BODY_LIMIT)
    return {
        "ids": [e.id for e in said],
        "streams": [e.stream for e in said],
        "keys": [e.key for e in said],
        "sequences": [e.sequence for e in said],
        "types": [e.type for e in said],
        "versions": [e.version for e in said],
        "times": [e.time for e in said],
        "correlations": [e.correlation for e in said],
        "headers": [json_text(_kept(e)) for e in said],
        "datas": [body.decode() for body in bodies],
    }


def changed_columns(changed: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    """The columns of ``CHANGED``: kind, id and version of each."""
    kinds, rows, versions = zip(*changed, strict=True)
    return {"kinds": list(kinds), "rows": list(rows), "row_versions": list(versions)}


def _kept(envelope: Envelope) -> dict[str, str]:
    """What the row's own columns do not say."""
    return {
        "source": envelope.source,
        "causation": envelope.causation,
        "traceparent": envelope.traceparent,
    }


def envelope_of(row: Row[Any]) -> Envelope:
    """A log row as it goes over the wire."""
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
