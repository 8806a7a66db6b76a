"""What happens to a visit changes its job: intake, estimates, answers, promises, rework, departures."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from contracts.base import Event
from contracts.events.reception import EstimateAnswered, EstimatePresented
from contracts.events.workshop import JobOpened, ReworkOpened
from contracts.values import Line
from workshop.domain.copies import Visit
from workshop.domain.interrupting import end, release_lines
from workshop.domain.job import Job
from workshop.domain.line import LINE, JobLine, LineState
from workshop.domain.parts import PartLine


def open_job(
    job_id: UUID,
    visit: Visit,
    *,
    known_parts: Sequence[PartLine],
    lines: Sequence[Line],
    authorised_line_ids: Collection[UUID],
    priority_class: str,
    waiting_on_site: bool,
    fault: str,
    special_requirements: tuple[str, ...],
    at: datetime,
) -> tuple[Job, JobOpened]:
    """The workshop takes the car; the diagnosis is authorised by the signature, booked lines are planned."""
    job = Job(
        id=job_id,
        visit_id=visit.id,
        visit=visit,
        request_id=visit.request_id,
        priority_class=_effective_class(priority_class, waiting_on_site),
        waiting_on_site=waiting_on_site,
        fault=fault,
        special_requirements=special_requirements,
        arrived_at=visit.arrived_at,
        opened_at=at,
        changed_at=at,
        lines=[],
        parts=list(known_parts),
    )
    for line in lines:
        measure = visit.measure_id if line.kind == "rework" else None
        adopted = job.adopt(line, offered_in=0, measure_id=measure)
        if line.line_id in authorised_line_ids:
            _authorise(adopted)
    opened = JobOpened(
        **job.ids,
        priority_class=job.priority_class,
        lines=tuple(line.as_line() for line in job.lines),
    )
    return job, opened


def _effective_class(priority_class: str, waiting_on_site: bool) -> str:
    """Who waits in the shop comes before VIP and normal (WORK-10, F-36)."""
    return "waiting" if waiting_on_site and priority_class in ("vip", "normal") else priority_class


def offer(job: Job, event: EstimatePresented) -> None:
    """An estimate waits for its answer; what the advisor took out of it is given up."""
    offered = {line.line_id for line in event.lines}
    for priced in event.lines:
        if not job.knows(priced.line_id) or job.line(priced.line_id).pending:
            job.adopt(priced, offered_in=event.revision)
        known = job.line(priced.line_id)
        if not known.authorised and "offer" in LINE.allowed(known.state):
            known.go("offer")
            known.offered_in = event.revision
    for line in job.lines:
        taken_out = line.offered_in is not None and line.id not in offered
        if line.pending and (taken_out or line.id in event.dropped_line_ids):
            line.go("give_up")
    job.presented_revision = event.revision


def answer(job: Job, event: EstimateAnswered, at: datetime) -> list[Event]:
    """The customer chose which lines to do (RECP-24)."""
    for priced in event.authorised_lines:
        _authorise(job.adopt(priced, offered_in=event.revision))
    for refused in event.declined:
        if job.knows(refused.line_id):
            _decline(job.line(refused.line_id), at)
    for line in job.lines:
        if line.pending and line.offered_in == event.revision:
            line.go("give_up")
    job.answered_revision = event.revision
    job.presented_revision = None
    resumed: list[Event] = list(end(job, "B", at))
    return resumed


def _authorise(line: JobLine) -> None:
    line.authorised = True
    if "authorise" in LINE.allowed(line.state):
        line.go("authorise")


def _decline(line: JobLine, at: datetime) -> None:
    if line.state == LineState.DONE:
        return
    line.authorised = False
    if line.running:
        line.stop(at, "give_up")
    elif "give_up" in LINE.allowed(line.state):
        line.go("give_up")


def order_rework(
    job: Job, *, measure_id: UUID, lines: Sequence[Line], original_line_ids: Collection[UUID]
) -> ReworkOpened:
    """A complaint's rework is done in this visit, at the shop's cost (E8)."""
    added = []
    for line in lines:
        adopted = job.adopt(line, offered_in=0, measure_id=measure_id)
        adopted.measure_id = measure_id
        _authorise(adopted)
        added.append(adopted.id)
    job.priority_class = "rework" if job.priority_class != "urgent" else "urgent"
    return ReworkOpened(
        **job.ids,
        line_ids=tuple(added or original_line_ids),
        cause="complaint",
        measure_id=measure_id,
        priority_class=job.priority_class,
    )


def promise(job: Job, *, revision: int, promised_at: datetime) -> None:
    """The customer has a (new) promise; an earlier refusal is void."""
    job.promise_revision, job.promised_at, job.promise_refused = revision, promised_at, None


def leave(job: Job, at: datetime) -> None:
    """The car drives on (E2): nothing runs any more."""
    job.stop_running(at, job.lines, "interrupt")
    job.away = True


def come_back(job: Job) -> None:
    """The car is here again and waits to be worked on."""
    job.away = False
    release_lines(job)


def close(job: Job, at: datetime) -> None:
    """The keys are released; whatever still ran has stopped."""
    job.stop_running(at, job.lines, "interrupt")
    job.closed_at = at
    job.away = job.parked = job.at_risk = False
    job.interruptions = tuple(
        i if i.ended_at is not None else i.model_copy(update={"ended_at": at}) for i in job.interruptions
    )
