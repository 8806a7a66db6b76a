"""Which requirements have a test that checks them and passed: ``make requirements``, after a test run.

A test says what it checks with ``@pytest.mark.req("BOOK-39")``; only tests that passed count.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "docs" / "requirements.tsv"
RECORD = ROOT / ".requirements.json"


def catalogue() -> dict[str, str]:
    """Every requirement's id and title."""
    lines = CATALOGUE.read_text(encoding="utf-8").splitlines()[1:]
    return dict(line.split("\t", 1) for line in lines)


class Recorder:
    """Notes, while pytest runs, which requirements its tests name and what became of each test."""

    def __init__(self) -> None:
        self._named: dict[str, list[str]] = {}
        self._passed: set[str] = set()
        self._failed: set[str] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the markers; one that names no requirement is an error, else it would count for nothing."""
        known = catalogue()
        for item in items:
            ids = [str(arg) for marker in item.iter_markers("req") for arg in marker.args]
            unknown = [name for name in ids if name not in known]
            if unknown:
                raise pytest.UsageError(f"{item.nodeid} names no requirement: {', '.join(unknown)}")
            if ids:
                item.user_properties.append(("req", ids))  # travels with the report, also between processes

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test went; one that fails while it is taken down has not passed."""
        if report.failed:
            self._failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self._passed.add(report.nodeid)
            self._named[report.nodeid] = [
                name for key, ids in report.user_properties if key == "req" for name in ids
            ]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write what this run showed; of tests that did not run now, the last run's word stays."""
        if hasattr(session.config, "workerinput"):
            return  # one of several processes: the first among them writes
        kept: dict[str, list[str]] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
        ran = self._passed | self._failed
        kept = {test: ids for test, ids in kept.items() if test not in ran and _still_there(test)}
        good = {test: self._named[test] for test in self._passed - self._failed if self._named[test]}
        RECORD.write_text(json.dumps({**kept, **good}, indent=0, sort_keys=True))


def _still_there(test: str) -> bool:
    return (ROOT / test.split("::", 1)[0]).exists()


def main() -> int:
    """Print, by group, the requirements that passed tests check, out of all there are."""
    if not RECORD.exists():
        print("no test has run yet: `make test` first")
        return 1
    tests: dict[str, int] = defaultdict(int)
    for ids in json.loads(RECORD.read_text()).values():
        for name in ids:
            tests[name] += 1
    groups: dict[str, list[str]] = defaultdict(list)
    for name in catalogue():
        groups[name.split("-")[0]].append(name)
    for group, names in groups.items():
        checked = [name for name in names if tests[name]]
        print(
            f"{group:5} {len(checked):3} of {len(names):3}  {' '.join(_short(n, tests[n]) for n in checked)}"
        )
    total = sum(1 for name in catalogue() if tests[name])
    print(f"\n{total} of {len(catalogue())} requirements are checked by a test that passed")
    return 0


def _short(name: str, count: int) -> str:
    number = name.split("-")[1]
    return number if count == 1 else f"{number}(×{count})"


if __name__ == "__main__":
    sys.exit(main())
