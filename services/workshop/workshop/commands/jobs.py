"""Commands of a job, from dispatch to ready, and what every change of a job ends with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from contracts.base import Event
from contracts.values import DiagnosticCode, InspectionItem, Line
from servicekit import Tx
from workshop.domain import Bay, HouseRules, Job, Technician, diagnosing, inspecting, interrupting, working
from workshop.domain.bay import BayOccupied, NoBayFree
from workshop.domain.progress import recompute_state
from workshop.domain.promise import watch
from workshop.domain.values import Cause, Reading, StepResult
from workshop.queries import trouble_codes
from workshop.repository import find_free_bay, lock_job, lock_technician, working_calendar

PROMISE_CHECK = "promise-check"
"""The kind of timer that looks at a promise again."""


async def dispatch_job(
    tx: Tx,
    *,
    job_id: UUID,
    technician_id: UUID,
    bay_id: UUID | None,
    line_ids: Sequence[UUID],
    planned_start: datetime | None,
    planned_end: datetime | None,
) -> Job:
    """Give lines to a technician and a bay; without lines, all that wait for a technician."""
    job = await lock_job(tx, job_id)
    technician, running = await lock_technician(tx, technician_id)
    bay = await _bay(tx, job, bay_id)
    previous = job.bay
    dispatched = working.dispatch(
        job,
        line_ids=line_ids,
        technician=technician,
        bay=bay,
        planned_start=planned_start or tx.now,
        planned_end=planned_end,
        elsewhere=running if running is not None and running.job_id != job.id else None,
        calendar=await working_calendar(tx),
        rules=await tx.rules(HouseRules),
        at=tx.now,
    )
    if previous is not bay and job.occupies(previous):
        previous.free()
        # One row must be empty before the other is filled: a job occupies one bay.
        await tx.session.flush()
    if bay.job_id is None:
        # A car that is planned for later, while another occupies it, moves in when its work starts.
        bay.occupy(job.id, tx.now)
        job.parked = False
    return await conclude(tx, job, dispatched)


async def _bay(tx: Tx, job: Job, bay_id: UUID | None) -> Bay:
    """The bay asked for, the one the car is in, or the first free one."""
    wanted = bay_id or job.bay_id
    if wanted is not None:
        if wanted == job.bay_id and job.occupies(job.bay):
            return job.bay
        bay = await tx.get(Bay, wanted)
        if not bay.in_use:
            raise BayOccupied(bay=bay.name, in_use=False)
        return bay
    free = await find_free_bay(tx)
    if free is None:
        raise NoBayFree()
    return free


async def start_line(tx: Tx, *, job_id: UUID, line_id: UUID, technician_id: UUID) -> Job:
    """A technician begins a line, or goes on with it."""
    job = await lock_job(tx, job_id)
    technician, running = await lock_technician(tx, technician_id)
    work = working.start_line(job, line_id, technician=technician, running=running, at=tx.now)
    bay = await _bay(tx, job, None)
    bay.occupy(job.id, tx.now)
    job.move_to(bay)
    return await conclude(tx, job, work)


async def complete_line(
    tx: Tx,
    *,
    job_id: UUID,
    line_id: UUID,
    technician_id: UUID,
    labour_minutes: int | None,
    used: Mapping[UUID, Decimal],
    result_text: str,
) -> Job:
    """A technician finished a line."""
    job = await lock_job(tx, job_id)
    technician = await tx.get(Technician, technician_id)
    done = working.complete_line(
        job,
        line_id,
        technician=technician,
        labour_minutes=labour_minutes,
        used=used,
        result_text=result_text,
        at=tx.now,
    )
    return await conclude(tx, job, done)


async def correct_usage(tx: Tx, *, job_id: UUID, line_id: UUID, used: Mapping[UUID, Decimal]) -> Job:
    """What was really used differs from what was reported."""
    job = await lock_job(tx, job_id)
    working.correct_usage(job, line_id, used)
    return await conclude(tx, job)


async def report_diagnosis(
    tx: Tx,
    *,
    job_id: UUID,
    technician_id: UUID,
    steps: Sequence[StepResult],
    instruments: Sequence[Reading],
    codes: Sequence[DiagnosticCode],
    findings: Sequence[str],
    lines: Sequence[Line],
) -> Job:
    """A technician hands in the plan for review; the diagnosis line ends with it."""
    job = await lock_job(tx, job_id)
    technician = await tx.get(Technician, technician_id)
    line = diagnosing.report_diagnosis(
        job,
        technician_id=technician_id,
        steps=steps,
        instruments=instruments,
        codes=[diagnosing.described(code, trouble_codes.all_codes()) for code in codes],
        findings=findings,
        lines=lines,
        at=tx.now,
    )
    if not line.running:
        return await conclude(tx, job)
    done = working.complete_line(
        job,
        line.id,
        technician=technician,
        labour_minutes=None,
        used={},
        result_text="; ".join(findings),
        at=tx.now,
    )
    return await conclude(tx, job, done)


async def review_diagnosis(tx: Tx, *, job_id: UUID, reviewer_id: UUID, approved: bool, remarks: str) -> Job:
    """Another technician approves the plan or sends it back (WORK-07)."""
    job = await lock_job(tx, job_id)
    events = diagnosing.review_diagnosis(
        job, reviewer_id=reviewer_id, approved=approved, remarks=remarks, at=tx.now
    )
    return await conclude(tx, job, *events)


async def report_additional_work(
    tx: Tx,
    *,
    job_id: UUID,
    technician_id: UUID,
    lines: Sequence[Line],
    why: str,
    benefit: str,
    blocks_line_ids: Sequence[UUID],
    vehicle_parked: bool,
) -> Job:
    """More work was found while working (E1)."""
    job = await lock_job(tx, job_id)
    found = diagnosing.report_additional_work(
        job,
        technician_id=technician_id,
        lines=lines,
        why=why,
        benefit=benefit,
        blocks_line_ids=blocks_line_ids,
        vehicle_parked=vehicle_parked,
        at=tx.now,
    )
    job.parked = job.parked or vehicle_parked
    return await conclude(tx, job, found)


async def interrupt_job(
    tx: Tx,
    *,
    job_id: UUID,
    cause: Cause,
    line_ids: Sequence[UUID],
    reason: str,
    moved_to_parking: bool,
) -> Job:
    """The supervisor stops work (WORK-16)."""
    job = await lock_job(tx, job_id)
    events = interrupting.interrupt(
        job, cause=cause, line_ids=line_ids, reason=reason, moved_to_parking=moved_to_parking, at=tx.now
    )
    return await conclude(tx, job, events)


async def resume_job(tx: Tx, *, job_id: UUID, cause: Cause) -> Job:
    """The supervisor ends an interruption."""
    job = await lock_job(tx, job_id)
    return await conclude(tx, job, interrupting.resume(job, cause=cause, at=tx.now))


async def begin_inspection(tx: Tx, *, job_id: UUID, inspector_id: UUID) -> Job:
    """An inspector takes the car."""
    job = await lock_job(tx, job_id)
    inspecting.begin_inspection(job, inspector_id=inspector_id)
    return await conclude(tx, job)


async def pass_inspection(
    tx: Tx, *, job_id: UUID, inspector_id: UUID, items: Sequence[InspectionItem], test_drive: bool
) -> Job:
    """The inspector is content (WORK-26)."""
    job = await lock_job(tx, job_id)
    passed = inspecting.pass_inspection(
        job, inspector_id=inspector_id, items=items, test_drive=test_drive, at=tx.now
    )
    return await conclude(tx, job, passed)


async def fail_inspection(
    tx: Tx,
    *,
    job_id: UUID,
    inspector_id: UUID,
    line_ids: Sequence[UUID],
    findings: Sequence[str],
    items: Sequence[InspectionItem],
    test_drive: bool,
) -> Job:
    """The inspector sends lines back as rework (WORK-27)."""
    job = await lock_job(tx, job_id)
    events = inspecting.fail_inspection(
        job,
        inspector_id=inspector_id,
        line_ids=line_ids,
        findings=findings,
        items=items,
        test_drive=test_drive,
        rules=await tx.rules(HouseRules),
        at=tx.now,
    )
    return await conclude(tx, job, *events)


async def finish_wash(tx: Tx, *, job_id: UUID) -> Job:
    """The car is clean (WORK-30)."""
    job = await lock_job(tx, job_id)
    inspecting.finish_wash(job, at=tx.now)
    return await conclude(tx, job)


async def declare_ready(tx: Tx, *, job_id: UUID) -> Job:
    """The supervisor ends the job, or is refused with what is missing."""
    job = await lock_job(tx, job_id)
    inspecting.declare_ready(job, at=tx.now)
    return await conclude(tx, job)


async def conclude(tx: Tx, job: Job, *events: Event) -> Job:
    """Publish what happened and everything that follows from it, free the bay, look at the promise."""
    wash = job.finished and (await tx.rules(HouseRules)).wash_required
    tx.publish(job, *events, *recompute_state(job, wash_required=wash, at=tx.now))
    leave_bay(job)
    return await watch_promise(tx, job)


async def watch_promise(tx: Tx, job: Job) -> Job:
    """Bring the forecast up to date, publish a danger, and set the next look (F-18, F-19)."""
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
    if job.occupies(job.bay):
        job.bay.free()
    job.move_to(None)
