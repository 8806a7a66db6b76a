"""Every event that may be published, by type and version; each module has the events of one department."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from contracts.base import Event


def _events() -> Iterator[type[Event]]:
    """Whatever the modules here define with a wire type, in the order of the definitions."""
    for module in iter_modules(__path__):
        for value in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Event) and "TYPE" in vars(value):
                yield value


EVENTS: dict[tuple[str, int], type[Event]] = {(event.TYPE, event.VERSION): event for event in _events()}
"""The class of each (type, version)."""
