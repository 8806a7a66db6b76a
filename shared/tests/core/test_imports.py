"""The servicekit's modules build on each other in one direction, also where only types are imported."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import servicekit
import shopkit
import testkit

PACKAGES = {package.__name__: Path(package.__path__[0]) for package in (servicekit, shopkit, testkit)}


def imports_of(package: str, folder: Path) -> dict[str, set[str]]:
    """For each module of a package the modules of the package that it imports, wherever in its text."""
    files = {_module(package, file.relative_to(folder)): file for file in folder.rglob("*.py")}
    return {name: set(_imported(file, files)) - {name, package} for name, file in files.items()}


def _module(package: str, file: Path) -> str:
    return ".".join((package, *file.with_suffix("").parts)).removesuffix(".__init__")


def _imported(file: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from ({whole, node.module} & modules.keys() if whole not in modules else {whole})


def circle_in(imports: Mapping[str, set[str]]) -> list[str]:
    """One circle, as the modules along it; empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_imports_itself_in_a_circle(package: str) -> None:
    assert circle_in(imports_of(package, PACKAGES[package])) == []


def test_a_circle_of_type_imports_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from kit.b import B\n", encoding="utf-8")
    (tmp_path / "b.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from kit import a\n", encoding="utf-8"
    )

    assert set(circle_in(imports_of("kit", tmp_path))) == {"kit.a", "kit.b"}
