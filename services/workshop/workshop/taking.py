"""What is taken before anything is decided: jobs whole, technicians, what holds for the shop.

A job is locked by one statement and read whole by the next: rows beside the locked one, read by the same
statement, would be those from before the wait for the lock.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, func, select
from sqlalchemy.orm.attributes import set_committed_value

from chassis import NotFound, Tx
from chassis.calendar import WorkingCalendar, default_calendar
from workshop.domain import (
    Bay,
    Job,
    JobLine,
    LineState,
    PartLine,
    ShopCalendar,
    Technician,
    Visit,
)
from workshop.domain.copies import CALENDAR

_AROUND = (
    select(Visit, Bay, JobLine, PartLine)
    .select_from(Visit)
    .outerjoin(Bay, Bay.id == bindparam("bay_id"))
    .outerjoin(JobLine, JobLine.job_id == bindparam("job_id"))
    # Beside one line only, so that a job with many lines and parts is not read line by part.
    .outerjoin(
        PartLine,
        (PartLine.request_id == bindparam("request_id")) & (func.coalesce(JobLine.position, 0) == 0),
    )
    .where(Visit.id == bindparam("visit_id"))
    .order_by(JobLine.position, PartLine.id)
    .execution_options(populate_existing=True)
)
_WORKER = (
    select(Technician, JobLine)
    .outerjoin(JobLine, (JobLine.technician_id == Technician.id) & (JobLine.state == LineState.RUNNING.value))
    .where(Technician.id == bindparam("technician_id"))
    .with_for_update(of=Technician)
    .execution_options(populate_existing=True)
)
_calendars: Any = ShopCalendar.__table__
_PUBLISHED = select(cast(_calendars.c.calendar, Text)).where(_calendars.c.name == CALENDAR)


async def take_job(tx: Tx, job_id: UUID) -> Job:
    """The job, locked and whole. Raises ``NotFound``."""
    return await gather(tx, await tx.get(Job, job_id))


async def read_job(tx: Tx, job_id: UUID) -> Job:
    """The job to show: whole, not locked. Raises ``NotFound``."""
    return await gather(tx, await tx.read(Job, job_id))


async def gather(tx: Tx, job: Job) -> Job:
    """Bring what belongs to a job: visit, bay, lines, parts."""
    ids = {"bay_id": job.bay_id, "job_id": job.id, "request_id": job.request_id, "visit_id": job.visit_id}
    rows = (await tx.session.execute(_AROUND, ids)).all()
    visits, bays, lines, parts = ([*dict.fromkeys(kind)] for kind in zip(*rows, strict=True))
    set_committed_value(job, "visit", visits[0])
    set_committed_value(job, "bay", bays[0])
    set_committed_value(job, "lines", [line for line in lines if line is not None])
    set_committed_value(job, "parts", [part for part in parts if part is not None])
    return job


async def take_technician(tx: Tx, technician_id: UUID) -> tuple[Technician, JobLine | None]:
    """The technician, locked, with the one line that runs over all jobs (WORK-09). Raises ``NotFound``.

    A line that another job starts meanwhile may be missed; two that run are refused by the table."""
    found = (await tx.session.execute(_WORKER, {"technician_id": technician_id})).one_or_none()
    if found is None:
        raise NotFound("Technician", technician_id)
    return found[0], found[1]


async def working_calendar(tx: Tx) -> WorkingCalendar:
    """The working time that booking published, else the default; read once a transaction."""
    return await tx.once(_read_calendar)


async def _read_calendar(tx: Tx) -> WorkingCalendar:
    return _calendar(await tx.session.scalar(_PUBLISHED), tx.settings.shop_timezone)


@lru_cache(maxsize=8)
def _calendar(published: str | None, timezone: str) -> WorkingCalendar:
    return WorkingCalendar.model_validate_json(published) if published else default_calendar(timezone)
