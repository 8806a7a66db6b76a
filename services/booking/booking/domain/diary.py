"""Some days with the slots taken on them: where there is room, and how busy the hours are (BOOK-19)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from booking.domain.capacity import CapacityDay, CapacityExceeded, Load, SlotPlan, plan_slot
from booking.domain.rules import HouseRules
from servicekit import Refusal
from shopkit.calendar import WorkingCalendar

Span = tuple[datetime, datetime]
SlotWarning = Literal["overbooked", "peak_hour"]
"""What the desk should know about a slot that it promises (BOOK-19)."""
_MINUTE = timedelta(minutes=1)


class SlotFull(Refusal):
    """All technicians are booked at that time."""


class SlotNotOffered(Refusal):
    """This slot is no longer free."""


class VehicleAlreadyBooked(Refusal):
    """This vehicle is booked for an overlapping time."""


class HeldSlot(NamedTuple):
    """A slot that an appointment holds."""

    appointment_id: UUID
    vehicle_id: UUID
    start: datetime
    end: datetime


def must_be_only_slot_of(vehicle_id: UUID, plan: SlotPlan, others: Sequence[HeldSlot]) -> None:
    """Raise ``VehicleAlreadyBooked`` when the vehicle has another slot at the same time (BOOK-39)."""
    for other in others:
        if other.vehicle_id == vehicle_id and other.start < plan.end and other.end > plan.start:
            raise VehicleAlreadyBooked(
                appointment_id=str(other.appointment_id), slot_start=other.start, slot_end=other.end
            )


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
    """Some days with the slots taken on them."""

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
