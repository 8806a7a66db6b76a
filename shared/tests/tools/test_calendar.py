"""Working time is counted through breaks, nights, closed days and the days when clocks are changed."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shopkit.calendar import (
    DEFAULT_CALENDAR,
    Break,
    ClosedDay,
    OpenDay,
    OpenHours,
    WorkingCalendar,
    default_calendar,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = date(2025, 3, 7)
SUNDAY_CLOCKS_FORWARD = date(2025, 3, 30)  # Berlin loses the hour from 02:00 to 03:00
SUNDAY_CLOCKS_BACK = date(2025, 10, 26)  # Berlin lives the hour from 02:00 to 03:00 twice

BERLIN_NIGHTS = WorkingCalendar(
    timezone="Europe/Berlin",
    weekly_hours=tuple(OpenHours(weekday=n, opens=time(0), closes=time(5)) for n in range(7)),
    breaks=(Break(starts=time(2), ends=time(2, 30)),),
    holidays_of=None,
)
SHORT_WEEK = DEFAULT_CALENDAR.model_copy(
    update={
        "weekly_hours": tuple(OpenHours(weekday=n, opens=time(8), closes=time(17, 30)) for n in range(5)),
        "closed_days": (ClosedDay(on=date(2025, 3, 10), reason="stock-taking"),),
        "open_days": (OpenDay(on=date(2025, 3, 8), opens=time(9), closes=time(12, 30)),),
    }
)

calendars = st.sampled_from([DEFAULT_CALENDAR, BERLIN_NIGHTS, SHORT_WEEK])
instants = st.one_of(
    st.datetimes(datetime(2025, 2, 20), datetime(2025, 4, 5), timezones=st.just(UTC)),  # noqa: DTZ001
    st.datetimes(datetime(2025, 10, 20), datetime(2025, 11, 1), timezones=st.just(UTC)),  # noqa: DTZ001
).map(lambda at: at.replace(second=0, microsecond=0))
minutes = st.integers(0, 6000)


def at(hour: int, minute: int = 0, on: date = FRIDAY, tz: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(on, time(hour, minute), tz)


@pytest.mark.req("F-18")
class TestTheLatestWorkStart:
    def test_is_counted_back_from_the_promise(self) -> None:
        assert DEFAULT_CALENDAR.subtract_minutes(at(12), 120) == at(10)

    def test_leaves_lunch_out(self) -> None:
        assert DEFAULT_CALENDAR.subtract_minutes(at(14), 120) == at(11)

    def test_of_a_morning_promise_lies_in_the_day_before(self) -> None:
        assert DEFAULT_CALENDAR.subtract_minutes(at(8, 30), 60) == at(17, 30, on=date(2025, 3, 6))

    def test_is_the_latest_there_is(self) -> None:
        assert DEFAULT_CALENDAR.subtract_minutes(at(14), 60) == at(13)


@pytest.mark.req("F-13")
class TestWorkingDays:
    def test_skip_the_weekend(self) -> None:
        assert DEFAULT_CALENDAR.add_working_days(FRIDAY, 3) == date(2025, 3, 12)

    def test_skip_public_holidays(self) -> None:
        assert DEFAULT_CALENDAR.add_working_days(date(2025, 1, 27), 1) == date(2025, 2, 5)  # Spring Festival
        assert not DEFAULT_CALENDAR.is_working_day(date(2025, 10, 1))

    def test_skip_days_that_the_shop_is_closed(self) -> None:
        assert not SHORT_WEEK.is_working_day(date(2025, 3, 10))
        assert SHORT_WEEK.add_working_days(date(2025, 3, 9), 1) == date(2025, 3, 11)

    def test_count_a_day_that_is_opened_specially(self) -> None:
        assert SHORT_WEEK.is_working_day(date(2025, 3, 8))

    def test_start_with_day_0(self) -> None:
        assert DEFAULT_CALENDAR.add_working_days(date(2025, 3, 8), 0) == date(2025, 3, 8)

    def test_are_not_counted_backwards(self) -> None:
        with pytest.raises(ValueError, match="forwards"):
            DEFAULT_CALENDAR.add_working_days(FRIDAY, -1)


class TestOpeningHours:
    def test_are_open_from_opening_until_closing(self) -> None:
        assert DEFAULT_CALENDAR.is_open(at(8))
        assert not DEFAULT_CALENDAR.is_open(at(7, 59))
        assert not DEFAULT_CALENDAR.is_open(at(18))

    def test_have_a_lunch_break(self) -> None:
        assert not DEFAULT_CALENDAR.is_open(at(12))
        assert DEFAULT_CALENDAR.is_open(at(13))
        assert DEFAULT_CALENDAR.intervals_on(FRIDAY) == [(at(8), at(12)), (at(13), at(18))]
        assert DEFAULT_CALENDAR.open_minutes_on(FRIDAY) == 540

    def test_of_a_closed_day_are_none(self) -> None:
        assert SHORT_WEEK.open_minutes_on(date(2025, 3, 10)) == 0
        assert SHORT_WEEK.add_minutes(at(17, on=FRIDAY), 31 + 180) == at(8, 1, on=date(2025, 3, 11))

    def test_of_a_specially_opened_day_are_its_own(self) -> None:
        assert SHORT_WEEK.intervals_on(date(2025, 3, 8)) == [
            (at(9, on=date(2025, 3, 8)), at(12, on=date(2025, 3, 8)))
        ]

    def test_that_overlap_count_once(self) -> None:
        twice = WorkingCalendar(
            weekly_hours=(
                OpenHours(weekday=4, opens=time(8), closes=time(12)),
                OpenHours(weekday=4, opens=time(10), closes=time(13)),
            )
        )

        assert twice.open_minutes_on(FRIDAY) == 300

    def test_follow_the_shops_time_zone(self) -> None:
        assert default_calendar("Europe/Berlin").is_open(at(17, tz=ZoneInfo("Europe/Berlin")))
        assert not default_calendar("Europe/Berlin").is_open(at(8))

    def test_must_close_after_opening(self) -> None:
        with pytest.raises(ValidationError):
            OpenHours(weekday=0, opens=time(18), closes=time(8))


class TestDaysWhenClocksAreChanged:
    def test_have_the_minutes_that_were_really_lived(self) -> None:
        assert BERLIN_NIGHTS.open_minutes_on(date(2025, 3, 29)) == 270
        assert BERLIN_NIGHTS.open_minutes_on(SUNDAY_CLOCKS_FORWARD) == 210  # the break fell on 03:00 to 03:30
        assert BERLIN_NIGHTS.open_minutes_on(SUNDAY_CLOCKS_BACK) == 330


class TestACalendar:
    def test_is_made_from_whatever_has_its_fields(self) -> None:
        published = SimpleNamespace(
            timezone="Asia/Shanghai",
            weekly_hours=(SimpleNamespace(weekday=4, opens=time(9), closes=time(12)),),
            breaks=(),
            closed_days=(SimpleNamespace(on=date(2025, 3, 14), reason="holiday"),),
        )

        copied = WorkingCalendar.model_validate(published)

        assert copied.open_minutes_on(FRIDAY) == 180
        assert copied.open_minutes_on(date(2025, 3, 14)) == 0

    def test_comes_back_from_json_as_it_was(self) -> None:
        assert WorkingCalendar.model_validate_json(SHORT_WEEK.model_dump_json()) == SHORT_WEEK

    def test_without_open_time_is_refused(self) -> None:
        never = WorkingCalendar(weekly_hours=())

        with pytest.raises(ValueError, match="no open time"):
            never.add_minutes(at(8), 1)
        with pytest.raises(ValueError, match="no open time"):
            never.subtract_minutes(at(8), 1)

    def test_refuses_naive_times_and_negative_minutes(self) -> None:
        with pytest.raises(ValueError, match="naive"):
            DEFAULT_CALENDAR.is_open(datetime(2025, 3, 7, 8))  # noqa: DTZ001
        with pytest.raises(ValueError, match="negative"):
            DEFAULT_CALENDAR.add_minutes(at(8), -1)


class TestCountingMinutes:
    @settings(deadline=None)
    @given(calendars, instants, minutes)
    def test_forwards_covers_exactly_that_much_open_time(
        self, calendar: WorkingCalendar, start: datetime, n: int
    ) -> None:
        assert calendar.minutes_between(start, calendar.add_minutes(start, n)) == n
        assert calendar.minutes_between(calendar.subtract_minutes(start, n), start) == n

    @settings(deadline=None)
    @given(calendars, instants, minutes)
    def test_back_returns_to_where_it_began(self, calendar: WorkingCalendar, start: datetime, n: int) -> None:
        start = calendar.add_minutes(start, 1) - timedelta(minutes=1)  # the beginning of an open minute

        assert calendar.subtract_minutes(calendar.add_minutes(start, n), n) == start

    @settings(deadline=None)
    @given(calendars, instants, minutes, minutes)
    def test_further_is_never_earlier(
        self, calendar: WorkingCalendar, start: datetime, n: int, m: int
    ) -> None:
        less, more = sorted((n, m))

        assert start <= calendar.add_minutes(start, less) <= calendar.add_minutes(start, more)
        assert start >= calendar.subtract_minutes(start, less) >= calendar.subtract_minutes(start, more)

    @settings(deadline=None)
    @given(calendars, instants, instants, instants)
    def test_between_adds_up(self, calendar: WorkingCalendar, a: datetime, b: datetime, c: datetime) -> None:
        assert calendar.minutes_between(a, b) + calendar.minutes_between(b, c) == calendar.minutes_between(
            a, c
        )
        assert calendar.minutes_between(a, b) == -calendar.minutes_between(b, a)

    @settings(deadline=None)
    @given(calendars, instants)
    def test_of_a_day_is_what_its_open_minutes_are(self, calendar: WorkingCalendar, some: datetime) -> None:
        tz = ZoneInfo(calendar.timezone)
        day = some.astimezone(tz).date()
        midnight, next_midnight = (datetime.combine(d, time(), tz) for d in (day, day + timedelta(days=1)))

        assert calendar.minutes_between(midnight, next_midnight) == calendar.open_minutes_on(day)
