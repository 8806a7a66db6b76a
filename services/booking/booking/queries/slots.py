"""Which slots are free, and how full the days are."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from booking.domain.appointment import Appointment
from booking.domain.capacity import CapacityDay, Load, SlotPlan
from booking.domain.diary import Diary, levelling_index, peaks
from booking.domain.rules import HouseRules
from booking.queries.views import CapacityDayView, HourView, SlotView
from booking.repository import load_appointment, shop_hours, slots_held
from servicekit import Tx


def _dates(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(count))


async def read_diary(
    tx: Tx, first: date, days: int, rules: HouseRules, *, leaving: Appointment | None = None
) -> Diary:
    """Days as they are now, unlocked and never saved; as if ``leaving`` had given its slot up."""
    tz = tx.settings.timezone
    start, end = datetime.combine(first, time(), tz), datetime.combine(first + timedelta(days), time(), tz)
    columns = (
        CapacityDay.day,
        CapacityDay.technicians,
        CapacityDay.booked_minutes,
        CapacityDay.maintenance_minutes,
        CapacityDay.walk_in_minutes,
    )
    known = select(*columns).where(CapacityDay.day >= first, CapacityDay.day < first + timedelta(days))
    rows = {day: CapacityDay(day=day) for day in _dates(first, days)}
    rows |= {row.day: CapacityDay(**row._mapping) for row in await tx.session.execute(known)}
    held = await slots_held(tx, start, end, but=leaving.id if leaving else None)
    if leaving is not None:
        for day, load in leaving.load.items():
            if day in rows:
                rows[day].release(load)
    return Diary(rows, [(one.start, one.end) for one in held], await shop_hours(tx), rules)


async def free_slots(
    tx: Tx,
    work: Load,
    *,
    from_on: date | None,
    rules: HouseRules,
    leaving: Appointment | None = None,
) -> list[SlotView]:
    """The first free slots for some work, from a day on (BOOK-18, BOOK-19)."""
    first = max(from_on or tx.today, tx.today)
    diary = await read_diary(tx, first, rules.offered_days, rules, leaving=leaving)
    found: list[SlotPlan] = []
    for plan in diary.free_slots(work, at=tx.now):
        found.append(plan)
        if len(found) == rules.offered_slots:
            break
    return [
        SlotView(slot_start=plan.start, slot_end=plan.end, peak_hour=diary.is_peak(plan)) for plan in found
    ]


async def capacity_days(tx: Tx, from_on: date, days: int, rules: HouseRules) -> list[CapacityDayView]:
    """What each day holds and what is left of it, at a glance (BOOK-18, BOOK-20)."""
    diary = await read_diary(tx, from_on, days, rules)
    return [_shown(diary, day) for day in sorted(diary.days)]


def _shown(diary: Diary, day: date) -> CapacityDayView:
    row, hours = diary.days[day], diary.hours(day)
    limits, left = row.limits(diary.calendar, diary.rules), row.left(diary.calendar, diary.rules)
    high = {hour.start for hour in peaks(hours, diary.rules.peak_margin)}
    return CapacityDayView(
        day=day,
        technicians=row.crew(diary.rules),
        open_minutes=diary.calendar.open_minutes_on(day),
        available_minutes=limits.available,
        bookable_maintenance_minutes=limits.maintenance,
        booked_minutes=row.booked_minutes,
        maintenance_minutes=row.maintenance_minutes,
        walk_in_minutes=row.walk_in_minutes,
        left_minutes=left.labour,
        left_maintenance_minutes=left.maintenance,
        load=row.load(diary.calendar, diary.rules),
        levelling_index=levelling_index(hours),
        hours=[
            HourView(start=hour.start, end=hour.end, load=hour.load, peak=hour.start in high)
            for hour in hours
        ],
    )


async def slots_for(tx: Tx, appointment_id: UUID, *, from_on: date | None) -> list[SlotView]:
    """Free slots for an appointment, as if it held none. Raises ``NotFound``."""
    found = await load_appointment(tx, appointment_id)
    wanted = found.wanted_from.astimezone(tx.settings.timezone).date() if found.wanted_from else None
    rules = await tx.rules(HouseRules)
    return await free_slots(tx, found.work, from_on=from_on or wanted, rules=rules, leaving=found)


async def slots_from_today(tx: Tx, appointment_id: UUID) -> list[SlotView]:
    """Free slots for an appointment from today on, as if it held none. Raises ``NotFound``."""
    found = await load_appointment(tx, appointment_id)
    return await free_slots(tx, found.work, from_on=None, rules=await tx.rules(HouseRules), leaving=found)
