"""Rows of several tables by one statement: what belongs to an aggregate, or to a screen."""

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, false, inspect, select
from sqlalchemy.orm import Mapper, aliased, outerjoin
from sqlalchemy.orm.attributes import set_committed_value

from servicekit.tx import Tx

T = TypeVar("T")
Rows = tuple[type[Any], ColumnElement[bool], Sequence[str]]
"""Rows of which table, which of them, and by which attributes they are put in order."""


class Together:
    """Rows of several tables; the statement is put together once, its parameters are bound by name."""

    def __init__(self, *wanted: Rows) -> None:
        self._wanted = wanted

    async def read(self, tx: Tx, **bound: object) -> list[list[Any]]:
        """The rows of each table, as objects, in its order."""
        found = (await tx.session.execute(self._statement, bound)).all()
        return [
            sorted((row[n] for row in found if row[n] is not None), key=order)
            for n, order in enumerate(self._orders)
        ]

    @cached_property
    def _statement(self) -> Select[Any]:
        kinds: list[Any] = [
            aliased(kind, select(kind).where(which).subquery()) for kind, which, _ in self._wanted
        ]
        joined = kinds[0]
        for kind in kinds[1:]:  # a full join on nothing: all rows of the one, then all rows of the other
            joined = outerjoin(joined, kind, false(), full=True)
        rows = select(*kinds).select_from(joined)
        return rows.execution_options(populate_existing=True)  # read before the lock, it may be old

    @cached_property
    def _orders(self) -> list[Callable[[Any], Any]]:
        return [_by(order) for _, _, order in self._wanted]


async def load(tx: Tx, parent: T, *names: str) -> T:
    """The same object with these relationships (declared ``lazy="raise"``), by one statement.

    Never by the statement that locks the parent: what that joins is as old as its beginning, and may lack
    what another transaction added while this one waited for the lock."""
    state: Any = inspect(parent)
    missing = tuple(name for name in names if name in state.unloaded)
    if missing:
        children, keys = _children(state.mapper, missing)
        own = {name: getattr(parent, key) for name, key in keys.items()}
        for name, rows in zip(missing, await children.read(tx, **own), strict=True):
            set_committed_value(parent, name, rows)
    return parent


@cache
def _children(mapper: Mapper[Any], names: tuple[str, ...]) -> tuple[Together, dict[str, str]]:
    """What reads these relationships, and by which attribute of the parent each is bound."""
    wanted: list[Rows] = []
    keys = {}
    for name in names:
        relation = mapper.relationships[name]
        ((own, theirs),) = relation.local_remote_pairs or ()
        child = relation.mapper
        key = getattr(child.class_, child.get_property_by_column(theirs).key)
        order = [child.get_property_by_column(column).key for column in relation.order_by or ()]
        wanted.append((child.class_, key == bindparam(f"of_{name}"), order))
        keys[f"of_{name}"] = mapper.get_property_by_column(own).key
    return Together(*wanted), keys


def _by(order: Sequence[str]) -> Callable[[Any], Any]:
    """Empty values last, as in the database."""
    values = [attrgetter(name) for name in order]
    return lambda row: [(value(row) is None, value(row)) for value in values]
