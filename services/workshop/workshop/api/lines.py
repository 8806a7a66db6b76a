"""Routes of a job's lines of work: start, complete, correct what was used."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.permissions import workshop as may_workshop
from servicekit import Forbidden
from servicekit.http import Body, TxDep, Who, problems, router
from workshop.api.jobs import COMMON, Supervisor, Text, Worker
from workshop.commands import jobs as commands
from workshop.domain.bay import BayOccupied, NoBayFree
from workshop.domain.job import DispatchedToAnother, WorkAlreadyAccepted
from workshop.domain.technician import TechnicianAbsent
from workshop.domain.working import (
    LineBlocked,
    NotDispatched,
    PartsNotAtHand,
    TechnicianBusy,
    UsedMoreThanIssued,
    VehicleAway,
    WorkInterrupted,
    WorkNotAuthorised,
)
from workshop.queries import jobs as queries
from workshop.queries.views import JobView

routes = router(tags=["jobs"])

Quantity = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=3)]


class ByTechnician(Body):
    """Whose work it is."""

    technician_id: UUID | None = Field(
        default=None, description="left out: the caller; another's work needs workshop.supervise"
    )


class Usage(Body):
    """What went into the car of one part line."""

    part_line_id: UUID = Field(description="the part line, one of this line of work")
    used: Quantity = Field(description="used quantity in the part's unit, a decimal string")


class CompleteLine(ByTechnician):
    """A finished line."""

    labour_minutes: Annotated[int, Field(ge=0, le=60_000)] | None = Field(
        default=None, description="labour of this round, whole minutes; left out: the measured time"
    )
    parts: Annotated[list[Usage], Field(max_length=200)] = Field(
        default=[], description="what was used; part lines left out stay as they are"
    )
    result: Text = Field(default="", description="what was done; numbers are masked when published")


class CorrectUsage(Body):
    """What was really used."""

    parts: Annotated[list[Usage], Field(min_length=1, max_length=200)] = Field(
        description="used quantities; part lines left out stay as they are"
    )


def _by_part_line(parts: list[Usage]) -> dict[UUID, Decimal]:
    return {part.part_line_id: part.used for part in parts}


def technician_of(who: Who, technician_id: UUID | None) -> UUID:
    """The caller, or for a supervisor another technician. Raises ``Forbidden``."""
    if technician_id is None or technician_id == who.employee_id:
        return who.employee_id
    if not who.may(may_workshop.SUPERVISE):
        raise Forbidden(permission=may_workshop.SUPERVISE)
    return technician_id


@routes.post(
    "/jobs/{job_id}/lines/{line_id}/start",
    responses=problems(
        *COMMON,
        WorkNotAuthorised,
        PartsNotAtHand,
        TechnicianBusy,
        TechnicianAbsent,
        NotDispatched,
        DispatchedToAnother,
        WorkInterrupted,
        LineBlocked,
        VehicleAway,
        BayOccupied,
        NoBayFree,
    ),
)
async def start_line(job_id: UUID, line_id: UUID, body: ByTechnician, tx: TxDep, who: Worker) -> JobView:
    """Begin a line, or go on with it."""
    technician_id = technician_of(who, body.technician_id)
    job = await commands.start_line(tx, job_id=job_id, line_id=line_id, technician_id=technician_id)
    return await queries.show_job(tx, job)


@routes.post(
    "/jobs/{job_id}/lines/{line_id}/completion",
    responses=problems(*COMMON, DispatchedToAnother, UsedMoreThanIssued),
)
async def complete_line(job_id: UUID, line_id: UUID, body: CompleteLine, tx: TxDep, who: Worker) -> JobView:
    """Finish a line with its labour and the parts used (WORK-21, WORK-34)."""
    job = await commands.complete_line(
        tx,
        job_id=job_id,
        line_id=line_id,
        technician_id=technician_of(who, body.technician_id),
        labour_minutes=body.labour_minutes,
        used=_by_part_line(body.parts),
        result_text=body.result,
    )
    return await queries.show_job(tx, job)


@routes.put(
    "/jobs/{job_id}/lines/{line_id}/usage",
    responses=problems(*COMMON, UsedMoreThanIssued, WorkNotAuthorised, WorkAlreadyAccepted),
)
async def correct_usage(
    job_id: UUID, line_id: UUID, body: CorrectUsage, tx: TxDep, who: Supervisor
) -> JobView:
    """Correct what was used, so that issued − returned is squared."""
    job = await commands.correct_usage(tx, job_id=job_id, line_id=line_id, used=_by_part_line(body.parts))
    return await queries.show_job(tx, job)
