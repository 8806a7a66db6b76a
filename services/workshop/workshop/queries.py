"""What the workshop's screens read: board, queue, jobs, technicians, load."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlalchemy.orm import raiseload

from chassis import NotFound, Tx
from chassis.columns import Utc
from chassis.http import Page, PageAsked, paginate
from workshop.calendar import working_calendar
from workshop.domain import Appointment, Bay, HouseRules, Job, JobLine, JobState, LineState, Technician, Visit
from workshop.domain.copies import AWAY, IN_SHOP
from workshop.domain.line import CLOSED
from workshop.views import (
    BoardItem,
    DayLoad,
    JobView,
    QueueItem,
    QueueLine,
    ScheduleEntry,
    Tag,
    TechnicianView,
    WorkView,
    job_view,
)

_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_HELD = (JobState.INTERRUPTED.value, JobState.AWAITING_ANSWER.value, JobState.AWAITING_PARTS.value)
_CAUSE_OF = {JobState.INTERRUPTED: "A", JobState.AWAITING_ANSWER: "B", JobState.AWAITING_PARTS: "C"}


async def show_job(tx: Tx, job: Job) -> JobView:
    """The job as its screen shows it, with what this transaction changed."""
    await tx.session.flush()
    found = select(Visit, Bay.name).outerjoin(Bay, Bay.id == job.bay_id).where(Visit.id == job.visit_id)
    visit, bay = (await tx.session.execute(found)).one()
    return job_view(job, visit, bay)


async def find_job(tx: Tx, job_id: UUID) -> Job:
    """The job for reading, not locked; its version becomes the ETag. Raises ``NotFound``."""
    job = await tx.session.get(Job, job_id)
    if job is None:
        raise NotFound("Job", job_id)
    tx.subject = job
    return job


async def tag(tx: Tx, job_id: UUID) -> Tag:
    """The progress tag of a car (WORK-18)."""
    view = await show_job(tx, await find_job(tx, job_id))
    names = dict.fromkeys(line.technician_name for line in view.lines if line.technician_name)
    return Tag(
        request_no=view.vehicle.request_no,
        plate=view.vehicle.plate,
        make=view.vehicle.make,
        model=view.vehicle.model,
        state=view.state,
        promised_at=view.promise.promised_at,
        bay=view.bay,
        technicians=[*names],
        special_requirements=view.special_requirements,
    )


async def board(
    tx: Tx,
    page: PageAsked,
    *,
    words: str | None,
    state: str | None,
    at_risk: bool | None,
    held: bool | None,
    promise_refused: bool | None,
) -> Page[BoardItem]:
    """All cars of the shop in the order of their arrival (WORK-14), or some of them."""
    stmt: Select[Any] = (
        select(Visit, Job, Bay.name)
        .outerjoin(Job, Job.visit_id == Visit.id)
        .outerjoin(Bay, Bay.id == Job.bay_id)
        .where(Visit.whereabouts.in_((IN_SHOP, AWAY)))
        .options(raiseload(Job.parts))
    )
    stmt = _filtered(stmt, words, state, held)
    if at_risk is not None:
        stmt = stmt.where(func.coalesce(Job.at_risk, False) == at_risk)
    if promise_refused is not None:
        stmt = stmt.where(Job.promise_refused.is_not(None) == promise_refused)
    return await paginate(tx, stmt, page, by=(Visit.arrived_at, Visit.id), view=_board_item)


def _filtered(stmt: Select[Any], words: str | None, state: str | None, held: bool | None) -> Select[Any]:
    if words:
        like = f"{words.replace('%', '').replace('_', '')}%"
        stmt = stmt.where(or_(Visit.plate.ilike(like), Visit.request_no.ilike(like), Visit.vin.ilike(like)))
    if state == "awaiting_intake":
        stmt = stmt.where(Job.id.is_(None))
    elif state is not None:
        stmt = stmt.where(Job.state == state)
    if held is not None:
        is_held = func.coalesce(Job.state.in_(_HELD), False) | (Visit.whereabouts == AWAY)
        stmt = stmt.where(is_held if held else ~is_held)
    return stmt


def _board_item(row: Any) -> BoardItem:
    visit, job, bay = row[0], row[1], row[2]
    facts: dict[str, Any] = {
        name: getattr(visit, name)
        for name in ("request_no", "plate", "make", "model", "whereabouts", "arrived_at", "priority_class")
    }
    facts |= {"visit_id": visit.id, "bay": bay}
    if job is not None:
        facts |= {name: getattr(job, name) for name in _OF_JOB}
        facts |= {
            "job_id": job.id,
            "waiting_since": _waiting_since(job),
            "technicians": [*dict.fromkeys(x.technician_name for x in job.lines if x.technician_name)],
            "lines_open": sum(line.open for line in job.lines),
            "lines_done": sum(line.state == LineState.DONE for line in job.lines),
        }
    return BoardItem(**facts)


_OF_JOB = (
    "version",
    "state",
    "waiting_reason",
    "priority_class",
    "waiting_on_site",
    "parked",
    "promised_at",
    "promise_refused",
    "latest_start",
    "forecast_at",
    "at_risk",
)


def _waiting_since(job: Job) -> datetime | None:
    cause = _CAUSE_OF.get(JobState(job.state))
    return next((i.since for i in job.interruptions if i.cause == cause and i.ended_at is None), None)


async def jobs(
    tx: Tx,
    page: PageAsked,
    *,
    state: str | None,
    visit_id: UUID | None,
    request_id: UUID | None,
    request_no: str | None,
    technician_id: UUID | None,
) -> Page[JobView]:
    """Jobs, the newest first."""
    stmt = (
        select(Job, Visit, Bay.name)
        .join(Visit, Visit.id == Job.visit_id)
        .outerjoin(Bay, Bay.id == Job.bay_id)
    )
    if state is not None:
        stmt = stmt.where(Job.state == state)
    if visit_id is not None:
        stmt = stmt.where(Job.visit_id == visit_id)
    if request_id is not None:
        stmt = stmt.where(Job.request_id == request_id)
    if request_no is not None:
        stmt = stmt.where(Visit.request_no == request_no)
    if technician_id is not None:
        own = select(JobLine.job_id).where(JobLine.technician_id == technician_id)
        stmt = stmt.where(Job.id.in_(own))
    return await paginate(
        tx,
        stmt,
        page,
        by=(Job.opened_at, Job.id),
        view=lambda row: job_view(row[0], row[1], row[2]),
        descending=True,
    )


async def queue(tx: Tx, page: PageAsked, *, skill: str | None) -> Page[QueueItem]:
    """Jobs that wait for a technician: class, then latest start, then arrival (F-36)."""
    rules = await tx.rules(HouseRules)
    classes = {name: rules.rank(name) for name in rules.dispatch_order}
    rank: ColumnElement[int] = case(
        classes, value=Job.priority_class, else_=literal(len(rules.dispatch_order))
    )
    latest = func.coalesce(Job.latest_start, literal(_FAR, Utc), type_=Utc())
    stmt = (
        select(Job, Visit.request_no, Visit.plate)
        .join(Visit, Visit.id == Job.visit_id)
        .where(Job.waits_for_dispatch)
    )
    if skill is not None:
        wanted = (LineState.AUTHORISED.value, LineState.FAILED.value)
        skilled = select(JobLine.job_id).where(JobLine.skill == skill, JobLine.state.in_(wanted))
        stmt = stmt.where(Job.id.in_(skilled))
    return await paginate(tx, stmt, page, by=(rank, latest, Job.arrived_at, Job.id), view=_queue_item)


def _queue_item(row: Any) -> QueueItem:
    job: Job = row[0]
    lines = [line for line in job.lines if line.technician_id is None and job.can_start(line)]
    return QueueItem(
        job_id=job.id,
        version=job.version,
        visit_id=job.visit_id,
        request_no=row[1],
        plate=row[2],
        priority_class=job.priority_class,
        latest_start=job.latest_start,
        arrived_at=job.arrived_at,
        promised_at=job.promised_at,
        lines=[QueueLine.of(line) for line in lines],
    )


async def technicians(tx: Tx, page: PageAsked, *, skill: str | None, active: bool) -> Page[TechnicianView]:
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
    stmt = (
        select(JobLine, Job, Visit.plate, Bay)
        .join(Job, Job.id == JobLine.job_id)
        .join(Visit, Visit.id == Job.visit_id)
        .outerjoin(Bay, Bay.id == Job.bay_id)
        .where(JobLine.technician_id.in_([t.id for t in shown]), JobLine.state.not_in(closed))
        .options(raiseload(Job.parts), raiseload(Job.lines))
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
    for _line, job, _plate, bay in waiting:
        since = _waiting_since(job)
        if since is not None:
            return "waiting", job.waiting_reason, max(since, technician.free_since)
        if bay is not None and bay.job_id not in (None, job.id):
            return "waiting", "bay", technician.free_since
    return "idle", None, technician.free_since


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
