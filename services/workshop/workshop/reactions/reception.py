"""What the workshop does when reception reports on a visit."""

from datetime import datetime
from uuid import UUID

from contracts.base import Event
from contracts.events.reception import (
    EstimateAnswered,
    EstimatePresented,
    HandoverPromised,
    IntakeCompleted,
    PromiseRefused,
    PromiseRevised,
    ReworkAgreed,
    ReworkOrdered,
    VehicleHandedOver,
    VehicleLeft,
    VehicleReturned,
    VisitClosed,
    VisitOpened,
    WorkAccepted,
)
from servicekit import Tx, new_id
from workshop.commands.jobs import PROMISE_CHECK, conclude, leave_bay
from workshop.domain import Job, JobState, Visit, visiting
from workshop.domain.copies import OrderedRework, Whereabouts
from workshop.domain.progress import recompute_state
from workshop.repository import load_whole, lock_parts_of_request


async def expect_job_on_visit_opened(tx: Tx, event: VisitOpened) -> None:
    """The car is here: the board shows it, a job follows with the signed form."""
    visit = await _visit(tx, event.visit_id, event.request_id, event.arrived_at)
    visit.request_no, visit.vehicle_id, visit.plate, visit.vin = (
        event.request_no,
        event.vehicle_id,
        event.plate,
        event.vin,
    )
    visit.make, visit.model, visit.model_year = event.make, event.model, event.model_year
    visit.arrived_at, visit.priority_class, visit.whereabouts = (
        event.arrived_at,
        event.priority_class,
        Whereabouts.IN_SHOP.value,
    )
    visit.rework_of_visit_id = event.rework_of_visit_id or visit.rework_of_visit_id
    visit.measure_id = event.measure_id or visit.measure_id


async def expect_rework_on_rework_agreed(tx: Tx, event: ReworkAgreed) -> None:
    """The closed visit's work is redone in a visit to come."""
    visit = await _visit(tx, event.visit_id, event.request_id, tx.now)
    visit.whereabouts, visit.request_no, visit.vehicle_id = (
        Whereabouts.EXPECTED.value,
        event.request_no,
        event.vehicle_id,
    )
    visit.rework_of_visit_id, visit.measure_id = event.rework_of_visit_id, event.measure_id
    visit.original_line_ids, visit.priority_class = event.original_line_ids, "rework"


async def _visit(tx: Tx, visit_id: UUID, request_id: UUID, at: datetime) -> Visit:
    visit = await tx.find(Visit, visit_id)
    if visit is None:
        visit = Visit(id=visit_id, request_id=request_id, arrived_at=at)
        tx.add(visit)
    return visit


async def open_job_on_intake_completed(tx: Tx, event: IntakeCompleted) -> None:
    """The registration form is signed: the workshop takes the car."""
    await tx.lock(f"request:{event.request_id}")  # parts may report on the same request at this moment
    visit = await _visit(tx, event.visit_id, event.request_id, event.signed_at)
    if await tx.find_by(Job, visit_id=visit.id) is not None:
        return
    job, opened = visiting.open_job(
        new_id(),
        visit,
        known_parts=await lock_parts_of_request(tx, event.request_id),
        lines=event.lines,
        authorised_line_ids=event.authorised_line_ids,
        priority_class=event.priority_class,
        waiting_on_site=event.waiting_on_site,
        fault=event.fault.phenomenon,
        special_requirements=event.special_requirements,
        at=tx.now,
    )
    tx.add(job)
    events: list[Event] = [opened]
    events += [visiting.order_rework(job, **dict(order)) for order in visit.ordered_rework]
    visit.ordered_rework = ()
    await conclude(tx, job, *events)


async def await_answer_on_estimate_presented(tx: Tx, event: EstimatePresented) -> None:
    """The lines wait for the customer's answer; B, if nothing else can go on."""
    job = await _job(tx, event)
    if job is not None:
        visiting.offer(job, event)
        await conclude(tx, job)


async def free_lines_on_estimate_answered(tx: Tx, event: EstimateAnswered) -> None:
    """Authorised lines may start, declined ones are given up."""
    job = await _job(tx, event)
    if job is not None:
        await conclude(tx, job, *visiting.answer(job, event, tx.now))


async def watch_promise_on_handover_promised(tx: Tx, event: HandoverPromised) -> None:
    """The customer has a promise: latest start and alarm follow (F-18)."""
    await _promise(tx, event, event.promise_revision, event.promised_at)


async def watch_promise_on_promise_revised(tx: Tx, event: PromiseRevised) -> None:
    """The customer agreed to another time: alarms count anew."""
    await _promise(tx, event, event.promise_revision, event.new_promise)


async def _promise(
    tx: Tx, event: HandoverPromised | PromiseRevised, revision: int, promised_at: datetime
) -> None:
    job = await _job(tx, event)
    if job is not None:
        visiting.promise(job, revision=revision, promised_at=promised_at)
        await conclude(tx, job)


async def list_for_supervisor_on_promise_refused(tx: Tx, event: PromiseRefused) -> None:
    """The customer insists on the promise: the supervisor sees it on the board."""
    job = await _job(tx, event)
    if job is not None:
        job.promise_refused = event.reason or "refused"
        await conclude(tx, job)


async def open_rework_on_rework_ordered(tx: Tx, event: ReworkOrdered) -> None:
    """A complaint's rework is done in this visit; ready, if it was declared, is withdrawn."""
    job = await tx.find_by(Job, visit_id=event.visit_id)
    order = OrderedRework(
        measure_id=event.measure_id, lines=event.lines, original_line_ids=event.original_line_ids
    )
    if job is None:
        visit = await _visit(tx, event.visit_id, event.request_id, tx.now)
        visit.ordered_rework = (*visit.ordered_rework, order)
        return
    if job.state == JobState.CLOSED:
        job.note_late(event.TYPE, tx.now)
        return
    await load_whole(tx, job)
    await conclude(tx, job, visiting.order_rework(job, **dict(order)))


async def pause_job_on_vehicle_left(tx: Tx, event: VehicleLeft) -> None:
    """The car drives on until its parts arrive: the bay is free."""
    visit = await _visit(tx, event.visit_id, event.request_id, event.left_at)
    visit.whereabouts, visit.return_expected_at = Whereabouts.AWAY.value, event.return_expected_at
    job = await _job(tx, event)
    if job is not None:
        visiting.leave(job, tx.now)
        await conclude(tx, job)


async def resume_job_on_vehicle_returned(tx: Tx, event: VehicleReturned) -> None:
    """The car is back and waits to be worked on."""
    visit = await _visit(tx, event.visit_id, event.request_id, event.returned_at)
    visit.whereabouts, visit.return_expected_at = Whereabouts.IN_SHOP.value, None
    job = await _job(tx, event)
    if job is not None:
        visiting.come_back(job)
        await conclude(tx, job)


async def freeze_job_on_work_accepted(tx: Tx, event: WorkAccepted) -> None:
    """The customer has signed: people may no longer add work."""
    job = await _open_job(tx, event)
    if job is not None:
        job.accepted_at = event.signed_at if job.state == JobState.READY else None


async def close_job_on_handed_over(tx: Tx, event: VehicleHandedOver) -> None:
    """The keys are released: tag and bay are free."""
    await _close(tx, event, event.handed_over_at)


async def close_job_on_visit_closed(tx: Tx, event: VisitClosed) -> None:
    """A car that left without a handover is gone, too."""
    await _close(tx, event, event.closed_at)


async def _close(tx: Tx, event: VehicleHandedOver | VisitClosed, at: datetime) -> None:
    job = await tx.find_by(Job, visit_id=event.visit_id)
    if job is None or job.state == JobState.CLOSED:
        visit = await _visit(tx, event.visit_id, event.request_id, at)
        visit.whereabouts = Whereabouts.GONE.value
        return
    await load_whole(tx, job)
    job.visit.whereabouts = Whereabouts.GONE.value
    visiting.close(job, at)
    recompute_state(job, wash_required=False, at=tx.now)
    leave_bay(job)
    tx.cancel(PROMISE_CHECK, job.id)


_AnyVisitEvent = (
    EstimateAnswered
    | EstimatePresented
    | HandoverPromised
    | PromiseRefused
    | PromiseRevised
    | ReworkOrdered
    | VehicleLeft
    | VehicleReturned
    | WorkAccepted
)


async def _job(tx: Tx, event: _AnyVisitEvent) -> Job | None:
    """The visit's job, whole; ``None`` if there is none yet, or it is closed and the event is only noted."""
    job = await _open_job(tx, event)
    return job and await load_whole(tx, job)


async def _open_job(tx: Tx, event: _AnyVisitEvent) -> Job | None:
    job = await tx.find_by(Job, visit_id=event.visit_id)
    if job is None or job.state != JobState.CLOSED:
        return job
    job.note_late(event.TYPE, tx.now)
    return None
