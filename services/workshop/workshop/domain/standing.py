"""Where a job stands after anything has happened to it: the one place that decides states, C, B and ready."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.base import Event
from contracts.events.workshop import JobCompleted, JobReady, JobReopened
from workshop.domain.interrupting import release_lines, watch_answer, watch_parts
from workshop.domain.job import FINISHING, Job, JobState
from workshop.domain.line import LineState

S = JobState


def settle(job: Job, *, wash_required: bool, at: datetime) -> list[Event]:
    """Bring state, interruptions and readiness up to date; gives the facts that follow, in order.

    ``wash_required`` is asked only of a job that is finished (WORK-30)."""
    job.changed_at = at
    if job.state == S.CLOSED:
        return []
    release_lines(job)
    told: list[Event] = [*_reopen(job), *watch_parts(job, at), *watch_answer(job, at)]
    if job.finished:
        told += _finish(job, wash_required, at)
    else:
        job.state = _working_state(job).value
    job.waits_for_dispatch = not job.away and any(
        line.technician_id is None and job.can_start(line) for line in job.lines
    )
    job.waiting_reason = waiting_reason(job)
    return told


def _reopen(job: Job) -> list[JobReopened]:
    """Work, an answer or a part that comes after completed or ready withdraws it."""
    was_ready = job.state == S.READY
    stale = was_ready and (not job.squared or job.ready_revision != job.answered_revision)
    if job.state not in FINISHING or (job.finished and not stale):
        return []
    reason = _reason_to_reopen(job)
    job.state = S.WAITING.value
    job.ready_at = job.ready_revision = job.accepted_at = None
    return [JobReopened(**job.ids, reason=reason, withdraws_ready=was_ready)]


def _reason_to_reopen(job: Job) -> str:
    still_open = [line for line in job.lines if line.open]
    if any(line.is_rework for line in still_open):
        return "rework"
    if still_open:
        return "additional_work"
    return "answer" if job.squared else "parts_issued"


def _finish(job: Job, wash_required: bool, at: datetime) -> list[Event]:
    told: list[Event] = []
    if job.state not in FINISHING:
        job.state = S.COMPLETED.value
        if job.work_done:
            told.append(
                JobCompleted(**job.ids, estimate_revision=job.answered_revision, results=job.results())
            )
    if job.state in (S.READY, S.INSPECTING) or (job.work_done and job.inspected_at is None):
        return told
    if job.work_done and wash_required and job.washed_at is None:
        job.state = S.WASHING.value
    elif job.squared:
        told.append(_become_ready(job, at))
    return told


def _become_ready(job: Job, at: datetime) -> JobReady:
    outcome: Literal["repaired", "no_work"] = "repaired" if job.work_done else "no_work"
    job.state, job.ready_at, job.ready_revision = S.READY.value, at, job.answered_revision
    return JobReady(
        **job.ids,
        estimate_revision=job.answered_revision,
        outcome=outcome,
        results=job.results(),
        technicians=job.workers,
        done_measure_ids=_done_measures(job),
    )


def _done_measures(job: Job) -> tuple[UUID, ...]:
    """Complaint measures all of whose lines are done."""
    of_measure: dict[UUID, list[str]] = {}
    for line in job.lines:
        if line.measure_id is not None:
            of_measure.setdefault(line.measure_id, []).append(line.state)
    return tuple(m for m, states in of_measure.items() if all(s == LineState.DONE for s in states))


def _working_state(job: Job) -> JobState:
    running = [line for line in job.lines if line.running]
    if running:
        if any(line.kind == "diagnosis" for line in running):
            return S.DIAGNOSING
        return S.REWORK if any(line.is_rework for line in running) else S.REPAIRING
    if job.stands_still:
        return S.INTERRUPTED
    startable = [line for line in job.lines if job.can_start(line)]
    if any(line.is_rework for line in startable):
        return S.REWORK
    if any(line.kind == "diagnosis" and line.state == LineState.DONE for line in job.lines) and (
        job.diagnosis_open
    ):
        return S.DIAGNOSING
    if startable:
        return S.REPAIRING if job.started else S.WAITING
    return _standing_state(job)


def _standing_state(job: Job) -> JobState:
    if job.open_interruption("A") is not None:
        return S.INTERRUPTED
    if job.open_interruption("B") is not None:
        return S.AWAITING_ANSWER
    if job.open_interruption("C") is not None:
        return S.AWAITING_PARTS
    return S.WAITING


def waiting_reason(job: Job) -> str:
    """Why nothing happens to the car now, for the board and the list of held vehicles; empty if it does."""
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
            return "inspection" if job.work_done and job.inspected_at is None else "parts_not_squared"
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
