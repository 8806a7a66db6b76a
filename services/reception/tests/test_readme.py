"""Reception's README names what there is: its files, house rules and deadlines."""

import re
from pathlib import Path

from reception.domain import HouseRules
from reception.main import service

FOLDER = Path(__file__).parent.parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_names_files_that_exist() -> None:
    named = set(re.findall(r"`(reception/[\w/.]+)`", README))

    assert len(named) > 15
    assert [path for path in named if not (FOLDER / path).exists()] == []


def test_names_every_house_rule_with_its_default_and_requirement() -> None:
    for rule in HouseRules().listing():
        default = rule["default"]
        shown = ", ".join(map(str, default)) if isinstance(default, list) else default
        assert f"| `{rule['name']}` | {shown} | {rule['requirement']} |" in README


def test_names_every_timer() -> None:
    assert [kind for kind in service.timers if f"`{kind}`" not in README] == []
