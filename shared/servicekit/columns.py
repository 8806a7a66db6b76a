"""Column types that departments share: instants, frozen JSON values."""

from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator


class Utc(TypeDecorator[datetime]):
    """An instant: aware on the way in, UTC on the way out; naive values are a bug and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a naive datetime: {value!r}")
        return value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A pydantic-serialisable value as JSONB, given back as that type. Replace the value, never mutate it."""

    impl = JSONB
    cache_ok = True  # the attribute `kind`, named like its parameter, is the key

    def __init__(self, kind: Any) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind
        self._adapter: TypeAdapter[Any] | None = None

    @property
    def adapter(self) -> TypeAdapter[Any]:
        """Built on first use: nothing is compiled at import."""
        if self._adapter is None:
            self._adapter = TypeAdapter(self.kind)
        return self._adapter

    def copy(self, **kw: Any) -> "Json":
        return self

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else self.adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else self.adapter.validate_python(value)

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x == y)


def json_text(value: Any) -> str:
    """JSON as text, for statements that cast their parameter."""
    return orjson.dumps(value).decode()


def json_value(text: str | bytes) -> Any:
    """The reverse of :func:`json_text`; the engine's deserialiser."""
    return orjson.loads(text)
