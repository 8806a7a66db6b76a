"""The promise to the customer: latest start (F-18), forecast, and when it is in danger (F-19)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.events.workshop import PromiseEndangered
from shopkit.calendar import WorkingCalendar
from workshop.domain.job import Job
from workshop.domain.job_states import JobState
from workshop.domain.rules import HouseRules
from workshop.domain.values import Alarm, DangerCause

_JUST_AFTER = timedelta(seconds=1)
_OVER = (JobState.READY, JobState.CLOSED)


@dataclass(frozen=True, slots=True)
class Watch:
    """What was seen: alarms to publish, and when to look again if nothing else happens."""

    events: tuple[PromiseEndangered, ...] = ()
    look_again_at: datetime | None = None


def remaining_minutes(job: Job, *, rules: HouseRules, at: datetime) -> int:
    """Working minutes until handover: authorised work, inspection, wash, papers (F-18)."""
    labour = sum(
        line.remaining_minutes(at) for line in job.lines if line.open and not line.pending and line.authorised
    )
    if job.inspected_at is None:
        return labour + rules.finishing_minutes()
    wash = rules.wash_minutes if rules.wash_required and job.washed_at is None else 0
    return labour + wash + rules.papers_minutes


def watch(job: Job, *, calendar: WorkingCalendar, rules: HouseRules, at: datetime) -> Watch:
    """Bring latest start and forecast up to date; an alarm is published once per revision and cause."""
    if job.promised_at is None or job.promise_revision is None or job.state in _OVER or job.away:
        job.at_risk, job.latest_start, job.forecast_at = False, None, None
        return Watch()
    remaining = remaining_minutes(job, rules=rules, at=at)
    job.latest_start = calendar.subtract_minutes(job.promised_at, remaining)
    eta = _last_eta(job)
    begin = at if eta is None else max(at, eta)
    job.forecast_at = calendar.add_minutes(begin, remaining)
    late_start = not job.started and at > job.latest_start
    job.at_risk = late_start or job.forecast_at > job.promised_at
    if not job.at_risk:
        return Watch(look_again_at=max(job.latest_start, at) + _JUST_AFTER)
    alarm = Alarm(
        promise_revision=job.promise_revision,
        cause=_cause(job, eta=eta, at=at),
        forecast_at=job.forecast_at,
    )
    if _published_before(job, alarm):
        return Watch()
    job.alarms = (*job.alarms, alarm)
    late = max(0, -(-(job.forecast_at - job.promised_at) // timedelta(minutes=1)))
    return Watch(
        events=(
            PromiseEndangered(
                **job.ids,
                promise_revision=alarm.promise_revision,
                promised_at=job.promised_at,
                forecast_at=alarm.forecast_at,
                late_minutes=late,
                cause=alarm.cause,
            ),
        )
    )


def _last_eta(job: Job) -> datetime | None:
    """When the last part that open authorised work lacks is expected."""
    open_work = (line for line in job.lines if line.authorised and line.open)
    return max(
        (part.eta for line in open_work for part in job.missing_parts(line) if part.eta is not None),
        default=None,
    )


def _cause(job: Job, *, eta: datetime | None, at: datetime) -> DangerCause:
    if eta is not None and eta > at:
        return "eta"
    if job.open_interruption("C") is not None:
        return "awaiting_parts"
    if job.open_interruption("B") is not None:
        return "awaiting_answer"
    if any(line.is_rework and line.open for line in job.lines):
        return "rework"
    return "overrun" if job.started else "late_start"


def _published_before(job: Job, alarm: Alarm) -> bool:
    """The same cause, or work that only now begins and is forecast no later than was published already."""
    own = [a for a in job.alarms if a.promise_revision == alarm.promise_revision]
    if any(a.cause == alarm.cause for a in own):
        return True
    return alarm.cause == "overrun" and any(a.forecast_at >= alarm.forecast_at for a in own)
