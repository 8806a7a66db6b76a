"""JSON Schemas as values are really taken: pydantic's own describe more than the servicekit lets through."""

from collections.abc import Iterable
from typing import Any

DECIMAL = r"^-?\d+(\.\d+)?$"
"""A decimal as it is taken and sent: ASCII digits with a point, no exponent, no blanks."""
NOT_NEGATIVE = r"^\d+(\.\d+)?$"
_BOUNDS = {
    "minimum": "at least {:g}",
    "exclusiveMinimum": "more than {:g}",
    "maximum": "at most {:g}",
    "exclusiveMaximum": "less than {:g}",
}
_LOCAL_TIME = {"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$", "examples": ["08:00:00"]}

Schema = dict[str, Any]


def describe_decimals(properties: dict[str, Schema], names: Iterable[str]) -> None:
    """Give the decimal fields of an object their real form, in place. Bounds, which JSON Schema cannot put on
    text, stand in the description; a whole number may come as a JSON integer."""
    for name in names:
        if name in properties:
            properties[name] = _decimal(properties[name])


def local_times(schema: Any) -> Any:
    """The document with its times of day without offset: they are the shop's own."""
    if isinstance(schema, list):
        return [local_times(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "time":
        return {name: part for name, part in schema.items() if name != "format"} | _LOCAL_TIME
    return {name: local_times(part) for name, part in schema.items()}


def _decimal(schema: Schema) -> Schema:
    if "items" in schema:
        return schema | {"items": _decimal(schema["items"])}
    if "anyOf" in schema:
        return _choice(schema)
    if schema.get("type") == "string" and not {"pattern", "format", "enum"} & schema.keys():
        return schema | {"pattern": DECIMAL}
    return schema


def _choice(schema: Schema) -> Schema:
    """Pydantic's "number or text", perhaps with null or a list as a further choice."""
    choices: list[Schema] = schema["anyOf"]
    number = next((choice for choice in choices if choice.get("type") == "number"), None)
    if number is None:
        return schema | {"anyOf": [_decimal(choice) for choice in choices]}
    bounds = {name: number[name] for name in _BOUNDS if name in number}
    pattern = NOT_NEGATIVE if "minimum" in bounds or "exclusiveMinimum" in bounds else DECIMAL
    taken = [{"type": "string", "pattern": pattern}, {"type": "integer", **bounds}]
    others = [c for c in choices if c is not number and c.get("type") != "string"]
    limits = [_BOUNDS[name].format(bound) for name, bound in bounds.items()]
    described = ", ".join(part for part in (schema.get("description", ""), *limits) if part)
    return schema | {"anyOf": taken + others} | ({"description": described} if described else {})
