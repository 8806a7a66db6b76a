"""A scaffolded department is whole: it checks, migrates, reacts and publishes without a line by hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tools.departments import DEPARTMENTS
from tools.scaffold.__main__ import must_be_possible
from tools.scaffold.scratch import copy_tree, environment

NAME = "quality"
WITHIN = 200.0
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with one department more."""
    folder = tmp_path_factory.mktemp("scratch")
    copy_tree(folder)
    run(folder, "-m", "tools.scaffold", NAME, "--en", "Quality", "--zh", "质量")
    return folder


def run(folder: Path, *arguments: str, program: str = sys.executable) -> str:
    """What a program prints that runs on the copy alone; its failure is the test's."""
    done = subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=environment(folder, NAME),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class TestAScaffoldedDepartment:
    def test_is_written_as_the_formatter_and_the_linter_want_it(self, copy: Path) -> None:
        changed = [f"services/{NAME}", "contracts", "tools"]

        run(copy, "check", *changed, program=str(BIN / "ruff"))
        run(copy, "format", "--check", *changed, program=str(BIN / "ruff"))

    def test_is_typed(self, copy: Path) -> None:
        run(copy, f"services/{NAME}/{NAME}", program=str(BIN / "mypy"))

    @pytest.mark.req("DATA-22")
    def test_keeps_the_rules_of_imports(self, copy: Path) -> None:
        run(copy, "--no-logo", program=str(BIN / "lint-imports"))

    def test_has_nothing_stale(self, copy: Path) -> None:
        run(copy, "-m", "tools.generate", "--check")
        readme = (copy / "services" / NAME / "README.md").read_text(encoding="utf-8")
        assert "`open_record_on_visit_opened`" in readme
        assert f"/api/{NAME}/records" in readme or "/records/{record_id}" in readme

    def test_migrates_with_the_servicekits_tables(self, copy: Path) -> None:
        run(copy, "-m", "tools.migrations", "check", NAME)

    def test_is_found_by_upgrade_all(self, copy: Path) -> None:
        script = "from servicekit.migrate import departments_here; print(*departments_here())"

        assert set(run(copy, "-c", script).split()) == {*DEPARTMENTS, NAME}

    @pytest.mark.req("DATA-22")
    def test_subscribes_and_publishes(self, copy: Path) -> None:
        subscribers = json.loads((copy / "contracts" / "subscribers.json").read_text(encoding="utf-8"))

        assert NAME in subscribers["reception.visit"]
        assert subscribers[f"{NAME}.record"] == []

    def test_is_in_compose_and_at_the_gateway(self, copy: Path) -> None:
        compose = (copy / "docker-compose.yml").read_text(encoding="utf-8")
        gateway = (copy / "deploy" / "nginx" / "nginx.conf").read_text(encoding="utf-8")

        assert f"command: [servicekit.run, {NAME}]" in compose
        assert f"location /api/{NAME}/ " in gateway

    def test_passes_its_own_tests_and_those_of_the_contracts(self, copy: Path) -> None:
        tests = [f"services/{NAME}", "contracts/tests", "tests/test_endpoints.py", "tests/test_plan.py"]

        run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


class TestANameOfADepartment:
    @pytest.mark.parametrize("name", ["parts", "Quality", "quality-control", "class", "tools", "json", "a1"])
    def test_must_be_a_new_word(self, name: str) -> None:
        with pytest.raises(ValueError, match=name):
            must_be_possible(name)

    def test_may_be_any_other(self) -> None:
        must_be_possible("archive")
