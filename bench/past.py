"""Past visits: one real visit, driven to the answered survey, and its rows copied under other ids.

What a visit leaves is not written down here: every table of every department is read before and after one
visit, and the new rows are copied by ``insert … select`` over a table of ids. Ids that did not exist before
the visit (uuids, and the numbers that a unique index wants different) get a new value in each copy,
wherever they stand, also inside JSON and in cursors' keys; times lie nine minutes further back from copy to
copy. So each past visit has a customer, a car, a job, an invoice, events and cursors of its own, and all
constraints but foreign keys, which hold because all ids of a visit change together, are checked as they are
inserted.

Stock is the exception: what a copy took from the shelf stands in the ledger, but is still on hand.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

_PASSING = frozenset(
    ("alembic_version", "changes", "counters", "house_rules", "idempotency_keys", "publisher_watermarks")
) | {"reaction_types", "timers", "watermark", "unsorted_deliveries", "deferred", "unreadable", "skipped"}
"""Tables of the servicekit in which a visit long past has no rows."""
_OWN = frozenset(("uuid", "text", "character varying", "bytea"))
"""Types of the ids and numbers by which a row is one visit's own."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_APART = "9 minutes"
_SHORT = 4
"""Letters of a number that is too short to be looked for inside other text."""
_LONG_PUBLISHED = "'3'::xid8"
"""Transaction of the copied outbox rows: before every watermark that is still to come."""
_TABLES = """
    select c.relname as name, array_agg(a.attname order by a.attnum) as columns,
           array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum) as types
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       and a.attidentity = '' and a.attgenerated = '' group by c.relname order by c.relname
"""
_UNIQUE = """
    select t.relname as name, array_agg(a.attname) as columns
      from pg_index i join pg_class t on t.oid = i.indrelid join pg_attribute a
        on a.attrelid = t.oid and a.attnum = any(i.indkey)
     where i.indisunique and t.relnamespace = 'public'::regnamespace and a.attidentity = ''
     group by t.relname, i.indexrelid
"""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: columns that are written, with their types, and the sets of columns that must be unique."""

    name: str
    types: Mapping[str, str]
    unique: Sequence[frozenset[str]]


Row = tuple[str | None, ...]
Rows = dict[str, set[Row]]


class Ledger:
    """One department's database, before and after the visit that is copied."""

    def __init__(self, connection: Any, tables: Sequence[Table], before: Rows) -> None:
        self._connection = connection
        self._tables = tables
        self._before = before
        self._fresh: list[tuple[Table, Row]] = []
        self._known = {uuid for rows in before.values() for uuid in _uuids(rows)}
        self._cells = {None, *(value for rows in before.values() for row in rows for value in row)}

    @classmethod
    async def open(cls, url: str) -> "Ledger":
        """Read everything that is there now."""
        connection = await asyncpg.connect(url)
        unique: dict[str, list[frozenset[str]]] = {}
        for index in await connection.fetch(_UNIQUE):
            unique.setdefault(index["name"], []).append(frozenset(index["columns"]))
        tables = [
            Table(
                row["name"], dict(zip(row["columns"], row["types"], strict=True)), unique.get(row["name"], [])
            )
            for row in await connection.fetch(_TABLES)
            if row["name"] not in _PASSING
        ]
        return cls(connection, tables, await _rows(connection, tables))

    async def note(self) -> int:
        """What is new since ``open`` is what is going to be copied; gives how many rows that is."""
        now = await _rows(self._connection, self._tables)
        self._fresh = [
            (table, row) for table in self._tables for row in sorted(self._new(table, now), key=str)
        ]
        return len(self._fresh)

    async def copy(self, times: int) -> None:
        """Set the noted rows down again so often."""
        tokens = self._tokens()
        await self._connection.execute("set session_replication_role = replica")
        await self._connection.execute("set synchronous_commit = off")
        await self._connection.execute(_ids(tokens, times), timeout=600)
        for table, row in self._fresh:
            await self._connection.execute(_insert(table, row, tokens), timeout=600)
        await self._connection.execute("drop table past_ids")
        await self._connection.execute("vacuum (analyze)", timeout=600)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    def _new(self, table: Table, now: Rows) -> set[Row]:
        """Rows whose key was not there before; what was changed, or is a day's, is not a visit's own."""
        names = list(table.types)
        keys = [sorted(names.index(column) for column in key) for key in table.unique if key <= set(names)]
        there = [{tuple(row[n] for n in key) for row in self._before[table.name]} for key in keys]
        fresh = now[table.name] - self._before[table.name]
        if any(all(table.types[column] not in _OWN for column in key) for key in table.unique):
            return set()
        return {
            row
            for row in fresh
            if not any(tuple(row[n] for n in key) in seen for key, seen in zip(keys, there, strict=True))
        }

    def _tokens(self) -> list[str]:
        """What differs from copy to copy: new uuids and numbers, and what a unique index wants different."""
        found = dict.fromkeys(sorted(_uuids(row for _, row in self._fresh) - self._known))
        for table, row in self._fresh:
            values = dict(zip(table.types, row, strict=True))
            for name, value in values.items():
                if name.endswith("_no") and value not in self._cells and len(str(value)) > _SHORT:
                    found[str(value)] = None
            for key in table.unique:
                own = {column: values[column] for column in key if column in values}
                if not own or any(value is None or _has(value, found) for value in own.values()):
                    continue
                candidates = [value for name, value in own.items() if value and table.types[name] in _OWN]
                found[max(candidates, key=len)] = None
        return sorted(found, key=len, reverse=True)  # one may stand inside another


async def _rows(connection: Any, tables: Sequence[Table]) -> Rows:
    found: Rows = {}
    for table in tables:
        columns = ", ".join(f'"{column}"::text' for column in table.types)
        found[table.name] = {
            tuple(row) for row in await connection.fetch(f'select {columns} from "{table.name}"')
        }
    return found


def _uuids(rows: Iterable[Row]) -> set[str]:
    return {uuid for row in rows for value in row if value for uuid in _UUID.findall(value)}


def _has(value: str, tokens: Iterable[str]) -> bool:
    return any(token in value for token in tokens)


def _ids(tokens: Sequence[str], times: int) -> str:
    """A table with a line per copy and a column per token."""
    columns = ", ".join(f"{_another(token)} as t{n}" for n, token in enumerate(tokens))
    return f"create unlogged table past_ids as select n, {columns} from generate_series(1, {times}) n"


def _another(token: str) -> str:
    if _UUID.fullmatch(token):
        return f"md5({_text(token)} || n)::uuid::text"
    if token.startswith("\\x"):
        return f"'\\x' || md5({_text(token)} || n) || md5(n || {_text(token)})"
    return f"{_text(token)} || '-' || n"


def _insert(table: Table, row: Row, tokens: Sequence[str]) -> str:
    values = [_value(table, name, value, tokens) for name, value in zip(table.types, row, strict=True)]
    names = ", ".join(f'"{name}"' for name in table.types)
    return f'insert into "{table.name}" ({names}) select {", ".join(values)} from past_ids'


def _value(table: Table, name: str, value: str | None, tokens: Sequence[str]) -> str:
    type = table.types[name]
    if value is None:
        return "null"
    if type == "xid8":
        return _LONG_PUBLISHED
    if type == "timestamp with time zone":
        return f"{_text(value)}::timestamptz - n * interval '{_APART}'"
    copied = _text(value)
    for n, token in enumerate(tokens):
        if token == value:
            return f"t{n}::{type}"
        if token in value:
            copied = f"replace({copied}, {_text(token)}, t{n})"
    return f"({copied})::{type}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


class Past:
    """One visit, noted in all databases, that can be copied as often as one likes."""

    def __init__(self, ledgers: Sequence[Ledger], rows: int) -> None:
        self._ledgers = ledgers
        self.rows = rows
        """How many rows the visit left."""

    @classmethod
    async def note(cls, urls: Mapping[str, str], visit: Callable[[], Awaitable[None]]) -> "Past":
        """Drive one whole ``visit`` while nothing else happens in the shop."""
        ledgers = [await Ledger.open(url) for url in urls.values()]
        await visit()
        return cls(ledgers, sum([await ledger.note() for ledger in ledgers]))

    async def copy(self, times: int) -> None:
        """Copy it, in two databases at a time, once and for all."""
        few = asyncio.Semaphore(2)

        async def one(ledger: Ledger) -> None:
            async with few:
                await ledger.copy(times)
                await ledger.close()

        await asyncio.gather(*map(one, self._ledgers))
