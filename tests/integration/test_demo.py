"""The demo's own parts: whole VINs, the plan of the day, shop time, quietness, effects, what it asks for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from demo import day
from demo.counts import Count, counted
from demo.day import drive, plan, visits_of_the_day
from demo.effects import Fact, chains
from demo.metrics import Messages
from demo.report import Results
from hypothesis import given
from hypothesis import strategies as st
from scenarios import narratives, samples
from scenarios.context import ScenarioContext
from scenarios.desks import parts
from scenarios.gateway_client import Traffic
from scenarios.narratives import NotAnInput, whole_vin
from scenarios.people import POSTS
from scenarios.quiet import PartStatus
from scenarios.shop_time import ShopTime
from tools.departments import DEPARTMENTS
from tools.subscriptions import subscribers
from vininfo import Vin

from contracts.roles import ROLES
from contracts.streams import STREAMS
from shopkit.vehicles import check_digit
from tests.integration.story import Story

OIL = "OL-2002"

_VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_NOON = datetime(2025, 3, 7, 4, tzinfo=UTC)


class TestTheInput:
    def test_gives_every_row_a_car_of_its_own(self) -> None:
        rows = narratives.read()

        assert len(rows) == 60
        assert len({row.vin for row in rows}) == len({row.plate for row in rows}) == 60
        assert len({row.phone for row in rows}) == 60
        assert all(Vin(row.vin).verify_checksum() for row in rows)
        assert rows == narratives.read()

    def test_keeps_a_prefix_whose_check_digit_can_be_met(self) -> None:
        assert whole_vin("1FTFW1EF9BF", 2011, 5).startswith("1FTFW1EF9BF")

    @pytest.mark.parametrize("prefix", ["", "UN", "1FALM12TF78", "1GNDT13O352"])
    def test_makes_a_vin_up_where_the_prefix_cannot_be_one(self, prefix: str) -> None:
        vin = whole_vin(prefix, 1996, 77)

        assert not vin.startswith(prefix or "?")
        assert Vin(vin).verify_checksum()

    @given(prefix=st.text(_VIN_LETTERS, min_size=0, max_size=11), seed=st.integers(0, 2**64 - 1))
    def test_never_gives_a_vin_whose_check_digit_is_wrong(self, prefix: str, seed: int) -> None:
        vin = whole_vin(prefix, None, seed)

        assert len(vin) == 17
        assert vin[8] == check_digit(vin)

    def test_takes_any_file_with_the_same_columns_and_no_other(self, tmp_path: Path) -> None:
        good = tmp_path / "good.csv"
        good.write_text(
            "make,model,year,component,vin_prefix,mileage,narrative\nVW,Golf,9999,ENGINE,,,It smokes.\n"
        )
        bad = tmp_path / "bad.csv"
        bad.write_text("make,model\nVW,Golf\n")

        (row,) = narratives.read(good)

        assert (row.words, row.year, row.mileage_km) == ("It smokes.", None, None)
        with pytest.raises(NotAnInput):
            narratives.read(bad)


class TestThePlanOfTheDay:
    def test_takes_every_row_once_and_enough_of_each_exception(self) -> None:
        rows = narratives.read()

        scripts = plan(_floor(), rows)

        visits = [partial_ for _, partial_ in scripts if len(partial_.args) == 3]  # type: ignore[attr-defined]
        walk_ins = sum(script.args[2] for script in visits)  # type: ignore[attr-defined]
        words = [script.args[1].number for script in visits]  # type: ignore[attr-defined]
        assert sorted(words) == sorted(row.number for row in rows)
        assert walk_ins / len(visits) >= 0.3
        assert len(scripts) - len(visits) == 8

    def test_makes_sixty_visits_of_a_short_file_with_other_cars(self) -> None:
        rows = narratives.read()[:7]

        visits = visits_of_the_day(rows)

        assert len(visits) == 60
        assert len({visit.vin for visit in visits}) == 60
        assert {visit.words for visit in visits} == {row.words for row in rows}

    def test_knows_trouble_codes_of_every_letter(self) -> None:
        assert set(day.trouble_codes()) == {"B", "C", "P", "U"}

    async def test_one_cars_trouble_does_not_stop_the_others(self) -> None:
        finished: list[str] = []

        async def good() -> None:
            finished.append("good")

        async def bad() -> None:
            raise ValueError("no such part")

        failures = await drive([("bad", bad), ("good", good)], drivers=2, done=lambda: None)

        assert finished == ["good"]
        assert [failure.script for failure in failures] == ["bad"]

    def test_everybody_has_a_role_of_the_shop(self) -> None:
        assert {post.role for post in POSTS} <= set(ROLES)
        assert len({post.login for post in POSTS}) == len(POSTS)


class TestTheShelves:
    @pytest.mark.asyncio(loop_scope="session")
    async def test_are_filled_up_though_only_a_fraction_is_missing(self, story: Story) -> None:
        manager = story.person("parts-manager")
        await parts.count(story.client, manager, OIL, "119.5", "half a litre was spilt")

        await samples.create_samples(story.client, story.context.crew)

        assert Decimal((await parts.listed(story.client, manager))[OIL]["available"]) >= 120


class TestShopTime:
    def test_opens_on_the_next_working_morning_and_only_moves_forwards(self, tmp_path: Path) -> None:
        shop = ShopTime(tmp_path / "clock")

        shop.move_to(shop.next_opening())
        opened = shop.local()
        shop.move_to(shop.now() - timedelta(days=3))

        assert (opened.hour, opened.minute) == (8, 10)
        assert opened.weekday() < 5
        assert shop.local() >= opened

    def test_skips_weekends_and_holidays(self, tmp_path: Path) -> None:
        shop = ShopTime(tmp_path / "clock")
        for _ in range(8):
            shop.move_to(shop.next_opening())
            assert shop.local().weekday() < 5


class TestQuietness:
    def test_is_reached_when_all_that_was_said_was_heard(self) -> None:
        assert PartStatus(_told()).restless == []

    def test_is_not_reached_while_one_listener_is_behind(self) -> None:
        told = _told()
        told["billing"]["heard"]["reception.visit"] = 2

        assert len(PartStatus(told).restless) == 1

    @pytest.mark.parametrize("what", ["unpublished", "deferred", "dead_letters", "timers_due", "behind"])
    def test_is_not_reached_while_something_is_left(self, what: str) -> None:
        told = _told()
        told["parts"][what] = 1

        assert len(PartStatus(told).restless) == 1


class TestEffects:
    def test_run_from_the_first_fact_to_the_last_it_led_to(self) -> None:
        first = _fact("a", "reception.visit.estimate-answered", 0.0)
        then = _fact("b", "workshop.job.resumed", 0.2, cause="a")
        last = _fact("c", "reception.visit.promise-revised", 1.5, cause="b")
        alone = _fact("d", "crm.customer.registered", 0.1)

        (chain,) = chains([first, alone, then, last], since=_NOON)

        assert (chain.first, chain.last, chain.seconds) == (first.type, last.type, 1.5)

    def test_of_an_earlier_demo_do_not_count(self) -> None:
        facts = [_fact("a", "x.y.z", 0.0), _fact("b", "x.y.z", 1.0, cause="a")]

        assert chains(facts, since=_NOON + timedelta(hours=1)) == []


class TestSuccess:
    def test_needs_every_count(self) -> None:
        assert not replace(_results(), counts=[Count("visits", 59, 60)]).good
        assert _results().good

    def test_needs_that_something_was_absorbed(self) -> None:
        assert not replace(_results(), messages=Messages(published=9, applied=9)).good

    def test_needs_that_nothing_is_parked_and_no_script_failed(self) -> None:
        assert not replace(_results(), dead_letters=1).good
        assert not replace(_results(), failures=1).good

    def test_counts_what_was_told_since_the_demo_began(self) -> None:
        data = '{"walk_in": true}'
        old = replace(_fact("a", "reception.visit.opened", -60.0), data=data)
        new = replace(_fact("b", "reception.visit.opened", 60.0), data=data)

        found = {count.what: count.found for count in counted([old, new], since=_NOON, rows=60, stories={})}

        assert (found["visits"], found["share of walk-ins"]) == (1, 1.0)


def _floor() -> ScenarioContext:
    return ScenarioContext(None, None, "", lambda: _NOON, {})  # type: ignore[arg-type]


def _told() -> dict[str, dict[str, object]]:
    """What eight departments tell when everybody has heard three events of every stream."""
    counts = (
        "unpublished",
        "deferred",
        "dead_letters",
        "unsorted_deliveries",
        "unreadable",
        "behind",
        "timers_due",
    )
    told: dict[str, dict[str, object]] = {
        name: {**dict.fromkeys((*counts, "timers_failing"), 0), "said": {}, "heard": {}}
        for name in DEPARTMENTS
    }
    for stream in STREAMS.values():
        told[stream.publisher]["said"][stream.name] = 3  # type: ignore[index]
        for subscriber in subscribers()[stream.name]:
            told[subscriber]["heard"][stream.name] = 3  # type: ignore[index]
    return told


def _fact(id: str, type: str, seconds: float, *, cause: str = "") -> Fact:
    at = _NOON + timedelta(seconds=seconds)
    return Fact(id, type, "request", cause, at, at, "{}")


def _results() -> Results:
    return Results(
        counts=[Count("visits", 60, 60)],
        outcomes={"repaired": 60},
        chains=[],
        messages=Messages(published=9, applied=9, duplicates=1),
        dead_letters=0,
        discrepancies=[],
        failures=0,
        faults=[],
        story=[],
        costs=[],
        traffic=Traffic(),
        seconds=60.0,
    )
