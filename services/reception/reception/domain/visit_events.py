"""The events of a visit, made from the visit as it is after the change that they report."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from contracts.events import reception
from contracts.values import PricedLine
from reception.domain.acceptance import Papers
from reception.domain.estimate import Answer, Estimate
from reception.domain.pricing import as_line
from reception.domain.rework import Rework

if TYPE_CHECKING:
    from reception.domain.visit import Visit


class About(TypedDict):
    """The ids that every event of a visit carries."""

    visit_id: UUID
    request_id: UUID
    customer_id: UUID


def about(visit: "Visit") -> About:
    """The ids of this visit."""
    return {"visit_id": visit.id, "request_id": visit.request_id, "customer_id": visit.customer_id}


def opened(visit: "Visit") -> reception.VisitOpened:
    """The car is here."""
    return reception.VisitOpened(
        **about(visit),
        **asdict(visit.car),
        request_no=visit.request_no,
        appointment_id=visit.appointment_id,
        vehicle_id=visit.vehicle_id,
        arrived_at=visit.arrival.came_at,
        clock_from=visit.arrival.clock_started_at,
        walk_in=visit.walk_in,
        rework_of_visit_id=visit.rework_of_visit_id,
        measure_id=visit.measure_id,
        priority_class=visit.priority_class,
    )


def received(visit: "Visit", *, advisor_id: UUID, at: datetime) -> reception.VehicleReceived:
    """An advisor took the car."""
    return reception.VehicleReceived(
        **about(visit),
        advisor_id=advisor_id,
        received_at=at,
        waited_minutes=visit.arrival.waited_minutes or 0,
        within_sla=bool(visit.arrival.within_sla),
        reason=visit.arrival.late_reason,
        alternative=visit.arrival.late_alternative,
    )


def intake_completed(visit: "Visit", *, currency: str) -> reception.IntakeCompleted:
    """The registration form is signed."""
    form = visit.form
    assert form is not None  # just signed
    return reception.IntakeCompleted(
        **about(visit),
        vehicle_id=visit.vehicle_id,
        form_no=form.form_no,
        signed_at=form.signed_at,
        advisor_id=visit.advisor_id,
        fault=form.fault,
        mileage_km=visit.mileage_km,
        waiting_on_site=visit.waiting_on_site,
        priority_class=visit.priority_class,
        special_requirements=form.special_requirements,
        belongings_noted=form.notes_anything,
        lines=visit.work.for_intake(),
        currency=currency,
        authorised_line_ids=tuple(line.line_id for line in visit.work.agreed),
        intended_outcome=form.intended_outcome,
    )


def estimate_drafted(visit: "Visit", estimate: Estimate, *, currency: str) -> reception.EstimateDrafted:
    """Lines got their prices."""
    return reception.EstimateDrafted(
        **about(visit),
        revision=estimate.revision,
        lines=estimate.lines,
        total_gross=estimate.total_gross,
        currency=currency,
    )


def estimate_presented(
    visit: "Visit", estimate: Estimate, *, currency: str, at: datetime
) -> reception.EstimatePresented:
    """The customer has the estimate."""
    return reception.EstimatePresented(
        **about(visit),
        revision=estimate.revision,
        lines=estimate.lines,
        total_gross=estimate.total_gross,
        currency=currency,
        presented_at=at,
        answer_by=estimate.answer_by,
        via=estimate.via or "desk",
        dropped_line_ids=visit.work.declined_line_ids,
    )


def estimate_answered(
    visit: "Visit", estimate: Estimate, answer: Answer, *, currency: str
) -> reception.EstimateAnswered:
    """The customer answered every open line."""
    lines, work = answer.lines, visit.work
    return reception.EstimateAnswered(
        **about(visit),
        revision=estimate.revision,
        authorised_lines=work.agreed,
        # Who declines a change of agreed work still wants that work: it is not published as declined.
        declined=tuple(a.declined for a in lines if not a.accept and work.line(a.line_id).agreed is None),
        back_order_line_ids=tuple(a.line_id for a in lines if a.accept and a.order_back),
        authorised_gross=estimate.authorised_total,
        currency=currency,
        channel=answer.channel,
        answered_at=answer.at,
        answered_by=answer.by,
    )


def handover_promised(visit: "Visit", *, promised_at: datetime) -> reception.HandoverPromised:
    """The customer was given a time."""
    return reception.HandoverPromised(
        **about(visit),
        promise_revision=visit.promise.revision,
        promised_at=promised_at,
        waiting_on_site=visit.waiting_on_site,
        authorised_labour_minutes=sum(line.labour_minutes for line in visit.work.agreed),
    )


def promise_revised(visit: "Visit") -> reception.PromiseRevised:
    """The customer agreed to another time."""
    change = visit.promise.changes[-1]
    assert change.old_promise is not None
    assert change.new_promise is not None
    return reception.PromiseRevised(
        **about(visit),
        promise_revision=change.revision,
        old_promise=change.old_promise,
        new_promise=change.new_promise,
        reason=change.reason,
        solution=change.solution,
        agreed_by=change.agreed_by,
        notified_at=change.notified_at,
    )


def vehicle_left(
    visit: "Visit", *, reason: str, still_to_do: list[PricedLine], at: datetime
) -> reception.VehicleLeft:
    """The car drives on with work still to do (E2)."""
    return reception.VehicleLeft(
        **about(visit),
        vehicle_id=visit.vehicle_id,
        request_no=visit.request_no,
        reason=reason,
        left_at=at,
        return_expected_at=visit.return_expected_at,
        open_lines=tuple(as_line(line) for line in still_to_do),
    )


def work_accepted(visit: "Visit", signed: Papers, *, at: datetime) -> reception.WorkAccepted:
    """The customer signed for these papers."""
    return reception.WorkAccepted(
        **about(visit),
        invoice_id=signed.invoice_id,
        invoice_revision=signed.revision,
        checks=visit.signature.checks,
        belongings_ok=bool(visit.signature.belongings_ok),
        signed_at=at,
    )


def handed_over(visit: "Visit", *, handed_over_at: datetime, mode: str) -> reception.VehicleHandedOver:
    """The keys are out."""
    return reception.VehicleHandedOver(
        **about(visit),
        vehicle_id=visit.vehicle_id,
        handed_over_at=handed_over_at,
        mode=mode,
        original_promise=visit.promise.original,
        last_promise=visit.promise.promised_at,
        delay_notified_before=visit.promise.delay_notified_before,
    )


def closed(visit: "Visit") -> reception.VisitClosed:
    """The papers are complete."""
    record = visit.record
    assert record.record_no is not None
    assert record.outcome is not None
    assert record.closed_at is not None
    return reception.VisitClosed(
        **about(visit),
        vehicle_id=visit.vehicle_id,
        record_no=record.record_no,
        outcome=record.outcome,
        advisor_id=visit.advisor_id,
        closed_at=record.closed_at,
        mileage_out_km=record.mileage_out_km,
        recommended_work=record.recommended_work,
        remind_on=record.remind_on,
    )


def rework_ordered(visit: "Visit", rework: Rework) -> reception.ReworkOrdered:
    """A complaint's rework is done in this visit."""
    return reception.ReworkOrdered(
        **about(visit),
        measure_id=rework.measure.measure_id,
        complaint_id=rework.measure.complaint_id,
        lines=rework.lines,
        original_line_ids=rework.originals,
        estimate_revision=visit.answered_revision,
        reason=rework.reason,
    )


def rework_agreed(visit: "Visit", rework: Rework) -> reception.ReworkAgreed:
    """A complaint's rework is this new visit."""
    assert visit.rework_of_visit_id is not None  # made for that
    return reception.ReworkAgreed(
        **about(visit),
        request_no=visit.request_no,
        vehicle_id=visit.vehicle_id,
        rework_of_visit_id=visit.rework_of_visit_id,
        measure_id=rework.measure.measure_id,
        complaint_id=rework.measure.complaint_id,
        lines=rework.lines,
        original_line_ids=rework.originals,
        reason=rework.reason,
    )
