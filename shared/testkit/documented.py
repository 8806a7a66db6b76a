"""Holds every answer of a department under test against what its OpenAPI document promises."""

import re
from typing import Any

import httpx
from fastapi import FastAPI

from servicekit.service import Service

EXEMPT: frozenset[str] = frozenset()
"""Departments whose documents still have gaps; their answers are not checked."""
_PROBLEM = "application/problem+json"
_OK = 400

Operation = dict[str, Any]
_known: dict[int, tuple[Service, "Documented"]] = {}


class Documented:
    """The document of one department, looked up by path."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._responses: dict[str, Any] = document["components"]["responses"]
        self._paths = [(_pattern(path), path, methods) for path, methods in document["paths"].items()]

    def check(self, method: str, path: str, answer: httpx.Response) -> None:
        """Raises ``AssertionError`` when this answer's status or code is not documented for its operation.

        What no operation answers (an unknown path, the interactive documentation, health) is not checked."""
        found = self._operation(method, path)
        if found is None:
            return
        template, operation = found
        documented = operation["responses"].get(str(answer.status_code))
        what = f"{method} {template} answered {answer.status_code}"
        assert documented is not None, f"{what}{_code_of(answer)}: this status is not documented"
        if answer.status_code >= _OK and answer.headers.get("content-type", "").startswith(_PROBLEM):
            codes, code = self._codes(documented), answer.json()["code"]
            assert code in codes, f"{what} with code {code!r}: documented are {', '.join(codes)}"

    def _operation(self, method: str, path: str) -> tuple[str, Operation] | None:
        for pattern, template, methods in self._paths:  # in the order of the routes: the first one answers
            if pattern.fullmatch(path) and method.lower() in methods:
                return template, methods[method.lower()]
        return None

    def _codes(self, response: dict[str, Any]) -> list[str]:
        if "$ref" in response:
            response = self._responses[response["$ref"].rsplit("/", 1)[1]]
        codes: list[str] = sorted(response["content"][_PROBLEM]["examples"])
        return codes


def documented_by(service: Service, app: FastAPI) -> Documented | None:
    """What a department's answers are held against, made once for all its tests; ``None`` if it is exempt."""
    if service.name in EXEMPT:
        return None
    known = _known.get(id(service))
    if known is None:
        known = _known[id(service)] = service, Documented(app.openapi())
    return known[1]


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"{\w+}", template)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def _code_of(answer: httpx.Response) -> str:
    is_problem = answer.headers.get("content-type", "").startswith(_PROBLEM)
    return f" with code {answer.json()['code']!r}" if is_problem else ""
