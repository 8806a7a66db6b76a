"""What the front end sees of a visit."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from contracts.base import Money, Quantity
from contracts.values import Check, InvoiceLine, Line, PricedLine, Title
from reception.domain import Visit
from reception.domain.arrival import RegistrationForm
from reception.domain.copies import Appointment, Vehicle
from reception.domain.desk import Task
from reception.domain.facts import Measure
from reception.domain.promise import PromiseChange
from servicekit import Tx
from servicekit.http import View


class LineView(View):
    """A piece of work: ``agreed`` is what the customer authorised, ``offer`` what the customer is asked."""

    id: UUID
    state: str
    agreed: PricedLine | None
    offer: PricedLine | None
    agreed_revision: int | None
    order_back: bool
    declined_reason: str
    remind_on: date | None


class EstimateView(View):
    """A revision of the estimate."""

    revision: int
    state: str
    lines: tuple[PricedLine, ...]
    open_line_ids: tuple[UUID, ...]
    total_gross: Money
    drafted_at: datetime
    presented_at: datetime | None
    answer_by: datetime | None
    via: str | None
    answered_at: datetime | None
    channel: str | None
    answered_by: str | None
    authorised_gross: Money | None


class VisitRow(View):
    """A visit as it stands in a list."""

    id: UUID
    version: int
    request_no: str
    state: str
    customer_id: UUID
    customer_name: str | None = None
    vehicle_id: UUID
    plate: str
    make: str
    model: str
    priority_class: str
    walk_in: bool
    advisor_id: UUID | None
    begun_at: datetime
    arrived_at: datetime | None
    received_at: datetime | None
    within_sla: bool | None
    promised_at: datetime | None
    promise_state: str
    waiting_on_site: bool
    closed_at: datetime | None


class VisitView(VisitRow):
    """A visit with its work, estimates, promise and handover; what a command answers."""

    request_id: UUID
    appointment_id: UUID | None
    rework_of_visit_id: UUID | None
    measure_id: UUID | None
    measures: tuple[Measure, ...]
    vin: str | None
    model_year: int | None
    clock_from: datetime | None
    delayed_at: datetime | None
    waited_minutes: int | None
    late_reason: str | None
    late_alternative: str | None
    form: RegistrationForm | None
    mileage_km: int | None
    lines: list[LineView]
    estimates: list[EstimateView]
    answered_revision: int | None
    promise_revision: int
    original_promise: datetime | None
    promised_gross: str | None
    promise_changes: tuple[PromiseChange, ...]
    delay_notified_at: datetime | None
    ready_revision: int | None
    is_ready: bool
    job_outcome: str | None
    signed_at: datetime | None
    signed_invoice_revision: int | None
    signed_checks: tuple[Check, ...]
    belongings_ok: bool | None
    left_at: datetime | None
    return_expected_at: datetime | None
    handed_over_at: datetime | None
    mode: str | None
    record_no: str | None
    outcome: str | None
    mileage_out_km: int | None
    recommended_work: tuple[str, ...]
    remind_on: date | None
    allowed: list[str]


class JobView(View):
    """How far the workshop is."""

    job_id: UUID
    status: str
    technician_name: str | None
    bay: str | None
    planned_end: datetime | None
    forecast_at: datetime | None
    reason: str
    findings: tuple[str, ...]
    updated_at: datetime


class JobLineView(View):
    """How far the workshop is with one line."""

    line_id: UUID
    progress: str
    since: datetime
    result_text: str


class PartView(View):
    """How a part of the visit stands in the store."""

    part_line_id: UUID
    line_id: UUID
    part_no: str
    wanted: Quantity
    reserved: Quantity
    short: Quantity
    issued: Quantity
    returned: Quantity
    eta: datetime | None
    purchase_order_no: str | None


class InvoiceView(View):
    """The papers that are explained at handover."""

    invoice_id: UUID
    revision: int
    estimate_revision: int | None
    state: str
    invoice_no: str | None
    lines: tuple[InvoiceLine, ...]
    total_gross: Money
    payable: Money
    balance: Money
    settled: bool


class TaskView(View):
    """Something to do for a customer."""

    id: UUID
    version: int
    visit_id: UUID
    purpose: str
    subject: str
    reason: str
    due_at: datetime
    created_at: datetime
    done_at: datetime | None
    done_by: str | None
    request_no: str | None = None
    plate: str | None = None

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """Of a task and its visit's number and plate."""
        task: Task = row[0]
        return cls.of(task).model_copy(update={"request_no": row[1], "plate": row[2]})


class NoticeView(View):
    """What the customer was told."""

    topic: str
    channel: str
    note: str
    notified_at: datetime
    notified_by: str


class ComplaintView(View):
    """A complaint that the desk must know of."""

    complaint_id: UUID
    complaint_no: str
    visit_id: UUID | None
    state: str
    level: str
    category: str
    respond_by: datetime | None
    resolve_by: datetime | None
    overdue_clock: str | None
    measures_done: int


class CustomerView(View):
    """Whose car it is."""

    id: UUID
    customer_no: str
    display_name: str
    customer_class: str


class ScreenView(View):
    """Everything that the screen of a visit shows."""

    visit: VisitView
    customer: CustomerView | None
    job: JobView | None
    job_lines: list[JobLineView]
    parts: list[PartView]
    invoice: InvoiceView | None
    tasks: list[TaskView]
    notices: list[NoticeView]
    complaints: list[ComplaintView]
    waiting_for: list[str]
    earliest_handover_at: datetime | None


class AppointmentView(View):
    """A request or an expected arrival."""

    id: UUID
    request_id: UUID
    request_no: str
    customer_id: UUID
    customer_name: str | None = None
    vehicle_id: UUID
    plate: str | None = None
    state: str
    fault_text: str
    urgency: str
    respond_by: datetime | None
    slot_start: datetime | None
    slot_end: datetime | None
    lines: tuple[Line, ...]
    bay_ready: bool
    parts_ready: bool
    crew_ready: bool
    reception_ready: bool
    visit_id: UUID | None

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """Of an appointment, its customer's name and its vehicle's plate."""
        appointment: Appointment = row[0]
        return cls.of(appointment).model_copy(update={"customer_name": row[1], "plate": row[2]})


class VehicleView(View):
    """A vehicle of the directory."""

    id: UUID
    plate: str
    vin: str | None
    make: str
    model: str
    model_year: int | None
    customer_id: UUID
    customer_name: str | None = None

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """Of a vehicle and its customer's name."""
        vehicle: Vehicle = row[0]
        return cls.of(vehicle).model_copy(update={"customer_name": row[1]})


class ServiceView(View):
    """A menu item to make a line from."""

    code: str
    title: Title
    work_type: str
    skill: str
    labour_minutes: int


class LinkView(View):
    """The customer's address, told this once."""

    url: str
    token: str
    expires_at: datetime


async def shown(tx: Tx, visit: Visit) -> VisitView:
    """The visit as a command leaves it, with its new version."""
    await tx.session.flush()
    return VisitView.of(visit)
