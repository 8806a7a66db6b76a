"""Diagnosis in five steps, its review by another, and more work found while working."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from contracts.events.workshop import AdditionalWorkFound, JobDiagnosed
from contracts.values import DiagnosticCode, Line
from servicekit import Refusal
from servicekit.personal_data import mask
from workshop.domain.job import DispatchedToAnother, Job, WorkAlreadyAccepted
from workshop.domain.job_states import JOB
from workshop.domain.line import JobLine, LineState
from workshop.domain.values import Diagnosis, Reading, Review, Step, StepResult


class DiagnosisNotStarted(Refusal):
    """The diagnosis has not been started."""


class DiagnosisIncomplete(Refusal):
    """A diagnosis needs the result of each of the five steps."""


class DiagnosisMissing(Refusal):
    """There is no diagnosis to review."""


class DiagnosisReviewed(Refusal):
    """The diagnosis has been reviewed and stands."""


class ReviewByAnother(Refusal):
    """A plan is reviewed by somebody other than who made it."""


class UnknownTroubleCode(Refusal):
    """This trouble code is not in the list; describe it."""


def masked(line: Line) -> Line:
    """The line as it may be published: free text without numbers of seven digits and more."""
    return line.model_copy(update={"why": mask(line.why), "benefit": mask(line.benefit)})


def report_diagnosis(
    job: Job,
    *,
    technician_id: UUID,
    steps: Sequence[StepResult],
    instruments: Sequence[Reading],
    codes: Sequence[DiagnosticCode],
    findings: Sequence[str],
    lines: Sequence[Line],
    at: datetime,
) -> JobLine:
    """The technician's plan, to be reviewed; gives the diagnosis line, which may still run."""
    JOB.check(job.state, "report_diagnosis")
    if job.diagnosis is not None and job.diagnosis.approved:
        raise DiagnosisReviewed(state=job.state, allowed=["report_additional_work"])
    line = _diagnosis_line(job)
    if line.technician_id != technician_id:
        raise DispatchedToAnother(line_id=line.id, technician_id=line.technician_id)
    _must_cover_all_steps(steps)
    job.diagnosis = Diagnosis(
        technician_id=technician_id,
        reported_at=at,
        steps=tuple(steps),
        instruments=tuple(instruments),
        codes=tuple(codes),
        findings=tuple(findings),
        lines=tuple(masked(line) for line in lines),
    )
    return line


def _diagnosis_line(job: Job) -> JobLine:
    for line in job.lines:
        if line.kind == "diagnosis" and line.state in (LineState.RUNNING, LineState.DONE):
            return line
    raise DiagnosisNotStarted(state=job.state, allowed=job.allowed())


def described(code: DiagnosticCode, known: Mapping[str, str]) -> DiagnosticCode:
    """The code with a description: the technician's own, else the one of the ``known`` list (by code).

    Raises ``UnknownTroubleCode``."""
    normal = code.code.strip().upper()
    description = code.description.strip() or known.get(normal)
    if description is None:
        raise UnknownTroubleCode(trouble_code=normal)
    return DiagnosticCode(code=normal, description=description)


def _must_cover_all_steps(steps: Sequence[StepResult]) -> None:
    reported = {step.step for step in steps if step.result.strip()}
    missing = [step.value for step in Step if step not in reported]
    if missing:
        raise DiagnosisIncomplete(missing=missing)


def review_diagnosis(
    job: Job, *, reviewer_id: UUID, approved: bool, remarks: str, at: datetime
) -> list[JobDiagnosed]:
    """Another looks at the plan (WORK-07): approved it goes to the customer, else back to the technician."""
    JOB.check(job.state, "review_diagnosis")
    plan = job.diagnosis
    if plan is None:
        raise DiagnosisMissing(state=job.state, allowed=job.allowed())
    if plan.approved:
        raise DiagnosisReviewed(state=job.state, allowed=["report_additional_work"])
    if plan.technician_id == reviewer_id:
        raise ReviewByAnother(technician_id=plan.technician_id)
    review = Review(reviewer_id=reviewer_id, reviewed_at=at, approved=approved, remarks=remarks)
    job.diagnosis = plan.model_copy(update={"review": review})
    if not approved:
        return []
    for line in plan.lines:
        job.adopt(line, offered_in=None).go("offer")
    return [
        JobDiagnosed(
            **job.ids,
            technician_id=plan.technician_id,
            findings=tuple(mask(finding) for finding in plan.findings),
            codes=tuple(_masked_code(code) for code in plan.codes),
            instruments=tuple(_reading(reading) for reading in plan.instruments),
            lines=plan.lines,
        )
    ]


def _masked_code(code: DiagnosticCode) -> DiagnosticCode:
    return code.model_copy(update={"description": mask(code.description)})


def _reading(reading: Reading) -> str:
    text = f"{reading.instrument}: {reading.reading}" if reading.reading else reading.instrument
    return mask(text)


def report_additional_work(
    job: Job,
    *,
    technician_id: UUID | None,
    lines: Sequence[Line],
    why: str,
    benefit: str,
    blocks_line_ids: Collection[UUID],
    vehicle_parked: bool,
    at: datetime,
) -> AdditionalWorkFound:
    """More work is needed (E1). Lines that cannot go on without it stop until the customer has answered."""
    JOB.check(job.state, "report_additional_work")
    if job.accepted_at is not None:
        raise WorkAlreadyAccepted(state=job.state, allowed=job.allowed())
    blocked = [job.line(line_id) for line_id in blocks_line_ids]
    job.stop_running(at, blocked, "interrupt")
    found = [masked(line) for line in lines]
    for line in found:
        adopted = job.adopt(line, offered_in=None)
        adopted.go("offer")
        adopted.blocks = tuple(blocks_line_ids)
    return AdditionalWorkFound(
        **job.ids,
        technician_id=technician_id,
        lines=tuple(found),
        why=mask(why),
        benefit=mask(benefit),
        blocks_line_ids=tuple(blocks_line_ids),
        vehicle_parked=vehicle_parked,
    )
