"""Working time: when the shop is open, counted in minutes, and which days count as working days."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

Interval = tuple[datetime, datetime]
P = TypeVar("P", bound="_Part")

_DAY = timedelta(days=1)
_FARTHEST = 3660  # days looked through for an open minute, before the calendar is taken to have none


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class OpenHours(_Part):
    """Opening hours of one weekday, shop-local. A weekday may have several, one without any is closed."""

    weekday: int = Field(ge=0, le=6, description="0 Monday to 6 Sunday")
    opens: time = Field(description="shop-local time")
    closes: time = Field(description="shop-local time, later than `opens`")

    @model_validator(mode="after")
    def _must_close_after_opening(self) -> Self:
        return _in_order(self, self.opens, self.closes)


class Break(_Part):
    """A pause on every day, shop-local."""

    starts: time = Field(description="shop-local time")
    ends: time = Field(description="shop-local time, later than `starts`")

    @model_validator(mode="after")
    def _must_end_after_starting(self) -> Self:
        return _in_order(self, self.starts, self.ends)


class ClosedDay(_Part):
    """A day without work, whatever its weekday."""

    on: date = Field(description="shop-local date")
    reason: str = Field(default="", description="holiday or other reason")


class OpenDay(_Part):
    """A day with hours of its own, whatever its weekday; it is a working day and wins over a closed day."""

    on: date = Field(description="shop-local date")
    opens: time = Field(description="shop-local time")
    closes: time = Field(description="shop-local time, later than `opens`")

    @model_validator(mode="after")
    def _must_close_after_opening(self) -> Self:
        return _in_order(self, self.opens, self.closes)


class WorkingCalendar(BaseModel):
    """When the shop works. Minutes are real minutes, also on the days that the clocks are changed.

    Everything that has the same fields can be made into one: ``WorkingCalendar.model_validate(event)``.
    Instants are aware, and UTC on the way out; dates are shop-local. A naive instant is a ``ValueError``.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    timezone: str = Field(default="Asia/Shanghai", description="the shop's, an IANA name")
    weekly_hours: tuple[OpenHours, ...] = Field(description="opening hours of each weekday")
    breaks: tuple[Break, ...] = Field(default=(), description="pauses of every day")
    closed_days: tuple[ClosedDay, ...] = Field(default=(), description="days without work")
    open_days: tuple[OpenDay, ...] = Field(
        default=(), description="days with hours of their own; they win over closed days"
    )
    working_weekdays: frozenset[int] = Field(
        default=frozenset(range(5)), description="weekdays that count as working days, 0 Monday (F-13)"
    )
    holidays_of: str | None = Field(
        default="CN", description="country whose public holidays are no working days (F-13)"
    )

    def intervals_on(self, day: date) -> list[Interval]:
        """The stretches of open time of a day, breaks taken out, in order."""
        hours = [(d.opens, d.closes) for d in self.open_days if d.on == day]
        if not hours and all(closed.on != day for closed in self.closed_days):
            hours = [(h.opens, h.closes) for h in self.weekly_hours if h.weekday == day.weekday()]
        breaks = [(b.starts, b.ends) for b in self.breaks]
        return list(_without(self._instants(day, hours), self._instants(day, breaks)))

    def is_open(self, at: datetime) -> bool:
        """Whether work is done at that instant; the instant of closing is closed."""
        return any(start <= at < end for start, end in self.intervals_on(self._local_day(at)))

    def open_minutes_on(self, day: date) -> int:
        """Minutes of open time of a day, 0 when closed."""
        return sum((end - start for start, end in self.intervals_on(day)), timedelta()) // timedelta(
            minutes=1
        )

    def add_minutes(self, at: datetime, minutes: int) -> datetime:
        """The earliest instant by which that many minutes of open time have passed since ``at``."""
        at, left = _utc(at), _not_negative(minutes)
        if not left:
            return at
        for day in self._days_from(at, _DAY):
            for start, end in self.intervals_on(day):
                start = max(start, at)
                if end - start >= left:
                    return start + left
                left -= max(end - start, timedelta())
        raise ValueError("this calendar has no open time ahead")

    def subtract_minutes(self, at: datetime, minutes: int) -> datetime:
        """The latest instant from which that many minutes of open time remain until ``at`` (F-18)."""
        at, left = _utc(at), _not_negative(minutes)
        if not left:
            return at
        for day in self._days_from(at, -_DAY):
            for start, end in reversed(self.intervals_on(day)):
                end = min(end, at)
                if end - start >= left:
                    return end - left
                left -= max(end - start, timedelta())
        raise ValueError("this calendar has no open time before that")

    def minutes_between(self, a: datetime, b: datetime) -> int:
        """Whole minutes of open time from ``a`` to ``b``, negative when ``b`` is earlier."""
        if b < a:
            return -self.minutes_between(b, a)
        open_time, day, last = timedelta(), self._local_day(a), self._local_day(b)
        while day <= last:
            for start, end in self.intervals_on(day):
                open_time += max(min(end, b) - max(start, a), timedelta())
            day += _DAY
        return open_time // timedelta(minutes=1)

    def is_working_day(self, day: date) -> bool:
        """Whether a rule that counts working days counts it: no weekend, holiday or closed day (F-13)."""
        if any(extra.on == day for extra in self.open_days):
            return True
        if day.weekday() not in self.working_weekdays or any(closed.on == day for closed in self.closed_days):
            return False
        return self.holidays_of is None or day not in _public_holidays(self.holidays_of)

    def add_working_days(self, day: date, days: int) -> date:
        """The working day that is ``days`` working days after ``day``, which itself is day 0 (F-13)."""
        if days < 0:
            raise ValueError("working days are counted forwards")
        for _ in range(_FARTHEST):
            if not days:
                return day
            day += _DAY
            days -= self.is_working_day(day)
        raise ValueError("this calendar has not so many working days")

    def _local_day(self, at: datetime) -> date:
        return _utc(at).astimezone(ZoneInfo(self.timezone)).date()

    def _days_from(self, at: datetime, step: timedelta) -> Iterator[date]:
        day = self._local_day(at)
        return (day + n * step for n in range(_FARTHEST))

    def _instants(self, day: date, spans: Iterable[tuple[time, time]]) -> list[Interval]:
        tz = ZoneInfo(self.timezone)
        found = [
            (datetime.combine(day, a, tz).astimezone(UTC), datetime.combine(day, b, tz).astimezone(UTC))
            for a, b in spans
        ]
        return list(_joined(sorted((a, b) for a, b in found if a < b)))


def default_calendar(timezone: str) -> WorkingCalendar:
    """What a department works by until booking has published the shop's own calendar."""
    every_day = tuple(OpenHours(weekday=n, opens=time(8), closes=time(18)) for n in range(7))
    return WorkingCalendar(
        timezone=timezone, weekly_hours=every_day, breaks=(Break(starts=time(12), ends=time(13)),)
    )


def _in_order(part: P, first: time, then: time) -> P:
    if first >= then:
        raise ValueError(f"{then:%H:%M} is not later than {first:%H:%M}")
    return part


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a naive time has no meaning here: give it a time zone")
    return at.astimezone(UTC)


def _not_negative(minutes: int) -> timedelta:
    if minutes < 0:
        raise ValueError("give a number of minutes that is not negative")
    return timedelta(minutes=minutes)


def _joined(spans: Iterable[Interval]) -> Iterator[Interval]:
    """Sorted spans, with those that touch or overlap made one."""
    held: Interval | None = None
    for start, end in spans:
        if held is not None and start <= held[1]:
            held = (held[0], max(held[1], end))
            continue
        if held is not None:
            yield held
        held = (start, end)
    if held is not None:
        yield held


def _without(spans: list[Interval], breaks: list[Interval]) -> Iterator[Interval]:
    for start, end in spans:
        for pause, resume in breaks:
            if resume <= start or end <= pause:
                continue
            if start < pause:
                yield start, pause
            start = resume
        if start < end:
            yield start, end


@lru_cache(maxsize=8)
def _public_holidays(country: str) -> Any:
    from holidays import country_holidays  # imported when first asked: it is large, and few departments ask

    return country_holidays(country)


DEFAULT_CALENDAR = default_calendar("Asia/Shanghai")
"""Every day 08:00 to 18:00 with lunch from 12:00 to 13:00; working days Monday to Friday."""
