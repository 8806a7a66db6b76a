"""A department's own copies of others' data, kept by one statement each, whichever event comes first.

A reaction that only keeps a copy need not load it: the database puts old and new together under the row's
lock. Not for rows that the same transaction holds as objects: those would not be refreshed.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import ARRAY, Table, bindparam, func, inspect, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

from servicekit.aggregate import Aggregate, defaults_of
from servicekit.tx import Tx

Columns = Mapping[InstrumentedAttribute[Any], Any]
"""Columns of a copy by attribute, ``{Job.status: "ready"}``: a misspelt one fails in the type check."""


def _named(columns: Columns) -> dict[str, Any]:
    return {attribute.key: value for attribute, value in columns.items()}


async def keep(
    tx: Tx,
    kind: type[DeclarativeBase],
    key: Columns,
    columns: Columns,
    *,
    initial: Columns | None = None,
    also: Insert | None = None,
) -> None:
    """Put ``columns`` on the copy with this key, which this event may begin.

    ``initial`` are columns for a copy that begins now: needed where a value is computed from what was known
    (a sum, a first value that stays). ``also`` changes other rows by the same statement."""
    by, new, begin = _named(key), _named(columns), _named(initial or {})
    first: dict[str, Any] = {name: make() for name, make in defaults_of(kind)}  # a CTE would leave them out
    first |= by | new | begin | ({"version": 1} if issubclass(kind, Aggregate) else {})
    own = {name: new[name] for name in begin if name in new}
    if own:
        statement = _upsert(kind, tuple(by), tuple(new), own)
    else:
        statement = _upsert_again(kind, tuple(by), tuple(new))
    if also is not None:
        statement = statement.add_cte(also.cte("also"))
    await _run(tx, kind, statement, first)


def _upsert(
    kind: type[DeclarativeBase],
    key: tuple[str, ...],
    names: tuple[str, ...],
    own: Mapping[str, Any] | None = None,
) -> Insert:
    new = insert(cast(Table, kind.__table__))
    updated = {name: new.excluded[name] for name in names} | dict(own or {}) | _next(kind)
    return new.on_conflict_do_update(index_elements=key, set_=updated)


_upsert_again = cache(_upsert)  # making the statement costs more than sending it


async def keep_all(
    tx: Tx,
    kind: type[DeclarativeBase],
    key: InstrumentedAttribute[Any],
    rows: Sequence[Columns],
    *,
    taken_over: Callable[[Insert], Columns] | None = None,
) -> None:
    """Put rows of the same columns on the copies with these keys, all by one statement; for copies without a
    version. ``taken_over`` gives what an existing copy takes over; else all of it."""
    if rows:
        named = [_named(row) for row in rows]
        columns = {name: [row[name] for row in named] for name in named[0]}
        await tx.session.execute(_upsert_all(kind, key.key, tuple(columns), taken_over), columns)


@cache
def _upsert_all(
    kind: type[DeclarativeBase],
    key: str,
    names: tuple[str, ...],
    taken_over: Callable[[Insert], Columns] | None,
) -> Insert:
    table = cast(Table, kind.__table__)
    # Not by rows of values: a statement with those is put together anew each time.
    rows = select(*(func.unnest(bindparam(name, type_=ARRAY(table.c[name].type))) for name in names))
    new = insert(table).from_select(names, rows)
    taken = _named(taken_over(new)) if taken_over else {n: new.excluded[n] for n in names if n != key}
    return new.on_conflict_do_update(index_elements=[key], set_=taken)


async def amend(tx: Tx, kind: type[DeclarativeBase], key: Columns, columns: Columns) -> None:
    """Put ``columns`` on the copy with this key, if there is one."""
    table = cast(Table, kind.__table__)
    this = [table.c[name] == value for name, value in _named(key).items()]
    await _run(tx, kind, update(table).where(*this).values(**_named(columns), **_next(kind)))


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
