"""How long a command's effects took: from the first fact it told to the last that any department told."""

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
class Fact:
    """One event, with the department's machine time when it was recorded."""

    id: str
    type: str
    correlation: str
    cause: str
    recorded_at: datetime
    occurred_at: datetime
    data: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A fact that a person or a timer caused, and how long its last effect took."""

    first: str
    last: str
    seconds: float


async def facts_of(books: Books, departments: tuple[str, ...], *, since: datetime) -> list[Fact]:
    """Everything that was told since, in the order it was recorded."""
    rows: list[Any] = []
    for department in departments:
        rows += await books.rows(department, _EVENTS.format(since.isoformat()))
    made = [
        Fact(
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
    return sorted(made, key=lambda fact: fact.recorded_at)


def chains(facts: list[Fact], *, since: datetime) -> list[Chain]:
    """Every chain of more than one fact that began since."""
    by_id: Mapping[str, Fact] = {fact.id: fact for fact in facts}
    last: dict[str, Fact] = {}
    for fact in facts:
        root = _root(fact, by_id)
        if root is not fact and root.recorded_at >= since:
            last[root.id] = fact
    return [
        Chain(by_id[id].type, fact.type, (fact.recorded_at - by_id[id].recorded_at).total_seconds())
        for id, fact in last.items()
    ]


def _root(fact: Fact, by_id: Mapping[str, Fact]) -> Fact:
    while fact.cause in by_id:
        fact = by_id[fact.cause]
    return fact


def in_short(found: list[Chain]) -> tuple[float, Chain]:
    """The median in seconds, and the slowest."""
    return median(chain.seconds for chain in found), max(found, key=lambda chain: chain.seconds)
