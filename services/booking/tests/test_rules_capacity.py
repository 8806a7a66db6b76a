"""Capacity in labour minutes and slots, without a database (F-16)."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.booking.tests.builders import (
    FRIDAY,
    MONDAY_9,
    RULES,
    a_diary,
)

from booking.domain.capacity import (
    CapacityExceeded,
    Load,
    ShopClosed,
    SlotTooLong,
    SlotTooShort,
    limits,
    plan_slot,
    spread,
)
from booking.domain.diary import HourLoad, SlotFull, levelling_index, most_at_once
from shopkit.calendar import DEFAULT_CALENDAR

MONDAY = MONDAY_9.date()


@pytest.mark.req("BOOK-18")
class TestCapacity:
    @pytest.mark.req("F-16")
    def test_is_technicians_times_open_time_with_a_share_for_maintenance(self) -> None:
        day = limits(8 * 60, 6, Decimal("0.70"))

        assert (day.available, day.maintenance, day.repair) == (48 * 60, 2016, 864)  # 33.6 h (F-16)

    @pytest.mark.req("F-16")
    def test_of_a_day_with_thirty_hours_leaves_the_rest_for_maintenance(self) -> None:
        # The worked example has eight open hours, the default calendar nine.
        diary = a_diary(booked=Load(1800, 1800), technicians=6)
        calendar = DEFAULT_CALENDAR.model_copy(
            update={
                "weekly_hours": tuple(
                    h.model_copy(update={"closes": h.closes.replace(hour=17)})
                    for h in DEFAULT_CALENDAR.weekly_hours
                )
            }
        )
        row = diary.days[MONDAY]

        assert row.left(calendar, RULES).maintenance == 216  # 3.6 h (F-16)
        assert row.load(calendar, RULES) == Decimal("0.6250")

    def test_refuses_maintenance_beyond_its_share(self) -> None:
        diary = a_diary(booked=Load(756, 756))  # 2 x 540 x 0.70

        with pytest.raises(CapacityExceeded) as refused:
            diary.must_have_room(plan_slot(DEFAULT_CALENDAR, MONDAY_9, Load(30, 30), rules=RULES))

        assert refused.value.details["kind"] == "maintenance"
        assert refused.value.details["left_minutes"] == 0

    def test_counts_walk_ins(self) -> None:
        work = Load(60, 60)
        plan = plan_slot(DEFAULT_CALENDAR, MONDAY_9, work, rules=RULES)

        a_diary(walk_in=1020).must_have_room(plan)
        with pytest.raises(CapacityExceeded):
            a_diary(walk_in=1021).must_have_room(plan)

    def test_of_an_hour_is_one_car_for_each_technician(self) -> None:
        plan = plan_slot(DEFAULT_CALENDAR, MONDAY_9, Load(60), rules=RULES)
        span = (MONDAY_9 + timedelta(minutes=30), MONDAY_9 + timedelta(minutes=90))

        a_diary(taken=[span]).must_have_room(plan)
        with pytest.raises(SlotFull):
            a_diary(taken=[span, span]).must_have_room(plan)

    def test_is_offered_only_where_there_is_room(self) -> None:
        busy = (MONDAY_9 - timedelta(hours=1), MONDAY_9 + timedelta(hours=2))
        diary = a_diary(taken=[busy, busy])

        first = next(diary.free_slots(Load(60), at=FRIDAY))

        assert first.start == MONDAY_9 + timedelta(hours=2)
        assert all(diary.has_room(plan) for plan in diary.free_slots(Load(60), at=FRIDAY))

    @given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=12))
    def test_slots_at_once_are_counted_like_minute_by_minute(self, raw: list[tuple[int, int]]) -> None:
        spans = [(FRIDAY + timedelta(minutes=a), FRIDAY + timedelta(minutes=a + n)) for a, n in raw]
        start, end = FRIDAY + timedelta(minutes=10), FRIDAY + timedelta(minutes=40)
        minutes = [start + timedelta(minutes=n) for n in range(30)]

        expected = max(sum(a <= minute < b for a, b in spans) for minute in minutes)

        assert most_at_once(spans, start, end) == expected


class TestSlots:
    def test_are_as_long_as_the_work_in_open_time(self) -> None:
        plan = plan_slot(DEFAULT_CALENDAR, MONDAY_9 + timedelta(hours=2), Load(120), rules=RULES)

        assert plan.end - plan.start == timedelta(hours=3)  # 11:00 to 14:00, lunch between

    def test_spread_long_work_over_days(self) -> None:
        plan = plan_slot(DEFAULT_CALENDAR, MONDAY_9, Load(600, 100), rules=RULES)

        assert plan.days == {MONDAY: Load(480, 100), MONDAY + timedelta(days=1): Load(120, 0)}

    def test_do_not_end_later_than_slots_are_offered(self) -> None:
        end = MONDAY_9 + timedelta(days=RULES.offered_days)

        assert plan_slot(DEFAULT_CALENDAR, MONDAY_9, Load(60), rules=RULES, end=end).end == end
        with pytest.raises(SlotTooLong) as refused:
            plan_slot(DEFAULT_CALENDAR, MONDAY_9, Load(60), rules=RULES, end=end + timedelta(seconds=1))
        assert refused.value.details["latest_end"] == end.isoformat()

    def test_touch_every_day_from_begin_to_end(self) -> None:
        end = MONDAY_9 + timedelta(days=2)

        plan = plan_slot(DEFAULT_CALENDAR, MONDAY_9, Load(60), rules=RULES, end=end)

        assert plan.days == {MONDAY: Load(60)}
        assert list(plan.touches(ZoneInfo("Asia/Shanghai"))) == [MONDAY + timedelta(days=n) for n in range(3)]

    def test_begin_in_open_time(self) -> None:
        with pytest.raises(ShopClosed):
            plan_slot(DEFAULT_CALENDAR, MONDAY_9 + timedelta(hours=3), Load(60), rules=RULES)

    def test_do_not_end_before_the_work(self) -> None:
        with pytest.raises(SlotTooShort):
            plan_slot(DEFAULT_CALENDAR, MONDAY_9, Load(90), rules=RULES, end=MONDAY_9 + timedelta(hours=1))

    @given(st.integers(1, 3000), st.integers(0, 3000), st.integers(1, 4000))
    def test_never_lose_labour(self, labour: int, maintenance: int, length: int) -> None:
        work = Load(labour, min(labour, maintenance))

        days = spread(DEFAULT_CALENDAR, MONDAY_9, MONDAY_9 + timedelta(minutes=length), work)

        assert sum(load.labour for load in days.values()) == work.labour
        assert sum(load.maintenance for load in days.values()) == work.maintenance

    @pytest.mark.req("F-16")
    def test_level_is_the_highest_hour_above_the_mean(self) -> None:
        hours = [HourLoad(MONDAY_9, MONDAY_9, Decimal(n)) for n in ("0.5", "1", "0")]

        assert levelling_index(hours) == Decimal("0.5")

    def test_warn_of_an_hour_that_stands_out(self) -> None:
        plan = plan_slot(DEFAULT_CALENDAR, MONDAY_9, Load(60), rules=RULES)

        assert a_diary(technicians=2, taken=[(plan.start, plan.end)]).is_peak(plan)
        assert not a_diary(technicians=6).is_peak(plan)
