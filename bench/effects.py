"""From an event's commit to its effect's commit, read from the databases afterwards.

The bench's PostgreSQL keeps the moment of every commit (``track_commit_timestamp``), so that nobody has to
watch and nothing is slowed by watching. An effect is (1) an event that a reaction published: its commit
less the commit of the event that caused it, or (2) the row of a subscriber's cursor whose last event has a
reaction: its commit less that event's. A cursor keeps its latest event only, so (2) counts the last events
of each aggregate. PostgreSQL notes the moment before it flushes its log to disk, at both ends: the
publisher's flush is inside the figure, the subscriber's is not. All databases are one cluster with one clock.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg

from bench.figures import Times

_EVENTS = """
    select id::text as id, stream, key, sequence, type, coalesce(headers ->> 'causation', '') as cause,
           extract(epoch from pg_xact_commit_timestamp(txid::xid))::float8 as at
      from outbox where recorded_at >= $1
"""
_CURSORS = """
    select c.stream, c.key, c.last, extract(epoch from pg_xact_commit_timestamp(c.xmin))::float8 as at
      from cursors c
     where c.reader = 'main' and c.high = c.last
       and pg_xact_commit_timestamp(c.xmin) >= $1
"""
_REACTIONS = "select type from reaction_types"


async def commit_to_effect(urls: Mapping[str, str], since: datetime) -> Times:
    """Of every effect that was committed since."""
    events: list[Any] = []
    applied: list[tuple[set[str], list[Any]]] = []
    for url in urls.values():
        connection = await asyncpg.connect(url)
        try:
            events += await connection.fetch(_EVENTS, since)
            types = {row["type"] for row in await connection.fetch(_REACTIONS)}
            applied.append((types, await connection.fetch(_CURSORS, since)))
        finally:
            await connection.close()
    return await asyncio.to_thread(_times, events, applied)


def _times(events: list[Any], applied: list[tuple[set[str], list[Any]]]) -> Times:
    by_id = {event["id"]: event for event in events}
    by_place = {(event["stream"], event["key"], event["sequence"]): event for event in events}
    taken = []
    for effect in events:
        cause = by_id.get(effect["cause"])
        if cause is not None and cause["at"] is not None and effect["at"] is not None:
            taken.append(effect["at"] - cause["at"])
    for types, cursors in applied:
        for cursor in cursors:
            cause = by_place.get((cursor["stream"], cursor["key"], cursor["last"]))
            if cause is not None and cause["type"] in types and cause["at"] is not None:
                taken.append(cursor["at"] - cause["at"])
    return Times.of(taken)
