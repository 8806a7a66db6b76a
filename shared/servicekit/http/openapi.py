"""The OpenAPI document of a service, with what every route has in common said once."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from servicekit.http.problems import MEDIA_TYPE, Problem

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_PARAMETERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "A name for this command: sent again with the same body, it is not repeated.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The `ETag` of an earlier answer; 412 if it has changed since.",
        "schema": {"type": "string"},
    },
}
_CHANGES = ("post", "put", "patch", "delete")


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
        components["parameters"] = _PARAMETERS
        schemas = components.setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for path in made.get("paths", {}).values():
            for method, operation in path.items():
                _complete(method, operation)
        app.openapi_schema = made
    return app.openapi_schema


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if operation.get("security"):
        responses.setdefault("401", {"description": "Sign in first."})
        responses.setdefault("403", {"description": "You may not do this."})
    responses.setdefault("422", {"description": "What you sent is not in the form that is expected."})
    for status, response in responses.items():
        if status >= "400":
            content = response.setdefault("content", {})
            content.pop("application/json", None)
            content.setdefault(MEDIA_TYPE, {})["schema"] = _PROBLEM
    if method in _CHANGES:
        parameters = operation.setdefault("parameters", [])
        said = {parameter.get("name") for parameter in parameters}
        if "Idempotency-Key" not in said:
            parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
        parameters.append({"$ref": "#/components/parameters/IfMatch"})
