"""What every event of every department is: a frozen fact with a literal wire type."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
)
from pydantic_core import CoreSchema


class Fact(BaseModel):
    """A frozen value that travels in events; publishers must not add what the contract lacks."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Fact):
    """One thing that happened in a department, published to all others.

    ``TYPE`` is the wire name ``<department>.<aggregate>.<past-tense>``; ``KEY`` names the field that
    identifies the aggregate, whose events consumers apply in the order of its life.
    """

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    KEY: ClassVar[str]

    by: str = Field(default="system", description="employee id, `customer`, or `system`")

    @property
    def key(self) -> str:
        """The aggregate's identity as text, as it stands in the outbox."""
        return str(getattr(self, self.KEY))

    @property
    def correlation(self) -> str:
        """The customer's request that this belongs to, by its id; empty for what belongs to none."""
        return str(getattr(self, "request_id", "") or "")

    @classmethod
    def stream(cls) -> str:
        """``<department>.<aggregate>``, the stream that this event belongs to."""
        return cls.TYPE.rsplit(".", 1)[0]


def _no_float(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("give a decimal string, not a floating-point number")
    return value


def _two_places(value: Decimal) -> str:
    return f"{value:.2f}"


def _three_places(value: Decimal) -> str:
    return f"{value:.3f}"


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


class _Digits:
    """Documents a decimal: published with all its places, taken with fewer or as a whole number too."""

    def __init__(self, published: str, taken: str) -> None:
        self._published = published
        self._taken = taken

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        text = {
            "type": "string",
            "pattern": self._published if handler.mode == "serialization" else self._taken,
        }
        return text if handler.mode == "serialization" else {"anyOf": [text, {"type": "integer"}]}


# The limits stand directly behind `Decimal`: there pydantic checks them itself, anywhere else in Python.
Money = Annotated[
    Decimal,
    Field(max_digits=12, decimal_places=2),
    BeforeValidator(_no_float),
    PlainSerializer(_two_places, return_type=str, when_used="json"),
    _Digits(r"^-?\d{1,10}\.\d{2}$", r"^-?\d{1,10}(\.\d{1,2})?$"),
]
Quantity = Annotated[
    Decimal,
    Field(max_digits=10, decimal_places=3),
    BeforeValidator(_no_float),
    PlainSerializer(_three_places, return_type=str, when_used="json"),
    _Digits(r"^-?\d{1,7}\.\d{3}$", r"^-?\d{1,7}(\.\d{1,3})?$"),
]
TaxRate = Annotated[
    Decimal,
    Field(ge=0, lt=1, max_digits=5, decimal_places=4),
    BeforeValidator(_no_float),
    PlainSerializer(str, return_type=str, when_used="json"),
    _Digits(r"^0(\.\d{1,4})?$", r"^0(\.\d{1,4})?$"),
]
Score = Annotated[
    Decimal,
    Field(ge=0, le=100, max_digits=5, decimal_places=2),
    BeforeValidator(_no_float),
    PlainSerializer(_two_places, return_type=str, when_used="json"),
    _Digits(r"^\d{1,3}\.\d{2}$", r"^\d{1,3}(\.\d{1,2})?$"),
]
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Minutes = Annotated[int, Field(ge=0)]
Revision = Annotated[int, Field(ge=1)]

__all__ = ["Event", "Fact", "Instant", "Minutes", "Money", "Quantity", "Revision", "Score", "TaxRate"]
