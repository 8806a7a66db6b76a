"""Every department has the same plan: these modules, these tests, and no others."""

import ast
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from tools.departments import DEPARTMENTS
from tools.revision_file import file_name
from tools.root import ROOT

EXEMPT = set(DEPARTMENTS) & {
    "billing",
    "booking",
    "complaints",
    "crm",
    "parts",
    "reception",
    "staff",
    "workshop",
}
"""Departments that do not follow the plan yet. Empty this; nothing is ever added to it."""

NEEDED = {
    "__init__.py",
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


@pytest.fixture(params=[name for name in DEPARTMENTS if name not in EXEMPT] or [None])
def folder(request: pytest.FixtureRequest) -> Path:
    """Of each department that follows the plan."""
    if request.param is None:
        pytest.skip("every department is exempt")
    return ROOT / "services" / str(request.param)


def files(below: Path) -> set[str]:
    """The paths of all files below a folder, relative to it."""
    found = (path for path in below.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(below).as_posix() for path in found}


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

    def test_has_migrations_named_after_what_they_do(self, folder: Path) -> None:
        for file in (folder / "migrations" / "versions").glob("*.py"):
            message = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
            revision = file.stem.split("_")[1]
            assert file.name == file_name(folder.name, revision, str(message))
