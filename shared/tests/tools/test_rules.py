"""House rules have defaults from the requirements, and are changed by people who say why."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Self

import pytest
from pydantic import ValidationError, model_validator

from servicekit.house_rules import HeldRules, HouseRules, change_rule, load, rule, rules_history
from servicekit.refusal import Invalid, NotFound

from .conftest import OpenTx


class Rules(HouseRules):
    grace_minutes: int = rule(15, "BOOK-37", "minutes after the slot before a booking is a no-show", ge=0)
    lapse_minutes: int = rule(60, "BOOK-38", "minutes after the slot before a booking lapses")
    deposit: Decimal = rule(Decimal("0.30"), "PART-09", "part of the price that is paid when ordering")

    @model_validator(mode="after")
    def _must_lapse_after_the_grace(self) -> Self:
        if self.lapse_minutes < self.grace_minutes:
            raise ValueError("a booking lapses after its grace")
        return self


class TestHouseRules:
    def test_are_the_defaults_at_first(self) -> None:
        assert Rules().grace_minutes == 15
        assert Rules.requirement("grace_minutes") == "BOOK-37"

    def test_are_frozen(self) -> None:
        with pytest.raises(ValidationError):
            setattr(Rules(), "grace_minutes", 3)  # noqa: B010

    def test_are_listed_with_meaning_default_and_value(self) -> None:
        assert Rules(deposit=Decimal("0.5")).listing()[2] == {
            "name": "deposit",
            "requirement": "PART-09",
            "description": "part of the price that is paid when ordering",
            "default": "0.30",
            "value": "0.5",
        }


class TestChangingARule:
    async def test_is_in_force_from_then_on(self, tx: OpenTx) -> None:
        await change_rule(tx, Rules, "grace_minutes", 20, "rain")
        changed = await change_rule(tx, Rules, "grace_minutes", 30, "more rain")

        assert changed.grace_minutes == 30
        assert await load(tx.session, Rules) == Rules(grace_minutes=30)

    async def test_keeps_decimals_exact(self, tx: OpenTx) -> None:
        await change_rule(tx, Rules, "deposit", "0.35", "agreed with the bank")

        assert (await load(tx.session, Rules)).deposit == Decimal("0.35")

    async def test_keeps_who_when_and_why(self, tx: OpenTx) -> None:
        await change_rule(tx, Rules, "grace_minutes", 20, " rain ")
        later = replace(tx, by="employee-8", now=tx.now + timedelta(hours=1))
        await change_rule(later, Rules, "grace_minutes", 15, "sun")

        latest, first = await rules_history(tx)
        assert latest["changed_by"] == "employee-8"
        assert first == {
            "name": "grace_minutes",
            "value": 20,
            "changed_by": "employee-7",
            "changed_at": tx.now,
            "reason": "rain",
        }

    @pytest.mark.parametrize(
        ("name", "value"), [("grace_minutes", -1), ("grace_minutes", "soon"), ("grace_minutes", 61)]
    )
    async def test_is_refused_for_a_value_that_cannot_be(self, tx: OpenTx, name: str, value: object) -> None:
        with pytest.raises(Invalid):
            await change_rule(tx, Rules, name, value, "to try")

        assert await rules_history(tx) == []

    async def test_is_refused_without_a_reason(self, tx: OpenTx) -> None:
        with pytest.raises(Invalid):
            await change_rule(tx, Rules, "grace_minutes", 20, "  ")

    async def test_is_refused_for_what_is_no_rule(self, tx: OpenTx) -> None:
        with pytest.raises(NotFound):
            await change_rule(tx, Rules, "grace", 20, "to try")

    async def test_of_a_rule_that_a_release_dropped_is_of_no_effect(self, tx: OpenTx) -> None:
        class Newer(HouseRules):
            lapse_minutes: int = rule(60, "BOOK-38", "minutes after the slot before a booking lapses")

        await change_rule(tx, Rules, "grace_minutes", 20, "rain")

        assert await load(tx.session, Newer) == Newer()


class TestTheRulesHeldRules:
    async def test_are_read_once_in_a_while_by_a_process(self, tx: OpenTx) -> None:
        in_force = HeldRules()
        await in_force.read(tx.session, Rules)
        await change_rule(tx, Rules, "grace_minutes", 20, "rain")
        tx.session.info.clear()  # as if by another process

        assert (await in_force.read(tx.session, Rules)).grace_minutes == 15
        assert (await HeldRules().read(tx.session, Rules)).grace_minutes == 20

    async def test_are_read_anew_after_a_change_here(self, tx: OpenTx) -> None:
        in_force = HeldRules()
        await in_force.read(tx.session, Rules)
        await change_rule(tx, Rules, "grace_minutes", 20, "rain")

        within = await in_force.read(tx.session, Rules)
        in_force.note(tx.session)
        tx.session.info.clear()  # another transaction

        assert within.grace_minutes == 20
        assert (await in_force.read(tx.session, Rules)).grace_minutes == 20
