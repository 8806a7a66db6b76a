"""What people ask of a job: give it out, diagnose, work, interrupt, inspect, finish."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from contracts.values import DiagnosticCode, InspectionItem, Line
from servicekit import Tx
from workshop import trouble_codes
from workshop.commands.progress import conclude
from workshop.domain import Bay, HouseRules, Job, Technician, diagnosing, inspecting, interrupting, working
from workshop.domain.refusals import BayOccupied, NoBayFree
from workshop.domain.values import Cause, Reading, StepResult
from workshop.taking import take_job, take_technician, working_calendar

_FIRST_FREE = (
    select(Bay)
    .where(Bay.job_id.is_(None), Bay.in_use)
    .order_by(Bay.name)
    .limit(1)
    .with_for_update(skip_locked=True)
)


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
    job = await take_job(tx, job_id)
    technician, running = await take_technician(tx, technician_id)
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
    if previous is not bay and job.stands_in(previous):
        previous.free()
        # One row must be empty before the other is filled: a job stands in one bay.
        await tx.session.flush()
    if bay.job_id is None:
        # A car that is planned for later, while another stands there, moves in when its work starts.
        bay.occupy(job.id, tx.now)
        job.parked = False
    return await conclude(tx, job, dispatched)


async def _bay(tx: Tx, job: Job, bay_id: UUID | None) -> Bay:
    """The bay asked for, the one the car is in, or the first free one."""
    wanted = bay_id or job.bay_id
    if wanted is not None:
        if wanted == job.bay_id and job.stands_in(job.bay):
            return job.bay
        bay = await tx.get(Bay, wanted)
        if not bay.in_use:
            raise BayOccupied(bay=bay.name, in_use=False)
        return bay
    found = await tx.all(_FIRST_FREE)
    if not found:
        raise NoBayFree()
    return found[0]


async def start_line(tx: Tx, *, job_id: UUID, line_id: UUID, technician_id: UUID) -> Job:
    """A technician begins a line, or goes on with it."""
    job = await take_job(tx, job_id)
    technician, running = await take_technician(tx, technician_id)
    work = working.start_line(job, line_id, technician=technician, running=running, at=tx.now)
    bay = await _bay(tx, job, None)
    bay.occupy(job.id, tx.now)
    job.stand_in(bay)
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
    job = await take_job(tx, job_id)
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
    job = await take_job(tx, job_id)
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
    job = await take_job(tx, job_id)
    technician = await tx.get(Technician, technician_id)
    line = diagnosing.report_diagnosis(
        job,
        technician_id=technician_id,
        steps=steps,
        instruments=instruments,
        codes=[trouble_codes.described(code) for code in codes],
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
    job = await take_job(tx, job_id)
    told = diagnosing.review_diagnosis(
        job, reviewer_id=reviewer_id, approved=approved, remarks=remarks, at=tx.now
    )
    return await conclude(tx, job, *told)


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
    job = await take_job(tx, job_id)
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
    job = await take_job(tx, job_id)
    told = interrupting.interrupt(
        job, cause=cause, line_ids=line_ids, reason=reason, moved_to_parking=moved_to_parking, at=tx.now
    )
    return await conclude(tx, job, told)


async def resume_job(tx: Tx, *, job_id: UUID, cause: Cause) -> Job:
    """The supervisor ends an interruption."""
    job = await take_job(tx, job_id)
    return await conclude(tx, job, interrupting.resume(job, cause=cause, at=tx.now))


async def begin_inspection(tx: Tx, *, job_id: UUID, inspector_id: UUID) -> Job:
    """An inspector takes the car."""
    job = await take_job(tx, job_id)
    inspecting.begin_inspection(job, inspector_id=inspector_id)
    return await conclude(tx, job)


async def pass_inspection(
    tx: Tx, *, job_id: UUID, inspector_id: UUID, items: Sequence[InspectionItem], test_drive: bool
) -> Job:
    """The inspector is content (WORK-26)."""
    job = await take_job(tx, job_id)
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
    job = await take_job(tx, job_id)
    told = inspecting.fail_inspection(
        job,
        inspector_id=inspector_id,
        line_ids=line_ids,
        findings=findings,
        items=items,
        test_drive=test_drive,
        rules=await tx.rules(HouseRules),
        at=tx.now,
    )
    return await conclude(tx, job, *told)


async def finish_wash(tx: Tx, *, job_id: UUID) -> Job:
    """The car is clean (WORK-30)."""
    job = await take_job(tx, job_id)
    inspecting.finish_wash(job, at=tx.now)
    return await conclude(tx, job)


async def declare_ready(tx: Tx, *, job_id: UUID) -> Job:
    """The supervisor ends the job, or hears what is missing."""
    job = await take_job(tx, job_id)
    inspecting.declare_ready(job, at=tx.now)
    return await conclude(tx, job)
