"""Rows of several tables by one statement: what belongs to an aggregate, or to a screen."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, false, inspect, select
from sqlalchemy.orm import RelationshipProperty, aliased, outerjoin
from sqlalchemy.orm.attributes import set_committed_value

from chassis.tx import Tx

T = TypeVar("T")
Asked = tuple[type[Any], ColumnElement[bool], Sequence[str]]
"""Rows of which table, which of them, and by which attributes they are put in order."""


async def rows_of(tx: Tx, *asked: Asked) -> list[list[Any]]:
    """The rows of each, as objects, by one statement."""
    kinds: list[Any] = [aliased(kind, select(kind).where(which).subquery()) for kind, which, _ in asked]
    joined = kinds[0]
    for kind in kinds[1:]:  # a full join on nothing: all rows of the one, then all rows of the other
        joined = outerjoin(joined, kind, false(), full=True)
    found = (await tx.session.execute(select(*kinds).select_from(joined))).all()
    return [
        sorted((row[n] for row in found if row[n] is not None), key=_by(order))
        for n, (_, _, order) in enumerate(asked)
    ]


async def load(tx: Tx, parent: T, *names: str) -> T:
    """The same object with these relationships (declared ``lazy="raise"``), by one statement.

    Never by the statement that locks the parent: what that joins is as old as its beginning, and may lack
    what another transaction added while this one waited for the lock."""
    state: Any = inspect(parent)
    missing = [name for name in names if name in state.unloaded]
    if missing:
        asked = [_children(parent, state.mapper.relationships[name]) for name in missing]
        for name, rows in zip(missing, await rows_of(tx, *asked), strict=True):
            set_committed_value(parent, name, rows)
    return parent


def _children(parent: object, relation: RelationshipProperty[Any]) -> Asked:
    ((own, theirs),) = relation.local_remote_pairs or ()
    child = relation.mapper
    key = getattr(child.class_, child.get_property_by_column(theirs).key)
    identity = getattr(parent, relation.parent.get_property_by_column(own).key)
    order = [child.get_property_by_column(column).key for column in relation.order_by or ()]
    return child.class_, key == identity, order


def _by(order: Sequence[str]) -> Callable[[Any], Any]:
    """Empty values last, as in the database."""
    values = [attrgetter(name) for name in order]
    return lambda row: [(value(row) is None, value(row)) for value in values]
