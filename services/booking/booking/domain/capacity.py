"""Capacity in labour minutes: what a day holds, what is booked, and where there is still room (F-16)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.base import Base
from booking.domain.rules import HouseRules
from contracts.values import Line
from servicekit import Aggregate, Refusal
from shopkit.calendar import WorkingCalendar

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class CapacityExceeded(Refusal):
    """The day has not enough labour left for this work."""


class ShopClosed(Refusal):
    """The shop is closed at that time."""


class SlotInThePast(Refusal):
    """That time has passed."""


class SlotTooShort(Refusal):
    """The slot ends before the work can be done."""


class SlotTooLong(Refusal):
    """The slot ends later than slots are offered."""


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
    """Raise ``SlotInThePast`` for a slot that has begun."""
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
