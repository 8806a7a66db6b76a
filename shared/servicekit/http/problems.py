"""The one place that turns refusals and failures into RFC 9457 problem documents."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from servicekit.http.pages import prefers_page, problem_page
from servicekit.refusal import Invalid, Refusal

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """RFC 9457: why not. ``code`` is stable; further members are facts about this refusal."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`urn:bayline:problem:<code>`")
    title: str = Field(description="what the rule says, for people")
    status: int
    code: str = Field(description="stable name of the refusal")
    state: str | None = Field(default=None, description="the state the thing is in")
    allowed: list[str] | None = Field(default=None, description="commands possible in that state")
    waiting_for: str | None = Field(default=None, description="the stream whose fact is missing")


def problem(
    status: int, code: str, title: str, headers: Mapping[str, str] | None = None, **facts: Any
) -> Response:
    """A problem document as a response; facts that are ``None`` are left out."""
    document = {"type": f"urn:bayline:problem:{code}", "title": title, "status": status, "code": code}
    document |= {name: value for name, value in facts.items() if value is not None and name not in document}
    return Response(to_json(document), status, dict(headers or {}), media_type=MEDIA_TYPE)


def refused(refusal: Refusal) -> Response:
    """The answer to a refusal. A route may *return* it, when what it did until then must be committed."""
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == HTTPStatus.UNAUTHORIZED else {}
    facts = refusal.facts | {
        "state": refusal.state,
        "allowed": refusal.allowed,
        "waiting_for": refusal.waiting_for,
    }
    code = "invalid" if isinstance(refusal, Invalid) else refusal.code()
    return problem(refusal.status, code, refusal.title(), headers, **facts)


def problems(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The ``responses=`` of a route: which refusals a front end must be ready for."""
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in refusals:
        by_status.setdefault(refusal.status, []).append(refusal)
    return {status: _documented(status, kinds) for status, kinds in by_status.items()}


def _documented(status: int, kinds: Sequence[type[Refusal]]) -> dict[str, Any]:
    examples = {
        kind.code(): {
            "summary": kind.title(),
            "value": {
                "type": f"urn:bayline:problem:{kind.code()}",
                "title": kind.title(),
                "status": status,
                "code": kind.code(),
            },
        }
        for kind in kinds
    }
    said = "; ".join(f"`{kind.code()}`: {kind.title()}" for kind in kinds)
    return {"model": Problem, "description": said, "content": {MEDIA_TYPE: {"examples": examples}}}


def _expected(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind in {"timezone_aware", "naive_datetime"}:
        return "an instant with its offset, such as 2025-03-07T02:30:00Z"
    if kind == "missing":
        return "a value: this field is required"
    if kind == "extra_forbidden":
        return "no such field"
    said = str(error.get("msg", "")).removeprefix("Value error, ")
    return said[:1].lower() + said[1:]


def _got(error: Mapping[str, Any]) -> dict[str, Any]:
    """The value, when it is a plain one: whole bodies are not sent back."""
    value = error.get("input")
    if error["type"] == "missing" or not isinstance(value, str | int | float | bool | Decimal):
        return {}
    return {"got": value if not isinstance(value, str) else value[:200]}


def field_errors(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """Pydantic's errors as ``{field, expected, got?}``, fields as paths: ``body.lines.0.quantity``."""
    return [
        {"field": ".".join(str(part) for part in error["loc"]), "expected": _expected(error), **_got(error)}
        for error in errors
    ]


async def _on_refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    request.state.outcome = refusal.code()
    if prefers_page(request):
        return problem_page(request, refusal.status, refusal.code())
    return refused(refusal)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    request.state.outcome = "invalid"
    if prefers_page(request):
        return problem_page(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid")
    return problem(422, "invalid", Invalid.title(), errors=field_errors(error.errors()))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    request.state.outcome = code
    if prefers_page(request):
        return problem_page(request, error.status_code, code)
    detail = error.detail if isinstance(error.detail, str) and error.detail != phrase else None
    return problem(error.status_code, code, f"{phrase}.", error.headers, detail=detail)


def unknown_error(request: Request) -> Response:
    """What a caller hears of a failure that nobody foresaw: nothing but that it is ours."""
    if prefers_page(request):
        return problem_page(request, 500, "internal_error")
    return problem(500, "internal_error", "Something went wrong on our side.")


def try_again(request: Request, seconds: int) -> Response:
    """503: nothing is wrong with the request, it just could not be done now."""
    if prefers_page(request):
        answer = problem_page(request, 503, "try_again")
    else:
        answer = problem(503, "try_again", "This could not be done just now; try again.")
    answer.headers["Retry-After"] = str(seconds)
    return answer


def answer_errors(app: FastAPI) -> None:
    """Every error that a route raises is answered from here."""
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
