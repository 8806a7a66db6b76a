"""Giving out work, starting and completing it: what technicians and their supervisor do to a job."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from contracts.events.workshop import JobDispatched, LineCompleted, LineStarted
from servicekit import NotFound, Refusal
from servicekit.personal_data import mask
from shopkit.calendar import WorkingCalendar
from workshop.domain.bay import Bay, BayOccupied
from workshop.domain.job import DispatchedToAnother, Job, WorkAlreadyAccepted
from workshop.domain.job_states import JOB
from workshop.domain.line import JobLine, LineState
from workshop.domain.rules import HouseRules
from workshop.domain.technician import Technician
from workshop.domain.values import Cause


class WorkNotAuthorised(Refusal):
    """The customer has not agreed to this work."""


class NotDispatched(Refusal):
    """This work has not been given to a technician."""


class PartsNotAtHand(Refusal):
    """The parts for this work have not been issued."""


class TechnicianBusy(Refusal):
    """The technician already works on another job."""


class NothingToDispatch(Refusal):
    """There is no authorised work that waits for a technician."""


class PlanBackwards(Refusal):
    """The planned end must be later than the planned start."""


class VehicleAway(Refusal):
    """The car is not in the shop."""


class WorkInterrupted(Refusal):
    """The work is interrupted; resume it first."""


class LineBlocked(Refusal):
    """This work waits for the customer's answer about other work."""


class UsedMoreThanIssued(Refusal):
    """More was used than has been issued."""


_DISPATCHABLE = (LineState.AUTHORISED, LineState.FAILED, LineState.INTERRUPTED)
_ENDED_BY: dict[Cause, str] = {"B": "reception.visit", "C": "parts.reservation"}
"""Whose fact ends an interruption: the customer's answer, the part (WORK-15)."""


def dispatch(
    job: Job,
    *,
    line_ids: Collection[UUID],
    technician: Technician,
    bay: Bay,
    planned_start: datetime,
    planned_end: datetime | None,
    elsewhere: JobLine | None,
    calendar: WorkingCalendar,
    rules: HouseRules,
    at: datetime,
) -> JobDispatched:
    """Give lines to a technician and a bay. ``elsewhere`` is what the technician runs on another job."""
    JOB.check(job.state, "dispatch")
    _must_be_here(job)
    lines = _lines_to_dispatch(job, line_ids)
    technician.must_be_here(max(at, planned_start))
    for line in lines:
        technician.must_be_skilled(line.skill, rules.minimum_skill_level)
    _must_come_after(elsewhere, planned_start)
    planned_end = planned_end or calendar.add_minutes(planned_start, _minutes(lines, at))
    if planned_end < planned_start:
        raise PlanBackwards(planned_start=planned_start, planned_end=planned_end)
    for line in lines:
        line.technician_id, line.technician_name = technician.id, technician.name
        line.planned_start, line.planned_end = planned_start, planned_end
    if bay.job_id not in (None, job.id) and planned_start <= at:
        raise BayOccupied(bay=bay.name, job_id=bay.job_id)
    job.move_to(bay)
    return JobDispatched(
        **job.ids,
        line_ids=tuple(line.id for line in lines),
        technician_id=technician.id,
        technician_name=technician.name,
        bay=bay.name,
        planned_start=planned_start,
        planned_end=planned_end,
        latest_start=job.latest_start,
    )


def _lines_to_dispatch(job: Job, line_ids: Collection[UUID]) -> list[JobLine]:
    if line_ids:
        lines = [job.line(line_id) for line_id in line_ids]
        for line in lines:
            _must_be_authorised(line)
    else:
        lines = [line for line in job.lines if line.technician_id is None]
    lines = [line for line in lines if line.state in _DISPATCHABLE]
    if not lines:
        raise NothingToDispatch(state=job.state, allowed=job.allowed())
    return lines


def _minutes(lines: list[JobLine], at: datetime) -> int:
    return sum(line.remaining_minutes(at) for line in lines)


def start_line(
    job: Job,
    line_id: UUID,
    *,
    technician: Technician,
    running: JobLine | None,
    at: datetime,
) -> LineStarted:
    """The technician begins or goes on. ``running`` is what the technician runs already, on any job."""
    line = job.line(line_id)
    _must_be_authorised(line)
    JOB.check(job.state, "start_line")
    _must_be_here(job)
    _must_not_stand_still(job, line)
    if line.technician_id is None:
        raise NotDispatched(line_id=line.id, state=line.state, allowed=["dispatch"])
    if line.technician_id != technician.id:
        raise DispatchedToAnother(line_id=line.id, technician_id=line.technician_id)
    technician.must_be_here(at)
    if running is not None:
        raise TechnicianBusy(technician_id=technician.id, job_id=running.job_id, line_id=running.id)
    _must_have_parts(job, line)
    line.start(technician.as_worker(), at)
    job.parked = False
    return LineStarted(**job.ids, line_id=line.id, technician_id=technician.id, started_at=at)


def complete_line(
    job: Job,
    line_id: UUID,
    *,
    technician: Technician,
    labour_minutes: int | None,
    used: Mapping[UUID, Decimal],
    result_text: str,
    at: datetime,
) -> LineCompleted:
    """The work of a line is done; ``labour_minutes`` overrules the measured time (WORK-34)."""
    line = job.line(line_id)
    JOB.check(job.state, "complete_line")
    if line.running and line.technician_id != technician.id:
        raise DispatchedToAnother(line_id=line.id, technician_id=line.technician_id)
    _must_fit_issues(job, line, used)
    spent = line.complete(at, labour_minutes, result_text)
    for part in job.parts_of(line):
        part.used = used.get(part.id, part.used)
    technician.free_since = at
    # What was inspected or washed before is not what stands here now.
    job.inspected_at = job.inspector_id = job.washed_at = None
    return LineCompleted(
        **job.ids,
        line_id=line.id,
        technician_id=technician.id,
        completed_at=at,
        labour_minutes=spent,
        parts=job.used_parts(line),
        result_text=mask(result_text),
    )


def correct_usage(job: Job, line_id: UUID, used: Mapping[UUID, Decimal]) -> None:
    """Set right what was really used, so that issued − returned can be squared.

    Only of authorised work: what was handed out for declined work goes back to the counter.
    """
    line = job.line(line_id)
    JOB.check(job.state, "correct_usage")
    if job.accepted_at is not None:
        raise WorkAlreadyAccepted(state=job.state, allowed=job.allowed())
    _must_be_authorised(line)
    _must_fit_issues(job, line, used)
    for part in job.parts_of(line):
        part.used = used.get(part.id, part.used)


def _must_be_authorised(line: JobLine) -> None:
    if not line.authorised or line.pending or line.state == LineState.GIVEN_UP:
        raise WorkNotAuthorised(
            line_id=line.id, state=line.state, allowed=["request_answer"], waiting_for="reception.visit"
        )


def _must_be_here(job: Job) -> None:
    if job.away:
        raise VehicleAway(state=job.state, allowed=job.allowed(), waiting_for="reception.visit")


def _ended_by(job: Job, line: JobLine) -> str | None:
    """Whose fact ends the interruption of a line; ``None``: the supervisor resumes it."""
    if line.id in job.blocked_line_ids:
        return _ENDED_BY["B"]
    for cause, stream in _ENDED_BY.items():
        found = job.interruptions.open(cause)
        if found is not None and line.id in found.line_ids:
            return stream
    return None


def _must_not_stand_still(job: Job, line: JobLine) -> None:
    if job.interruptions.halts_all or line.state == LineState.INTERRUPTED:
        raise WorkInterrupted(
            line_id=line.id, state=line.state, allowed=["resume"], waiting_for=_ended_by(job, line)
        )
    if line.id in job.blocked_line_ids:
        raise LineBlocked(
            line_id=line.id, state=line.state, allowed=["request_answer"], waiting_for="reception.visit"
        )


def _must_have_parts(job: Job, line: JobLine) -> None:
    if line.failures:
        return
    lacking = [part for part in job.parts_of(line) if part.at_hand < part.expected]
    if lacking:
        raise PartsNotAtHand(
            line_id=line.id,
            state=line.state,
            allowed=["issue_parts"],
            waiting_for="parts.reservation",
            part_line_ids=[str(part.id) for part in lacking],
        )


def _must_come_after(elsewhere: JobLine | None, planned_start: datetime) -> None:
    """A second job may be designated as the next one (WORK-11), never as a second active one (WORK-09)."""
    if elsewhere is None:
        return
    if elsewhere.planned_end is None or planned_start < elsewhere.planned_end:
        raise TechnicianBusy(
            technician_id=elsewhere.technician_id,
            job_id=elsewhere.job_id,
            line_id=elsewhere.id,
            planned_end=elsewhere.planned_end,
        )


def _must_fit_issues(job: Job, line: JobLine, used: Mapping[UUID, Decimal]) -> None:
    own = {part.id: part for part in job.parts_of(line)}
    for part_line_id, quantity in used.items():
        part = own.get(part_line_id)
        if part is None:
            raise NotFound("PartLine", part_line_id)
        if quantity > part.at_hand:
            raise UsedMoreThanIssued(part_line_id=part.id, used=quantity, at_hand=part.at_hand)
