"""The end of every change of a job: settle it, watch its promise, tell the facts, free the bay."""

from uuid import UUID

from sqlalchemy import select

from chassis import Tx
from contracts.base import Event
from workshop.calendar import working_calendar
from workshop.domain import Bay, HouseRules, Job, JobLine, LineState
from workshop.domain.promise import watch
from workshop.domain.standing import settle

PROMISE_CHECK = "promise-check"


async def conclude(tx: Tx, job: Job, *told: Event) -> Job:
    """Tell what happened and everything that follows from it, and look at the promise."""
    rules = await tx.rules(HouseRules)
    tx.publish(job, *told, *settle(job, rules=rules, at=tx.now))
    await leave_bay(tx, job)
    return await watch_promise(tx, job, rules)


async def watch_promise(tx: Tx, job: Job, rules: HouseRules) -> Job:
    """Bring the forecast up to date, tell a danger, and set the next look (F-18, F-19)."""
    if job.promised_at is None:
        return job
    seen = watch(job, calendar=await working_calendar(tx), rules=rules, at=tx.now)
    tx.publish(job, *seen.told)
    if seen.look_again_at is None:
        tx.cancel(PROMISE_CHECK, job.id)
    else:
        tx.schedule(PROMISE_CHECK, job.id, seen.look_again_at)
    return job


async def leave_bay(tx: Tx, job: Job) -> None:
    """The bay is free once the car has been moved out of it."""
    if job.bay_id is not None and job.leaves_bay:
        await free_bay(tx, job)


async def free_bay(tx: Tx, job: Job) -> None:
    """Take the job out of its bay."""
    bay = await tx.find(Bay, job.bay_id)
    if bay is not None and bay.job_id == job.id:
        bay.free()
    job.bay_id = None


async def running_line_of(tx: Tx, technician_id: UUID) -> JobLine | None:
    """What the technician works on now; at most one line over all jobs (WORK-09)."""
    running = select(JobLine).where(
        JobLine.technician_id == technician_id, JobLine.state == LineState.RUNNING.value
    )
    return (await tx.session.scalars(running)).one_or_none()
