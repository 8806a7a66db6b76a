"""Booking labour on days and giving it back: rows are locked in order, so that nobody overbooks (BOOK-39)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from booking.domain.appointment import Appointment
from booking.domain.capacity import Load, SlotPlan, move, must_lie_ahead, plan_slot
from booking.domain.copies import Visit
from booking.domain.diary import Diary, SlotWarning, must_be_only_slot_of
from booking.domain.rules import HouseRules
from booking.repository import lock_days, shop_hours, slots_held, whole_days
from servicekit import Tx


@dataclass(frozen=True, slots=True)
class Placed:
    """A slot for which the labour is booked; the caller promises it to the customer."""

    plan: SlotPlan
    overbooked: bool
    peak: bool

    @property
    def warnings(self) -> list[SlotWarning]:
        """What the desk should know about the slot (BOOK-19)."""
        overbooked: list[SlotWarning] = ["overbooked"] if self.overbooked else []
        peak: list[SlotWarning] = ["peak_hour"] if self.peak else []
        return overbooked + peak


async def take_slot(
    tx: Tx,
    appointment: Appointment,
    *,
    start: datetime,
    end: datetime | None,
    overbook: bool,
    rules: HouseRules,
) -> Placed:
    """Book the labour of an appointment on a slot, in place of the one it holds.

    Every day that the slot touches is locked, so that two desks see each other's slots. Raises
    ``SlotInThePast``, ``ShopClosed``, ``SlotTooShort``, ``SlotTooLong``, ``VehicleAlreadyBooked`` and, unless
    a supervisor overbooks, ``CapacityExceeded`` or ``SlotFull``.
    """
    must_lie_ahead(start, at=tx.now)
    calendar = await shop_hours(tx)
    plan = plan_slot(calendar, start, appointment.work, rules=rules, end=end)
    tz = tx.settings.timezone
    days = await lock_days(tx, {*appointment.load, *plan.touches(tz)})
    others = await slots_held(tx, *whole_days(plan.start, plan.end, tz), but=appointment.id)
    must_be_only_slot_of(appointment.vehicle_id, plan, others)
    diary = Diary(days, [(other.start, other.end) for other in others], calendar, rules)
    peak = diary.is_peak(plan)
    move(days, appointment.load, {})
    overbooked = overbook and not diary.has_room(plan)
    if not overbook:
        diary.must_have_room(plan)
    move(days, {}, plan.days)
    return Placed(plan, overbooked, peak)


async def move_load(tx: Tx, old: Mapping[date, Load], new: Mapping[date, Load]) -> None:
    """Take labour off days and put it on others without asking for room: facts do not ask."""
    if old != new:
        move(await lock_days(tx, {*old, *new}), old, new)


async def move_walk_in(tx: Tx, visit: Visit, day: date | None, minutes: int) -> None:
    """Put a walk-in's labour on one day instead of where it was; ``None``: on none."""
    days = await lock_days(tx, {on for on in (visit.load_on, day) if on is not None})
    if visit.load_on is not None:
        days[visit.load_on].walk_in_minutes -= visit.load_minutes
    if day is not None:
        days[day].walk_in_minutes += minutes
    visit.load_on, visit.load_minutes = day, minutes


async def set_crew(tx: Tx, *, day: date, technicians: int | None) -> None:
    """How many technicians work on one day; ``None``: as many as on any other (F-16)."""
    (await lock_days(tx, [day]))[day].technicians = technicians
