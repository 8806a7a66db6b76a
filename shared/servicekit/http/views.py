"""What crosses the line in JSON: request bodies are strict, views are made from what the department holds."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, field_validator
from pydantic_core import CoreSchema, PydanticCustomError

from servicekit.http.schemas import describe_decimals


def _in_utc(value: Any) -> Any:
    """Instants aware and in UTC, wherever they stand in a field."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise PydanticCustomError(
                "naive_datetime", "an instant with its offset, such as 2025-03-07T02:30:00Z"
            )
        return value.astimezone(UTC)
    if isinstance(value, list):
        return [_in_utc(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_in_utc(item) for item in value)
    return value


def _mentions(annotation: Any, kind: type) -> bool:
    return annotation is kind or any(_mentions(part, kind) for part in get_args(annotation))


def _holds_float(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, list) and any(_holds_float(item) for item in value))


class _Documented(BaseModel):
    """Documents its decimals as they cross the line."""

    _decimals: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        fields = cls.model_fields.items()
        cls._decimals = frozenset(name for name, field in fields if _mentions(field.annotation, Decimal))

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        made = handler(core)
        describe_decimals(handler.resolve_ref_schema(made).get("properties", {}), cls._decimals)
        return made


class Body(_Documented):
    """A request body or a value inside one: nothing unknown, instants aware, decimals as strings.

    A naive instant and a floating-point number where a decimal is meant are 422.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_floats(cls, value: Any, about: Any) -> Any:
        if about.field_name in cls._decimals and _holds_float(value):
            raise PydanticCustomError(
                "float_refused", 'a decimal string such as "12.50", not a floating-point number'
            )
        return value

    @field_validator("*", mode="after")
    @classmethod
    def _instants(cls, value: Any) -> Any:
        return _in_utc(value)

    def model_dump_fields(self) -> dict[str, Any]:
        """The fields as keyword arguments for a command: Python values, inner models left as they are."""
        return {name: getattr(self, name) for name in type(self).model_fields}


class View(_Documented):
    """What a front end sees of something: decimals as strings, instants in UTC with ``Z``."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    @field_validator("*", mode="after")
    @classmethod
    def _instants(cls, value: Any) -> Any:
        return _in_utc(value)

    @classmethod
    def of(cls, source: Any) -> Self:
        """Made from the attributes of ``source``."""
        return cls.model_validate(source, from_attributes=True)
