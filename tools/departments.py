"""The departments of the shop as ``departments.toml`` lists them, for every tool and test."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.root import ROOT

MOST = 19
"""The highest port offset: replicas take the offsets behind it (``Layout.port``)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A front end: its title in both languages and its address at the gateway."""

    name: str
    title_en: str
    title_zh: str
    address: str


@dataclass(frozen=True, slots=True)
class Department(Desk):
    """A department with its desk; ``port`` is added to ``PORT_BASE``."""

    port: int


def read(file: Path) -> tuple[dict[str, Department], dict[str, Desk]]:
    """Departments and desks without one. Raises ``ValueError`` for what cannot be."""
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    departments = {name: _department(name, entry) for name, entry in found["departments"].items()}
    desks = {name: _desk(name, entry) for name, entry in found["desks"].items()}
    ports = [department.port for department in departments.values()]
    if len(set(ports)) < len(ports) or not set(ports) <= set(range(1, MOST + 1)):
        raise ValueError(f"each department needs a port of its own from 1 to {MOST}, not {ports}")
    addresses = [desk.address for desk in (*departments.values(), *desks.values())]
    if len(set(addresses)) < len(addresses):
        raise ValueError(f"two desks have the same address: {addresses}")
    return departments, desks


def _department(name: str, entry: dict[str, Any]) -> Department:
    match entry:
        case {"title": {"en": str(en), "zh": str(zh)}, "desk": str(desk), "port": int(port)} if (
            len(entry) == 3
        ):
            return Department(name, en, zh, desk, port)
    raise ValueError(f"a department has title.en, title.zh, desk and port; {name} has {entry}")


def _desk(name: str, entry: dict[str, Any]) -> Desk:
    match entry:
        case {"title": {"en": str(en), "zh": str(zh)}, "desk": str(desk)}:
            return Desk(name, en, zh, desk)
    raise ValueError(f"a desk has title.en, title.zh and desk; {name} has {entry}")


ENTRIES, DESKS = read(ROOT / "departments.toml")
DEPARTMENTS = tuple(ENTRIES)
"""Their names, in the order of the list."""
