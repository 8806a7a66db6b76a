"""What reception publishes: one stay of one car, from arrival to the closed record."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Event, Instant, Minutes, Money, Revision
from contracts.fields import ComplaintId, Currency, Plate, RequestId, RequestNo, VehicleId, VisitId
from contracts.values import Check, DeclinedLine, FaultFacts, Line, PricedLine


class _VisitEvent(Event):
    KEY: ClassVar[str] = "visit_id"

    visit_id: VisitId
    request_id: RequestId
    customer_id: UUID = Field(description="who brought the car")


class VisitOpened(_VisitEvent):
    """A vehicle arrived: booking keeps the appointment, parts attaches, billing opens the account."""

    TYPE: ClassVar[str] = "reception.visit.opened"

    request_no: RequestNo
    appointment_id: UUID | None = Field(default=None, description="the appointment, if reception knew of it")
    vehicle_id: VehicleId
    plate: Plate
    vin: str | None = Field(default=None, description="vehicle identification number, 17 characters")
    make: str = Field(default="", description="maker")
    model: str = Field(default="", description="model")
    model_year: int | None = Field(default=None, description="year of the model")
    arrived_at: Instant = Field(description="when it arrived, UTC")
    clock_from: Instant = Field(description="begin of the 15 minutes: arrival, or slot if later, UTC (F-10)")
    walk_in: bool = Field(description="without an appointment")
    rework_of_visit_id: UUID | None = Field(default=None, description="the visit whose work is redone")
    measure_id: UUID | None = Field(default=None, description="the complaint's measure that ordered it")
    priority_class: str = Field(default="normal", description="urgent, rework, waiting, vip or normal (F-36)")


class VehicleReceived(_VisitEvent):
    """An advisor took the car; crm and booking keep the waiting time (RECP-01)."""

    TYPE: ClassVar[str] = "reception.visit.received"

    advisor_id: UUID = Field(description="employee id")
    received_at: Instant = Field(description="when, UTC")
    waited_minutes: Minutes = Field(description="from clock_from, whole minutes begun")
    within_sla: bool = Field(description="within 15 minutes (F-10)")
    reason: str | None = Field(default=None, description="what was explained after a breach, masked")
    alternative: str | None = Field(default=None, description="what was offered after a breach, masked")


class ReceptionDelayed(_VisitEvent):
    """15 minutes went by and nobody received the car (RECP-01); crm notes it for the follow-up."""

    TYPE: ClassVar[str] = "reception.visit.reception-delayed"

    due_at: Instant = Field(description="when the car should have been received, UTC")


class IntakeCompleted(_VisitEvent):
    """The customer signed the registration form; workshop creates the job, billing knows line 0."""

    TYPE: ClassVar[str] = "reception.visit.intake-completed"

    vehicle_id: VehicleId
    form_no: str = Field(description="number of the registration form (RECP-03)")
    signed_at: Instant = Field(description="when the customer signed, UTC")
    advisor_id: UUID | None = Field(default=None, description="employee id")
    fault: FaultFacts = Field(description="the customer's description of the fault (RECP-05, RECP-08)")
    mileage_km: int | None = Field(default=None, ge=0, description="odometer, km (RECP-04)")
    waiting_on_site: bool = Field(default=False, description="the customer waits in the shop (WORK-10)")
    priority_class: str = Field(default="normal", description="urgent, rework, waiting, vip or normal (F-36)")
    special_requirements: tuple[str, ...] = Field(
        default=(), description="what the customer insists on, masked"
    )
    belongings_noted: bool = Field(default=False, description="condition and belongings are noted (RECP-11)")
    lines: tuple[PricedLine, ...] = Field(description="line 0 (diagnosis) first, then booked or rework lines")
    currency: Currency
    authorised_line_ids: tuple[UUID, ...] = Field(description="authorised by the signature: line 0, rework")
    intended_outcome: str = Field(
        default="repair", description="repair, later_repair or diagnosis_only (RECP-19)"
    )


class _PricedSet(_VisitEvent):
    revision: Revision = Field(description="revision of the estimate")
    lines: tuple[PricedLine, ...] = Field(description="all lines of the estimate, also booked ones")
    total_gross: Money = Field(description="what all lines cost together, with tax")
    currency: Currency


class EstimateDrafted(_PricedSet):
    """Lines got their prices; parts reserves what is new and frees what is gone."""

    TYPE: ClassVar[str] = "reception.visit.estimate-drafted"


class EstimatePresented(_PricedSet):
    """The customer has the estimate and its prices are frozen; workshop waits for the answer."""

    TYPE: ClassVar[str] = "reception.visit.estimate-presented"

    presented_at: Instant = Field(description="when, UTC")
    answer_by: Instant | None = Field(default=None, description="until when it is open, UTC")
    via: str = Field(description="desk or link")
    dropped_line_ids: tuple[UUID, ...] = Field(
        default=(), description="work no longer offered: taken out by the advisor, or declined before"
    )


class EstimateAnswered(_VisitEvent):
    """The customer chose which lines to do: workshop may start, parts and billing follow (RECP-24)."""

    TYPE: ClassVar[str] = "reception.visit.estimate-answered"

    revision: Revision = Field(description="the answered revision")
    authorised_lines: tuple[PricedLine, ...] = Field(
        description="whole set authorised so far, line 0 included"
    )
    declined: tuple[DeclinedLine, ...] = Field(default=(), description="lines the customer did not want")
    back_order_line_ids: tuple[UUID, ...] = Field(default=(), description="lines to order missing parts for")
    authorised_gross: Money = Field(description="what all authorised lines cost together, with tax")
    currency: Currency
    channel: str = Field(description="desk, phone or link")
    answered_at: Instant = Field(description="when, UTC")
    answered_by: str = Field(description="`customer`, or employee id who noted the answer")


class HandoverPromised(_VisitEvent):
    """The customer was promised when the car is ready; workshop computes its latest start (F-18)."""

    TYPE: ClassVar[str] = "reception.visit.handover-promised"

    promise_revision: Revision = Field(description="1 for the first promise")
    promised_at: Instant = Field(description="when the car will be handed over, UTC")
    waiting_on_site: bool = Field(default=False, description="the customer waits in the shop")
    authorised_labour_minutes: Minutes = Field(
        default=0, description="labour authorised so far, for the day's load"
    )


class PromiseRevised(_VisitEvent):
    """The customer agreed to a new promise (RECP-22); workshop sets its alarm anew."""

    TYPE: ClassVar[str] = "reception.visit.promise-revised"

    promise_revision: Revision = Field(description="one more than before")
    old_promise: Instant = Field(description="the promise before, UTC")
    new_promise: Instant = Field(description="the promise now, UTC")
    reason: str = Field(description="why, masked")
    solution: str = Field(default="", description="what was offered, masked")
    agreed_by: str = Field(description="`customer`, or who spoke for them")
    notified_at: Instant = Field(description="when the customer was notified, UTC")


class PromiseRefused(_VisitEvent):
    """The customer did not accept a later handover; complaints opens a case."""

    TYPE: ClassVar[str] = "reception.visit.promise-refused"

    promise_revision: Revision = Field(description="the promise that stands")
    reason: str = Field(default="", description="the customer's own words, masked")


class CustomerNotified(_VisitEvent):
    """An advisor notified the customer of something; crm keeps the contact log."""

    TYPE: ClassVar[str] = "reception.visit.customer-notified"

    topic: str = Field(description="ready, progress, delay, parts, ...")
    channel: str = Field(description="phone, message, desk, ...")
    notified_at: Instant = Field(description="when, UTC")


class WorkAccepted(_VisitEvent):
    """The customer inspected, was explained, and signed; billing issues the invoice."""

    TYPE: ClassVar[str] = "reception.visit.work-accepted"

    invoice_id: UUID = Field(description="the invoice that was explained")
    invoice_revision: Revision = Field(description="its revision; billing issues only its latest")
    checks: tuple[Check, ...] = Field(description="what was looked at together")
    belongings_ok: bool = Field(description="belongings are complete (RECP-11)")
    signed_at: Instant = Field(description="when, UTC")


class VehicleHandedOver(_VisitEvent):
    """The keys are released: workshop closes the job, crm plans the survey."""

    TYPE: ClassVar[str] = "reception.visit.handed-over"

    vehicle_id: VehicleId
    handed_over_at: Instant = Field(description="when, UTC")
    mode: str = Field(default="desk", description="desk, delivery, key_box, ...")
    original_promise: Instant | None = Field(default=None, description="first promise, UTC")
    last_promise: Instant | None = Field(default=None, description="promise that stood at the end, UTC")
    delay_notified_before: bool = Field(default=False, description="a delay was notified in time")


class VisitClosed(_VisitEvent):
    """The papers are complete: crm plans the follow-up, parts frees any leftover."""

    TYPE: ClassVar[str] = "reception.visit.closed"

    vehicle_id: VehicleId
    record_no: str = Field(description="archive number (F-28)")
    outcome: Literal["repaired", "diagnosis_only", "declined", "left"] = Field(
        description="repaired, diagnosis_only, declined, or left without intake"
    )
    advisor_id: UUID | None = Field(default=None, description="employee id")
    closed_at: Instant = Field(description="when, UTC")
    mileage_out_km: int | None = Field(default=None, ge=0, description="odometer at the end, km")
    recommended_work: tuple[str, ...] = Field(default=(), description="what to offer next time, masked")
    remind_on: date | None = Field(default=None, description="shop-local date to offer it")


class VehicleLeft(_VisitEvent):
    """The car drives on until parts arrive (E2); workshop frees the bay, booking keeps a second slot."""

    TYPE: ClassVar[str] = "reception.visit.vehicle-left"

    vehicle_id: VehicleId
    request_no: RequestNo
    reason: str = Field(default="awaiting_parts", description="awaiting_parts, ...")
    left_at: Instant = Field(description="when, UTC")
    return_expected_at: Instant | None = Field(default=None, description="when it should come back, UTC")
    open_lines: tuple[Line, ...] = Field(default=(), description="authorised work still to do on return")


class VehicleReturned(_VisitEvent):
    """The car is back to go on; workshop waits with it again, booking keeps the second slot."""

    TYPE: ClassVar[str] = "reception.visit.vehicle-returned"

    vehicle_id: VehicleId
    returned_at: Instant = Field(description="when, UTC")


class ReworkOrdered(_VisitEvent):
    """A complaint's rework is done in the visit that is still open; workshop opens the rework."""

    TYPE: ClassVar[str] = "reception.visit.rework-ordered"

    measure_id: UUID = Field(description="the complaint's measure")
    complaint_id: ComplaintId
    lines: tuple[Line, ...] = Field(description="authorised work to add, at the shop's cost")
    original_line_ids: tuple[UUID, ...] = Field(default=(), description="lines whose work is redone")
    estimate_revision: Revision | None = Field(
        default=None, description="latest answered revision, unchanged"
    )
    reason: str = Field(default="", description="what is wrong, masked")


class ReworkAgreed(_VisitEvent):
    """A complaint's rework becomes a new visit that is expected; booking offers it a slot."""

    TYPE: ClassVar[str] = "reception.visit.rework-agreed"

    request_no: str = Field(description="number of the new visit's request")
    vehicle_id: VehicleId
    rework_of_visit_id: UUID = Field(description="the closed visit whose work is redone")
    measure_id: UUID = Field(description="the complaint's measure")
    complaint_id: ComplaintId
    lines: tuple[Line, ...] = Field(description="authorised work, at the shop's cost")
    original_line_ids: tuple[UUID, ...] = Field(default=(), description="lines whose work is redone")
    reason: str = Field(default="", description="what is wrong, masked")
