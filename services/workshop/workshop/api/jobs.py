"""Routes of jobs: find and show them, dispatch, interrupt and resume, wash, declare ready."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from contracts.permissions import workshop as may_workshop
from servicekit import Forbidden, IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems, router
from workshop.commands import jobs as commands
from workshop.domain import JobState
from workshop.domain.bay import BayOccupied, NoBayFree
from workshop.domain.inspecting import LinesOpen, NotInspected, PartsNotSquared
from workshop.domain.interrupting import NotInterrupted
from workshop.domain.technician import SkillMissing, TechnicianAbsent
from workshop.domain.values import Cause
from workshop.domain.working import (
    NothingToDispatch,
    PlanBackwards,
    TechnicianBusy,
    VehicleAway,
    WorkNotAuthorised,
)
from workshop.queries import jobs as queries
from workshop.queries.views import JobView, Tag
from workshop.repository import load_job

routes = router(tags=["jobs"])

Reader = Annotated[Who, may(may_workshop.READ)]
Dispatcher = Annotated[Who, may(may_workshop.DISPATCH)]
Worker = Annotated[Who, may(may_workshop.WORK, may_workshop.SUPERVISE)]
Supervisor = Annotated[Who, may(may_workshop.SUPERVISE)]

Text = Annotated[str, Field(max_length=2000)]
RequiredText = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=100)]

COMMON = (NotFound, Stale, IllegalTransition, Forbidden)
"""What every command of a job can be refused with."""


class DispatchJob(Body):
    """Who works where and when."""

    technician_id: UUID = Field(description="employee id of the technician")
    bay_id: UUID | None = Field(default=None, description="left out: the car's bay, else the first free one")
    line_ids: Annotated[list[UUID], Field(max_length=200)] = Field(
        default=[], description="lines to give out; empty: all that wait for a technician"
    )
    planned_start: datetime | None = Field(default=None, description="UTC; left out: now")
    planned_end: datetime | None = Field(
        default=None, description="UTC; left out: planned start plus expected labour in working time"
    )


class InterruptJob(Body):
    """Why work stops."""

    cause: Cause = Field(default="A", description="A work interrupted, B awaiting answer, C awaiting parts")
    line_ids: Annotated[list[UUID], Field(max_length=200)] = Field(
        default=[], description="lines that stop; empty with cause A: the whole job"
    )
    reason: RequiredText = Field(description="why, shown on the board; numbers are masked when published")
    moved_to_parking: bool = Field(default=False, description="the car leaves its bay for the parking lot")


class ResumeJob(Body):
    """Which interruption ends."""

    cause: Cause = Field(default="A", description="A work interrupted, B awaiting answer, C awaiting parts")


@routes.get("/jobs")
async def list_jobs(
    tx: TxDep,
    who: Reader,
    page: PageQuery,
    state: Annotated[JobState | None, Query(description="only jobs in this state")] = None,
    visit_id: Annotated[UUID | None, Query(description="only the job of this visit")] = None,
    request_id: Annotated[UUID | None, Query(description="only the job of this request")] = None,
    request_no: Annotated[str | None, Query(description="only the job with this request number")] = None,
    technician_id: Annotated[UUID | None, Query(description="only jobs of this technician")] = None,
) -> Page[JobView]:
    """Jobs, the newest first."""
    return await queries.jobs(
        tx,
        page,
        state=state,
        visit_id=visit_id,
        request_id=request_id,
        request_no=request_no,
        technician_id=technician_id,
    )


@routes.get("/jobs/{job_id}", responses=problems(NotFound))
async def show_job(job_id: UUID, tx: TxDep, who: Reader) -> JobView:
    """One job with its lines, parts, diagnosis, interruptions and inspections."""
    return await queries.show_job(tx, await load_job(tx, job_id))


@routes.get("/jobs/{job_id}/tag", responses=problems(NotFound))
async def show_tag(job_id: UUID, tx: TxDep, who: Reader) -> Tag:
    """The progress tag to print (WORK-18)."""
    return await queries.tag(tx, job_id)


@routes.post(
    "/jobs/{job_id}/dispatch",
    responses=problems(
        *COMMON,
        WorkNotAuthorised,
        NothingToDispatch,
        TechnicianBusy,
        TechnicianAbsent,
        SkillMissing,
        BayOccupied,
        NoBayFree,
        PlanBackwards,
        VehicleAway,
    ),
)
async def dispatch_job(job_id: UUID, body: DispatchJob, tx: TxDep, who: Dispatcher) -> JobView:
    """Give lines to a technician and a bay (WORK-08, WORK-09)."""
    job = await commands.dispatch_job(tx, job_id=job_id, **body.model_dump_fields())
    return await queries.show_job(tx, job)


@routes.post("/jobs/{job_id}/interruption", responses=problems(*COMMON))
async def interrupt_job(job_id: UUID, body: InterruptJob, tx: TxDep, who: Supervisor) -> JobView:
    """Stop lines or the whole job, with the reason (WORK-15, WORK-16)."""
    job = await commands.interrupt_job(tx, job_id=job_id, **body.model_dump_fields())
    return await queries.show_job(tx, job)


@routes.post("/jobs/{job_id}/resumption", responses=problems(*COMMON, NotInterrupted))
async def resume_job(job_id: UUID, body: ResumeJob, tx: TxDep, who: Supervisor) -> JobView:
    """End an interruption; the technicians start their lines again."""
    return await queries.show_job(tx, await commands.resume_job(tx, job_id=job_id, cause=body.cause))


@routes.post("/jobs/{job_id}/wash", responses=problems(*COMMON))
async def finish_wash(job_id: UUID, tx: TxDep, who: Worker) -> JobView:
    """The car is clean (WORK-30)."""
    return await queries.show_job(tx, await commands.finish_wash(tx, job_id=job_id))


@routes.post(
    "/jobs/{job_id}/readiness", responses=problems(*COMMON, LinesOpen, NotInspected, PartsNotSquared)
)
async def declare_ready(job_id: UUID, tx: TxDep, who: Supervisor) -> JobView:
    """End the job, or be refused with what is missing; a job becomes ready by itself once nothing is."""
    return await queries.show_job(tx, await commands.declare_ready(tx, job_id=job_id))
