"""Taking and giving back labour: the days' rows are locked in order, so that nobody overbooks (BOOK-39)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from booking.domain.appointment import Appointment
from booking.domain.capacity import CapacityDay, Diary, Load, SlotPlan, move, must_lie_ahead, plan_slot
from booking.domain.refusals import VehicleAlreadyBooked
from booking.domain.rules import HouseRules
from booking.queries.slots import shop_hours, slots_held, whole_days
from servicekit import Tx


@dataclass(frozen=True, slots=True)
class Placed:
    """A slot for which the labour is booked; the caller promises it to the customer."""

    plan: SlotPlan
    overbooked: bool
    peak: bool

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the desk should know about the slot (BOOK-19)."""
        return tuple(name for name, so in (("overbooked", self.overbooked), ("peak_hour", self.peak)) if so)


async def lock_days(tx: Tx, days: Iterable[date]) -> dict[date, CapacityDay]:
    """The rows of these days, made where they are missing, locked in order of time."""
    wanted = sorted(set(days))
    if not wanted:
        return {}
    fresh = [
        {
            "day": day,
            "version": 0,
            "sequence": 0,
            "booked_minutes": 0,
            "maintenance_minutes": 0,
            "walk_in_minutes": 0,
        }
        for day in wanted
    ]
    await tx.session.execute(insert(CapacityDay).values(fresh).on_conflict_do_nothing())
    locked = select(CapacityDay).where(CapacityDay.day.in_(wanted)).order_by(CapacityDay.day)
    rows = await tx.all(locked.with_for_update().execution_options(populate_existing=True))
    return {row.day: row for row in rows}


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
    for other in others:
        if other.vehicle_id == appointment.vehicle_id and other.start < plan.end and other.end > plan.start:
            raise VehicleAlreadyBooked(
                appointment_id=str(other.appointment_id), slot_start=other.start, slot_end=other.end
            )
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
