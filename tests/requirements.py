"""What of the requirements works, by status and by test: ``make requirements``, after a test run.

``docs/requirements`` has the texts and ``status.tsv``; its README describes the form. A test names what it
checks by ``@pytest.mark.req("BOOK-37")``; only tests that passed count.
"""

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "docs" / "requirements"
STATUS = TEXTS / "status.tsv"
RECORD = ROOT / ".requirements.json"
STATES = ("works", "partly", "missing", "not software")
ID = r"(?:BOOK|RECP|WORK|PART|BILL|CRM|COMP|STAF|QUAL|DATA|COLL|F|C)-\d\d|[EPQ][1-9]\d?"
HEADING = re.compile(rf"^#{{2,3}} ({ID})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of the status table."""

    id: str
    state: str
    where: str
    lacks: str

    @property
    def group(self) -> str:
        """The id without its number."""
        return self.id.split("-")[0]


def entries(folder: Path = TEXTS) -> dict[str, list[str]]:
    """Every id that is a heading, with the names of the files that have it: one, if all is well."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.md")):
        for name in HEADING.findall(file.read_text(encoding="utf-8")):
            found.setdefault(name, []).append(file.name)
    return found


def requirements(table: Path = STATUS) -> list[Requirement]:
    """The status table, row by row."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Requirement(*row) for row in rows[1:]]


class Recorder:
    """Notes, while pytest runs, which requirements its tests name and what became of each test."""

    def __init__(self) -> None:
        self._named: dict[str, list[str]] = {}
        self._passed: set[str] = set()
        self._failed: set[str] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the markers; one that names no requirement is an error, else it would count for nothing."""
        known = entries()
        for item in items:
            ids = [str(arg) for marker in item.iter_markers("req") for arg in marker.args]
            unknown = [name for name in ids if name not in known]
            if unknown:
                raise pytest.UsageError(f"{item.nodeid} names no requirement: {', '.join(unknown)}")
            if ids:
                item.user_properties.append(("req", ids))  # travels with the report, also between processes

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test went; one that fails in its teardown has not passed."""
        if report.failed:
            self._failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self._passed.add(report.nodeid)
            properties = dict(report.user_properties)
            self._named[report.nodeid] = cast(list[str], properties.get("req", []))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the results of this run; of tests that did not run now, the last result stays."""
        if hasattr(session.config, "workerinput"):
            return  # one of several processes: the first among them writes
        kept: dict[str, list[str]] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
        ran = self._passed | self._failed
        kept = {test: ids for test, ids in kept.items() if test not in ran and _still_there(test)}
        good = {test: self._named[test] for test in self._passed - self._failed if self._named[test]}
        RECORD.write_text(json.dumps({**kept, **good}, indent=0, sort_keys=True))


def _still_there(test: str) -> bool:
    return (ROOT / test.split("::", 1)[0]).exists()


def count_tests(results: Mapping[str, Iterable[str]]) -> Counter[str]:
    """How many passing tests name each id; ``results`` is what the recorder writes."""
    return Counter(name for ids in results.values() for name in set(ids))


def unproven(rows: Iterable[Requirement], tests: Mapping[str, int]) -> list[str]:
    """Entries at *works* that no passing test names."""
    return [row.id for row in rows if row.state == "works" and not tests.get(row.id)]


def contradicted(rows: Iterable[Requirement], tests: Mapping[str, int]) -> list[str]:
    """Entries that passing tests name although they are not at *works*: the mark or the status is wrong."""
    return [row.id for row in rows if row.state != "works" and tests.get(row.id)]


def summary(rows: Iterable[Requirement]) -> list[str]:
    """How many entries are in each state, by group and in all, as lines of a table."""
    counts = Counter((row.group, row.state) for row in rows)
    lines = [f"{'':6}" + "".join(f"{state:>14}" for state in STATES)]
    for group in dict.fromkeys(group for group, _ in counts):
        lines.append(f"{group:6}" + "".join(f"{counts[group, state]:14}" for state in STATES))
    totals = (sum(n for (_, s), n in counts.items() if s == state) for state in STATES)
    return [*lines, f"{'all':6}" + "".join(f"{total:14}" for total in totals)]


def main(table: Path = STATUS, record: Path = RECORD) -> int:
    """Print the states and what contradicts the tests; 1 if anything does, or if no test has run."""
    rows = requirements(table)
    print("\n".join(summary(rows)))
    if not record.exists():
        print("\nno results of tests: run `make test` first")
        return 1
    tests = count_tests(json.loads(record.read_text()))
    bare, early = unproven(rows, tests), contradicted(rows, tests)
    if bare:
        print(f"\n{len(bare)} at works without a passing test that names them: {' '.join(bare)}")
    if early:
        print(f"\n{len(early)} named by a passing test, but not at works: {' '.join(early)}")
    return 1 if bare or early else 0


if __name__ == "__main__":
    sys.exit(main())
