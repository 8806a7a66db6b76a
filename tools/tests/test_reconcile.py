"""The read-only login, the report that operators read, and the question before everything is deleted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy.reconcile import QUESTIONS, Discrepancy, report
from deploy.reconcile.__main__ import urls_of
from tools.__main__ import app
from tools.native.postgres import Postgres
from tools.native.processes import NotStarted
from tools.native.servers import servers
from typer.testing import CliRunner


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with servers(broker=False) as started:
        for name in ("bayline_parts", "bayline_crm"):
            started.postgres.create_database(name, name)
        for _ in range(2):  # as at every start of the shop
            started.postgres.create_reader("parts_reader", "bayline_parts")
        made = "create table stocks (n int); insert into stocks values (7)"
        started.postgres.sql(made, database="bayline_parts")
        yield started.postgres


class TestTheReadOnlyLogin:
    def query(self, postgres: Postgres, statement: str, database: str = "bayline_parts") -> str:
        return postgres.sql_as("parts_reader", statement, database=database).strip()

    def test_reads_every_table_also_later_ones(self, postgres: Postgres) -> None:
        assert self.query(postgres, "select n from stocks") == "7"

    @pytest.mark.parametrize(
        "statement", ["update stocks set n = 8", "drop table stocks", "create table a ()"]
    )
    def test_changes_nothing(self, postgres: Postgres, statement: str) -> None:
        for text in (statement, f"set default_transaction_read_only = off; {statement}"):
            with pytest.raises(NotStarted):
                self.query(postgres, text)

        assert self.query(postgres, "select n from stocks") == "7"

    def test_enters_no_other_department(self, postgres: Postgres) -> None:
        with pytest.raises(NotStarted, match="permission denied"):
            self.query(postgres, "select 1", database="bayline_crm")


class TestTheReport:
    def shown(self, monkeypatch: pytest.MonkeyPatch, *looks: dict[str, list[Discrepancy]]) -> tuple[int, str]:
        turns = iter(looks)

        async def answers(_: object) -> report.Answers:
            return {name: [] for name in QUESTIONS} | next(turns)

        monkeypatch.setattr(report, "answers", answers)
        lines: list[str] = []
        code = report.report({}, show=lines.append, again_after=0)
        return code, "\n".join(lines)

    def test_names_every_question_that_holds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        code, text = self.shown(monkeypatch, {})

        assert code == 0
        assert [line.split()[:2] for line in text.splitlines()] == [[name, "holds"] for name in QUESTIONS]

    def test_shows_what_differs_twice_and_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lasts = Discrepancy("Q6", "BR-2201", "ledger 3, on hand 4")

        code, text = self.shown(monkeypatch, {"Q6": [lasts]}, {"Q6": [lasts]})

        assert code == 1
        assert "BR-2201: ledger 3, on hand 4" in text

    def test_forgives_what_was_on_its_way(self, monkeypatch: pytest.MonkeyPatch) -> None:
        passing = Discrepancy("Q9", "a visit", "parts applied 3 of 4 events")
        other = Discrepancy("Q9", "a visit", "parts applied 4 of 5 events")

        code, _ = self.shown(monkeypatch, {"Q9": [passing]}, {"Q9": [other]})

        assert code == 0

    def test_reads_addresses_from_the_environment(self, tmp_path: Path) -> None:
        file = tmp_path / "url"
        file.write_text("postgresql://two\n")

        found = urls_of(
            {"PARTS_DATABASE_URL": "postgresql://one", "CRM_DATABASE_URL_FILE": str(file), "A": ""}
        )

        assert found == {"parts": "postgresql://one", "crm": "postgresql://two"}


class TestErasing:
    def test_without_a_terminal_deletes_nothing(self) -> None:
        done = CliRunner().invoke(app, ["erase"], input="y\n")

        assert done.exit_code == 1
        assert "YES=1" in done.output
