"""Capacity in labour minutes: what a day holds, what is booked, and where there is still room (F-16)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.base import Base
from booking.domain.refusals import (
    CapacityExceeded,
    ShopClosed,
    SlotFull,
    SlotInThePast,
    SlotTooLong,
    SlotTooShort,
)
from booking.domain.rules import HouseRules
from contracts.values import Line
from servicekit import Aggregate
from shopkit.calendar import WorkingCalendar

Span = tuple[datetime, datetime]
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Load:
    """Labour in whole minutes, and how much of it is maintenance."""

    labour: int
    maintenance: int = 0

    @property
    def repair(self) -> int:
        """All that is not maintenance: repair, diagnosis, rework."""
        return self.labour - self.maintenance


def load_of(lines: Iterable[Line], *, diagnosis: bool, rules: HouseRules) -> Load:
    """The labour of a request; a fault nobody has looked at yet takes the diagnosis minutes (BOOK-13)."""
    lines = tuple(lines)
    maintenance = sum(line.labour_minutes for line in lines if line.kind == "maintenance")
    labour = sum(line.labour_minutes for line in lines)
    if diagnosis or not lines:
        labour += rules.diagnosis_minutes
    return Load(labour, maintenance)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a day holds, in minutes; of ``available`` a share is kept for maintenance (F-16, BOOK-21)."""

    available: int
    maintenance: int

    @property
    def repair(self) -> int:
        """What is kept for everything else."""
        return self.available - self.maintenance


def limits(open_minutes: int, technicians: int, share: Decimal) -> Limits:
    """Available = technicians x open minutes; the maintenance part of it is rounded down (F-16)."""
    available = technicians * open_minutes
    return Limits(available, int(available * share))


class CapacityDay(Aggregate, Base):
    """The labour booked on one shop-local day; the row that everybody who books that day locks."""

    __tablename__ = "capacity_days"
    __table_args__ = (
        CheckConstraint("booked_minutes >= 0", name="booked"),
        CheckConstraint("maintenance_minutes between 0 and booked_minutes", name="maintenance"),
        CheckConstraint("walk_in_minutes >= 0", name="walk_in"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    technicians: Mapped[int | None] = mapped_column(default=None)
    booked_minutes: Mapped[int] = mapped_column(default=0)
    maintenance_minutes: Mapped[int] = mapped_column(default=0)
    walk_in_minutes: Mapped[int] = mapped_column(default=0)

    def crew(self, rules: HouseRules) -> int:
        """How many technicians work on that day."""
        return rules.technicians if self.technicians is None else self.technicians

    def limits(self, calendar: WorkingCalendar, rules: HouseRules) -> Limits:
        """What the day holds by the calendar and the rules in force."""
        return limits(calendar.open_minutes_on(self.day), self.crew(rules), rules.maintenance_share)

    def left(self, calendar: WorkingCalendar, rules: HouseRules) -> Load:
        """Minutes that can still be booked: in all, and of those how much as maintenance; never negative."""
        held = self.limits(calendar, rules)
        whole = max(held.available - self.booked_minutes - self.walk_in_minutes, 0)
        maintenance = max(held.maintenance - self.maintenance_minutes, 0)
        return Load(whole, min(maintenance, whole))

    def load(self, calendar: WorkingCalendar, rules: HouseRules) -> Decimal:
        """Booked and walked in / available, four places; 0 on a closed day (F-16)."""
        available = self.limits(calendar, rules).available
        taken = self.booked_minutes + self.walk_in_minutes
        return round(Decimal(taken) / available, 4) if available else Decimal(0)

    def take(self, load: Load) -> None:
        """Book labour, whether there is room or not: facts and overrides do not ask."""
        self.booked_minutes += load.labour
        self.maintenance_minutes += load.maintenance

    def release(self, load: Load) -> None:
        """Give booked labour back."""
        self.booked_minutes -= load.labour
        self.maintenance_minutes -= load.maintenance

    def must_have_room(self, load: Load, calendar: WorkingCalendar, rules: HouseRules) -> None:
        """Raise ``CapacityExceeded`` when the day, or its share for this kind of work, is full (BOOK-39)."""
        held = self.limits(calendar, rules)
        repair_booked = self.booked_minutes - self.maintenance_minutes
        taken = self.booked_minutes + self.walk_in_minutes
        for kind, limit, booked, wanted in (
            ("maintenance", held.maintenance, self.maintenance_minutes, load.maintenance),
            ("repair", held.repair, repair_booked, load.repair),
            ("all", held.available, taken, load.labour),
        ):
            if wanted and booked + wanted > limit:
                raise CapacityExceeded(
                    day=self.day.isoformat(),
                    kind=kind,
                    limit_minutes=limit,
                    booked_minutes=booked,
                    wanted_minutes=wanted,
                    left_minutes=max(limit - booked, 0),
                )


def move(days: Mapping[date, CapacityDay], old: Mapping[date, Load], new: Mapping[date, Load]) -> None:
    """Take labour off some days and put it on others."""
    for day, load in old.items():
        days[day].release(load)
    for day, load in new.items():
        days[day].take(load)


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """A slot with the labour that it puts on each day."""

    start: datetime
    end: datetime
    days: Mapping[date, Load]

    def touches(self, tz: ZoneInfo) -> Iterator[date]:
        """Every shop-local day of the slot, also those without labour."""
        day, last = self.start.astimezone(tz).date(), self.end.astimezone(tz).date()
        while day <= last:
            yield day
            day += _DAY


def plan_slot(
    calendar: WorkingCalendar,
    start: datetime,
    work: Load,
    *,
    rules: HouseRules,
    end: datetime | None = None,
) -> SlotPlan:
    """The slot from ``start``, long enough for the work in open time, unless a later ``end`` is wished.

    Raises ``ShopClosed``, ``SlotTooShort`` and ``SlotTooLong``.
    """
    if not calendar.is_open(start):
        raise ShopClosed(slot_start=start.isoformat())
    earliest = calendar.add_minutes(start, max(work.labour, rules.slot_minimum_minutes))
    if end is not None and end < earliest:
        raise SlotTooShort(earliest_end=earliest.isoformat())
    latest = max(earliest, start + timedelta(days=rules.offered_days))
    if end is not None and end > latest:
        raise SlotTooLong(latest_end=latest.isoformat())
    end = end or earliest
    return SlotPlan(start, end, spread(calendar, start, end, work))


def must_lie_ahead(start: datetime, *, at: datetime) -> None:
    """Raise ``SlotInThePast`` for a slot that has initial."""
    if start < at:
        raise SlotInThePast(slot_start=start.isoformat())


def spread(calendar: WorkingCalendar, start: datetime, end: datetime, work: Load) -> dict[date, Load]:
    """The work day by day, as early as the slot's open time allows.

    What a slot cannot hold, because the calendar has changed since, counts on its first day.
    """
    days = dict(_spread(calendar, start, end, work))
    first = start.astimezone(ZoneInfo(calendar.timezone)).date()
    labour = work.labour - sum(load.labour for load in days.values())
    maintenance = work.maintenance - sum(load.maintenance for load in days.values())
    if labour:
        held = days.get(first, Load(0))
        days[first] = Load(held.labour + labour, held.maintenance + maintenance)
    return days


def _spread(
    calendar: WorkingCalendar, start: datetime, end: datetime, work: Load
) -> Iterator[tuple[date, Load]]:
    tz = ZoneInfo(calendar.timezone)
    day, last = start.astimezone(tz).date(), end.astimezone(tz).date()
    labour, maintenance = work.labour, work.maintenance
    while labour > 0 and day <= last:
        open_time = sum(
            (max(min(b, end) - max(a, start), timedelta()) for a, b in calendar.intervals_on(day)),
            timedelta(),
        )
        minutes = min(labour, open_time // _MINUTE)
        if minutes:
            kept = min(maintenance, minutes)
            yield day, Load(minutes, kept)
            labour, maintenance = labour - minutes, maintenance - kept
        day += _DAY


def most_at_once(taken: Sequence[Span], start: datetime, end: datetime) -> int:
    """The largest number of ``taken`` slots that overlap at one instant of ``start`` to ``end``."""
    edges = [
        edge for a, b in taken if a < end and b > start for edge in ((max(a, start), 1), (min(b, end), -1))
    ]
    most = now = 0
    for _, step in sorted(edges):  # at the same instant the one that ends (-1) makes room first
        now += step
        most = max(most, now)
    return most


@dataclass(frozen=True, slots=True)
class Diary:
    """Some days, with the slots taken on them, as everything that books looks at them."""

    days: Mapping[date, CapacityDay]
    taken: Sequence[Span]
    calendar: WorkingCalendar
    rules: HouseRules

    def must_have_room(self, plan: SlotPlan) -> None:
        """Raise ``CapacityExceeded`` or ``SlotFull``: neither a day nor an hour is overbooked (BOOK-39)."""
        for day, load in plan.days.items():
            self.days[day].must_have_room(load, self.calendar, self.rules)
        crew = min((self.days[day].crew(self.rules) for day in plan.days), default=self.rules.technicians)
        if most_at_once(self.taken, plan.start, plan.end) >= crew:
            raise SlotFull(slot_start=plan.start.isoformat(), slot_end=plan.end.isoformat(), technicians=crew)

    def has_room(self, plan: SlotPlan) -> bool:
        """Whether the slot could be booked without an override."""
        try:
            self.must_have_room(plan)
        except (CapacityExceeded, SlotFull):
            return False
        return True

    def free_slots(self, work: Load, *, at: datetime) -> Iterator[SlotPlan]:
        """Slots after ``at`` that have room, in order of time; days outside the diary are not looked at."""
        step = timedelta(minutes=self.rules.slot_step_minutes)
        for day in sorted(self.days):
            for opens, closes in self.calendar.intervals_on(day):
                start = opens
                while start < closes:
                    if start > at and (plan := self._fitting(start, work)) is not None:
                        yield plan
                    start += step

    def _fitting(self, start: datetime, work: Load) -> SlotPlan | None:
        plan = plan_slot(self.calendar, start, work, rules=self.rules)
        if not plan.days.keys() <= self.days.keys():
            return None
        return plan if self.has_room(plan) else None

    def hours(self, day: date) -> list["HourLoad"]:
        """How busy each hour of a day is, from its slots (BOOK-19)."""
        crew, found, open_time = self.days[day].crew(self.rules), [], self.calendar.intervals_on(day)
        taken = [(a, b) for a, b in self.taken if open_time and a < open_time[-1][1] and b > open_time[0][0]]
        for opens, closes in open_time:
            start = opens
            while start < closes:
                end = min(start + timedelta(hours=1), closes)
                busy = sum((max(min(b, end) - max(a, start), timedelta()) for a, b in taken), timedelta())
                room = crew * ((end - start) // _MINUTE)
                load = round(Decimal(busy // _MINUTE) / room, 4) if room else Decimal(0)
                found.append(HourLoad(start, end, load))
                start = end
        return found

    def is_peak(self, plan: SlotPlan) -> bool:
        """Whether the slot's first hour would stand out of its day (BOOK-19)."""
        day = plan.start.astimezone(ZoneInfo(self.calendar.timezone)).date()
        with_it = Diary(self.days, [*self.taken, (plan.start, plan.end)], self.calendar, self.rules)
        hours = with_it.hours(day)
        return any(hour.start <= plan.start < hour.end for hour in peaks(hours, self.rules.peak_margin))


@dataclass(frozen=True, slots=True)
class HourLoad:
    """How much of the technicians' time of one hour is booked, as a fraction."""

    start: datetime
    end: datetime
    load: Decimal


def levelling_index(hours: Sequence[HourLoad]) -> Decimal:
    """Largest load of an hour minus the mean; 0 for a perfectly level day (F-16)."""
    if not hours:
        return Decimal(0)
    return max(hour.load for hour in hours) - _mean(hours)


def peaks(hours: Sequence[HourLoad], margin: Decimal) -> list[HourLoad]:
    """The hours that stand out of the day by more than ``margin``."""
    return [hour for hour in hours if hour.load - _mean(hours) > margin] if hours else []


def _mean(hours: Sequence[HourLoad]) -> Decimal:
    return round(sum((hour.load for hour in hours), Decimal(0)) / len(hours), 4)
