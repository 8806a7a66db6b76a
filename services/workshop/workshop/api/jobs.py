"""Routes of jobs: what supervisors, technicians and inspectors do to a car's work."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from contracts.permissions import workshop as may_workshop
from servicekit import Forbidden, IllegalTransition, NotFound, Stale
from servicekit.http import Page, PageQuery, TxDep, Who, may, problems, router
from workshop.api import bodies
from workshop.commands import jobs as commands
from workshop.domain import JobState
from workshop.domain import refusals as no
from workshop.queries import jobs as queries
from workshop.taking import read_job
from workshop.views import JobView, Tag

routes = router(tags=["jobs"])

Reader = Annotated[Who, may(may_workshop.READ)]
Dispatcher = Annotated[Who, may(may_workshop.DISPATCH)]
Worker = Annotated[Who, may(may_workshop.WORK, may_workshop.SUPERVISE)]
Reviewer = Annotated[Who, may(may_workshop.REVIEW)]
Inspector = Annotated[Who, may(may_workshop.INSPECT)]
Supervisor = Annotated[Who, may(may_workshop.SUPERVISE)]

_ALWAYS = (NotFound, Stale, IllegalTransition, Forbidden)


def _technician(who: Who, technician_id: UUID | None) -> UUID:
    """The caller, or for a supervisor another technician."""
    if technician_id in (None, who.employee_id):
        return who.employee_id
    if not who.may(may_workshop.SUPERVISE):
        raise Forbidden(permission=may_workshop.SUPERVISE)
    assert technician_id is not None
    return technician_id


@routes.get("/jobs")
async def list_jobs(
    tx: TxDep,
    who: Reader,
    page: PageQuery,
    state: Annotated[JobState | None, Query()] = None,
    visit_id: UUID | None = None,
    request_id: UUID | None = None,
    request_no: str | None = None,
    technician_id: UUID | None = None,
) -> Page[JobView]:
    """Jobs, the newest first."""
    return await queries.jobs(
        tx,
        page,
        state=state,
        visit_id=visit_id,
        request_id=request_id,
        request_no=request_no,
        technician_id=technician_id,
    )


@routes.get("/jobs/{job_id}", responses=problems(NotFound))
async def show_job(job_id: UUID, tx: TxDep, who: Reader) -> JobView:
    """One job with its lines, parts, diagnosis, interruptions and inspections."""
    return await queries.show_job(tx, await read_job(tx, job_id))


@routes.get("/jobs/{job_id}/tag", responses=problems(NotFound))
async def show_tag(job_id: UUID, tx: TxDep, who: Reader) -> Tag:
    """The progress tag to print (WORK-18)."""
    return await queries.tag(tx, job_id)


@routes.post(
    "/jobs/{job_id}/dispatch",
    responses=problems(
        *_ALWAYS,
        no.WorkNotAuthorised,
        no.NothingToDispatch,
        no.TechnicianBusy,
        no.TechnicianAbsent,
        no.SkillMissing,
        no.BayOccupied,
        no.NoBayFree,
        no.PlanBackwards,
        no.VehicleAway,
    ),
)
async def dispatch_job(job_id: UUID, body: bodies.Dispatch, tx: TxDep, who: Dispatcher) -> JobView:
    """Give lines to a technician and a bay (WORK-08, WORK-09)."""
    job = await commands.dispatch_job(tx, job_id=job_id, **body.model_dump_fields())
    return await queries.show_job(tx, job)


@routes.post(
    "/jobs/{job_id}/lines/{line_id}/start",
    responses=problems(
        *_ALWAYS,
        no.WorkNotAuthorised,
        no.PartsNotAtHand,
        no.TechnicianBusy,
        no.NotDispatched,
        no.DispatchedToAnother,
        no.WorkInterrupted,
        no.LineBlocked,
        no.VehicleAway,
        no.BayOccupied,
        no.NoBayFree,
    ),
)
async def start_line(
    job_id: UUID, line_id: UUID, body: bodies.ByTechnician, tx: TxDep, who: Worker
) -> JobView:
    """Begin a line, or go on with it."""
    technician_id = _technician(who, body.technician_id)
    job = await commands.start_line(tx, job_id=job_id, line_id=line_id, technician_id=technician_id)
    return await queries.show_job(tx, job)


@routes.post(
    "/jobs/{job_id}/lines/{line_id}/completion",
    responses=problems(*_ALWAYS, no.DispatchedToAnother, no.UsedMoreThanIssued),
)
async def complete_line(
    job_id: UUID, line_id: UUID, body: bodies.Completion, tx: TxDep, who: Worker
) -> JobView:
    """Finish a line with its labour and the parts used (WORK-21, WORK-34)."""
    job = await commands.complete_line(
        tx,
        job_id=job_id,
        line_id=line_id,
        technician_id=_technician(who, body.technician_id),
        labour_minutes=body.labour_minutes,
        used=bodies.quantities(body.parts),
        result_text=body.result,
    )
    return await queries.show_job(tx, job)


@routes.put(
    "/jobs/{job_id}/lines/{line_id}/usage",
    responses=problems(*_ALWAYS, no.UsedMoreThanIssued, no.WorkNotAuthorised, no.WorkAlreadyAccepted),
)
async def correct_usage(
    job_id: UUID, line_id: UUID, body: bodies.UsageCorrection, tx: TxDep, who: Supervisor
) -> JobView:
    """Set right what was used, so that issued − returned is squared."""
    job = await commands.correct_usage(tx, job_id=job_id, line_id=line_id, used=bodies.quantities(body.parts))
    return await queries.show_job(tx, job)


@routes.post(
    "/jobs/{job_id}/diagnosis",
    responses=problems(
        *_ALWAYS,
        no.DiagnosisNotStarted,
        no.DiagnosisIncomplete,
        no.DiagnosisReviewed,
        no.UnknownTroubleCode,
        no.DispatchedToAnother,
    ),
)
async def report_diagnosis(job_id: UUID, body: bodies.DiagnosisReport, tx: TxDep, who: Worker) -> JobView:
    """Hand in the plan for review (WORK-02, WORK-03); the diagnosis line ends with it."""
    job = await commands.report_diagnosis(
        tx,
        job_id=job_id,
        technician_id=_technician(who, body.technician_id),
        steps=body.step_results(),
        instruments=body.readings(),
        codes=body.trouble_codes(),
        findings=body.findings,
        lines=[line.as_line() for line in body.lines],
    )
    return await queries.show_job(tx, job)


@routes.post(
    "/jobs/{job_id}/diagnosis/review",
    responses=problems(*_ALWAYS, no.DiagnosisMissing, no.DiagnosisReviewed, no.ReviewByAnother),
)
async def review_diagnosis(job_id: UUID, body: bodies.ReviewBody, tx: TxDep, who: Reviewer) -> JobView:
    """Approve the plan, or send it back (WORK-07)."""
    job = await commands.review_diagnosis(
        tx, job_id=job_id, reviewer_id=who.employee_id, **body.model_dump_fields()
    )
    return await queries.show_job(tx, job)


@routes.post("/jobs/{job_id}/additional-work", responses=problems(*_ALWAYS, no.WorkAlreadyAccepted))
async def report_additional_work(
    job_id: UUID, body: bodies.AdditionalWork, tx: TxDep, who: Worker
) -> JobView:
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


@routes.post("/jobs/{job_id}/interruption", responses=problems(*_ALWAYS))
async def interrupt_job(job_id: UUID, body: bodies.InterruptionBody, tx: TxDep, who: Supervisor) -> JobView:
    """Stop lines or the whole job, with the reason (WORK-15, WORK-16)."""
    job = await commands.interrupt_job(tx, job_id=job_id, **body.model_dump_fields())
    return await queries.show_job(tx, job)


@routes.post("/jobs/{job_id}/resumption", responses=problems(*_ALWAYS, no.NotInterrupted))
async def resume_job(job_id: UUID, body: bodies.Resumption, tx: TxDep, who: Supervisor) -> JobView:
    """End an interruption; the technicians start their lines again."""
    return await queries.show_job(tx, await commands.resume_job(tx, job_id=job_id, cause=body.cause))


_INSPECTING = (*_ALWAYS, no.InspectorWorkedOnIt, no.AlreadyInspected, no.NothingToInspect)


@routes.post("/jobs/{job_id}/inspection", responses=problems(*_INSPECTING))
async def begin_inspection(job_id: UUID, tx: TxDep, who: Inspector) -> JobView:
    """Take the car for its final inspection (WORK-26)."""
    job = await commands.begin_inspection(tx, job_id=job_id, inspector_id=who.employee_id)
    return await queries.show_job(tx, job)


@routes.post("/jobs/{job_id}/inspection/pass", responses=problems(*_INSPECTING, no.InspectionNotPassed))
async def pass_inspection(job_id: UUID, body: bodies.PassedInspection, tx: TxDep, who: Inspector) -> JobView:
    """Everything meets the standard (WORK-26)."""
    job = await commands.pass_inspection(
        tx,
        job_id=job_id,
        inspector_id=who.employee_id,
        items=bodies.inspection_items(body.items),
        test_drive=body.test_drive,
    )
    return await queries.show_job(tx, job)


@routes.post("/jobs/{job_id}/inspection/failure", responses=problems(*_INSPECTING))
async def fail_inspection(job_id: UUID, body: bodies.FailedInspection, tx: TxDep, who: Inspector) -> JobView:
    """Lines go back as rework (WORK-27, WORK-28)."""
    job = await commands.fail_inspection(
        tx,
        job_id=job_id,
        inspector_id=who.employee_id,
        line_ids=body.line_ids,
        findings=body.findings,
        items=bodies.inspection_items(body.items),
        test_drive=body.test_drive,
    )
    return await queries.show_job(tx, job)


@routes.post("/jobs/{job_id}/wash", responses=problems(*_ALWAYS))
async def finish_wash(job_id: UUID, tx: TxDep, who: Worker) -> JobView:
    """The car is clean (WORK-30)."""
    return await queries.show_job(tx, await commands.finish_wash(tx, job_id=job_id))


@routes.post(
    "/jobs/{job_id}/readiness",
    responses=problems(*_ALWAYS, no.LinesOpen, no.NotInspected, no.PartsNotSquared),
)
async def declare_ready(job_id: UUID, tx: TxDep, who: Supervisor) -> JobView:
    """End the job, or hear what is missing; ready comes by itself as soon as nothing is."""
    return await queries.show_job(tx, await commands.declare_ready(tx, job_id=job_id))
