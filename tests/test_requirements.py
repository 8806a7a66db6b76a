"""Every id that is cited anywhere is an entry of ``docs/requirements``; its status table and report hold."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import requirements
from tests.requirements import ROOT, STATES, TEXTS, Requirement

ENTRIES = requirements.entries()
ROWS = requirements.requirements()
GROUPED = r"(?<![\w.-])(?:(?:BOOK|RECP|WORK|PART|BILL|CRM|COMP|STAF|QUAL|DATA|COLL)-\d+|[FC]-\d\d)(?![\w-])"
"""`F-18` and `C-24`, but not a Ford `F-150`, a request `B-250307-0042` or a part `OF-01`."""
LETTERED = r"(?<![\w.+-])(?:E(?:[1-9]|1\d)|P[1-9]|Q(?:[1-9]|1\d))(?![\w-]|[.,]?\d)"
"""`E4`, `P5` and `Q10`, but not a trouble code `P0300`, a fuel `E85` or a percentile `P99`."""
NO_CITATION = r"""(?P<quote>["'])[EP]\d+(?P=quote)|\bQ[1-4]\s\d{4}\b|\b\d{4}\sQ[1-4]\b"""
"""A value of an example such as an employee's number `"E1"`, and a quarter of a year."""
CITATION = re.compile(rf"{NO_CITATION}|(?P<id>{GROUPED}|{LETTERED})")
NO_TEXT = {".csv", ".svg", ".lock", ".png", ".ico", ".woff2"}


def cited(text: str) -> set[str]:
    """The ids that a text cites."""
    return {match["id"] for match in CITATION.finditer(text) if match["id"]}


def unresolved(text: str, known: Collection[str]) -> set[str]:
    """The ids that a text cites and that are no entry."""
    return {name for name in cited(text) if name not in known}


def group_of(name: str) -> str:
    """An id without its number."""
    return re.split(r"-|\d", name)[0]


def tracked_texts() -> dict[str, str]:
    """Path and content of every file of the repository that people write or read."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60
    ).stdout.decode()
    files = [ROOT / name for name in listed.split("\0") if name and name != "tests/test_requirements.py"]
    return {
        str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
        for file in files
        if file.is_file() and file.suffix not in NO_TEXT and "lock" not in file.name
    }


class TestWhatCountsAsACitation:
    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ("latest start (F-18, C-24).", {"F-18", "C-24"}),
            ('@pytest.mark.req("RECP-24", "WORK-9")', {"RECP-24", "WORK-9"}),
            ("the visit's exceptions E1 to E6, E8/E9", {"E1", "E6", "E8", "E9"}),
            ('Discrepancy("Q7", id, "E4 revised")', {"Q7", "E4"}),
            ("P5: a poison event blocks its own aggregate.", {"P5"}),
            ("as ruled for BOOK-21.", {"BOOK-21"}),
        ],
    )
    def test_ids_are_found_wherever_they_stand(self, text: str, ids: set[str]) -> None:
        assert cited(text) == ids

    @pytest.mark.parametrize(
        "text",
        [
            "P0300 random misfire, P0171, U0100",
            "a Ford F-150 XLT",
            "B-250307-0042, C000123-RP-20250307-001, INV-2026-000043",
            "employee_no=\"E1\", engine_no='E1'",
            "Q3 2025 against 2024 Q4, and 2025-Q3",
            "E85 or E5.5; P95 and P99",
            "UTF-8, SHA-256, part OF-01, PART-A1",
        ],
    )
    def test_other_codes_are_none(self, text: str) -> None:
        assert cited(text) == set()

    def test_an_id_without_an_entry_is_found(self) -> None:
        text = "F-18 and F-99, E4 and E17, P5 and P8, Q10 and Q11, RECP-24 and RECP-240, C-24 and C-29"

        assert unresolved(text, ENTRIES) == {"F-99", "E17", "P8", "Q11", "RECP-240", "C-29"}


class TestTexts:
    def test_every_id_that_is_cited_anywhere_is_an_entry(self) -> None:
        wrong = {
            path: found for path, text in tracked_texts().items() if (found := unresolved(text, ENTRIES))
        }

        assert wrong == {}

    def test_every_kind_of_id_is_cited_somewhere_in_the_code(self) -> None:
        texts = tracked_texts()
        code = set().union(*(cited(text) for path, text in texts.items() if path.endswith(".py")))

        assert {group_of(name) for name in code} >= set("FCEQ") | {"BOOK", "RECP", "WORK", "CRM"}
        assert len(code) > 200

    def test_every_entry_is_in_one_file(self) -> None:
        assert {name: files for name, files in ENTRIES.items() if len(files) != 1} == {}

    def test_the_index_counts_what_is_there(self) -> None:
        index = (TEXTS / "README.md").read_text(encoding="utf-8")
        listed = re.findall(r"^\| ([A-Z]+) \| .* \| \[([\w-]+\.md)\]\(\2\) \| (\d+) \|$", index, re.MULTILINE)
        there = Counter((group_of(name), files[0]) for name, files in ENTRIES.items())

        assert {(group, file): int(count) for group, file, count in listed} == there

    def test_an_entry_that_a_ruling_names_links_to_it(self) -> None:
        ruled = cited((TEXTS / "rulings.md").read_text(encoding="utf-8"))
        unlinked = set()
        for name in ruled:
            text = (TEXTS / ENTRIES[name][0]).read_text(encoding="utf-8")
            entry = re.search(rf"^#+ {name}$(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
            if entry is None or "(rulings.md)" not in entry[1]:
                unlinked.add(name)

        assert len(ruled) > 50
        assert unlinked == set()


class TestStatus:
    def test_every_requirement_and_formula_has_one_row_in_order(self) -> None:
        groups = list(dict.fromkeys(row.group for row in ROWS))
        wanted = [name for group in groups for name in sorted(ENTRIES) if name.split("-")[0] == group]

        assert [row.id for row in ROWS] == wanted
        assert set(ENTRIES) - set(wanted) == {name for name in ENTRIES if re.match(r"C-|[EPQ]\d", name)}

    def test_every_row_has_a_known_state_and_both_remarks(self) -> None:
        assert [row for row in ROWS if row.state not in STATES or not row.where or not row.lacks] == []

    def test_every_file_it_names_exists(self) -> None:
        named = {path for row in ROWS for path in re.findall(r"[\w/]+\.py\b", f"{row.where} {row.lacks}")}

        assert len(named) > 30
        assert {path for path in named if not (ROOT / path).is_file()} == set()


def row(name: str, state: str) -> Requirement:
    """A row whose remarks do not matter."""
    return Requirement(name, state, "-", "-")


class TestReport:
    def test_an_entry_at_works_needs_a_passing_test(self) -> None:
        rows = [row("BOOK-01", "works"), row("BOOK-02", "works"), row("BOOK-03", "missing")]

        assert requirements.unproven(rows, {"BOOK-01": 2}) == ["BOOK-02"]

    def test_a_test_may_name_only_what_works(self) -> None:
        rows = [row("BOOK-01", "works"), row("BOOK-02", "partly"), row("BOOK-03", "missing")]

        assert requirements.contradicted(rows, {"BOOK-01": 1, "BOOK-02": 1}) == ["BOOK-02"]

    def test_tests_are_counted_once_for_each_id_they_name(self) -> None:
        results = {"a::one": ["BOOK-01", "BOOK-01"], "a::two": ["BOOK-01", "F-18"]}

        assert requirements.count_tests(results) == {"BOOK-01": 2, "F-18": 1}

    def test_states_are_counted_by_group_and_in_all(self) -> None:
        rows = [row("BOOK-01", "works"), row("BOOK-02", "works"), row("F-01", "not software")]

        lines = [line.split() for line in requirements.summary(rows)]

        assert lines[1:] == [
            ["BOOK", "2", "0", "0", "0"],
            ["F", "0", "0", "0", "1"],
            ["all", "2", "0", "0", "1"],
        ]


class TestCommand:
    @pytest.fixture
    def table(self, tmp_path: Path) -> Path:
        file = tmp_path / "status.tsv"
        file.write_text('id\tstatus\twhere\tlacks\nBOOK-01\tworks\ta\t-\nBOOK-02\tpartly\tb\t"c\n')
        return file

    def test_passes_when_tests_and_states_agree(self, table: Path, tmp_path: Path) -> None:
        record = tmp_path / "record.json"
        record.write_text(json.dumps({"a::one": ["BOOK-01"]}))

        assert requirements.main(table, record) == 0

    @pytest.mark.parametrize(("ids", "listed"), [([], "BOOK-01"), (["BOOK-01", "BOOK-02"], "BOOK-02")])
    def test_fails_and_lists_what_does_not_agree(
        self, ids: list[str], listed: str, table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        record = tmp_path / "record.json"
        record.write_text(json.dumps({"a::one": ids}))

        assert requirements.main(table, record) == 1
        assert capsys.readouterr().out.splitlines()[-1].endswith(f": {listed}")

    def test_fails_without_results_and_names_the_verb_that_makes_them(
        self, table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert requirements.main(table, tmp_path / "nothing.json") == 1
        assert "make test" in capsys.readouterr().out


def report(test: str, when: str, outcome: str, *ids: str) -> Any:
    """What pytest reports of one phase of a test that names ``ids``."""
    return pytest.TestReport(
        nodeid=test,
        location=(test, 1, ""),
        keywords={},
        outcome=outcome,  # type: ignore[arg-type]
        longrepr=None,
        when=when,  # type: ignore[arg-type]
        user_properties=[("req", list(ids))] if ids else [],
    )


class TestRecorder:
    def test_a_mark_that_names_no_requirement_stops_the_run(self, request: pytest.FixtureRequest) -> None:
        item = request.node
        item.add_marker(pytest.mark.req("BOOK-99"))

        with pytest.raises(pytest.UsageError, match="BOOK-99"):
            requirements.Recorder().pytest_collection_modifyitems([item])

    def test_only_tests_that_passed_to_the_end_are_recorded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        record = tmp_path / "record.json"
        here, gone = "tests/test_requirements.py::", "tests/no_such_file.py::"
        record.write_text(
            json.dumps({here + "earlier": ["F-01"], here + "bad": ["F-02"], gone + "x": ["F-03"]})
        )
        monkeypatch.setattr(requirements, "RECORD", record)
        recorder = requirements.Recorder()
        for test, outcomes, ids in [
            ("good", ("passed", "passed", "passed"), ("BOOK-01", "BOOK-02")),
            ("bad", ("passed", "failed", "passed"), ("F-02",)),
            ("torn", ("passed", "passed", "failed"), ("F-04",)),
            ("plain", ("passed", "passed", "passed"), ()),
        ]:
            for when, outcome in zip(("setup", "call", "teardown"), outcomes, strict=True):
                recorder.pytest_runtest_logreport(report(here + test, when, outcome, *ids))

        recorder.pytest_sessionfinish(SimpleNamespace(config=SimpleNamespace()))  # type: ignore[arg-type]

        assert json.loads(record.read_text()) == {
            here + "good": ["BOOK-01", "BOOK-02"],
            here + "earlier": ["F-01"],
        }
