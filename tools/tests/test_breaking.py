"""What counts as breaking a version, on small examples."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tools.contracts.breaking import breaks, default_base, schemas_at
from tools.contracts.schemas import all_schemas

NAME = "shop.thing.done.v1.json"
SCHEMA: dict[str, Any] = {
    "$defs": {
        "Row": {
            "type": "object",
            "properties": {"amount": {"type": "string", "description": "in the shop's currency"}},
            "required": ["amount"],
        }
    },
    "type": "object",
    "properties": {
        "thing_id": {"type": "string", "format": "uuid"},
        "outcome": {"type": "string", "enum": ["good", "bad"]},
        "rows": {"type": "array", "items": {"$ref": "#/$defs/Row"}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
    },
    "required": ["thing_id", "outcome", "rows"],
}


def changed(*path: str, to: object) -> dict[str, Any]:
    """The example with one place set anew, or taken away with ``to=None``."""
    schema = copy.deepcopy(SCHEMA)
    place = schema
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return schema


def broken(schema: dict[str, Any]) -> list[str]:
    return breaks({NAME: SCHEMA}, {NAME: schema})


class TestAllowedChanges:
    def test_nothing_changed(self) -> None:
        assert broken(SCHEMA) == []

    def test_a_new_optional_field(self) -> None:
        assert broken(changed("properties", "hint", to={"type": "string", "default": ""})) == []

    def test_a_better_description(self) -> None:
        assert broken(changed("properties", "thing_id", "description", to="what was done")) == []

    def test_a_new_event(self) -> None:
        assert breaks({NAME: SCHEMA}, {NAME: SCHEMA, "shop.thing.undone.v1.json": SCHEMA}) == []


class TestBreakingChanges:
    @pytest.mark.parametrize(
        "schema",
        [
            pytest.param(changed("properties", "note", to=None), id="a field removed"),
            pytest.param(changed("required", to=["thing_id", "outcome", "rows", "note"]), id="required now"),
            pytest.param(changed("required", to=["thing_id", "rows"]), id="no longer required"),
            pytest.param(changed("properties", "thing_id", to={"type": "integer"}), id="another type"),
            pytest.param(changed("properties", "thing_id", "format", to=None), id="another format"),
            pytest.param(changed("properties", "outcome", "enum", to=["good"]), id="a narrower set"),
            pytest.param(
                changed("properties", "outcome", "enum", to=["good", "bad", "so-so"]), id="a wider set"
            ),
            pytest.param(
                changed("properties", "note", "anyOf", to=[{"type": "string"}]), id="no longer absent"
            ),
            pytest.param(
                changed("$defs", "Row", "properties", "amount", "type", to="number"), id="inside a value"
            ),
        ],
    )
    def test_are_named_in_one_line(self, schema: dict[str, Any]) -> None:
        found = broken(schema)

        assert len(found) >= 1
        assert all(line.startswith("shop.thing.done.v1: ") for line in found)

    def test_a_new_required_field(self) -> None:
        schema = changed("properties", "who", to={"type": "string"})
        schema["required"] = [*schema["required"], "who"]

        assert len(broken(schema)) == 1

    def test_an_event_removed(self) -> None:
        assert len(breaks({NAME: SCHEMA}, {})) == 1

    def test_of_the_real_contracts_are_seen_inside_shared_values(self) -> None:
        old, new = all_schemas(), copy.deepcopy(all_schemas())
        del new["reception.visit.estimate-answered.v1.json"]["$defs"]["PricedPart"]["properties"]["net"]

        found = breaks(old, new)

        assert len(found) == 1
        assert "authorised_lines[].parts[].net" in found[0]


class TestEarlierSchemas:
    @pytest.fixture
    def repository(self, tmp_path: Path) -> Path:
        """A repository with two commits on main: the example, then the example without its note."""
        _said(tmp_path, "init", "-q", "-b", "main")
        for schema in (SCHEMA, changed("properties", "note", to=None)):
            folder = tmp_path / "contracts" / "schemas"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / NAME).write_text(json.dumps(schema), encoding="utf-8")
            _said(tmp_path, "add", ".")
            _commit(tmp_path)
        return tmp_path

    def test_are_read_from_the_commit_before_on_the_main_branch(self, repository: Path) -> None:
        base = default_base(repository)

        assert base is not None
        assert schemas_at(base, repository) == {NAME: SCHEMA}
        assert len(breaks(schemas_at(base, repository), schemas_at("HEAD", repository))) == 1

    def test_are_read_from_where_a_branch_left_the_main_branch(self, repository: Path) -> None:
        _said(repository, "checkout", "-q", "-b", "work")
        for _ in range(2):
            _commit(repository)

        base = default_base(repository)

        assert base is not None
        assert schemas_at(base, repository) == schemas_at("main", repository)
        assert _said(repository, "rev-parse", "main") == base

    def test_are_none_where_there_were_none(self, tmp_path: Path) -> None:
        assert schemas_at("HEAD", tmp_path) == {}
        assert default_base(tmp_path) is None


def _commit(root: Path) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    _said(root, *who, "commit", "-q", "--allow-empty", "--no-verify", "-m", "change")


def _said(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()
