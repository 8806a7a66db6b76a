"""Technicians with their status, and a technician's day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from workshop.domain import Bay, HouseRules, Job, JobLine, Technician, Visit
from workshop.domain.copies import Whereabouts
from workshop.domain.line import CLOSED
from workshop.queries.jobs import waiting_since
from workshop.queries.views import (
    ScheduleEntry,
    TechnicianStatus,
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
        .where(Visit.whereabouts.in_((Whereabouts.IN_SHOP.value, Whereabouts.AWAY.value)))
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
) -> tuple[TechnicianStatus, str | None, datetime]:
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
    start, end = day_of(tx, on)
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


def day_of(tx: Tx, on: date) -> tuple[datetime, datetime]:
    """Begin and end of a shop-local date."""
    start = datetime.combine(on, time(), tx.settings.timezone)
    return start, datetime.combine(on + timedelta(days=1), time(), tx.settings.timezone)
