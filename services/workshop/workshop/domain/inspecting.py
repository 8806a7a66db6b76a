"""After the last line: inspection by another, rework when it fails, wash, and ready."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from contracts.events.workshop import InspectionFailed, InspectionPassed, ReworkOpened
from contracts.values import InspectionItem
from servicekit import Refusal
from servicekit.personal_data import mask
from workshop.domain.job import Job
from workshop.domain.job_states import JOB, JobState
from workshop.domain.line import JobLine, LineState
from workshop.domain.rules import HouseRules
from workshop.domain.values import Inspection


class LinesOpen(Refusal):
    """Work on this car is still open."""


class NotInspected(Refusal):
    """The car has not passed the final inspection."""


class NothingToInspect(Refusal):
    """No work was done on this car."""


class AlreadyInspected(Refusal):
    """The car has passed the final inspection."""


class InspectorWorkedOnIt(Refusal):
    """Who worked on the car cannot inspect it."""


class InspectionNotPassed(Refusal):
    """An item of the inspection did not pass."""


class PartsNotSquared(Refusal):
    """Issued parts are neither used nor returned."""


def begin_inspection(job: Job, *, inspector_id: UUID) -> None:
    """The inspector takes the car (WORK-26)."""
    _must_be_inspectable(job, inspector_id, "begin_inspection")
    job.inspector_id = inspector_id


def pass_inspection(
    job: Job, *, inspector_id: UUID, items: Sequence[InspectionItem], test_drive: bool, at: datetime
) -> InspectionPassed:
    """Everything meets the standard (WORK-26)."""
    _must_be_inspectable(job, inspector_id, "pass_inspection")
    wrong = [item.item for item in items if not item.passed]
    if wrong:
        raise InspectionNotPassed(items=wrong, state=job.state, allowed=["fail_inspection"])
    job.inspector_id, job.inspected_at = inspector_id, at
    _keep(
        job,
        Inspection(inspector_id=inspector_id, at=at, passed=True, items=tuple(items), test_drive=test_drive),
    )
    return InspectionPassed(
        **job.ids, inspector_id=inspector_id, items=tuple(_masked(i) for i in items), test_drive=test_drive
    )


def fail_inspection(
    job: Job,
    *,
    inspector_id: UUID,
    line_ids: Collection[UUID],
    findings: Sequence[str],
    items: Sequence[InspectionItem],
    test_drive: bool,
    rules: HouseRules,
    at: datetime,
) -> list[InspectionFailed | ReworkOpened]:
    """Lines go back to their technicians as rework (WORK-27) and cost points (WORK-28)."""
    _must_be_inspectable(job, inspector_id, "fail_inspection")
    lines = [job.line(line_id) for line_id in dict.fromkeys(line_ids)]
    for line in lines:
        line.fail()
    job.work_ended_at = job.inspected_at = job.inspector_id = None
    if job.priority_class != "urgent":
        job.priority_class = "rework"
    failed = Inspection(
        inspector_id=inspector_id,
        at=at,
        passed=False,
        items=tuple(items),
        findings=tuple(findings),
        line_ids=tuple(line.id for line in lines),
        test_drive=test_drive,
    )
    _keep(job, failed)
    return [*_blame(job, failed, lines, rules), _rework(job, lines)]


def _blame(job: Job, failed: Inspection, lines: list[JobLine], rules: HouseRules) -> list[InspectionFailed]:
    """One event for each technician whose work failed: points are personal."""
    events = []
    for technician_id in dict.fromkeys(line.workers[-1].technician_id for line in lines):
        own = [line for line in lines if line.workers[-1].technician_id == technician_id]
        points = rules.penalty_points * len(own)
        job.penalty_points += points
        events.append(
            InspectionFailed(
                **job.ids,
                inspector_id=failed.inspector_id,
                findings=tuple(mask(finding) for finding in failed.findings),
                line_ids=tuple(line.id for line in own),
                technician_id=technician_id,
                penalty_points=points,
            )
        )
    return events


def _rework(job: Job, lines: list[JobLine]) -> ReworkOpened:
    return ReworkOpened(**job.ids, line_ids=tuple(line.id for line in lines), cause="inspection")


def finish_wash(job: Job, *, at: datetime) -> None:
    """The car is clean (WORK-30)."""
    JOB.check(job.state, "finish_wash")
    job.washed_at = at


def declare_ready(job: Job, *, at: datetime) -> None:
    """The supervisor ends the job, washed or not. Refused with what is still missing."""
    JOB.check(job.state, "declare_ready")
    if not job.finished:
        still_open = [str(line.id) for line in job.lines if line.open]
        raise LinesOpen(state=job.state, allowed=job.allowed(), line_ids=still_open)
    if job.work_done and job.inspected_at is None:
        raise NotInspected(state=job.state, allowed=job.allowed())
    if not job.squared:
        out = [str(part.id) for part in job.parts if not part.squared]
        raise PartsNotSquared(
            state=job.state, allowed=job.allowed(), waiting_for="parts.reservation", part_line_ids=out
        )
    if job.state == JobState.WASHING:
        finish_wash(job, at=at)


def _must_be_inspectable(job: Job, inspector_id: UUID, command: str) -> None:
    JOB.check(job.state, command)
    if job.inspected_at is not None and command != "fail_inspection":
        raise AlreadyInspected(state=job.state, allowed=job.allowed())
    if any(worker.technician_id == inspector_id for worker in job.workers):
        raise InspectorWorkedOnIt(inspector_id=inspector_id)
    if not any(line.state == LineState.DONE and line.kind != "diagnosis" for line in job.lines):
        raise NothingToInspect(state=job.state, allowed=job.allowed())


def _masked(item: InspectionItem) -> InspectionItem:
    return item.model_copy(update={"value": mask(item.value)})


def _keep(job: Job, inspection: Inspection) -> None:
    job.inspections = (*job.inspections, inspection)
