"""The generated files are as the contracts and the departments make them, and hold together."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from tools.contracts.__main__ import drift, wanted
from tools.contracts.schemas import file_name
from tools.root import ROOT
from tools.subscriptions import subscribers

from contracts.events import EVENTS
from contracts.streams import STREAMS

FOLDER = ROOT / "contracts"


class TestTheCommittedFiles:
    def test_are_those_that_the_contracts_generate(self) -> None:
        assert drift(FOLDER) == []

    @pytest.mark.req("DATA-19")
    def test_hold_one_valid_schema_for_each_event(self) -> None:
        files = {path.name for path in (FOLDER / "schemas").glob("*.json")}

        assert files == {file_name(*which) for which in EVENTS}
        for name in files:
            Draft202012Validator.check_schema(json.loads((FOLDER / "schemas" / name).read_text("utf-8")))


class TestDrift:
    def test_names_what_is_missing_stale_or_left_over(self, tmp_path: Path) -> None:
        files = wanted()
        (tmp_path / "schemas").mkdir()
        for path, text in files.items():
            (tmp_path / path).write_text(text, encoding="utf-8")
        stale, missing = sorted(files)[-2:]
        (tmp_path / stale).write_text("{}", encoding="utf-8")
        (tmp_path / missing).unlink()
        (tmp_path / "schemas" / "shop.thing.done.v1.json").write_text("{}", encoding="utf-8")

        wrong = drift(tmp_path)

        assert len(wrong) == 3
        assert all(any(str(name) in line for line in wrong) for name in (stale, missing, "shop.thing.done"))


class TestTheAsyncApiDocument:
    @pytest.fixture
    def document(self) -> dict[str, Any]:
        document = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text("utf-8"))
        assert isinstance(document, dict)
        return document

    def test_names_the_publisher_and_the_subscribers_of_each_stream(self, document: dict[str, Any]) -> None:
        sends = {(o.split(".")[0], o.split(".", 2)[2]) for o in document["operations"] if ".sends." in o}
        receives = {
            (o.split(".")[0], o.split(".", 2)[2]) for o in document["operations"] if ".receives." in o
        }

        assert sends == {(stream.publisher, stream.name) for stream in STREAMS.values()}
        assert receives == {(name, stream) for stream, names in subscribers().items() for name in names}

    def test_puts_each_subscriber_on_its_inbox(self, document: dict[str, Any]) -> None:
        for name, operation in document["operations"].items():
            if operation["action"] == "receive":
                assert operation["x-queue"]["name"] == f"{name.split('.')[0]}.inbox"

    def test_refers_only_to_what_exists(self, document: dict[str, Any]) -> None:
        references = list(_references(document))

        assert len(references) > len(EVENTS)
        for reference in references:
            if reference.startswith("./"):
                assert (FOLDER / reference).is_file()
            else:
                _follow(document, reference)


def _references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for item in part for found in _references(item)]
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [found for value in part.values() for found in _references(value)]
    return []


def _follow(document: dict[str, Any], reference: str) -> None:
    found: Any = document
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
