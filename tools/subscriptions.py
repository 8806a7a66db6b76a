"""Who subscribes to a stream: derived from each ``main.py``, committed as ``contracts/subscribers.json``."""

import json
from collections.abc import Iterable, Mapping
from functools import cache

from contracts.streams import STREAMS
from servicekit.run import load
from servicekit.service import Service
from tools.departments import DEPARTMENTS
from tools.root import ROOT

FILE = ROOT / "contracts" / "subscribers.json"
Subscribers = Mapping[str, tuple[str, ...]]
"""The departments that subscribe to each stream, by the stream's name; ``()`` where there is none."""


def among(services: Iterable[Service]) -> Subscribers:
    """The subscribers among these services, in their order. Raises ``LookupError`` for an unknown stream."""
    found: dict[str, list[str]] = {name: [] for name in STREAMS}
    for service in services:
        for stream in service.streams:
            if stream not in found:
                raise LookupError(f"{service.name} subscribes to {stream}, which contracts/streams.py lacks")
            found[stream].append(service.name)
    return {stream: tuple(names) for stream, names in found.items()}


def derived() -> Subscribers:
    """Of all departments, as their ``main.py`` are now; imports every one of them."""
    return among(load(name) for name in DEPARTMENTS)


@cache
def subscribers() -> Subscribers:
    """As committed, for code that does not import the departments; `make check` compares it."""
    found: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {stream: tuple(names) for stream, names in found.items()}


def as_text(of: Subscribers) -> str:
    """The map as it is committed."""
    return json.dumps(of, indent=2) + "\n"
