"""Aggregates: mapped classes that behave, with a version for people and a sequence for subscribers."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Integer, event, inspect
from sqlalchemy.orm import Mapped, Mapper, declared_attr, mapped_column


class Aggregate:
    """Mixin of an aggregate root.

    ``version`` is raised by every change and checked by every save (ETag); ``sequence`` is raised by one per
    published event and numbers them for the subscribers. ``STREAM`` is the stream of its events, if any.
    """

    STREAM: ClassVar[str | None] = None

    version: Mapped[int] = mapped_column(Integer, default=0)
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


@cache
def defaults_of(kind: type) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """The attributes with a scalar or callable default, and how to make it."""
    found: list[tuple[str, Callable[[], Any]]] = []
    mapper: Mapper[Any] = inspect(kind)
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        default = getattr(column, "default", None)
        if default is None or default.is_sequence or default.is_clause_element:
            continue
        # SQLAlchemy wraps a callable so that it takes the execution context; none of ours looks at it.
        make = partial(default.arg, None) if default.is_callable else partial(_same, default.arg)
        found.append((attribute.key, make))
    return tuple(found)


def _same(value: Any) -> Any:
    return value


@event.listens_for(Mapper, "init")
def _apply_defaults(target: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Column defaults hold from the moment an object is made, so that rules work without a session."""
    kind: Any = type(target)
    for name, make in defaults_of(kind):
        if name not in kwargs:
            kwargs[name] = make()
