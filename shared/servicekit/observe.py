"""Logs and traces: one JSON line per request and per message, W3C trace context across the departments."""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import structlog
from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, TraceFlags, get_current_span
from opentelemetry.trace.propagation import set_span_in_context

from servicekit.settings import ServiceSettings

bind = structlog.contextvars.bound_contextvars
"""``with bind(job_id=…):`` puts ids on every line written inside."""

_tracer = trace.get_tracer("bayline")
_flush: list[Callable[[], None]] = []


def logger(name: str = "") -> structlog.typing.FilteringBoundLogger:
    """A logger; ``name`` stands in its lines as ``origin``."""
    made: structlog.typing.FilteringBoundLogger = structlog.get_logger(**({"origin": name} if name else {}))
    return made


def start(service: str, settings: ServiceSettings) -> None:
    """Set up logs, and traces if there is an address to send them to. Called once, by the runtime."""
    _start_logs(service, settings)
    if settings.otlp_endpoint:
        _start_traces(service, settings.replica, settings.otlp_endpoint)


def stop() -> None:
    """Send what is still held back."""
    while _flush:
        _flush.pop()()


def _start_logs(service: str, settings: ServiceSettings) -> None:
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stdout.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _from(service, settings.replica),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if console else [structlog.processors.format_exc_info]),
            _console() if console else structlog.processors.JSONRenderer(_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_ToStructlog()]
    root.setLevel(max(level, logging.INFO))
    for noisy in ("aiormq", "aio_pika", "asyncio", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # The request line is ours: uvicorn's would hold customers' link tokens.
    for name, least in (("uvicorn.access", logging.CRITICAL), ("uvicorn.error", logging.WARNING)):
        theirs = logging.getLogger(name)
        theirs.handlers[:] = []
        theirs.setLevel(least)
        theirs.propagate = name != "uvicorn.access"
    logging.getLogger("uvicorn").handlers[:] = []


def _from(service: str, replica: int) -> structlog.typing.Processor:
    def stamp(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event.setdefault("service", service)
        if replica > 1:
            event.setdefault("replica", replica)
        return event

    return stamp


def _console() -> structlog.typing.Processor:
    # The default shows local variables, and with them tokens and phone numbers.
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _json(event: Any, default: Callable[[Any], Any] = str, **_: Any) -> str:
    return orjson.dumps(event, default=default).decode()


class _ToStructlog(logging.Handler):
    """What libraries log through the standard library is written in the same lines as ours."""

    def emit(self, record: logging.LogRecord) -> None:
        target = structlog.get_logger(origin=record.name)
        target.log(
            record.levelno, record.getMessage(), **({"exc_info": record.exc_info} if record.exc_info else {})
        )


def _start_traces(service: str, replica: int, endpoint: str) -> None:
    # Imported only here: the exporter costs memory that a service without traces should not pay.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    address = endpoint if endpoint.endswith("/v1/traces") else f"{endpoint.rstrip('/')}/v1/traces"
    resource = Resource.create({"service.name": f"bayline-{service}", "service.instance.id": str(replica)})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    trace.set_tracer_provider(provider)
    _flush.append(provider.shutdown)


def current_traceparent() -> str:
    """W3C ``traceparent`` of what is going on now; empty when nothing is traced."""
    context = get_current_span().get_span_context()
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def _parsed(traceparent: str) -> SpanContext | None:
    parts = traceparent.strip().split("-")
    if len(parts) < 4 or [len(part) for part in parts[:4]] != [2, 32, 16, 2] or parts[0] == "ff":
        return None
    try:
        trace_id, span_id, flags = (int(part, 16) for part in parts[1:4])
    except ValueError:
        return None
    context = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return context if context.is_valid else None


@contextlib.contextmanager
def span_from(
    traceparent: str, name: str, *, linked: bool = False, kind: SpanKind = SpanKind.SERVER, **attributes: Any
) -> Iterator[Span]:
    """A span below the one that ``traceparent`` names; ``linked``: in the same trace, and linked to it, which
    ties a message to the change that caused it. An unusable ``traceparent`` starts a new trace.
    """
    parent = _parsed(traceparent)
    context = set_span_in_context(trace.NonRecordingSpan(parent)) if parent else None
    links = [Link(parent)] if parent and linked else []
    with _tracer.start_as_current_span(name, context, kind, attributes, links) as span:
        yield span
