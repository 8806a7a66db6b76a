"""The table of faults: what each was, how often it was injected, what was absorbed, how long it took.

A test names its fault with ``@pytest.mark.fault("memory alarm", "broker")`` and may tell figures with
``record_property``: ``injected``, ``duplicates``, ``gaps``, ``seconds``. ``pytest --faults`` runs those tests
alone, also the long ones, and prints the table; ``--faults=alarm`` those whose names have the word.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

GROUPS = ("broker", "publisher", "database", "subscriber", "messages", "time", "schedule", "negative control")


@dataclass(slots=True)
class Row:
    """One fault, of all tests that name it."""

    group: str
    name: str
    tests: int = 0
    failed: int = 0
    figures: dict[str, float] = field(default_factory=dict)

    def add(self, told: dict[str, Any]) -> None:
        """Figures add up; of the times to recover the longest counts."""
        for name in ("injected", "duplicates", "gaps"):
            if name in told:
                self.figures[name] = self.figures.get(name, 0) + told[name]
        if "seconds" in told:
            self.figures["seconds"] = max(self.figures.get("seconds", 0.0), told["seconds"])

    def cells(self) -> tuple[str, ...]:
        """As they are printed."""
        counts = [f"{self.figures[n]:.0f}" if n in self.figures else "" for n in ("duplicates", "gaps")]
        seconds = f"{self.figures['seconds']:.1f} s" if "seconds" in self.figures else ""
        verdict = "[bold red]broke[/]" if self.failed else "[green]held[/]"
        injected = f"{self.figures.get('injected', self.tests):.0f}"
        return self.group, self.name, injected, *counts, seconds, verdict


class FaultTable:
    """Chooses the tests that name a fault, and tells at the end how each went."""

    def __init__(self, wanted: str | None) -> None:
        self._wanted = wanted
        self._rows: dict[tuple[str, str], Row] = {}
        self._counted: set[str] = set()

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Without ``--faults`` long faults are left out, with it all else."""
        kept = [item for item in items if self._is_wanted(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept

    def _is_wanted(self, item: pytest.Item) -> bool:
        marker = item.get_closest_marker("fault")
        if self._wanted is None:
            return item.get_closest_marker("long") is None
        if marker is None:
            return False
        name, group = str(marker.args[0]), str(marker.args[1])
        item.user_properties.append(
            ("fault", [group, name])
        )  # travels with the report, also between processes
        words = self._wanted.replace("-", " ").lower()
        return words == "all" or words in name.lower() or words == group

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test went."""
        told: dict[str, Any] = dict(report.user_properties)
        if "fault" not in told:
            return
        group, name = told["fault"]
        row = self._rows.setdefault((group, name), Row(group, name))
        if report.failed and report.nodeid not in self._counted:
            row.failed += 1
        if report.when == "call":
            row.tests += 1
            row.add(told)

    def pytest_terminal_summary(self) -> None:
        """Print the table."""
        if not self._rows:
            return
        table = Table(box=None, pad_edge=False)
        for heading in ("group", "fault", "injected", "duplicates", "gaps", "recovered", "verdict"):
            table.add_column(heading, justify="right" if heading in _NUMBERS else "left")
        for row in sorted(self._rows.values(), key=lambda row: (GROUPS.index(row.group), row.name)):
            table.add_row(*row.cells())
        broke = sum(1 for row in self._rows.values() if row.failed)
        screen = Console(highlight=False, width=130)
        screen.print(table)
        screen.print(f"{len(self._rows)} faults, {broke} of them broke the shop")


_NUMBERS = ("injected", "duplicates", "gaps", "recovered")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--faults``: all, or those whose names have a word."""
    parser.addoption("--faults", nargs="?", const="all", default=None, help="run what breaks the shop")
    parser.addoption("--fault-seed", type=int, default=1, help="seed of the schedules")


def pytest_configure(config: pytest.Config) -> None:
    """Register the table."""
    config.addinivalue_line(
        "markers", "fault(name, group): the fault of docs/faults.md that this test injects"
    )
    config.addinivalue_line("markers", "long: too long for `make test`; `make faults` runs it")
    config.pluginmanager.register(FaultTable(config.getoption("--faults")), "bayline-faults")
