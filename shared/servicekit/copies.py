"""A department's own copies of others' facts, kept by one statement each, whichever event comes first.

A reaction that only notes what it heard need not load what was known: the database puts the two together
under the row's lock. Not for rows that the same transaction holds as objects: those would not learn of it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import ARRAY, Table, bindparam, func, inspect, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import DeclarativeBase

from servicekit.aggregate import Aggregate, defaults_of
from servicekit.tx import Tx

Row = Mapping[str, Any]


async def keep(
    tx: Tx,
    kind: type[DeclarativeBase],
    key: Row,
    facts: Row,
    *,
    initial: Row | None = None,
    also: Insert | None = None,
) -> None:
    """Put ``facts`` on the copy with this key, which this event may begin.

    ``initial`` are columns for a copy that begins now: needed where a fact is an expression of what was known
    (a sum, a first value that stays). ``also`` changes other rows by the same statement."""
    first: dict[str, Any] = {
        name: make() for name, make in defaults_of(kind)
    }  # with a CTE they would be lost
    first |= {**key, **facts, **(initial or {})} | ({"version": 1} if issubclass(kind, Aggregate) else {})
    own = {name: facts[name] for name in (initial or {}) if name in facts}
    if own:
        statement = _upsert(kind, tuple(key), tuple(facts), own)
    else:
        statement = _upsert_again(kind, tuple(key), tuple(facts))
    if also is not None:
        statement = statement.add_cte(also.cte("also"))
    await _run(tx, kind, statement, first)


def _upsert(
    kind: type[DeclarativeBase], key: tuple[str, ...], names: tuple[str, ...], own: Row | None = None
) -> Insert:
    new = insert(cast(Table, kind.__table__))
    updated = {name: new.excluded[name] for name in names} | dict(own or {}) | _next(kind)
    return new.on_conflict_do_update(index_elements=key, set_=updated)


_upsert_again = cache(_upsert)  # making the statement costs more than sending it


async def keep_all(
    tx: Tx,
    kind: type[DeclarativeBase],
    key: str,
    rows: Sequence[Row],
    *,
    taken_over: Callable[[Insert], Row] | None = None,
) -> None:
    """Put rows of the same columns on the copies with these keys, all by one statement; for copies without a
    version. ``taken_over`` gives what an existing copy takes over; else all of it."""
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        await tx.session.execute(_upsert_all(kind, key, tuple(columns), taken_over), columns)


@cache
def _upsert_all(
    kind: type[DeclarativeBase], key: str, names: tuple[str, ...], taken_over: Callable[[Insert], Row] | None
) -> Insert:
    table = cast(Table, kind.__table__)
    # Not by rows of values: a statement with those is put together anew each time.
    rows = select(*(func.unnest(bindparam(name, type_=ARRAY(table.c[name].type))) for name in names))
    new = insert(table).from_select(names, rows)
    taken = taken_over(new) if taken_over else {name: new.excluded[name] for name in names if name != key}
    return new.on_conflict_do_update(index_elements=[key], set_=dict(taken))


async def amend(tx: Tx, kind: type[DeclarativeBase], key: Row, facts: Row) -> None:
    """Put ``facts`` on the copy with this key, if there is one."""
    table = cast(Table, kind.__table__)
    this = [table.c[name] == value for name, value in key.items()]
    await _run(tx, kind, update(table).where(*this).values(**{**facts, **_next(kind)}))


def _next(kind: type[DeclarativeBase]) -> dict[str, Any]:
    """What people look at has a version, for the ETag."""
    return {"version": kind.version + 1} if issubclass(kind, Aggregate) else {}


async def _run(
    tx: Tx, kind: type[DeclarativeBase], statement: Any, row: dict[str, Any] | None = None
) -> None:
    if not issubclass(kind, Aggregate):
        await tx.session.execute(statement, row)
        return
    (identity,) = inspect(kind).primary_key
    for id, version in await tx.session.execute(statement.returning(identity, kind.version), row):
        tx.notify_watchers(kind, id, version)
