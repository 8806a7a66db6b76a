"""The OpenAPI documents are whole: a front end can be built from them without reading our code."""

import ast
from collections import Counter
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tools.departments import DEPARTMENTS
from tools.openapi import NOWHERE
from tools.openapi import document as made_of

from tests import openapi_gaps
from tests.openapi_gaps import operations, plain_states, unanswered, undescribed

SERVICEKIT = Path(__file__).resolve().parent.parent / "shared" / "servicekit" / "http"


@cache
def _document(department: str) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in NOWHERE.items():
            environment.setenv(name, value)
        return made_of(department)


@pytest.fixture(params=DEPARTMENTS)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return _document(request.param)


def _route_functions(folder: Path) -> set[str]:
    """The names of the functions below a folder that are decorated as routes."""
    return {
        function.name
        for file in folder.rglob("*.py")
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(function, ast.AsyncFunctionDef)
        and any(isinstance(decorator, ast.Call) for decorator in function.decorator_list)
    }


def test_every_field_and_parameter_is_described(document: dict[str, Any]) -> None:
    assert undescribed(document) == []


def test_what_looks_like_a_state_is_an_enum(document: dict[str, Any]) -> None:
    assert plain_states(document) == []


@pytest.mark.req("DATA-19")
def test_every_answer_has_its_content(document: dict[str, Any]) -> None:
    assert unanswered(document) == []


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_operations_are_named_like_their_functions(department: str) -> None:
    names = Counter(operation["operationId"] for _, operation in operations(_document(department)))
    main = import_module(f"{department}.main").__file__
    assert main is not None

    assert [name for name, times in names.items() if times > 1] == []
    assert names.keys() <= _route_functions(Path(main).parent) | _route_functions(SERVICEKIT)


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_every_operation_that_changes_something_takes_a_key(department: str) -> None:
    for where, operation in operations(_document(department)):
        names = [str(p.get("$ref", "")).rpartition("/")[2] for p in operation.get("parameters", ())]
        keys = [name for name in names if name.startswith("IdempotencyKey")]
        assert len(keys) == (0 if where.startswith("GET ") else 1), where


def test_exceptions_are_used() -> None:
    """A name on the list of free texts that no document has any more is taken off it."""
    fields = {
        name
        for department in DEPARTMENTS
        for where, _ in [
            *openapi_gaps.fields(_document(department)),
            *openapi_gaps.parameters(_document(department)),
        ]
        for name in (where, where.split(" ")[-1].split(".")[-1])
    }

    assert openapi_gaps.FREE.keys() <= fields | {name.removesuffix("s") for name in fields}
