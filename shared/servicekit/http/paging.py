"""Lists in pages: an opaque cursor remembers the last row seen, so that pages neither skip nor repeat."""

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeGuard, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from servicekit.http.views import View
from servicekit.refusal import Invalid
from servicekit.tx import Tx

T = TypeVar("T")
V = TypeVar("V", bound=View)


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="in the order of the list, at most `limit`")
    next: str | None = Field(default=None, description="`cursor` of the next page; null: this is the last")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Where a page begins and how long it may be."""

    cursor: str | None
    limit: int


async def _page_request(
    cursor: Annotated[str | None, Query(max_length=2000, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="how many items a page holds")] = 50,
) -> PageRequest:
    return PageRequest(cursor, limit)


PageQuery = Annotated[PageRequest, Depends(_page_request)]

Sorted = InstrumentedAttribute[Any] | ColumnElement[Any]


async def paginate(
    tx: Tx,
    stmt: Select[*tuple[Any, ...]],
    page: PageRequest,
    *,
    by: Sequence[Sorted],
    view: type[V] | Callable[[Any], Any] | None = None,
    descending: bool = False,
) -> Page[Any]:
    """One page of ``stmt``, sorted by ``by``: never null, and together unique (end with the id).

    ``view`` makes an item of each row: a ``View`` class or a function; of a statement with several columns it
    gets the whole row. Raises ``Invalid`` (422) for a cursor that is not of this list.
    """
    list_mark = _mark(by, descending)
    order = [column.desc() if descending else column.asc() for column in by]
    single = len(stmt.column_descriptions) == 1
    stmt = stmt.add_columns(*by).order_by(None).order_by(*order).limit(page.limit + 1)
    if page.cursor is not None:
        seen = _decode(page.cursor, list_mark, len(by))
        last = tuple_(*(literal(value, column.type) for value, column in zip(seen, by, strict=True)))
        stmt = stmt.where(tuple_(*by) < last if descending else tuple_(*by) > last)
    rows = (await tx.session.execute(stmt)).all()
    made: Callable[[Any], Any] | None = view.of if _is_view(view) else view
    shown = rows[: page.limit]
    sources = [row[0] if single else row for row in shown]
    items = [made(source) for source in sources] if made is not None else sources
    more = len(rows) > page.limit
    return Page(items=items, next=_encode(shown[-1][-len(by) :], list_mark) if more else None)


def _is_view(view: Any) -> TypeGuard[type[View]]:
    return isinstance(view, type) and issubclass(view, View)


def _mark(by: Sequence[Sorted], descending: bool) -> int:
    """Makes the cursors of two lists differ."""
    return zlib.crc32(f"{[str(column) for column in by]}{descending}".encode())


_WRITE: dict[type, tuple[str, Callable[[Any], str]]] = {
    datetime: ("t", datetime.isoformat),
    date: ("d", date.isoformat),
    UUID: ("u", str),
    Decimal: ("n", str),
}
_READ: dict[str, Callable[[str], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "u": UUID,
    "n": Decimal,
}


def _encode(values: Sequence[Any], list_mark: int) -> str:
    tagged = []
    for value in values:
        kind = next((kind for kind in type(value).__mro__ if kind in _WRITE), None)
        tagged.append([_WRITE[kind][0], _WRITE[kind][1](value)] if kind else value)
    return base64.urlsafe_b64encode(json.dumps([list_mark, *tagged]).encode()).decode().rstrip("=")


def _decode(cursor: str, list_mark: int, length: int) -> list[Any]:
    try:
        document = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        mark, *tagged = document
        values = [_READ[value[0]](value[1]) if isinstance(value, list) else value for value in tagged]
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, binascii.Error) as unreadable:
        raise Invalid("query.cursor", "the `next` of an earlier page") from unreadable
    if mark != list_mark or len(values) != length:
        raise Invalid("query.cursor", "the `next` of an earlier page of this list")
    return values
