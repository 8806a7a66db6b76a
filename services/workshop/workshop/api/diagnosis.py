"""Routes of a job's diagnosis: report, review, and additional work found later."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.permissions import workshop as may_workshop
from contracts.values import DiagnosticCode, Line, PartNeed, Title
from servicekit import new_id
from servicekit.http import Body, TxDep, Who, may, problems, router
from workshop.api.jobs import COMMON, Name, RequiredText, Text, Worker
from workshop.api.lines import ByTechnician, technician_of
from workshop.commands import jobs as commands
from workshop.domain.diagnosing import (
    DiagnosisIncomplete,
    DiagnosisMissing,
    DiagnosisNotStarted,
    DiagnosisReviewed,
    ReviewByAnother,
    UnknownTroubleCode,
)
from workshop.domain.job import DispatchedToAnother, WorkAlreadyAccepted
from workshop.domain.values import Reading, Step, StepResult
from workshop.queries import jobs as queries
from workshop.queries.views import JobView

routes = router(tags=["jobs"])

Reviewer = Annotated[Who, may(may_workshop.REVIEW)]


class TitleBody(Body):
    """A name that a customer may see, in both languages."""

    zh: Name = Field(description="Chinese text")
    en: Name = Field(description="English text")

    def as_title(self) -> Title:
        """As contracts name it."""
        return Title(zh=self.zh, en=self.en)


class PartBody(Body):
    """A part that proposed work needs."""

    part_no: Name = Field(description="catalogue number of the part")
    quantity: Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=3)] = Field(
        description="wanted quantity in the part's unit, a decimal string"
    )
    title: TitleBody | None = Field(default=None, description="the part's name, if not in the catalogue")

    def as_need(self) -> PartNeed:
        """With a fresh id for the part line."""
        title = self.title and self.title.as_title()
        return PartNeed(part_line_id=new_id(), part_no=self.part_no, quantity=self.quantity, title=title)


class ProposedLine(Body):
    """A piece of work that a technician proposes; the workshop mints its ids."""

    kind: Literal["maintenance", "repair"] = Field(default="repair", description="maintenance or repair")
    title: TitleBody = Field(description="what is to be done, in plain words (RECP-15)")
    work_type: Name = Field(description="kind of work that the labour rate is looked up by, e.g. mechanical")
    skill: Annotated[str, Field(max_length=100)] = Field(
        default="", description="skill that the technician needs (WORK-08); empty: none"
    )
    labour_minutes: Annotated[int, Field(ge=0, le=60_000)] = Field(
        description="expected labour, whole minutes"
    )
    parts: Annotated[list[PartBody], Field(max_length=200)] = Field(
        default=[], description="parts that the work needs"
    )
    service_code: Name | None = Field(default=None, description="menu item that the line is made from")
    why: Text = Field(default="", description="why the work is needed (RECP-15); numbers are masked")
    benefit: Text = Field(default="", description="what the customer gains (RECP-15); numbers are masked")

    def as_line(self) -> Line:
        """With fresh ids for the line and its parts."""
        return Line(
            line_id=new_id(),
            kind=self.kind,
            title=self.title.as_title(),
            work_type=self.work_type,
            skill=self.skill,
            labour_minutes=self.labour_minutes,
            parts=tuple(part.as_need() for part in self.parts),
            service_code=self.service_code,
            why=self.why,
            benefit=self.benefit,
        )


class StepBody(Body):
    """Result of one of the five steps."""

    step: Step = Field(description="which of the five steps (WORK-02)")
    result: RequiredText = Field(description="what the step showed")


class ReadingBody(Body):
    """An instrument and what it showed (WORK-03)."""

    instrument: Name = Field(description="the instrument that was used")
    reading: Text = Field(default="", description="what it showed, with its unit")


class CodeBody(Body):
    """A trouble code that was read from the car."""

    code: Annotated[str, Field(min_length=1, max_length=20)] = Field(description="the code, e.g. P0301")
    description: Text = Field(default="", description="its meaning; required if it is not in the list")


class ReportDiagnosis(ByTechnician):
    """Five steps, instruments, codes, findings and the work proposed."""

    steps: Annotated[list[StepBody], Field(max_length=20)] = Field(
        description="a result for each of the five steps"
    )
    instruments: Annotated[list[ReadingBody], Field(max_length=50)] = Field(
        default=[], description="instruments that were used"
    )
    codes: Annotated[list[CodeBody], Field(max_length=100)] = Field(
        default=[], description="trouble codes that were read"
    )
    findings: Annotated[list[RequiredText], Field(min_length=1, max_length=50)] = Field(
        description="what was found; numbers are masked when published"
    )
    lines: Annotated[list[ProposedLine], Field(max_length=100)] = Field(
        default=[], description="work proposed to the customer"
    )


class ReviewDiagnosis(Body):
    """Another technician's verdict on the plan."""

    approved: bool = Field(description="true: it goes to the customer; false: back to the technician")
    remarks: Text = Field(default="", description="remarks for the technician")


class ReportAdditionalWork(Body):
    """Work found while working."""

    lines: Annotated[list[ProposedLine], Field(min_length=1, max_length=100)] = Field(
        description="the work that was found"
    )
    why: RequiredText = Field(description="why it is needed; numbers are masked when published")
    benefit: Text = Field(default="", description="what the customer gains; numbers are masked")
    blocks_line_ids: Annotated[list[UUID], Field(max_length=200)] = Field(
        default=[], description="lines that cannot go on before the customer has answered"
    )
    vehicle_parked: bool = Field(default=False, description="the car leaves its bay for the parking lot")


@routes.post(
    "/jobs/{job_id}/diagnosis",
    responses=problems(
        *COMMON,
        DiagnosisNotStarted,
        DiagnosisIncomplete,
        DiagnosisReviewed,
        UnknownTroubleCode,
        DispatchedToAnother,
    ),
)
async def report_diagnosis(job_id: UUID, body: ReportDiagnosis, tx: TxDep, who: Worker) -> JobView:
    """Hand in the plan for review (WORK-02, WORK-03); the diagnosis line ends with it."""
    job = await commands.report_diagnosis(
        tx,
        job_id=job_id,
        technician_id=technician_of(who, body.technician_id),
        steps=[StepResult(step=s.step, result=s.result) for s in body.steps],
        instruments=[Reading(instrument=r.instrument, reading=r.reading) for r in body.instruments],
        codes=[DiagnosticCode(code=c.code, description=c.description) for c in body.codes],
        findings=body.findings,
        lines=[line.as_line() for line in body.lines],
    )
    return await queries.show_job(tx, job)


@routes.post(
    "/jobs/{job_id}/diagnosis/review",
    responses=problems(*COMMON, DiagnosisMissing, DiagnosisReviewed, ReviewByAnother),
)
async def review_diagnosis(job_id: UUID, body: ReviewDiagnosis, tx: TxDep, who: Reviewer) -> JobView:
    """Approve the plan, or send it back (WORK-07)."""
    job = await commands.review_diagnosis(
        tx, job_id=job_id, reviewer_id=who.employee_id, **body.model_dump_fields()
    )
    return await queries.show_job(tx, job)


@routes.post("/jobs/{job_id}/additional-work", responses=problems(*COMMON, WorkAlreadyAccepted))
async def report_additional_work(job_id: UUID, body: ReportAdditionalWork, tx: TxDep, who: Worker) -> JobView:
    """More work was found (E1)."""
    job = await commands.report_additional_work(
        tx,
        job_id=job_id,
        technician_id=who.employee_id,
        lines=[line.as_line() for line in body.lines],
        why=body.why,
        benefit=body.benefit,
        blocks_line_ids=body.blocks_line_ids,
        vehicle_parked=body.vehicle_parked,
    )
    return await queries.show_job(tx, job)
