"""The department's README agrees with the code."""

from pathlib import Path

from billing.domain import INVOICE, HouseRules
from billing.main import service

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_shows_the_states_as_they_are() -> None:
    assert INVOICE.mermaid() in README


def test_names_every_house_rule_with_its_default_and_requirement() -> None:
    for rule in HouseRules().listing():
        default = (
            ", ".join(map(str, rule["default"])) if isinstance(rule["default"], list) else rule["default"]
        )
        assert f"| `{rule['name']}` | {default} | {rule['requirement']} |" in README


def test_names_every_route() -> None:
    for router in service.routers:
        for route in router.routes:
            assert route.path in README  # type: ignore[attr-defined]


def test_names_every_table_of_its_own() -> None:
    for mapper in service.base.registry.mappers:
        assert f"`{mapper.local_table.name}`" in README  # type: ignore[attr-defined]
