"""Logs and traces."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from shared.tests.http.conftest import a_ticket

from servicekit import observe
from servicekit.settings import ServiceSettings
from testkit.department import SHOP_ID, Department

PARENT = f"00-{'a' * 32}-{'b' * 16}-01"


@pytest.fixture
def restored_logs() -> Iterator[None]:
    """Whatever a test sets up is taken back."""
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(observe, "_tracer", provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


def settings() -> ServiceSettings:
    return ServiceSettings(
        database_url="postgresql://x/y",
        broker_url="amqp://x/",
        shop_id=SHOP_ID,
        auth_jwks="/nowhere",
        log_format="json",
    )


@pytest.mark.usefixtures("restored_logs")
def test_lines_are_json_with_the_bound_ids(capsys: pytest.CaptureFixture[str]) -> None:
    observe.start("counter", settings())

    with observe.bind(job_id="7"):
        observe.logger("bench").info("turned", spanner=1)
        logging.getLogger("library").warning("it %s", "failed")
    observe.logger("bench").debug("too much")

    ours, theirs = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (ours["event"], ours["job_id"], ours["service"], ours["origin"]) == (
        "turned",
        "7",
        "counter",
        "bench",
    )
    assert (theirs["event"], theirs["level"], theirs["origin"]) == ("it failed", "warning", "library")


class TestATrace:
    def test_goes_on_from_another_department(self, spans: InMemorySpanExporter) -> None:
        with observe.span_from(PARENT, "react", linked=True):
            here = observe.current_traceparent()

        (span,) = spans.get_finished_spans()
        assert here.split("-")[1] == "a" * 32
        assert span.parent is not None
        assert (span.parent.span_id, span.links[0].context.span_id) == (int("b" * 16, 16), int("b" * 16, 16))

    @pytest.mark.parametrize("nonsense", ["", "00-xyz", f"00-{'0' * 32}-{'b' * 16}-01", f"ff{PARENT[2:]}"])
    def test_begins_anew_when_the_parent_is_none(self, spans: InMemorySpanExporter, nonsense: str) -> None:
        with observe.span_from(nonsense, "react"):
            assert observe.current_traceparent()

        assert spans.get_finished_spans()[0].parent is None

    def test_is_not_there_when_nothing_is_traced(self) -> None:
        assert observe.current_traceparent() == ""

    async def test_of_a_request_has_its_route(self, desk: Department, spans: InMemorySpanExporter) -> None:
        await a_ticket(desk)

        (span,) = [span for span in spans.get_finished_spans() if span.kind.name == "SERVER"]
        assert span.name == "POST /api/counter/tickets"
        assert (span.attributes or {})["http.response.status_code"] == 201
