"""How long a command's effects took: from the first event it published to the last that followed from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from deploy.reconcile import Books

_EVENTS = """
    select id::text as id, type, correlation, headers ->> 'causation' as cause, recorded_at, occurred_at,
           data::text as data
      from outbox where recorded_at >= '{0}'
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of an outbox, with the department's machine time when it was recorded."""

    id: str
    type: str
    correlation: str
    cause: str
    recorded_at: datetime
    occurred_at: datetime
    data: str


@dataclass(frozen=True, slots=True)
class Chain:
    """An event that a person or a timer caused, and how long its last effect took, in seconds."""

    first: str
    last: str
    seconds: float


async def events_of(books: Books, departments: tuple[str, ...], *, since: datetime) -> list[Event]:
    """Everything that was published since, in the order it was recorded."""
    rows: list[Any] = []
    for department in departments:
        rows += await books.rows(department, _EVENTS.format(since.isoformat()))
    made = [
        Event(
            row["id"],
            row["type"],
            row["correlation"] or "",
            row["cause"] or "",
            row["recorded_at"],
            row["occurred_at"],
            row["data"],
        )
        for row in rows
    ]
    return sorted(made, key=lambda event: event.recorded_at)


def chains(events: list[Event], *, since: datetime) -> list[Chain]:
    """Every chain of more than one event that began since."""
    by_id: Mapping[str, Event] = {event.id: event for event in events}
    last: dict[str, Event] = {}
    for event in events:
        root = _root(event, by_id)
        if root is not event and root.recorded_at >= since:
            last[root.id] = event
    return [
        Chain(by_id[id].type, event.type, (event.recorded_at - by_id[id].recorded_at).total_seconds())
        for id, event in last.items()
    ]


def _root(event: Event, by_id: Mapping[str, Event]) -> Event:
    while event.cause in by_id:
        event = by_id[event.cause]
    return event


def in_short(found: list[Chain]) -> tuple[float, Chain]:
    """The median in seconds, and the slowest."""
    return median(chain.seconds for chain in found), max(found, key=lambda chain: chain.seconds)
