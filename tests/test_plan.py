"""Every department has the same plan: these modules, these tests, and no others."""

import ast
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from tools.departments import DEPARTMENTS, ENTRIES
from tools.revision_file import words_of
from tools.root import ROOT

from servicekit.run import load

NEEDED = {
    "__init__.py",
    "py.typed",
    "main.py",
    "settings.py",
    "api/__init__.py",
    "commands/__init__.py",
    "reactions/__init__.py",
    "queries/__init__.py",
    "queries/views.py",
    "domain/__init__.py",
    "domain/base.py",
    "domain/rules.py",
}
ALLOWED = (
    "timers.py",
    "repository.py",
    "api/[a-z]*.py",
    "commands/[a-z]*.py",
    "queries/[a-z]*.py",
    "queries/*.csv",  # reference data, with the notice of its origin
    "queries/*-NOTICE.md",
    "domain/[a-z]*.py",
    "adapters/*.py",
    "templates/*.html",
)
REFUSED = {"api/bodies.py", "api/views.py", "domain/refusals.py"}
"""Request models stand with their routes, answers in queries/views.py, refusals with their rules."""
TESTS = re.compile(
    r"conftest|builders|test_every_event|test_timers|test_round_trips|test_readme"
    r"|test_(rules|commands|reactions|api|queries)(_[a-z_]+)?"
)


@pytest.fixture(params=DEPARTMENTS)
def folder(request: pytest.FixtureRequest) -> Path:
    """Of each department."""
    return ROOT / "services" / str(request.param)


def files(below: Path) -> set[str]:
    """The paths of all files below a folder, relative to it."""
    found = (path.relative_to(below) for path in below.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if not any(part[0] in "._" for part in path.parts[:-1])}


def not_in_the_plan(department: str, modules: set[str]) -> set[str]:
    """The modules that no department has, or that this one must not have."""
    reactions = {f"reactions/{publisher}.py" for publisher in DEPARTMENTS if publisher != department}
    known = NEEDED | reactions
    return {
        module
        for module in modules
        if module not in known
        and (
            module in REFUSED or not any(fnmatchcase(module, one) for one in ALLOWED) or module.count("/") > 1
        )
    }


class TestTheModulesOfADepartment:
    def test_are_all_there(self, folder: Path) -> None:
        assert NEEDED - files(folder / folder.name) == set()

    def test_are_no_others(self, folder: Path) -> None:
        assert not_in_the_plan(folder.name, files(folder / folder.name)) == set()

    def test_of_reactions_name_effect_and_cause(self, folder: Path) -> None:
        for file in (folder / folder.name / "reactions").glob("*.py"):
            functions = ast.parse(file.read_text(encoding="utf-8")).body
            public = [f.name for f in functions if isinstance(f, ast.AsyncFunctionDef) and f.name[0] != "_"]
            assert [name for name in public if "_on_" not in name] == [], file

    @pytest.mark.parametrize(
        "module",
        ["api/bodies.py", "reactions/quality.py", "reactions/copies.py", "taking.py", "domain/a/b.py"],
    )
    def test_would_be_found_if_they_were_others(self, module: str) -> None:
        assert not_in_the_plan("quality", {*NEEDED, "timers.py", "domain/copies.py", module}) == {module}


class TestTheTestsOfADepartment:
    def test_have_the_names_that_all_have(self, folder: Path) -> None:
        modules = {name for name in files(folder / "tests") if name.endswith(".py")}

        assert [name for name in modules if not TESTS.fullmatch(name.removesuffix(".py"))] == []

    def test_do_not_repeat_the_departments_name(self, folder: Path) -> None:
        assert [name for name in files(folder / "tests") if folder.name in name.split("/")[-1]] == []


class TestTheFolderOfADepartment:
    def test_has_a_readme_and_migrations_and_nothing_else(self, folder: Path) -> None:
        known = {"README.md", "pyproject.toml", "migrations", "tests", folder.name}

        assert {path.name for path in folder.iterdir()} == known

    def test_has_migrations_named_by_whole_words_of_what_they_do(self, folder: Path) -> None:
        for file in (folder / "migrations" / "versions").glob("*.py"):
            message = str(ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))))
            department, revision, *words = file.stem.split("_")
            assert (department, len(revision)) == (folder.name, 4)
            assert set(words) <= set(words_of(message)), file.name


class TestTheTitleOfADepartment:
    def test_is_that_of_the_list(self, folder: Path) -> None:
        assert load(folder.name).title == ENTRIES[folder.name].title_en
