"""The README of parts shows its states, endpoints, subscriptions and house rules as they are in the code."""

from pathlib import Path

from services.parts.tests.builders import routes

from parts import main
from parts.domain import HouseRules
from parts.domain.part import PART
from parts.domain.picking import PICK
from parts.domain.purchase import ORDER
from parts.domain.reservation import RESERVATION


class TestTheReadme:
    def test_shows_every_endpoint_and_every_state(self) -> None:
        readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")

        for machine in (RESERVATION, ORDER, PICK, PART):
            assert machine.mermaid() in readme
        for method, path in routes():
            assert f"| {method} `{path}` |" in readme
        for event, _ in main.service.reactions.values():
            assert f"`{event.TYPE}`" in readme
        for rule in HouseRules.model_fields:
            assert f"`{rule}`" in readme
