"""The envelope around an event on the wire and in the outbox: CloudEvents attributes and our extensions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

BODY_LIMIT = 256 * 1024
"""Largest body in bytes; enforced when the event is recorded."""


class Unreadable(Exception):
    """What arrived is not an envelope."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event of one aggregate: its publisher, its number in the aggregate's life, and its data."""

    id: UUID
    source: str  # "<shop id>/<service>"
    type: str
    version: int
    key: str
    sequence: int
    time: datetime
    data: Mapping[str, Any]
    correlation: str = ""
    causation: str = ""
    traceparent: str = ""
    redelivered: bool = field(default=False, compare=False)

    @property
    def stream(self) -> str:
        """``<department>.<aggregate>``."""
        return self.type.rsplit(".", 1)[0]

    @property
    def service(self) -> str:
        """The publishing department."""
        return self.type.split(".", 1)[0]

    def body(self) -> bytes:
        """The event's data as JSON bytes."""
        return orjson.dumps(self.data)

    def headers(self) -> dict[str, str | int]:
        """CloudEvents 1.0 binary mode."""
        return {
            "cloudEvents_specversion": "1.0",
            "cloudEvents_id": str(self.id),
            "cloudEvents_source": self.source,
            "cloudEvents_type": self.type,
            "cloudEvents_time": self.time.isoformat(),
            "cloudEvents_dataschemaversion": self.version,
            "cloudEvents_partitionkey": self.key,
            "cloudEvents_sequence": self.sequence,
            "cloudEvents_correlationid": self.correlation,
            "cloudEvents_causationid": self.causation,
            "cloudEvents_traceparent": self.traceparent,
        }

    @classmethod
    def read(cls, headers: Mapping[str, Any], body: bytes, *, redelivered: bool = False) -> "Envelope":
        """Parse a delivery; raises :class:`Unreadable` with the reason."""
        try:
            data = orjson.loads(body)
            if not isinstance(data, dict):
                raise ValueError("the body is not a JSON object")
            envelope = cls(
                id=UUID(headers["cloudEvents_id"]),
                source=str(headers["cloudEvents_source"]),
                type=str(headers["cloudEvents_type"]),
                version=int(headers["cloudEvents_dataschemaversion"]),
                key=str(headers["cloudEvents_partitionkey"]),
                sequence=int(headers["cloudEvents_sequence"]),
                time=datetime.fromisoformat(headers["cloudEvents_time"]),
                data=data,
                correlation=str(headers.get("cloudEvents_correlationid", "")),
                causation=str(headers.get("cloudEvents_causationid", "")),
                traceparent=str(headers.get("cloudEvents_traceparent", "")),
                redelivered=redelivered,
            )
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error
        if envelope.sequence < 1 or envelope.type.count(".") != 2 or envelope.time.tzinfo is None:
            raise Unreadable("sequence, type or time is not in the form of the contract")
        return envelope

    def to_json(self) -> dict[str, Any]:
        """As a JSON object: for rows that keep an event and for backfill."""
        return {"headers": self.headers(), "data": dict(self.data)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Envelope":
        """The reverse of :meth:`to_json`."""
        return cls.read(stored["headers"], orjson.dumps(stored["data"]))
