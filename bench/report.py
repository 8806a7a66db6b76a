"""The bench's figures as JSON, as a table, and next to those of another commit."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Figures = dict[str, Any]
_NOT_FIGURES = ("at", "commit", "machine")


def show(screen: Console, figures: Figures, compared: Figures | None) -> None:
    """One table per part; with ``compared`` each figure, the earlier one and the change in per cent."""
    screen.print(f"commit {figures['commit']}, {figures['machine']}, {figures['at']}")
    if compared is not None:
        screen.print(f"compared with commit {compared['commit']}, {compared['machine']}, {compared['at']}")
    for part, values in figures.items():
        if part in _NOT_FIGURES:
            continue
        earlier = (compared or {}).get(part, {})
        screen.print(_table(part, values, earlier if compared is not None else None))


def _table(part: str, values: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> Table:
    columns = [name for name, value in values.items() if isinstance(value, dict)]
    if not columns:
        return _plain(part, values, earlier)
    table = Table(title=part, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    rows = list(dict.fromkeys(name for column in columns for name, _ in _flat(values[column])))
    flat = {column: dict(_flat(values[column])) for column in columns}
    before = {column: dict(_flat((earlier or {}).get(column, {}))) for column in columns}
    for row in rows:
        cells = [_cell(flat[column].get(row), before[column].get(row)) for column in columns]
        table.add_row(row, *cells)
    return table


def _plain(part: str, values: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> Table:
    table = Table(title=part, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    table.add_column("", justify="right")
    for name, value in values.items():
        table.add_row(name, _cell(value, (earlier or {}).get(name)))
    return table


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name} ")
        else:
            yield f"{before}{name}", value


def _cell(value: Any, earlier: Any) -> str:
    if value is None:
        return ""
    if not isinstance(earlier, int | float) or not isinstance(value, int | float) or not earlier:
        return f"{value:g}" if isinstance(value, int | float) else str(value)
    return f"{value:g} ({(value - earlier) / earlier:+.0%})"


def keep(figures: Figures, path: Path) -> None:
    """Write them down."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> Figures:
    """What was kept."""
    found: Figures = json.loads(path.read_text(encoding="utf-8"))
    return found
