"""The load of the shop: planned and real work by day."""

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import func, select

from servicekit import Tx
from workshop.domain import Appointment, Technician
from workshop.queries.technicians import day_of
from workshop.queries.views import DayLoad
from workshop.repository import working_calendar


async def load(tx: Tx, first: date, last: date) -> list[DayLoad]:
    """Planned and real work of each day from ``first`` to ``last``."""
    calendar = await working_calendar(tx)
    start, end = day_of(tx, first)[0], day_of(tx, last)[1]
    slots = await tx.all(
        select(Appointment)
        .where(
            Appointment.slot_start >= start,
            Appointment.slot_start < end,
            Appointment.state.in_(("confirmed", "kept")),
        )
        .order_by(Appointment.slot_start)
    )
    crew = (
        await tx.session.scalar(
            select(func.count())
            .select_from(Technician)
            .where(Technician.active, func.jsonb_array_length(Technician.skills) > 0)
        )
    ) or 0
    by_day: dict[date, list[Appointment]] = defaultdict(list)
    for slot in slots:
        if slot.slot_start is not None:
            by_day[slot.slot_start.astimezone(tx.settings.timezone).date()].append(slot)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [_day_load(day, by_day[day], crew, calendar.open_minutes_on(day)) for day in days]


def _day_load(day: date, slots: list[Appointment], crew: int, open_minutes: int) -> DayLoad:
    by_skill: dict[str, int] = defaultdict(int)
    for slot in slots:
        for line in slot.lines:
            by_skill[line.skill] += line.labour_minutes
    return DayLoad(
        on=day,
        planned_minutes=sum(slot.labour_minutes for slot in slots),
        real_minutes=sum(slot.labour_minutes for slot in slots if slot.state == "kept"),
        appointments=len(slots),
        bays_held=sum(slot.bay_held for slot in slots),
        by_skill=dict(by_skill),
        technicians=crew,
        capacity_minutes=crew * open_minutes,
    )
