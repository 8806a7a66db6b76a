"""What complaints does when reception reports: visits, refused promises, rework that is placed."""

from sqlalchemy import func, select

from complaints.commands.complaints import open_by_itself
from complaints.domain import Channel, Complaint, HouseRules, Person, Source, Visit
from complaints.repository import find_cases_of_measures
from contracts.events.reception import (
    HandoverPromised,
    PromiseRefused,
    PromiseRevised,
    ReworkAgreed,
    ReworkOrdered,
    VehicleHandedOver,
    VisitClosed,
    VisitOpened,
)
from servicekit import Tx
from servicekit.copies import Columns, amend, keep


async def copy_visit_on_opened(tx: Tx, event: VisitOpened) -> None:
    """A car arrived; cases that named this visit before now belong to its request."""
    columns: Columns = {
        Visit.request_id: event.request_id,
        Visit.request_no: event.request_no,
        Visit.customer_id: event.customer_id,
        Visit.vehicle_id: event.vehicle_id,
        Visit.plate: event.plate,
        Visit.vin: event.vin,
        Visit.make: event.make,
        Visit.model: event.model,
        Visit.model_year: event.model_year,
        Visit.arrived_at: event.arrived_at,
        Visit.rework_of_visit_id: event.rework_of_visit_id,
    }
    await keep(tx, Visit, {Visit.visit_id: event.visit_id}, columns)
    early = select(Complaint).where(Complaint.visit_id == event.visit_id, Complaint.request_id.is_(None))
    for complaint in await tx.all(early.order_by(Complaint.id).with_for_update()):
        complaint.request_id = event.request_id


async def note_promise_on_promised(tx: Tx, event: HandoverPromised) -> None:
    """What the customer was promised first."""
    first = func.coalesce(Visit.original_promise, event.promised_at)
    await _note(tx, event, {Visit.original_promise: first, Visit.last_promise: event.promised_at})


async def note_promise_on_revised(tx: Tx, event: PromiseRevised) -> None:
    """What the customer was promised last."""
    await _note(tx, event, {Visit.last_promise: event.new_promise})


async def note_on_handed_over(tx: Tx, event: VehicleHandedOver) -> None:
    """The car is gone: a complaint from now on is none during the visit."""
    promises = {Visit.original_promise: event.original_promise, Visit.last_promise: event.last_promise}
    known = {column: at for column, at in promises.items() if at is not None}
    await _note(tx, event, {Visit.handed_over_at: event.handed_over_at, **known})


async def note_on_visit_closed(tx: Tx, event: VisitClosed) -> None:
    """How the visit ended, and who advised the customer."""
    columns: Columns = {
        Visit.closed_at: event.closed_at,
        Visit.outcome: event.outcome,
        Visit.record_no: event.record_no,
        Visit.advisor_id: event.advisor_id,
    }
    await _note(tx, event, columns)


async def _note(
    tx: Tx, event: HandoverPromised | PromiseRevised | VehicleHandedOver | VisitClosed, columns: Columns
) -> None:
    await amend(tx, Visit, {Visit.visit_id: event.visit_id}, columns)


async def open_case_on_promise_refused(tx: Tx, event: PromiseRefused) -> None:
    """The customer does not accept a later handover (E4); whoever asked was contacted first."""
    rules = await tx.rules(HouseRules)
    await open_by_itself(
        tx,
        source=Source.PROMISE,
        channel=Channel.RECEPTION,
        category=rules.promise_category,
        text=event.reason,
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        during_visit=True,
        by=Person.of(event.by),
    )


async def place_measure_on_rework_placed(tx: Tx, event: ReworkOrdered | ReworkAgreed) -> None:
    """Reception ordered the rework in the open visit, or agreed a new one."""
    for complaint_id, measure_id in await find_cases_of_measures(tx, (event.measure_id,)):
        complaint = await tx.get(Complaint, complaint_id)
        complaint.place(measure_id, visit_id=event.visit_id, at=tx.now)
