"""Loading and locking: whole jobs, technicians, the parts of a request, the shop's working time.

A job is locked by one statement and loaded whole by the next: other rows that the locking statement reads may
be those from before the wait for the lock.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.orm.attributes import set_committed_value

from servicekit import NotFound, Tx
from servicekit.loading import Together
from shopkit.calendar import WorkingCalendar, default_calendar
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

_AROUND = Together(
    (Visit, Visit.id == bindparam("visit_id"), ()),
    (Bay, Bay.id == bindparam("bay_id"), ()),
    (JobLine, JobLine.job_id == bindparam("job_id"), ("position",)),
    (PartLine, PartLine.request_id == bindparam("request_id"), ("id",)),
)
_WORKER = (
    select(Technician, JobLine)
    .outerjoin(JobLine, (JobLine.technician_id == Technician.id) & (JobLine.state == LineState.RUNNING.value))
    .where(Technician.id == bindparam("technician_id"))
    .with_for_update(of=Technician)
    .execution_options(populate_existing=True)
)
_FIRST_FREE = (
    select(Bay)
    .where(Bay.job_id.is_(None), Bay.in_use)
    .order_by(Bay.name)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_calendars: Any = ShopCalendar.__table__
_PUBLISHED = select(cast(_calendars.c.calendar, Text)).where(_calendars.c.name == CALENDAR)


async def lock_job(tx: Tx, job_id: UUID) -> Job:
    """The job, locked and whole. Raises ``NotFound``."""
    return await load_whole(tx, await tx.get(Job, job_id))


async def load_job(tx: Tx, job_id: UUID) -> Job:
    """The job to show: whole, not locked. Raises ``NotFound``."""
    return await load_whole(tx, await tx.read(Job, job_id))


async def load_whole(tx: Tx, job: Job) -> Job:
    """The same job with visit, bay, lines and parts, by one statement."""
    ids = {"bay_id": job.bay_id, "job_id": job.id, "request_id": job.request_id, "visit_id": job.visit_id}
    (visit,), bays, lines, parts = await _AROUND.read(tx, **ids)
    set_committed_value(job, "visit", visit)
    set_committed_value(job, "bay", bays[0] if bays else None)
    set_committed_value(job, "lines", lines)
    set_committed_value(job, "parts", parts)
    return job


async def lock_parts_of_request(tx: Tx, request_id: UUID) -> list[PartLine]:
    """The part lines of a request that has no job yet, locked."""
    rows = select(PartLine).where(PartLine.request_id == request_id).order_by(PartLine.id)
    return await tx.all(rows.with_for_update())


async def lock_technician(tx: Tx, technician_id: UUID) -> tuple[Technician, JobLine | None]:
    """The technician, locked, with the one line that runs over all jobs (WORK-09). Raises ``NotFound``.

    A line that another job starts meanwhile may be missed; two that run are refused by the table."""
    found = (await tx.session.execute(_WORKER, {"technician_id": technician_id})).one_or_none()
    if found is None:
        raise NotFound("Technician", technician_id)
    return found[0], found[1]


async def find_free_bay(tx: Tx) -> Bay | None:
    """The first free bay by name, locked; bays that others lock now are passed over."""
    found = await tx.all(_FIRST_FREE)
    return found[0] if found else None


async def working_calendar(tx: Tx) -> WorkingCalendar:
    """The working time that booking published, else the default; read once a transaction."""
    return await tx.cached(_read_calendar)


async def _read_calendar(tx: Tx) -> WorkingCalendar:
    return _calendar(await tx.session.scalar(_PUBLISHED), tx.settings.shop_timezone)


@lru_cache(maxsize=8)
def _calendar(published: str | None, timezone: str) -> WorkingCalendar:
    return WorkingCalendar.model_validate_json(published) if published else default_calendar(timezone)
