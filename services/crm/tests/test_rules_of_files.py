"""What a customer's and a vehicle's file hold, and their one normal form; no database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from services.crm.tests.builders import FRIDAY, VIN

from crm.domain import (
    AlreadyTheirs,
    Custom,
    Customer,
    CustomerClass,
    HouseRules,
    Purpose,
    Stage,
    Vehicle,
    normal_phone,
    stage_of,
)
from servicekit import Invalid

RULES = HouseRules()


TODAY = date(2025, 3, 7)


def a_customer() -> Customer:
    customer, _ = Customer.register(
        id=uuid4(),
        customer_no="C000123",
        display_name="Wang Fang",
        customer_class=CustomerClass.NORMAL,
        currency="CNY",
        at=FRIDAY,
    )
    return customer


def a_vehicle() -> Vehicle:
    vehicle, _ = Vehicle.register(
        id=uuid4(),
        customer_id=uuid4(),
        plate="粤A12345",
        vin=VIN,
        make="Volkswagen",
        model="Lavida",
        model_year=2019,
        engine_no=None,
        in_use_since_on=None,
        at=FRIDAY,
    )
    return vehicle


class TestTheLifeCycle:
    @pytest.mark.parametrize(
        ("visits", "spend", "before", "stage"),
        [
            (1, 800, 0, Stage.NEW),
            (2, 2100, 3000, Stage.DECLINING),
            (2, 3000, 2100, Stage.GROWING),
            (4, 3300, 3000, Stage.MATURE),
            (4, 2400, 3000, Stage.MATURE),
            (4, 3601, 3000, Stage.GROWING),
            (2, 2900, 3000, Stage.NEW),
        ],
    )
    def test_follows_visits_and_spend(self, visits: int, spend: int, before: int, stage: Stage) -> None:
        custom = Custom(visits, date(2025, 1, 10), Decimal(spend), Decimal(before))

        assert stage_of(custom, today=TODAY, rules=RULES) == stage

    def test_declines_after_a_year_of_absence(self) -> None:
        away = Custom(9, date(2024, 3, 6), Decimal(0), Decimal(0))
        here = Custom(9, date(2024, 3, 7), Decimal(0), Decimal(0))

        assert stage_of(away, today=TODAY, rules=RULES) == Stage.DECLINING
        assert stage_of(here, today=TODAY, rules=RULES) == Stage.MATURE

    def test_begins_new(self) -> None:
        assert stage_of(Custom(0, None, Decimal(0), Decimal(0)), today=TODAY, rules=RULES) == Stage.NEW


class TestNormalSpelling:
    @pytest.mark.parametrize(
        "text", ["13800138000", "138 0013-8000", "+86 138 0013 8000", "0086 13800138000"]
    )
    def test_of_a_phone_number_is_one(self, text: str) -> None:
        assert normal_phone(text, "CN") == "+8613800138000"

    @pytest.mark.parametrize("text", ["", "call me", "12345", "+86 138"])
    def test_of_what_is_no_phone_number_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid) as refused:
            normal_phone(text, "CN")
        assert "got" not in refused.value.details["errors"][0]


class TestACustomer:
    def test_publishes_the_credit_with_its_currency(self) -> None:
        (changed,) = a_customer().classify(customer_class=CustomerClass.VIP, credit_limit=Decimal("500.00"))

        assert (changed.customer_class, changed.credit_limit, changed.currency) == (
            "vip",
            Decimal("500.00"),
            "CNY",
        )

    def test_publishes_nothing_when_nothing_changed(self) -> None:
        customer = a_customer()

        assert customer.change(display_name=customer.display_name, at=FRIDAY) == ()
        assert customer.classify(customer_class=CustomerClass.NORMAL, credit_limit=None) == ()

    def test_who_withdrew_consent_has_given_it_before(self) -> None:
        customer = a_customer()
        assert not customer.has_withdrawn(Purpose.COMMUNICATION)

        customer.give_consent(Purpose.COMMUNICATION, channel="desk", by="x", at=FRIDAY)
        customer.withdraw_consent(Purpose.COMMUNICATION, by="x", at=FRIDAY)
        assert customer.has_withdrawn(Purpose.COMMUNICATION)

        customer.give_consent(Purpose.COMMUNICATION, channel="phone", by="x", at=FRIDAY)
        assert not customer.has_withdrawn(Purpose.COMMUNICATION)
        assert len(customer.consents) == 2


class TestAVehicle:
    def test_that_is_passed_on_keeps_its_owners(self) -> None:
        vehicle, buyer, at = a_vehicle(), uuid4(), datetime(2025, 6, 1, tzinfo=UTC)

        changed = vehicle.pass_on(buyer, at=at)

        assert changed.customer_id == buyer
        assert [(o.since_at, o.until_at) for o in vehicle.ownerships] == [(FRIDAY, at), (at, None)]
        with pytest.raises(AlreadyTheirs):
            vehicle.pass_on(buyer, at=at)

    def test_keeps_the_latest_mileage(self) -> None:
        vehicle = a_vehicle()

        vehicle.note_mileage(42_000, FRIDAY)
        vehicle.note_mileage(41_000, FRIDAY - timedelta(days=90))

        assert vehicle.mileage_km == 42_000
