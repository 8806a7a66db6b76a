"""The OpenAPI document of a service, with what every route has in common described once."""

from collections import Counter
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from servicekit.http.answers import Answers
from servicekit.http.changes import kinds_of, watch_changes
from servicekit.http.problems import Problem
from servicekit.http.schemas import local_times

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A name for this command, at most 200 characters: sent again with the same body, "
    "the first answer is repeated and nothing else happens.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
_PARAMETERS = {
    "IdempotencyKey": _IDEMPOTENCY_KEY,
    "IdempotencyKeyRequired": _IDEMPOTENCY_KEY | {"required": True},
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The `ETag` of an earlier answer; 412 if it has changed since.",
        "schema": {"type": "string"},
    },
}
_CHANGES = ("post", "put", "patch", "delete")

Operation = dict[str, Any]


def refuse_duplicates(app: FastAPI) -> None:
    """Raises ``ValueError`` when two routes have one name: a name is an ``operationId``."""
    names = Counter(
        str(route.name)
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute) and route.include_in_schema
    )
    if twice := sorted(name for name, times in names.items() if times > 1):
        raise ValueError(f"{app.title}: more than one route function is named {', '.join(twice)}")


def operation_id(route: APIRoute) -> str:
    """The name of the route's function."""
    return route.name


def document(app: FastAPI) -> dict[str, Any]:
    """The service's OpenAPI 3.1 document; made once."""
    if not app.openapi_schema:
        made = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        components = made.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        answers = Answers()
        for path, methods in made.get("paths", {}).items():
            for method, operation in methods.items():
                _complete_parameters(method, operation)
                answers.complete(path, method, operation)
                if operation["operationId"] == watch_changes.__name__:
                    _enumerate_kinds(operation, kinds_of(app.state.runtime.service))
        components["responses"] = answers.shared
        components["parameters"] = _PARAMETERS
        app.openapi_schema = local_times(made)
    return app.openapi_schema


def _complete_parameters(method: str, operation: Operation) -> None:
    given = operation.pop("parameters", [])
    own = [parameter for parameter in given if parameter["name"] != _IDEMPOTENCY_KEY["name"]]
    for parameter in own:
        if parameter["in"] == "path":
            parameter.setdefault("description", _meaning(parameter["name"]))
    if method in _CHANGES:
        key = "IdempotencyKey" if len(own) == len(given) else "IdempotencyKeyRequired"
        own += [{"$ref": f"#/components/parameters/{name}"} for name in (key, "IfMatch")]
    if own:
        operation["parameters"] = own


def _enumerate_kinds(operation: Operation, kinds: list[str]) -> None:
    """Every department watches other kinds by the same route."""
    for parameter in operation["parameters"]:
        if parameter["name"] == "kind":
            parameter["schema"] = {"type": "array", "items": {"type": "string", "enum": kinds}}


def _meaning(name: str) -> str:
    """What a parameter of a path is, by its name: ``visit_id``, ``request_no``, ``on``."""
    subject, _, form = name.rpartition("_")
    words = subject.replace("_", " ")
    by_form = {
        "id": f"id of the {words}",
        "no": f"number of the {words}, as people know it",
        "code": f"code of the {words}",
    }
    return by_form.get(form if subject else "", f"which {name.replace('_', ' ')}")
