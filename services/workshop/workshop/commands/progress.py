"""The end of every change of a job: settle it, watch its promise, tell the facts, free the bay."""

from contracts.base import Event
from servicekit import Tx
from workshop.domain import HouseRules, Job
from workshop.domain.promise import watch
from workshop.domain.standing import settle
from workshop.taking import working_calendar

PROMISE_CHECK = "promise-check"


async def conclude(tx: Tx, job: Job, *told: Event) -> Job:
    """Tell what happened and everything that follows from it, and look at the promise."""
    wash = job.finished and (await tx.rules(HouseRules)).wash_required
    tx.publish(job, *told, *settle(job, wash_required=wash, at=tx.now))
    leave_bay(job)
    return await watch_promise(tx, job)


async def watch_promise(tx: Tx, job: Job) -> Job:
    """Bring the forecast up to date, tell a danger, and set the next look (F-18, F-19)."""
    if job.promised_at is None:
        return job
    rules = await tx.rules(HouseRules)
    seen = watch(job, calendar=await working_calendar(tx), rules=rules, at=tx.now)
    tx.publish(job, *seen.events)
    if seen.look_again_at is None:
        tx.cancel(PROMISE_CHECK, job.id)
    else:
        tx.schedule(PROMISE_CHECK, job.id, seen.look_again_at)
    return job


def leave_bay(job: Job) -> None:
    """The bay is free once the car has been moved out of it."""
    if job.bay_id is None or not job.leaves_bay:
        return
    if job.stands_in(job.bay):
        job.bay.free()
    job.stand_in(None)
