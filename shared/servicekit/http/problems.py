"""The one place that turns refusals and failures into RFC 9457 problem documents."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from servicekit.http.pages import prefers_page, problem_page
from servicekit.refusal import Invalid, Refusal

_SOURCES = ("body.", "query.", "path.", "header.")
MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """RFC 9457: why not. ``code`` is stable; further members are about this refusal."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`urn:bayline:problem:<code>`")
    title: str = Field(description="what was refused, for people")
    status: int = Field(description="the HTTP status again")
    code: str = Field(description="stable name of the refusal")
    state: str | None = Field(default=None, description="the state the thing is in")
    allowed: list[str] | None = Field(default=None, description="commands possible in that state")
    waiting_for: str | None = Field(default=None, description="the stream whose event is still missing")


class Kind(NamedTuple):
    """What is always the same in problems with one code."""

    status: int
    code: str
    title: str


BAD_REQUEST = Kind(400, "bad_request", "The body cannot be read.")
ALREADY_EXISTS = Kind(409, "already_exists", "There is already one like this.")
TOO_LARGE = Kind(413, "content_too_large", "The body is larger than 2 MiB.")
INTERNAL_ERROR = Kind(500, "internal_error", "Something went wrong on our side.")
TRY_AGAIN = Kind(503, "try_again", "This could not be done just now; try again.")
_OF_HTTP = {kind.status: kind for kind in (BAD_REQUEST, TOO_LARGE)}
"""The web framework's own errors that an operation can answer, by names that do not change with it."""


def problem(
    status: int, code: str, title: str, headers: Mapping[str, str] | None = None, **members: Any
) -> Response:
    """A problem document as a response; members that are ``None`` are left out."""
    document = _document(Kind(status, code, title))
    document |= {name: value for name, value in members.items() if value is not None and name not in document}
    return Response(to_json(document), status, dict(headers or {}), media_type=MEDIA_TYPE)


def refused(refusal: Refusal) -> Response:
    """The answer to a refusal. A route may *return* it, when what it did until then must be committed."""
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == HTTPStatus.UNAUTHORIZED else {}
    members = refusal.details | {
        "state": refusal.state,
        "allowed": refusal.allowed,
        "waiting_for": refusal.waiting_for,
    }
    return problem(*kind_of(type(refusal)), headers, **members)


def kind_of(refusal: type[Refusal]) -> Kind:
    """A refusal as it is documented."""
    return Kind(
        refusal.status, "invalid" if issubclass(refusal, Invalid) else refusal.code(), refusal.title()
    )


def problems(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The ``responses=`` of a route: which refusals of its own rules a front end must be ready for."""
    by_status: dict[int, list[Kind]] = {}
    for refusal in refusals:
        by_status.setdefault(refusal.status, []).append(kind_of(refusal))
    return {status: {"model": Problem, **documented(kinds)} for status, kinds in by_status.items()}


def documented(kinds: Sequence[Kind]) -> dict[str, Any]:
    """The OpenAPI response of one status that stands for these problems."""
    examples = {kind.code: {"summary": kind.title, "value": _document(kind)} for kind in kinds}
    described = "; ".join(f"`{kind.code}`: {kind.title}" for kind in kinds)
    return {"description": described, "content": {MEDIA_TYPE: {"examples": examples}}}


def _document(kind: Kind) -> dict[str, Any]:
    return {"type": f"urn:bayline:problem:{kind.code}"} | {
        "title": kind.title,
        "status": kind.status,
        "code": kind.code,
    }


def _expected(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind in {"timezone_aware", "naive_datetime"}:
        return "an instant with its offset, such as 2025-03-07T02:30:00Z"
    if kind == "missing":
        return "a value: this field is required"
    if kind == "extra_forbidden":
        return "no such field"
    text = str(error.get("msg", "")).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


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
    if isinstance(refusal, Invalid):
        refusal.locate(lambda field: _located(request, field))
    return refused(refusal)


def _located(request: Request, field: str) -> str:
    """``query.plate``, ``path.request_no``, ``body.lines.0.quantity``: a rule that refuses a value does not
    know how it came, or thinks of the body."""
    reads = request.method in ("GET", "HEAD")
    name = field.removeprefix("body.") if reads else field
    if name in ("request", "body") or name.startswith(_SOURCES):
        return name
    if name in request.path_params:
        return f"path.{name}"
    return f"{'query' if reads or name in request.query_params else 'body'}.{name}"


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    request.state.outcome = "invalid"
    if prefers_page(request):
        return problem_page(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid")
    return problem(422, "invalid", Invalid.title(), errors=field_errors(error.errors()))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    name = phrase.lower().replace(" ", "_").replace("-", "_")
    kind = _OF_HTTP.get(error.status_code, Kind(error.status_code, name, f"{phrase}."))
    request.state.outcome = kind.code
    if prefers_page(request):
        return problem_page(request, kind.status, kind.code)
    detail = error.detail if isinstance(error.detail, str) and error.detail != phrase else None
    return problem(*kind, error.headers, detail=detail)


def unknown_error(request: Request) -> Response:
    """The answer to a failure that nobody foresaw: it names no detail, only that it is ours."""
    if prefers_page(request):
        return problem_page(request, INTERNAL_ERROR.status, INTERNAL_ERROR.code)
    return problem(*INTERNAL_ERROR)


def too_large(request: Request) -> Response:
    """The answer to a body that is not read to its end."""
    request.state.outcome = TOO_LARGE.code
    if prefers_page(request):
        return problem_page(request, TOO_LARGE.status, TOO_LARGE.code)
    return problem(*TOO_LARGE)


def try_again(request: Request, seconds: int) -> Response:
    """503: nothing is wrong with the request, it just could not be done now."""
    if prefers_page(request):
        answer = problem_page(request, TRY_AGAIN.status, TRY_AGAIN.code)
    else:
        answer = problem(*TRY_AGAIN)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def answer_errors(app: FastAPI) -> None:
    """Every error that a route raises is answered from here."""
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
