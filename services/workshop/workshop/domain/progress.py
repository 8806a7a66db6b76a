"""The progress of a job: which state follows from what is known of it, and why nothing happens to the car."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.base import Event
from contracts.events.workshop import JobCompleted, JobReady, JobReopened
from workshop.domain.interrupting import release_lines, watch_answer, watch_parts
from workshop.domain.job import Job
from workshop.domain.job_states import JobState
from workshop.domain.line import LineState

S = JobState


def recompute_state(job: Job, *, wash_required: bool, at: datetime) -> list[Event]:
    """Bring state, interruptions and readiness up to date; gives the events that follow, in order.

    The only place that changes ``job.state``. ``wash_required`` matters only to a job that is finished
    (WORK-30)."""
    job.changed_at = at
    events: list[Event] = []
    if job.closed_at is None:
        release_lines(job)
        events += [*_reopen(job), *watch_parts(job, at), *watch_answer(job, at)]
        if job.finished:
            events += _end_work(job, at)
            events += _become_ready(job, wash_required, at)
    job.state = state_of(job, wash_required=wash_required).value
    job.waits_for_dispatch = _waits_for_dispatch(job)
    job.waiting_reason = waiting_reason(job)
    return events


def state_of(job: Job, *, wash_required: bool) -> JobState:
    """The state that follows from what is known of the job, whichever state it had before."""
    if job.closed_at is not None:
        return S.CLOSED
    return _finishing_state(job, wash_required) if job.finishing else _working_state(job)


def _finishing_state(job: Job, wash_required: bool) -> JobState:
    if job.ready_at is not None:
        return S.READY
    if job.inspected_at is None and job.inspector_id is not None:
        return S.INSPECTING
    return S.WASHING if _must_be_washed(job, wash_required) else S.COMPLETED


def _working_state(job: Job) -> JobState:
    running = [line for line in job.lines if line.running]
    if running:
        if any(line.kind == "diagnosis" for line in running):
            return S.DIAGNOSING
        return S.REWORK if any(line.is_rework for line in running) else S.REPAIRING
    if job.is_halted:
        return S.INTERRUPTED
    startable = [line for line in job.lines if job.can_start(line)]
    if any(line.is_rework for line in startable):
        return S.REWORK
    if job.diagnosis_open and any(x.kind == "diagnosis" and x.state == LineState.DONE for x in job.lines):
        return S.DIAGNOSING
    if startable:
        return S.REPAIRING if job.started else S.WAITING
    return _idle_state(job)


def _idle_state(job: Job) -> JobState:
    if job.open_interruption("A") is not None:
        return S.INTERRUPTED
    if job.open_interruption("B") is not None:
        return S.AWAITING_ANSWER
    if job.open_interruption("C") is not None:
        return S.AWAITING_PARTS
    return S.WAITING


def _must_be_inspected(job: Job) -> bool:
    return job.work_done and job.inspected_at is None


def _must_be_washed(job: Job, wash_required: bool) -> bool:
    return wash_required and job.work_done and job.inspected_at is not None and job.washed_at is None


def _waits_for_dispatch(job: Job) -> bool:
    if job.away or job.closed_at is not None:
        return False
    return any(line.technician_id is None and job.can_start(line) for line in job.lines)


def _reopen(job: Job) -> list[JobReopened]:
    """Work, an answer or a part that comes after completed or ready withdraws it."""
    was_ready = job.ready_at is not None
    stale = was_ready and (not job.squared or job.ready_revision != job.answered_revision)
    if not job.finishing or (job.finished and not stale):
        return []
    reopened = JobReopened(**job.ids, reason=_reason_to_reopen(job), withdraws_ready=was_ready)
    job.work_ended_at = job.ready_at = job.ready_revision = job.accepted_at = None
    if job.inspected_at is None:
        job.inspector_id = None
    return [reopened]


def _reason_to_reopen(job: Job) -> str:
    still_open = [line for line in job.lines if line.open]
    if any(line.is_rework for line in still_open):
        return "rework"
    if still_open:
        return "additional_work"
    return "answer" if job.squared else "parts_issued"


def _end_work(job: Job, at: datetime) -> list[JobCompleted]:
    """Nothing is left to do: completed, if anything was done to the car."""
    if job.finishing:
        return []
    job.work_ended_at = at
    if not job.work_done:
        return []
    return [JobCompleted(**job.ids, estimate_revision=job.answered_revision, results=job.results())]


def _become_ready(job: Job, wash_required: bool, at: datetime) -> list[JobReady]:
    """Ready as soon as nothing is missing: inspection, wash, parts that are used or returned."""
    missing = _must_be_inspected(job) or _must_be_washed(job, wash_required) or not job.squared
    if missing or job.ready_at is not None:
        return []
    outcome: Literal["repaired", "no_work"] = "repaired" if job.work_done else "no_work"
    job.ready_at, job.ready_revision = at, job.answered_revision
    return [
        JobReady(
            **job.ids,
            estimate_revision=job.answered_revision,
            outcome=outcome,
            results=job.results(),
            technicians=job.workers,
            done_measure_ids=_done_measures(job),
        )
    ]


def _done_measures(job: Job) -> tuple[UUID, ...]:
    """Complaint measures all of whose lines are done."""
    of_measure: dict[UUID, list[str]] = {}
    for line in job.lines:
        if line.measure_id is not None:
            of_measure.setdefault(line.measure_id, []).append(line.state)
    return tuple(m for m, states in of_measure.items() if all(s == LineState.DONE for s in states))


def waiting_reason(job: Job) -> str:
    """Why nothing happens to the car now, for the board and the list of held vehicles; empty if it does."""
    if job.closed_at is not None:
        return ""
    if job.away:
        return "vehicle_away"
    match job.state:
        case S.INTERRUPTED:
            found = job.open_interruption("A")
            return found.reason if found is not None and found.reason else "interrupted"
        case S.AWAITING_ANSWER:
            return "answer"
        case S.AWAITING_PARTS:
            return "parts"
        case S.COMPLETED:
            return "inspection" if _must_be_inspected(job) else "parts_not_squared"
        case S.DIAGNOSING if not any(line.running for line in job.lines):
            return "review"
        case S.WASHING:
            return "wash"
        case S.READY:
            return "handover"
        case _:
            return _idle_reason(job)


def _idle_reason(job: Job) -> str:
    if any(line.running for line in job.lines):
        return ""
    if job.waits_for_dispatch:
        return "dispatch"
    return "start" if any(job.can_start(line) for line in job.lines) else "estimate"
