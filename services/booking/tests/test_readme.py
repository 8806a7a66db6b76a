"""Booking's README shows its states, rules and subscriptions as they are in the code."""

from pathlib import Path

from services.booking.tests.builders import RULES

from booking.domain.appointment_states import APPOINTMENT

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_states_are_those_of_the_machine() -> None:
    assert APPOINTMENT.mermaid() in README


def test_every_house_rule_has_its_default_and_requirement() -> None:
    for rule in RULES.listing():
        assert f"| `{rule['name']}` | {rule['default']} | {rule['requirement']} |" in README
