"""A JSON Schema for each event and version, as it stands on the wire."""

import json
from typing import Any

from contracts.base import Event
from contracts.events import EVENTS

Schema = dict[str, Any]


def file_name(type_: str, version: int) -> str:
    """Where the schema of one event lies below ``contracts/schemas``."""
    return f"{type_}.v{version}.json"


def schema_of(event: type[Event]) -> Schema:
    """The event's data on the wire, open to the optional fields that a later publisher may add."""
    schema = event.model_json_schema(mode="serialization")
    _open(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "x-type": event.TYPE,
        "x-version": event.VERSION,
        "x-key": event.KEY,
        **schema,
    }


def all_schemas() -> dict[str, Schema]:
    """Every schema by file name."""
    return {file_name(type_, version): schema_of(event) for (type_, version), event in EVENTS.items()}


def as_text(schema: Schema) -> str:
    """The schema as it is committed."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _open(schema: Schema) -> None:
    # Publishers refuse unknown fields, listeners ignore them: what a listener reads is the open form.
    for part in (schema, *schema.get("$defs", {}).values()):
        part.pop("additionalProperties", None)
