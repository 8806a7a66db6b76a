"""The edge of every request: one log line, one span, one measurement, the last resort for errors."""

import time
from typing import Any
from uuid import uuid4

import structlog
from opentelemetry.trace import Span, Status, StatusCode
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.http.problems import unknown_error
from servicekit.observe import bind, logger, span_from

_QUIET = ("/health/", "/metrics")
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_log = logger("servicekit.http")


class Observed:
    """ASGI middleware around the whole app. The path itself is never written: it may be a customer's link."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        self._requests = Counter(
            "bayline_http_requests", "answered requests", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "bayline_http_request_seconds",
            "time to answer",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_QUIET):
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        request_id = headers.get(b"x-request-id", "")[:64] or uuid4().hex
        structlog.contextvars.clear_contextvars()
        with (
            span_from(headers.get(b"traceparent", ""), scope["method"]) as span,
            bind(http_request=request_id, **_trace(span)),
        ):
            await self._answer(scope, receive, send, span)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        started = time.perf_counter()
        status = 0

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        failed = False
        try:
            await self._app(scope, receive, note_status)
        except Exception:
            failed = True
            _log.exception("request failed", method=scope["method"], route=route_of(scope))
            if status == 0:
                await unknown_error(Request(scope))(scope, receive, note_status)
        finally:
            # A status of 0 in the line: the caller went away before there was an answer.
            self._note(scope, status, time.perf_counter() - started, span, failed=failed)

    def _note(self, scope: Scope, status: int, seconds: float, span: Span, *, failed: bool) -> None:
        method, route = scope["method"], route_of(scope)
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.request.method": method, "http.route": route})
        span.set_attribute("http.response.status_code", status)
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        _log.info(
            "request", method=method, route=route, status=status, ms=round(seconds * 1000, 1), **_ids(scope)
        )


def _trace(span: Span) -> dict[str, str]:
    context = span.get_span_context()
    return {"trace": f"{context.trace_id:032x}"} if context.is_valid else {}


def route_of(scope: Scope) -> str:
    """The route's template; what no route answers has none."""
    included = scope.get("fastapi", {}).get("effective_route_context")
    route = included or scope.get("route")
    return str(getattr(route, "path_format", None) or getattr(route, "path", None) or "unmatched")


def _ids(scope: Scope) -> dict[str, Any]:
    """Ids of the path, who asked, and what was refused."""
    state = scope.get("state", {})
    ids = {
        name: str(value)
        for name, value in scope.get("path_params", {}).items()
        if name.endswith(("_id", "_no"))
    }
    who = state.get("who")
    employee = {"employee": str(who.employee_id)} if who is not None else {}
    return {**ids, **employee, **{name: state[name] for name in ("outcome", "retries") if name in state}}
