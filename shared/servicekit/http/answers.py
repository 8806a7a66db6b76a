"""Which problems an operation can answer: those of its rules, and those that come from the servicekit."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NamedTuple

from servicekit.http.idempotency import IdempotencyKeyRequired, IdempotencyKeyReused
from servicekit.http.problems import (
    ALREADY_EXISTS,
    BAD_REQUEST,
    INTERNAL_ERROR,
    MEDIA_TYPE,
    TOO_LARGE,
    TRY_AGAIN,
    Kind,
    documented,
    kind_of,
)
from servicekit.links import LINK_PATH, LinkExpired, LinkUnknown
from servicekit.messaging.outbox import EventTooLarge
from servicekit.refusal import Forbidden, Invalid, NotFound, Stale, Unauthorised

_CHANGES = ("post", "put", "patch", "delete")
_FIRST_ERROR = "400"

Operation = dict[str, Any]


class _About(NamedTuple):
    """What decides which problems the servicekit can answer for an operation."""

    path: str
    changes: bool
    has_body: bool
    takes_input: bool
    needs_key: bool
    security: bool
    permissions: bool


def _about(path: str, method: str, operation: Operation) -> _About:
    parameters = operation.get("parameters", ())
    names = {str(parameter.get("$ref", "")).rpartition("/")[2] for parameter in parameters}
    return _About(
        path=path,
        changes=method in _CHANGES,
        has_body="requestBody" in operation,
        takes_input="requestBody" in operation or bool(parameters),
        needs_key="IdempotencyKeyRequired" in names,
        security=bool(operation.get("security")),
        permissions=bool(operation.get("x-permissions")),
    )


def _standard(about: _About) -> Iterator[Kind]:
    """What the servicekit itself can answer."""
    is_link = about.path.startswith(LINK_PATH)
    possible = {
        BAD_REQUEST: about.has_body,
        kind_of(Unauthorised): about.security,
        kind_of(Forbidden): about.permissions,
        kind_of(NotFound): "{" in about.path and not is_link,
        kind_of(LinkUnknown): is_link,
        kind_of(LinkExpired): is_link,
        kind_of(IdempotencyKeyReused): about.changes,
        ALREADY_EXISTS: about.changes,
        kind_of(Stale): about.changes,
        TOO_LARGE: about.has_body,
        kind_of(EventTooLarge): about.changes,
        kind_of(Invalid): about.takes_input,
        kind_of(IdempotencyKeyRequired): about.needs_key,
        INTERNAL_ERROR: True,
        TRY_AGAIN: True,
    }
    return (kind for kind, can_be in possible.items() if can_be)


class Answers:
    """Completes the responses of operations; ``shared`` collects those that many operations have alike, for
    ``components.responses``."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {}

    def complete(self, path: str, method: str, operation: Operation) -> None:
        """Add what the servicekit answers to what the route documents, with all codes of each status."""
        responses: dict[str, Any] = operation["responses"]
        standard: dict[str, list[Kind]] = {}
        for kind in _standard(_about(path, method, operation)):
            standard.setdefault(str(kind.status), []).append(kind)
        own = {status: r for status, r in responses.items() if status >= _FIRST_ERROR}
        for status in sorted(own.keys() | standard.keys()):
            stated = _stated(status, own.get(status, {}))
            kinds = sorted({*stated, *standard.get(status, ())}, key=lambda kind: kind.code)
            if stated:
                responses[status] = _response(kinds, own[status])
            elif kinds:
                responses[status] = self._by_reference(kinds)
            else:  # FastAPI's own 422 of a route that takes nothing
                del responses[status]
        operation["responses"] = dict(sorted(responses.items()))

    def _by_reference(self, kinds: list[Kind]) -> dict[str, str]:
        name = "Or".join("".join(word.title() for word in kind.code.split("_")) for kind in kinds)
        self.shared.setdefault(name, _response(kinds, {}))
        return {"$ref": f"#/components/responses/{name}"}


def _stated(status: str, response: dict[str, Any]) -> list[Kind]:
    """The kinds that a route documents by ``problems(…)``."""
    examples = response.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    return [Kind(int(status), code, example["summary"]) for code, example in examples.items()]


def _response(kinds: list[Kind], stated: dict[str, Any]) -> dict[str, Any]:
    """One status with all its codes; what else the route documents stays (a customer's page)."""
    others = {
        media: content
        for media, content in stated.get("content", {}).items()
        if media not in ("application/json", MEDIA_TYPE)
    }
    made = documented(kinds)
    made["content"][MEDIA_TYPE]["schema"] = {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"properties": {"code": {"enum": [kind.code for kind in kinds]}}},
        ]
    }
    made["content"] |= others
    if kinds[0].status == HTTPStatus.SERVICE_UNAVAILABLE:
        made["headers"] = {
            "Retry-After": {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 1}}
        }
    return made
