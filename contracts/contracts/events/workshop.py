"""What the workshop publishes: the life of a job from opening to ready."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Event, Instant, Minutes, Revision
from contracts.fields import JobId, LineId, RequestId, VisitId
from contracts.values import (
    DiagnosticCode,
    InspectionItem,
    Line,
    LineResult,
    Payer,
    Technician,
    UsedPart,
)


class _JobEvent(Event):
    KEY: ClassVar[str] = "job_id"

    job_id: JobId
    visit_id: VisitId
    request_id: RequestId


class JobOpened(_JobEvent):
    """Intake is complete and the workshop took the car; reception shows it as in the workshop."""

    TYPE: ClassVar[str] = "workshop.job.opened"

    priority_class: str = Field(description="urgent, rework, waiting, vip or normal (F-36)")
    lines: tuple[Line, ...] = Field(description="work known so far, line 0 the diagnosis")


class JobDispatched(_JobEvent):
    """The supervisor gave lines to a technician and a bay; staff keeps the work record."""

    TYPE: ClassVar[str] = "workshop.job.dispatched"

    line_ids: tuple[UUID, ...] = Field(description="lines that were given out")
    technician_id: UUID = Field(description="employee id")
    technician_name: str = Field(description="employee's name as shown")
    bay: str = Field(description="name of the bay")
    planned_start: Instant = Field(description="planned begin, UTC")
    planned_end: Instant = Field(description="planned end, UTC")
    latest_start: Instant | None = Field(default=None, description="latest begin for the promise, UTC (F-18)")


class JobDiagnosed(_JobEvent):
    """The five steps are done and the plan is reviewed; reception drafts the estimate from the lines."""

    TYPE: ClassVar[str] = "workshop.job.diagnosed"

    technician_id: UUID = Field(description="who diagnosed")
    findings: tuple[str, ...] = Field(description="what was found, masked (WORK-02)")
    codes: tuple[DiagnosticCode, ...] = Field(default=(), description="fault codes read")
    instruments: tuple[str, ...] = Field(default=(), description="instruments used (WORK-03)")
    lines: tuple[Line, ...] = Field(description="work proposed, ids minted here; none if nothing is to do")


class LineStarted(_JobEvent):
    """A technician began an authorised line; reception shows the progress."""

    TYPE: ClassVar[str] = "workshop.job.line-started"

    line_id: LineId
    technician_id: UUID = Field(description="who works on it")
    started_at: Instant = Field(description="begin, UTC")


class LineCompleted(_JobEvent):
    """A technician finished a line; reception shows the progress, staff keeps the work record."""

    TYPE: ClassVar[str] = "workshop.job.line-completed"

    line_id: LineId
    technician_id: UUID = Field(description="who worked on it")
    completed_at: Instant = Field(description="end, UTC")
    labour_minutes: Minutes = Field(description="labour really spent, whole minutes (WORK-34)")
    parts: tuple[UsedPart, ...] = Field(default=(), description="parts really used")
    result_text: str = Field(default="", description="what was done, masked (WORK-21)")


class JobInterrupted(_JobEvent):
    """Work stopped (WORK-15); reception notifies the customer."""

    TYPE: ClassVar[str] = "workshop.job.interrupted"

    cause: str = Field(description="A work interrupted, B awaiting answer, C awaiting parts")
    line_ids: tuple[UUID, ...] = Field(default=(), description="lines that stand still; empty: the whole job")
    waiting_part_line_ids: tuple[UUID, ...] = Field(default=(), description="part lines waited for (cause C)")
    reason: str = Field(default="", description="why, masked (WORK-16)")
    moved_to_parking: bool = Field(default=False, description="the car left the bay (WORK-16)")
    since: Instant = Field(description="begin of the interruption, UTC")


class JobResumed(_JobEvent):
    """What stopped the work is gone; reception shows the progress."""

    TYPE: ClassVar[str] = "workshop.job.resumed"

    cause: str = Field(description="the cause that is gone: A, B or C")
    line_ids: tuple[UUID, ...] = Field(default=(), description="lines that may go on; empty: the whole job")
    resumed_at: Instant = Field(description="end of the interruption, UTC")


class AdditionalWorkFound(_JobEvent):
    """More work was found while working; reception drafts the next estimate revision."""

    TYPE: ClassVar[str] = "workshop.job.additional-work-found"

    technician_id: UUID | None = Field(default=None, description="who found it")
    lines: tuple[Line, ...] = Field(description="work proposed, ids minted here")
    why: str = Field(description="why it is needed, masked (RECP-15)")
    benefit: str = Field(default="", description="what the customer gains, masked (RECP-15)")
    blocks_line_ids: tuple[UUID, ...] = Field(default=(), description="lines that cannot go on without it")
    vehicle_parked: bool = Field(default=False, description="the car left the bay meanwhile")


class JobCompleted(_JobEvent):
    """The last authorised line is done; reception shows that inspection follows."""

    TYPE: ClassVar[str] = "workshop.job.completed"

    estimate_revision: Revision | None = Field(default=None, description="answered revision worked by")
    results: tuple[LineResult, ...] = Field(description="what became of each line")


class InspectionPassed(_JobEvent):
    """The inspector, not the technician, passed the car (WORK-26); staff keeps the quality record."""

    TYPE: ClassVar[str] = "workshop.job.inspection-passed"

    inspector_id: UUID = Field(description="employee id")
    items: tuple[InspectionItem, ...] = Field(description="what was inspected")
    test_drive: bool = Field(description="whether the car was driven")


class InspectionFailed(_JobEvent):
    """The inspector found work to correct (WORK-27); staff counts the points (WORK-28)."""

    TYPE: ClassVar[str] = "workshop.job.inspection-failed"

    inspector_id: UUID = Field(description="employee id")
    findings: tuple[str, ...] = Field(description="what is wrong, masked")
    line_ids: tuple[UUID, ...] = Field(description="lines that must be done again")
    technician_id: UUID = Field(description="whose work failed")
    penalty_points: int = Field(ge=0, description="points taken (WORK-28)")


class ReworkOpened(_JobEvent):
    """Lines are done again at the shop's cost: after inspection, or for a complaint's measure."""

    TYPE: ClassVar[str] = "workshop.job.rework-opened"

    line_ids: tuple[UUID, ...] = Field(description="lines that are done again, or the rework's new lines")
    cause: str = Field(description="inspection or complaint")
    measure_id: UUID | None = Field(default=None, description="the complaint's measure, if any")
    payer: Payer = Field(default="shop", description="always the shop")
    priority_class: str = Field(default="rework", description="class for dispatch (F-36)")


class JobReady(_JobEvent):
    """Nothing is left to do, parts are squared, the car is clean; billing prepares the invoice."""

    TYPE: ClassVar[str] = "workshop.job.ready"

    estimate_revision: Revision | None = Field(
        default=None, description="answered revision that the results fulfil; absent if none was answered"
    )
    outcome: Literal["repaired", "no_work"] = Field(description="repaired, or no_work beyond the diagnosis")
    results: tuple[LineResult, ...] = Field(description="what became of each authorised line")
    technicians: tuple[Technician, ...] = Field(default=(), description="who worked on the car")
    done_measure_ids: tuple[UUID, ...] = Field(default=(), description="complaint measures fulfilled by it")


class JobReopened(_JobEvent):
    """A completed or ready job goes on; billing withdraws the invoice, the handover gate shuts."""

    TYPE: ClassVar[str] = "workshop.job.reopened"

    reason: str = Field(description="additional work, rework or a newer answer")
    withdraws_ready: bool = Field(description="whether ready had been declared")


class PromiseEndangered(_JobEvent):
    """The forecast is later than the promise (F-19); reception contacts the customer before."""

    TYPE: ClassVar[str] = "workshop.job.promise-endangered"

    promise_revision: Revision = Field(description="the promise in danger; older ones are only logged")
    promised_at: Instant = Field(description="the promise, UTC")
    forecast_at: Instant = Field(description="when the car will be ready, UTC")
    late_minutes: Minutes = Field(description="forecast after promise, whole minutes")
    cause: str = Field(
        description="why: late_start, overrun, rework, awaiting_answer, awaiting_parts, or eta of a part"
    )
