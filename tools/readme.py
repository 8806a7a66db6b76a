"""Generated parts of the departments' READMEs: tables, events, timers, states, endpoints, house rules."""

import json
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from contracts.events import EVENTS
from servicekit.run import load
from servicekit.service import Service
from servicekit.states import Machine
from tools.departments import DEPARTMENTS
from tools.generated_text import filled, first_sentence, names_in, table
from tools.root import ROOT

_COMMON = ("/operations", "/house-rules", "/changes", "/docs")
"""Endpoints that every department has: docs/servicekit.md and docs/operations.md describe them."""

PARTS = ("tables", "publishes", "subscriptions", "timers", "states", "endpoints", "house-rules")
"""What every README has, in this order."""


def readme(department: str) -> Path:
    """The file of a department's README."""
    return ROOT / "services" / department / "README.md"


def parts_of(department: str) -> dict[str, str]:
    """The generated parts of one README by name."""
    service = load(department)
    return {
        "tables": _tables(service),
        "publishes": _publishes(department),
        "subscriptions": _subscriptions(service),
        "timers": _timers(service),
        "states": _states(department),
        "endpoints": _endpoints(department),
        "house-rules": _house_rules(service),
    }


def _tables(service: Service) -> str:
    rows = [
        (f"`{mapper.local_table.name}`", first_sentence(mapper.class_.__doc__))  # type: ignore[attr-defined]
        for mapper in service.base.registry.mappers
    ]
    return table(("table", "holds"), sorted(rows))


def _publishes(department: str) -> str:
    mine = [event for event in EVENTS.values() if event.TYPE.startswith(f"{department}.")]
    rows = [(f"`{event.TYPE}`", first_sentence(event.__doc__)) for event in mine]
    return table(("event", "when"), rows)


def _subscriptions(service: Service) -> str:
    rows = [
        (f"`{event.TYPE}`", f"`{reaction.__name__}`", first_sentence(reaction.__doc__))
        for event, reaction in service.reactions.values()
    ]
    return table(("event", "reaction", "what it does"), sorted(rows))


def _timers(service: Service) -> str:
    rows = [
        (
            f"`{kind}`",
            first_sentence(timer.handler.__doc__),
            ", ".join(f"`{s}`" for s in timer.silence_of) or "-",
        )
        for kind, timer in service.timers.items()
    ]
    return table(("timer", "what it does", "concludes from the silence of"), sorted(rows))


def _states(department: str) -> str:
    drawn = [
        f"{machine.kind[:1].upper()}{machine.kind[1:]}:\n\n{_drawn(machine)}"
        for machine in _machines(department)
    ]
    return "\n\n".join(drawn) or "None."


def _drawn(machine: Machine[Any]) -> str:
    """A diagram, or a table where commands are allowed by the state and do not decide which follows."""
    if machine.moves:
        return f"```mermaid\n{machine.mermaid()}\n```"
    commands: dict[tuple[str, ...], list[str]] = {}
    for command in machine.commands:
        states = tuple(state for state in machine.states if command in machine.allowed(state))
        commands.setdefault(states, []).append(command)
    return table(
        ("allowed in", "commands"), [(_code(states), _code(these)) for states, these in commands.items()]
    )


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _machines(department: str) -> Iterator[Machine[Any]]:
    """Every state machine that the domain declares, once, by the name of its kind."""
    package = import_module(f"{department}.domain")
    found: dict[str, Machine[Any]] = {}
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Machine):
                found[value.kind] = value
    return (found[kind] for kind in sorted(found))


def _endpoints(department: str) -> str:
    document = json.loads((ROOT / "contracts" / "openapi" / f"{department}.json").read_text(encoding="utf-8"))
    prefix = f"/api/{department}"
    rows = [
        (
            f"`{method.upper()} {path.removeprefix(prefix) or '/'}`",
            _who(operation),
            first_sentence(operation.get("description")),
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not path.startswith(tuple(prefix + common for common in _COMMON))
    ]
    return table(("method and path", "permission", "what"), sorted(rows, key=_by_path))


def _by_path(row: Sequence[str]) -> tuple[str, str]:
    method, path = row[0].strip("`").split(" ", 1)
    return path, method


def _who(operation: dict[str, Any]) -> str:
    permissions = operation.get("x-permissions", [])
    if permissions:
        return " or ".join(f"`{permission}`" for permission in permissions)
    return "signed in" if operation.get("security") else "-"


def _house_rules(service: Service) -> str:
    rows = [
        (f"`{rule['name']}`", _shown(rule["default"]), rule["requirement"], str(rule["description"]))
        for rule in service.rules().listing()
    ]
    return table(("rule", "default", "requirement", "meaning"), rows)


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def wanted() -> dict[Path, str]:
    """Every README with its generated parts as they should be."""
    return {
        readme(name): filled(readme(name).read_text(encoding="utf-8"), parts_of(name)) for name in DEPARTMENTS
    }


def incomplete() -> list[str]:
    """READMEs that lack a part, and which."""
    found = {name: names_in(readme(name).read_text(encoding="utf-8")) for name in DEPARTMENTS}
    return [
        f"services/{name}/README.md lacks {part}"
        for name in found
        for part in PARTS
        if part not in found[name]
    ]
