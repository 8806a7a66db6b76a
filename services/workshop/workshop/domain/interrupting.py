"""Interrupted work: causes A, B and C, and what ends them (WORK-15 to WORK-17)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from contracts.events.workshop import JobInterrupted, JobResumed
from servicekit import Refusal
from servicekit.personal_data import mask
from workshop.domain.job import Job
from workshop.domain.job_states import JOB
from workshop.domain.line import JobLine, LineState
from workshop.domain.parts import PartLine
from workshop.domain.values import Cause, Interruption


class NotInterrupted(Refusal):
    """There is no such interruption to end."""


_STOPPABLE = (LineState.AUTHORISED, LineState.FAILED, LineState.RUNNING)


def interrupt(
    job: Job,
    *,
    cause: Cause,
    line_ids: Collection[UUID],
    reason: str,
    moved_to_parking: bool,
    at: datetime,
) -> JobInterrupted:
    """The supervisor stops lines, or the whole job (cause A without lines: nothing may be started).

    Repeated with the same cause, it brings the open interruption up to date.
    """
    JOB.check(job.state, "interrupt")
    lines = [job.line(line_id) for line_id in line_ids]
    if not lines and cause != "A":
        lines = [line for line in job.lines if line.state in _STOPPABLE]
    for line in lines or job.lines:
        if line.running:
            line.stop(at, "interrupt")
        elif lines and line.state in _STOPPABLE:
            line.go("interrupt")
    begun = Interruption(
        cause=cause,
        since=at,
        line_ids=tuple(line.id for line in lines),
        reason=reason,
        moved_to_parking=moved_to_parking,
        waiting_part_line_ids=tuple(p.id for p in _missing(job)) if cause == "C" else (),
    )
    before = job.interruptions.open(cause)
    if before is None:
        job.interruptions = job.interruptions.begun(begun)
    else:
        kept = tuple(dict.fromkeys((*before.line_ids, *begun.line_ids)))
        begun = begun.model_copy(update={"since": before.since, "line_ids": kept})
        job.interruptions = job.interruptions.replaced(before, begun)
    job.parked = job.parked or moved_to_parking
    return as_interrupted(job, begun)


def resume(job: Job, *, cause: Cause, at: datetime) -> JobResumed:
    """The supervisor ends an interruption; the lines may be started again."""
    JOB.check(job.state, "resume")
    if job.interruptions.open(cause) is None:
        raise NotInterrupted(cause=cause, state=job.state, allowed=job.allowed())
    return end(job, cause, at)[0]


def end(job: Job, cause: Cause, at: datetime) -> list[JobResumed]:
    """What this cause stopped may go on, unless another cause or an unanswered line still holds it."""
    ended = job.interruptions.open(cause)
    if ended is not None:
        job.interruptions = job.interruptions.ended(ended, at)
    freed = release_lines(job)
    if ended is None:
        return []
    line_ids = tuple(dict.fromkeys((*ended.line_ids, *(line.id for line in freed))))
    return [JobResumed(**job.ids, cause=cause, line_ids=line_ids, resumed_at=at)]


def release_lines(job: Job) -> list[JobLine]:
    """Interrupted lines that nothing holds any more may be started again."""
    if job.interruptions.halts_all:
        return []
    held = job.blocked_line_ids | job.interruptions.held_line_ids
    freed = [x for x in job.lines if x.state == LineState.INTERRUPTED and x.id not in held]
    for line in freed:
        line.go("resume")
    return freed


def as_interrupted(job: Job, begun: Interruption) -> JobInterrupted:
    """The interruption as it is published."""
    return JobInterrupted(
        **job.ids,
        cause=begun.cause,
        line_ids=begun.line_ids,
        waiting_part_line_ids=begun.waiting_part_line_ids,
        reason=mask(begun.reason),
        moved_to_parking=begun.moved_to_parking,
        since=begun.since,
    )


def watch_parts(job: Job, at: datetime) -> list[JobInterrupted | JobResumed]:
    """C begins when authorised work lacks parts, and ends when they are here or no longer wanted."""
    missing = _missing(job)
    before = job.interruptions.open("C")
    if not missing:
        by_hand = before is not None and not before.waiting_part_line_ids
        return [] if before is None or by_hand else list(end(job, "C", at))
    waiting = tuple(sorted((part.id for part in missing), key=str))
    lines = tuple(dict.fromkeys(part.line_id for part in missing))
    if before is None:
        begun = Interruption(cause="C", since=at, line_ids=lines, waiting_part_line_ids=waiting)
        job.interruptions = job.interruptions.begun(begun)
        return [as_interrupted(job, begun)]
    # Lines whose parts have come go on; what the supervisor stopped by hand stays stopped.
    waited = {part.line_id for part in job.parts if part.id in before.waiting_part_line_ids}
    held = [line_id for line_id in before.line_ids if line_id not in waited]
    begun = before.model_copy(
        update={"line_ids": tuple(dict.fromkeys((*held, *lines))), "waiting_part_line_ids": waiting}
    )
    job.interruptions = job.interruptions.replaced(before, begun)
    release_lines(job)
    return [as_interrupted(job, begun)] if set(waiting) - set(before.waiting_part_line_ids) else []


def _missing(job: Job) -> list[PartLine]:
    open_work = (x for x in job.lines if x.authorised and x.open and not x.pending and not x.running)
    return [part for line in open_work for part in job.missing_parts(line)]


def watch_answer(job: Job, at: datetime) -> list[JobInterrupted]:
    """B begins when an estimate waits for its answer and nothing else can go on (E1)."""
    goes_on = job.diagnosis_open or any(line.running or job.can_start(line) for line in job.lines)
    if not job.awaits_answer or goes_on or job.finished or job.interruptions.open("B") is not None:
        return []
    begun = Interruption(cause="B", since=at, moved_to_parking=job.parked)
    job.interruptions = job.interruptions.begun(begun)
    return [as_interrupted(job, begun)]
