"""A job as its screen shows it, the list of jobs, the progress tag."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from workshop.domain import Bay, Job, JobLine, JobState, Visit
from workshop.queries.views import (
    JobView,
    Tag,
    job_view,
)
from workshop.repository import load_job

_CAUSE_OF = {JobState.INTERRUPTED: "A", JobState.AWAITING_ANSWER: "B", JobState.AWAITING_PARTS: "C"}


async def show_job(tx: Tx, job: Job) -> JobView:
    """The job as its screen shows it, with what this transaction changed."""
    await tx.session.flush()
    return job_view(job, job.visit, None if job.bay is None else job.bay.name)


async def tag(tx: Tx, job_id: UUID) -> Tag:
    """The progress tag of a car (WORK-18)."""
    view = await show_job(tx, await load_job(tx, job_id))
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


async def jobs(
    tx: Tx,
    page: PageRequest,
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
        .options(selectinload(Job.lines), selectinload(Job.parts))
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


def waiting_since(job: Job) -> datetime | None:
    """Since when the job has waited for the reason that its state names."""
    cause = _CAUSE_OF.get(JobState(job.state))
    return next((i.since for i in job.interruptions if i.cause == cause and i.ended_at is None), None)
