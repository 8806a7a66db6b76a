"""The demo's own modules: VINs, the plan of the day, others' open work, shop time, quietness, effects."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from demo import day
from demo.__main__ import show_failures
from demo.counts import Count, counted
from demo.day import drive, plan, visits_of_the_day
from demo.effects import Event, chains
from demo.metrics import Messages
from demo.report import Results
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from scenarios import after_care, narratives, samples
from scenarios.desks import crm, parts
from scenarios.gateway_client import Traffic
from scenarios.narratives import NotAnInput, whole_vin
from scenarios.people import POSTS
from scenarios.quiet import ShopActivity, look
from scenarios.repairs import BRAKES
from scenarios.shop_time import ShopTime
from scenarios.visits import back_order, complaint, happy
from tools.departments import DEPARTMENTS
from tools.subscriptions import subscribers
from vininfo import Vin

from contracts.roles import ROLES
from contracts.streams import STREAMS
from shopkit.vehicles import check_digit
from tests.integration.story import Story

OIL, PADS = "OL-2002", "BP-1001"

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

        planned = plan(rows)

        visits = [one for one in planned if one.walk_in is not None]
        assert sorted(one.fault.number for one in visits) == sorted(row.number for row in rows)
        assert sum(bool(one.walk_in) for one in visits) / len(visits) >= 0.3
        assert Counter(one.course for one in visits) == Counter(dict(day.COURSES)) + Counter({happy.happy: 9})
        assert len(planned) - len(visits) == 8

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

        assert await parts.available(story.client, manager, OIL) >= 120

    @pytest.mark.asyncio(loop_scope="session")
    async def test_are_filled_up_though_an_older_promise_takes_what_comes_in(self, story: Story) -> None:
        older = story.new_visit(walk_in=True)
        await older.come()
        await older.diagnose(replace(BRAKES, parts=((PADS, "500"),)))
        await older.agree()
        await story.settled()

        await samples.create_samples(story.client, story.context.crew)

        assert await parts.available(story.client, older.keeper, PADS) >= 120
        (line,) = [line for line in (await older.reservation())["lines"] if line["part_no"] == PADS]
        assert (line["held"], line["short"]) == ("500.000", "0.000")


@pytest.mark.asyncio(loop_scope="session")
class TestOthersOpenWork:
    async def test_does_not_take_the_parts_that_are_ordered_for_a_visit_of_the_demo(
        self, story: Story
    ) -> None:
        older = story.new_visit(walk_in=True)
        line = await back_order.lacks_a_part(older)
        await older.answer([line], promise=story.context.tomorrow())
        await back_order.place_order(older, line)

        await back_order.stays(story.context, story.fault(), True)

        assert {line["short"] for line in (await older.reservation())["lines"]} == {"1.000"}

    async def test_is_left_alone_in_the_days_after(self, story: Story) -> None:
        others = await happy.happy(story.context, story.fault(), True)
        await story.passes(days=5)

        low = await after_care.answer_surveys(story.context, ())
        await after_care.make_calls(story.context, ())

        (survey,) = await story.surveys(others)
        calls = await crm.follow_ups(story.client, story.person("customer-service"))
        assert (low, survey["state"]) == (0, "sent")
        assert others.customer_id in {call["customer_id"] for call in calls}


class TestWhatIsPutOff:
    @pytest.mark.asyncio(loop_scope="session")
    @pytest.mark.parametrize(
        ("course", "kind"), [(back_order.drives_on, "E2"), (complaint.comes_back, "E8 comes back")]
    )
    async def test_comes_to_its_end_the_next_morning(
        self, story: Story, course: day.VisitCourse, kind: str
    ) -> None:
        before = story.context.done[kind]
        await course(story.context, story.fault(), True)
        await story.passes(hours=20)

        (name, script) = story.context.next_morning.pop()
        await script()

        assert name == course.__name__
        assert story.context.done[kind] == before + 1


class TestAVisitThatStandsStill:
    @pytest.mark.asyncio(loop_scope="session")
    async def test_is_named_with_the_reason_in_one_line(self, story: Story, tmp_path: Path) -> None:
        driver, screen = story.new_visit(walk_in=True), Console(record=True, width=100)

        async def waits_in_vain() -> None:
            line = await back_order.lacks_a_part(driver)
            await driver.answer([line], promise=story.context.tomorrow())
            await driver.fetch_parts(line, story.person("technician"))

        script = partial(story.context.see_through, driver.fault, waits_in_vain)
        failures = await drive([("waits_in_vain", script)], drivers=1, done=lambda: None)
        show_failures(screen, failures, tmp_path / "traces")

        (line, where) = screen.export_text().strip().split("\n")
        assert line.startswith(
            f"waits_in_vain: visit {driver.request_no} of car {driver.fault.plate} stands still: the parts"
        )
        assert "409 not_enough_stock" in line
        assert f"part_no SO-{driver.request_no}" in line
        assert where == f"where in the code each stopped: {tmp_path / 'traces'}"
        assert "Traceback" in (tmp_path / "traces").read_text()

    def test_leaves_nothing_on_the_screen_when_there_is_none(self, tmp_path: Path) -> None:
        screen = Console(record=True)

        show_failures(screen, [], tmp_path / "traces")

        assert screen.export_text() == ""


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
    def test_is_reached_when_every_published_event_is_applied(self) -> None:
        assert ShopActivity(_reports()).restless == []

    def test_is_not_reached_while_one_subscriber_is_behind(self) -> None:
        reports = _reports()
        reports["billing"]["applied"]["reception.visit"] = 2

        assert len(ShopActivity(reports).restless) == 1

    @pytest.mark.parametrize(
        "what",
        ["unpublished", "deferred", "unsorted_deliveries", "dead_letters", "timers_due", "behind"],
    )
    def test_is_not_reached_while_something_is_left(self, what: str) -> None:
        reports = _reports()
        reports["parts"][what] = 1

        assert len(ShopActivity(reports).restless) == 1

    @pytest.mark.asyncio(loop_scope="session")
    async def test_is_read_from_what_every_department_reports(self, story: Story) -> None:
        await story.settled()

        activity = await look(story.client, story.person("admin"))

        assert activity.restless == []
        assert activity.published > 0


class TestEffects:
    def test_run_from_the_first_event_to_the_last_it_led_to(self) -> None:
        first = _event("a", "reception.visit.estimate-answered", 0.0)
        then = _event("b", "workshop.job.resumed", 0.2, cause="a")
        last = _event("c", "reception.visit.promise-revised", 1.5, cause="b")
        alone = _event("d", "crm.customer.registered", 0.1)

        (chain,) = chains([first, alone, then, last], since=_NOON)

        assert (chain.first, chain.last, chain.seconds) == (first.type, last.type, 1.5)

    def test_of_an_earlier_demo_do_not_count(self) -> None:
        events = [_event("a", "x.y.z", 0.0), _event("b", "x.y.z", 1.0, cause="a")]

        assert chains(events, since=_NOON + timedelta(hours=1)) == []


class TestSuccess:
    def test_needs_every_count(self) -> None:
        assert not replace(_results(), counts=[Count("visits", 59, 60)]).good
        assert _results().good

    def test_needs_that_something_was_absorbed(self) -> None:
        assert not replace(_results(), messages=Messages(published=9, applied=9)).good

    def test_needs_that_there_is_no_dead_letter_and_no_script_failed(self) -> None:
        assert not replace(_results(), dead_letters=1).good
        assert not replace(_results(), failures=1).good

    def test_counts_the_demos_own_visits_since_it_began(self) -> None:
        own, others = '{"walk_in": true, "visit_id": "own"}', '{"walk_in": true, "visit_id": "another"}'
        events = [
            replace(_event("a", "reception.visit.opened", -60.0), data=own),
            replace(_event("b", "reception.visit.opened", 60.0), data=own),
            replace(_event("c", "reception.visit.opened", 60.0), data=others),
        ]

        counts = counted(events, since=_NOON, visits={"own"}, rows=60, scenarios={})

        found = {count.what: count.found for count in counts}
        assert (found["visits"], found["share of walk-ins"]) == (1, 1.0)


def _reports() -> dict[str, dict[str, Any]]:
    """What eight departments report when every subscriber has applied three events of every stream."""
    counts = ("unpublished", "deferred", "dead_letters", "unsorted_deliveries", "unreadable", "behind")
    reports: dict[str, dict[str, Any]] = {
        name: {
            **dict.fromkeys((*counts, "timers_due", "timers_failing"), 0),
            "published": {},
            "applied": {},
        }
        for name in DEPARTMENTS
    }
    for stream in STREAMS.values():
        reports[stream.publisher]["published"][stream.name] = 3
        for subscriber in subscribers()[stream.name]:
            reports[subscriber]["applied"][stream.name] = 3
    return reports


def _event(id: str, type: str, seconds: float, *, cause: str = "") -> Event:
    at = _NOON + timedelta(seconds=seconds)
    return Event(id, type, "request", cause, at, at, "{}")


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
