"""Technicians, their day, and the load of the shop."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from workshop.domain import Appointment, Bay, HouseRules, Job, JobLine, Technician, Visit
from workshop.domain.copies import AWAY, IN_SHOP
from workshop.domain.line import CLOSED
from workshop.queries.jobs import waiting_since
from workshop.taking import working_calendar
from workshop.views import (
    DayLoad,
    ScheduleEntry,
    TechnicianView,
    WorkView,
)


async def technicians(tx: Tx, page: PageRequest, *, skill: str | None, active: bool) -> Page[TechnicianView]:
    """Technicians by name with their status; one more query for the work of all of them."""
    stmt = select(Technician).where(Technician.active == active)
    if skill is not None:
        stmt = stmt.where(Technician.skills.contains([{"skill": skill}]))
    found: Page[Any] = await paginate(tx, stmt, page, by=(Technician.name, Technician.id))
    return Page(items=await technician_views(tx, found.items), next=found.next)


async def technician_views(tx: Tx, shown: Sequence[Technician]) -> list[TechnicianView]:
    """Status, present and next work of these technicians."""
    await tx.session.flush()
    closed = [state.value for state in CLOSED]
    # Only cars that are not gone: a technician's past lines are many and are nobody's next work.
    stmt = (
        select(JobLine, Job, Visit.plate, Bay)
        .join(Job, Job.id == JobLine.job_id)
        .join(Visit, Visit.id == Job.visit_id)
        .outerjoin(Bay, Bay.id == Job.bay_id)
        .where(JobLine.technician_id.in_([t.id for t in shown]), JobLine.state.not_in(closed))
        .where(Visit.whereabouts.in_((IN_SHOP, AWAY)))
        .order_by(JobLine.planned_start, JobLine.id)
    )
    work: dict[UUID | None, list[Any]] = defaultdict(list)
    for row in await tx.session.execute(stmt):
        work[row[0].technician_id].append(row)
    return [_technician_view(t, work[t.id], tx.now) for t in shown]


def _technician_view(technician: Technician, work: list[Any], at: datetime) -> TechnicianView:
    running = [row for row in work if row[0].running]
    waiting = [row for row in work if not row[0].running]
    status, waits_for, since = _status(technician, running, waiting, at)
    return TechnicianView(
        id=technician.id,
        version=technician.version,
        employee_no=technician.employee_no,
        name=technician.name,
        skills=technician.skills,
        active=technician.active,
        status=status,
        waiting_for=waits_for,
        since=since,
        minutes_in_status=max(0, int((at - since).total_seconds() // 60)),
        absence_reason=technician.absence_reason,
        absent_until=technician.absent_until,
        current=_work_view(running[0]) if running else None,
        next=_work_view(waiting[0]) if waiting else None,
    )


def _status(
    technician: Technician, running: list[Any], waiting: list[Any], at: datetime
) -> tuple[str, str | None, datetime]:
    if running:
        return "working", None, running[0][0].running_since
    if technician.absent_since is not None and technician.absent_at(at):
        return "absent", None, technician.absent_since
    stops = (line.stopped_at for line, *_ in waiting if line.stopped_at is not None)
    free_since = max((technician.free_since, *stops))
    for _line, job, _plate, bay in waiting:
        since = waiting_since(job)
        if since is not None:
            return "waiting", job.waiting_reason, max(since, free_since)
        if bay is not None and bay.job_id not in (None, job.id):
            return "waiting", "bay", free_since
    return "idle", None, free_since


def _work_view(row: Any) -> WorkView:
    line, job, plate, _bay = row
    return WorkView(
        job_id=job.id,
        line_id=line.id,
        title=line.title,
        plate=plate,
        state=line.state,
        planned_start=line.planned_start,
        planned_end=line.planned_end,
    )


async def schedule(tx: Tx, technician_id: UUID, on: date) -> list[ScheduleEntry]:
    """A technician's day with its gaps and what is late (WORK-12, F-17)."""
    rules = await tx.rules(HouseRules)
    start, end = _day(tx, on)
    stmt = (
        select(JobLine)
        .where(
            JobLine.technician_id == technician_id,
            JobLine.planned_start >= start,
            JobLine.planned_start < end,
        )
        .order_by(JobLine.planned_start, JobLine.position)
    )
    entries: list[ScheduleEntry] = []
    for line in await tx.all(stmt):
        before = entries[-1].planned_end if entries else None
        entries.append(_entry(line, before, rules.idle_flag_minutes, tx.now))
    return entries


def _entry(line: JobLine, before: datetime | None, flag_from: int, at: datetime) -> ScheduleEntry:
    assert line.planned_start is not None
    assert line.planned_end is not None
    idle = 0 if before is None else max(0, int((line.planned_start - before).total_seconds() // 60))
    return ScheduleEntry(
        job_id=line.job_id,
        line_id=line.id,
        title=line.title,
        state=line.state,
        planned_start=line.planned_start,
        planned_end=line.planned_end,
        started_at=line.started_at,
        completed_at=line.completed_at,
        idle_minutes_before=idle,
        idle_flagged=idle >= flag_from,
        late=line.open and at >= line.planned_end,
    )


async def load(tx: Tx, first: date, last: date) -> list[DayLoad]:
    """Planned and real work of each day from ``first`` to ``last``."""
    calendar = await working_calendar(tx)
    start, end = _day(tx, first)[0], _day(tx, last)[1]
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


def _day(tx: Tx, on: date) -> tuple[datetime, datetime]:
    start = datetime.combine(on, time(), tx.settings.timezone)
    return start, datetime.combine(on + timedelta(days=1), time(), tx.settings.timezone)
