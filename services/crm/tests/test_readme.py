"""The department's README agrees with the code."""

import re
from pathlib import Path

import pytest

from crm.domain import HouseRules
from crm.domain.follow_up import FOLLOW_UP
from crm.domain.notice import NOTICE
from crm.domain.reminder import REMINDER
from crm.domain.survey import SURVEY
from crm.main import service
from servicekit.states import Machine

HERE = Path(__file__).parent.parent
README = (HERE / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("machine", [FOLLOW_UP, SURVEY, NOTICE, REMINDER], ids=lambda machine: machine.kind)
def test_shows_the_states_as_they_are(machine: Machine[str]) -> None:
    assert machine.mermaid() in README


def test_names_every_house_rule_with_its_default_and_requirement() -> None:
    for rule in HouseRules().listing():
        assert f"| `{rule['name']}` | {rule['default']} | {rule['requirement']} |" in README


def test_names_every_route() -> None:
    for router in service.routers:
        for route in router.routes:
            (method,) = route.methods  # type: ignore[attr-defined]
            assert f"| `{method} {route.path}` |" in README  # type: ignore[attr-defined]


def test_names_every_table_of_its_own() -> None:
    for mapper in service.base.registry.mappers:
        assert f"`{mapper.local_table.name}`" in README  # type: ignore[attr-defined]


def test_names_only_files_that_exist() -> None:
    named = set(re.findall(r"crm/[a-z_/]+(?:\.py|/)", README))
    assert named
    assert all((HERE / path).exists() for path in named)


def test_names_every_event_that_it_subscribes_to() -> None:
    for event, _ in service.reactions.values():
        if event.stream() != "billing.invoice":
            assert event.TYPE.rsplit(".", 1)[1] in README
