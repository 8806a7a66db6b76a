"""Draws the map of streams: ``docs/streams.svg`` and the tables of ``docs/architecture.md``."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from contracts.base import Event
from contracts.events import EVENTS
from contracts.streams import STREAMS, Stream
from tools.departments import DEPARTMENTS, ENTRIES
from tools.generated_text import filled, first_sentence, table
from tools.root import ROOT
from tools.subscriptions import Subscribers, derived

_DOCS = ROOT / "docs"
_LEFT, _TOP, _COLUMN, _ROW = 190, 84, 92, 28
_STYLE = """
 text { font: 13px system-ui, sans-serif; fill: #24292f }
 .zh { fill: #57606a; font-size: 12px } .stream { font: 12px ui-monospace, monospace }
 .line { stroke: #d0d7de } .publisher { fill: #0a5c9e }
 .subscriber { fill: #fff; stroke: #0a5c9e; stroke-width: 2.5 }
 @media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .zh { fill: #9198a1 } .line { stroke: #3d444d }
  .publisher { fill: #6cb6ff } .subscriber { fill: #0d1117; stroke: #6cb6ff }
 }
"""


def picture(subscribed: Subscribers) -> str:
    """The map as SVG: departments as columns, streams as rows; a dot publishes, a ring subscribes."""
    width = _LEFT + _COLUMN * len(DEPARTMENTS)
    height = _TOP + _ROW * len(STREAMS) + 40
    drawn = [*_columns(), *_rows(subscribed, width), *_legend(height)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
    title = "<title>Which department publishes each stream of events, and which subscribe to it</title>"
    return "\n".join(
        [f'{head} width="{width}" height="{height}">', title, f"<style>{_STYLE}</style>", *drawn, "</svg>\n"]
    )


def _columns() -> Iterator[str]:
    for n, name in enumerate(DEPARTMENTS):
        x = _LEFT + _COLUMN * n + _COLUMN // 2
        yield f'<text x="{x}" y="34" text-anchor="middle">{escape(name)}</text>'
        yield f'<text class="zh" x="{x}" y="54" text-anchor="middle">{escape(ENTRIES[name].title_zh)}</text>'


def _rows(subscribed: Subscribers, width: int) -> Iterator[str]:
    for n, stream in enumerate(STREAMS.values()):
        y = _TOP + _ROW * n + _ROW // 2
        yield f'<line class="line" x1="{_LEFT}" y1="{y}" x2="{width - 12}" y2="{y}"/>'
        name = escape(stream.name)
        yield f'<text class="stream" x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{name}</text>'
        yield _dot(stream.publisher, y, "publisher")
        yield from (_dot(name, y, "subscriber") for name in subscribed[stream.name])


def _dot(department: str, y: int, role: str) -> str:
    x = _LEFT + _COLUMN * DEPARTMENTS.index(department) + _COLUMN // 2
    return f'<circle class="{role}" cx="{x}" cy="{y}" r="{7 if role == "publisher" else 6}"/>'


def _legend(height: int) -> Iterator[str]:
    y = height - 16
    for x, role in ((_LEFT, "publisher"), (_LEFT + 110, "subscriber")):
        yield f'<circle class="{role}" cx="{x + 8}" cy="{y - 4}" r="6"/>'
        yield f'<text x="{x + 22}" y="{y}">{role}</text>'


def parts(subscribed: Subscribers) -> dict[str, str]:
    """The generated parts of ``docs/architecture.md``."""
    streams = [
        (f"`{stream.name}`", stream.publisher, ", ".join(subscribed[stream.name]) or "nobody yet")
        for stream in STREAMS.values()
    ]
    events = [
        (f"`{event.TYPE}`", f"`{event.KEY}`", first_sentence(event.__doc__))
        for stream in STREAMS.values()
        for event in _events(stream)
    ]
    return {
        "streams": table(("stream", "publisher", "subscribers"), streams),
        "events": table(("event", "key", "published when"), events),
    }


def _events(stream: Stream) -> Iterator[type[Event]]:
    return (event for event in EVENTS.values() if event.stream() == stream.name)


def wanted() -> dict[Path, str]:
    """Every generated file with the text it should have."""
    subscribed = derived()
    page = _DOCS / "architecture.md"
    return {
        _DOCS / "streams.svg": picture(subscribed),
        page: filled(page.read_text(encoding="utf-8"), parts(subscribed)),
    }
