"""What a department's OpenAPI document leaves open: ``python -m tests.openapi_gaps <department> …``."""

import re
import sys
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
Schema = dict[str, Any]

STATE_LIKE = re.compile(
    r"(^|_)(state|kind|status|code|channel|level|category|cause|outcome|payer|method|mode|severity|priority"
    r"|grade|role|decision|unit)s?$"
)
"""Names of fields and parameters whose values are words of a closed list."""
FREE = {
    "Problem.code": "each operation lists its codes",
    "Problem.state": "states of whatever was asked for",
    "service_code": "menu items are the shop's own list",
    "DiagnosticCode.code": "read from the car",
    "CodeBody.code": "read from the car",
    "CodeView.code": "read from the car",
    "GET /api/workshop/trouble-codes/{code} code": "read from the car",
    "ServiceView.code": "menu items are the shop's own list",
    "channel": "the contracts leave open which channels a shop has: phone, message, desk, ...",
    "category": "categories of complaints are a house rule",
    "ComplaintView.level": "levels of complaints are a house rule",
    "ComplaintMarkView.level": "levels of complaints are a house rule",
    "Assess.level": "levels of complaints are a house rule",
    "CaseRow.level": "levels of complaints are a house rule",
    "CaseView.level": "levels of complaints are a house rule",
    "OpenComplaint.level": "levels of complaints are a house rule",
    "GET /api/complaints/complaints level": "levels of complaints are a house rule",
    "GET /api/complaints/ledger.csv level": "levels of complaints are a house rule",
    "unit": "the catalogue's own list",
}
"""Text fields that look closed and are not, as ``field`` or ``Schema.field``, and why."""
EMPTY = {"204", "304"}
"""Statuses without a body."""


def undescribed(document: Document) -> list[str]:
    """``Schema.field`` of every property, and ``METHOD path name`` of every parameter, not described."""
    named = [where for where, field in fields(document) if not field.get("description")]
    return named + [where for where, parameter in parameters(document) if not parameter.get("description")]


def plain_states(document: Document) -> list[str]:
    """State-like fields and parameters that are plain text, where an enum belongs."""
    named = [*fields(document), *parameters(document)]
    return [
        where
        for where, field in named
        if STATE_LIKE.search(name := re.split(r"[. ]", where)[-1])
        and not {name, name.removesuffix("s"), where} & FREE.keys()
        and _is_plain(field.get("schema", field), document)
    ]


def unanswered(document: Document) -> list[str]:
    """``METHOD path status`` of every response whose body is not documented."""
    return [
        f"{where} {status}"
        for where, operation in operations(document)
        for status, response in operation["responses"].items()
        if status not in EMPTY and not _resolved(response, document).get("content")
    ]


def operations(document: Document) -> Iterator[tuple[str, Schema]]:
    """``METHOD path`` and what is documented of it."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def fields(document: Document) -> Iterator[tuple[str, Schema]]:
    """``Schema.field`` and its schema."""
    for name, schema in document["components"]["schemas"].items():
        for field, inner in schema.get("properties", {}).items():
            yield f"{name}.{field}", inner


def parameters(document: Document) -> Iterator[tuple[str, Schema]]:
    """``METHOD path name`` and the parameter."""
    for where, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            found = _resolved(parameter, document)
            yield f"{where} {found['name']}", found


def _resolved(part: Schema, document: Document) -> Schema:
    while "$ref" in part:
        _, section, name = part["$ref"].rsplit("/", 2)
        part = document["components"][section][name]
    return part


def _is_plain(schema: Schema, document: Document) -> bool:
    """Whether any text may stand here: no enum, constant or format, in a list or next to null either."""
    schema = _resolved(schema, document)
    inner = [*schema.get("anyOf", ()), *schema.get("allOf", ()), *schema.get("prefixItems", ())]
    if isinstance(schema.get("items"), dict):
        inner.append(schema["items"])
    if inner:
        return any(_is_plain(part, document) for part in inner)
    return schema.get("type") == "string" and not {"enum", "const", "format"} & schema.keys()


def report(department: str) -> str:
    """All gaps of a department's document, for whoever closes them."""
    from tools.openapi import document

    made = document(department)
    found = {
        "fields and parameters without a description": undescribed(made),
        "state-like text that should be an enum": plain_states(made),
        "responses without content": unanswered(made),
    }
    lines = [f"# {department}"]
    for title, gaps in found.items():
        lines += [f"## {title}: {len(gaps)}", *gaps]
    return "\n".join(lines)


if __name__ == "__main__":
    import os

    from tools.openapi import NOWHERE

    os.environ.update(NOWHERE)
    for asked in sys.argv[1:]:
        sys.stdout.write(report(asked) + "\n")
