"""Routes of a job's final inspection: begin, pass, fail."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.permissions import workshop as may_workshop
from contracts.values import InspectionItem
from servicekit.http import Body, TxDep, Who, may, problems, router
from workshop.api.jobs import COMMON, Name, RequiredText, Text
from workshop.commands import jobs as commands
from workshop.domain.inspecting import (
    AlreadyInspected,
    InspectionNotPassed,
    InspectorWorkedOnIt,
    NothingToInspect,
)
from workshop.queries import jobs as queries
from workshop.queries.views import JobView

routes = router(tags=["jobs"])

Inspector = Annotated[Who, may(may_workshop.INSPECT)]

_INSPECTING = (*COMMON, InspectorWorkedOnIt, AlreadyInspected, NothingToInspect)


class ItemBody(Body):
    """One inspected item."""

    item: Name = Field(description="what was inspected")
    value: Text = Field(default="", description="reading or remark")
    passed: bool = Field(default=True, description="whether it meets the standard")


class PassInspection(Body):
    """An inspection whose every item passed."""

    items: Annotated[list[ItemBody], Field(min_length=1, max_length=100)] = Field(
        description="what was inspected"
    )
    test_drive: bool = Field(default=False, description="whether the car was driven")


class FailInspection(Body):
    """What is wrong, and which lines must be done again."""

    line_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)] = Field(
        description="lines that must be done again"
    )
    findings: Annotated[list[RequiredText], Field(min_length=1, max_length=50)] = Field(
        description="what is wrong; numbers are masked when published"
    )
    items: Annotated[list[ItemBody], Field(max_length=100)] = Field(
        default=[], description="what was inspected"
    )
    test_drive: bool = Field(default=False, description="whether the car was driven")


def _inspected(items: list[ItemBody]) -> list[InspectionItem]:
    return [InspectionItem(item=i.item, value=i.value, passed=i.passed) for i in items]


@routes.post("/jobs/{job_id}/inspection", responses=problems(*_INSPECTING))
async def begin_inspection(job_id: UUID, tx: TxDep, who: Inspector) -> JobView:
    """Take the car for its final inspection (WORK-26)."""
    job = await commands.begin_inspection(tx, job_id=job_id, inspector_id=who.employee_id)
    return await queries.show_job(tx, job)


@routes.post("/jobs/{job_id}/inspection/pass", responses=problems(*_INSPECTING, InspectionNotPassed))
async def pass_inspection(job_id: UUID, body: PassInspection, tx: TxDep, who: Inspector) -> JobView:
    """Everything meets the standard (WORK-26)."""
    job = await commands.pass_inspection(
        tx,
        job_id=job_id,
        inspector_id=who.employee_id,
        items=_inspected(body.items),
        test_drive=body.test_drive,
    )
    return await queries.show_job(tx, job)


@routes.post("/jobs/{job_id}/inspection/failure", responses=problems(*_INSPECTING))
async def fail_inspection(job_id: UUID, body: FailInspection, tx: TxDep, who: Inspector) -> JobView:
    """Lines go back as rework (WORK-27, WORK-28)."""
    job = await commands.fail_inspection(
        tx,
        job_id=job_id,
        inspector_id=who.employee_id,
        line_ids=body.line_ids,
        findings=body.findings,
        items=_inspected(body.items),
        test_drive=body.test_drive,
    )
    return await queries.show_job(tx, job)
