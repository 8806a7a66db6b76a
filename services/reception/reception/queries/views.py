"""The answers: what the front end sees of a visit, and of the desk's lists."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from contracts.base import Money, Quantity
from contracts.values import Check, InvoiceLine, Line, PricedLine, Title
from reception.domain import Visit
from reception.domain.copies import (
    Appointment,
    AppointmentState,
    ComplaintState,
    InvoiceState,
    JobStatus,
    Progress,
    Vehicle,
)
from reception.domain.estimate import AnswerChannel, EstimateState, Via
from reception.domain.line import LineState
from reception.domain.promise import PromiseChange, PromiseState
from reception.domain.readiness import JobOutcome, Measure
from reception.domain.record import HandoverMode, Outcome
from reception.domain.registration import RegistrationForm
from reception.domain.task import Channel, Purpose, Task, Topic
from reception.domain.visit_states import PriorityClass, VisitState
from servicekit import Tx
from servicekit.http import View


class LineView(View):
    """A piece of work: ``agreed`` is what the customer authorised, ``offer`` what the customer is asked."""

    id: UUID = Field(description="the line")
    state: LineState = Field(description="what the customer answered to it")
    agreed: PricedLine | None = Field(
        description="the work as authorised, with its price; null: not authorised"
    )
    offer: PricedLine | None = Field(description="what the customer is asked; null: nothing")
    agreed_revision: int | None = Field(
        description="estimate that authorised it; 0: the registration form or the shop itself"
    )
    order_back: bool = Field(description="the customer wants the short parts ordered")
    declined_reason: str = Field(description="why the customer declined, masked")
    remind_on: date | None = Field(description="shop-local day to offer declined work again")


class EstimateView(View):
    """A revision of the estimate."""

    revision: int = Field(description="1 for the first")
    state: EstimateState = Field(description="what became of it")
    lines: tuple[PricedLine, ...] = Field(description="all lines with their prices")
    open_line_ids: tuple[UUID, ...] = Field(description="lines that the customer is asked about")
    total_gross: Money = Field(description="what all lines cost together, with tax")
    drafted_at: datetime = Field(description="when it was made, UTC")
    presented_at: datetime | None = Field(description="when the customer got it, UTC")
    answer_by: datetime | None = Field(description="until when it is open, UTC")
    via: Via | None = Field(description="how the customer got it")
    answered_at: datetime | None = Field(description="when the customer answered, UTC")
    channel: AnswerChannel | None = Field(description="how the answer came")
    answered_by: str | None = Field(description="`customer`, or employee id who noted the answer")
    authorised_gross: Money | None = Field(description="what all authorised lines cost together, with tax")


class VisitRow(View):
    """A visit as lists show it."""

    id: UUID = Field(description="the visit")
    version: int = Field(description="for `If-Match`")
    request_no: str = Field(description="number that people use, e.g. B-250307-0042 or W-250307-0007")
    state: VisitState = Field(description="where the car and its papers are")
    customer_id: UUID = Field(description="who brought the car")
    customer_name: str | None = Field(default=None, description="name as crm shows it; null: not known yet")
    vehicle_id: UUID = Field(description="the vehicle")
    plate: str = Field(description="licence plate")
    make: str = Field(description="maker")
    model: str = Field(description="model")
    priority_class: PriorityClass = Field(description="class for dispatch (F-36)")
    walk_in: bool = Field(description="without an appointment")
    advisor_id: UUID | None = Field(description="employee id of the advisor")
    begun_at: datetime = Field(description="when the visit was made, UTC")
    arrived_at: datetime | None = Field(description="when the car came, UTC")
    received_at: datetime | None = Field(description="when an advisor took it, UTC")
    within_sla: bool | None = Field(description="received in time (F-10)")
    promised_at: datetime | None = Field(description="when the car will be handed over, UTC")
    promise_state: PromiseState = Field(description="whether a time was given and agreed to")
    waiting_on_site: bool = Field(description="the customer waits in the shop")
    closed_at: datetime | None = Field(description="when the record was closed, UTC")


class VisitView(VisitRow):
    """A visit with its work, estimates, promise and handover; what a command answers."""

    request_id: UUID = Field(description="the request that all departments share")
    appointment_id: UUID | None = Field(description="the appointment; null: none is known")
    rework_of_visit_id: UUID | None = Field(description="the visit whose work is redone")
    measure_id: UUID | None = Field(description="the complaint's measure that this visit was made for")
    measures: tuple[Measure, ...] = Field(description="rework that this visit carries out")
    vin: str | None = Field(description="vehicle identification number, 17 characters")
    model_year: int | None = Field(description="year of the model")
    clock_from: datetime | None = Field(
        description="begin of the reception clock: arrival, or slot if later, UTC (F-10)"
    )
    delayed_at: datetime | None = Field(
        description="when the clock ran out with nobody receiving the car, UTC"
    )
    waited_minutes: int | None = Field(description="from `clock_from` to the reception, whole minutes begun")
    late_reason: str | None = Field(description="what was explained after a late reception, masked")
    late_alternative: str | None = Field(description="what was offered after a late reception, masked")
    form: RegistrationForm | None = Field(description="the signed registration form")
    mileage_km: int | None = Field(description="odometer on arrival, km")
    lines: list[LineView] = Field(description="every piece of work that was ever named")
    estimates: list[EstimateView] = Field(description="every revision, the latest last")
    answered_revision: int | None = Field(description="latest answered revision")
    promise_revision: int = Field(description="0: nothing promised")
    original_promise: datetime | None = Field(description="first promise, UTC")
    promised_gross: str | None = Field(description="price given with the promise, with tax")
    promise_changes: tuple[PromiseChange, ...] = Field(description="every promise and refusal (RECP-21)")
    delay_notified_at: datetime | None = Field(
        description="when the customer was first notified of a delay, UTC"
    )
    ready_revision: int | None = Field(description="answered revision that the workshop is ready for")
    is_ready: bool = Field(description="ready for the latest answer and all rework")
    job_outcome: JobOutcome | None = Field(description="what the workshop did")
    signed_at: datetime | None = Field(description="when the customer signed, UTC")
    signed_invoice_revision: int | None = Field(description="revision of the invoice that was signed")
    signed_checks: tuple[Check, ...] = Field(description="what was looked at together (RECP-30)")
    belongings_ok: bool | None = Field(description="everything noted at intake is in the car")
    left_at: datetime | None = Field(description="when the car drove on, UTC (E2)")
    return_expected_at: datetime | None = Field(description="when it should come back, UTC")
    handed_over_at: datetime | None = Field(description="when the keys went out, UTC")
    mode: HandoverMode | None = Field(description="how they went out")
    record_no: str | None = Field(description="archive number (F-28)")
    outcome: Outcome | None = Field(description="how the visit ended")
    mileage_out_km: int | None = Field(description="odometer at the end, km")
    recommended_work: tuple[str, ...] = Field(description="what to offer next time, masked")
    remind_on: date | None = Field(description="shop-local day to offer it")
    allowed: list[str] = Field(description="commands possible now")


class JobView(View):
    """How far the workshop is."""

    job_id: UUID = Field(description="the job")
    status: JobStatus = Field(description="where the workshop is")
    technician_name: str | None = Field(description="who works on it")
    bay: str | None = Field(description="where")
    planned_end: datetime | None = Field(description="until when, UTC")
    forecast_at: datetime | None = Field(description="when the workshop expects to be ready, UTC")
    reason: str = Field(description="why work stopped or is done again, masked")
    findings: tuple[str, ...] = Field(description="what the diagnosis found")
    updated_at: datetime = Field(description="when this last changed, UTC")


class JobLineView(View):
    """How far the workshop is with one line."""

    line_id: UUID = Field(description="the line")
    progress: Progress = Field(description="how far it is")
    since: datetime = Field(description="since when, UTC")
    result_text: str = Field(description="what was done, once it is done")


class PartView(View):
    """What of a part of the visit is reserved, short, issued and returned."""

    part_line_id: UUID = Field(description="the part line")
    line_id: UUID = Field(description="the line of work it belongs to")
    part_no: str = Field(description="catalogue number of the part")
    wanted: Quantity = Field(description="quantity asked for")
    reserved: Quantity = Field(description="quantity reserved, including what was issued since")
    short: Quantity = Field(description="quantity that the stock lacks")
    issued: Quantity = Field(description="quantity handed out so far")
    returned: Quantity = Field(description="quantity that came back so far")
    eta: datetime | None = Field(description="when the short quantity is expected, UTC")
    purchase_order_no: str | None = Field(description="order that brings it")


class InvoiceView(View):
    """The papers that are explained at handover."""

    invoice_id: UUID = Field(description="the invoice")
    revision: int = Field(description="its latest revision")
    estimate_revision: int | None = Field(description="answered estimate that it bills")
    state: InvoiceState = Field(description="where it is")
    invoice_no: str | None = Field(description="its number, once issued")
    lines: tuple[InvoiceLine, ...] = Field(description="its rows")
    total_gross: Money = Field(description="total with tax")
    payable: Money = Field(description="what the customer has to pay")
    balance: Money = Field(description="what is still open")
    settled: bool = Field(description="paid, on credit, or nothing to pay: the keys may go out")


class TaskView(View):
    """Something to do for a customer."""

    id: UUID = Field(description="the task")
    version: int = Field(description="for `If-Match`")
    visit_id: UUID = Field(description="the visit")
    purpose: Purpose = Field(description="what must be done")
    subject: str = Field(description="what it is about, where a visit can have several of a purpose")
    reason: str = Field(description="why")
    due_at: datetime = Field(description="until when, UTC")
    created_at: datetime = Field(description="when it was set, UTC")
    done_at: datetime | None = Field(description="when it was done, UTC")
    done_by: str | None = Field(description="employee id, `customer` or `system`")
    request_no: str | None = Field(default=None, description="the visit's number")
    plate: str | None = Field(default=None, description="the visit's licence plate")

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """Of a task and its visit's number and plate."""
        task: Task = row[0]
        return cls.of(task).model_copy(update={"request_no": row[1], "plate": row[2]})


class NoticeView(View):
    """What the customer was notified of."""

    topic: Topic = Field(description="what about")
    channel: Channel = Field(description="how")
    note: str = Field(description="what was passed on, masked")
    notified_at: datetime = Field(description="when, UTC")
    notified_by: str = Field(description="employee id")


class ComplaintView(View):
    """A complaint that the desk must know of."""

    complaint_id: UUID = Field(description="the complaint")
    complaint_no: str = Field(description="its number")
    visit_id: UUID | None = Field(description="the visit it is about")
    state: ComplaintState = Field(description="where the case is")
    level: str = Field(description="how grave it is, from the shop's list")
    category: str = Field(description="what it is about, from the shop's list")
    respond_by: datetime | None = Field(description="when the first answer is due, UTC")
    resolve_by: datetime | None = Field(description="when the case must be resolved, UTC")
    overdue_clock: Literal["respond", "resolve", "measure"] | None = Field(description="clock that ran out")
    measures_done: int = Field(description="how many of its measures are carried out")


class CustomerView(View):
    """Whose car it is."""

    id: UUID = Field(description="the customer")
    customer_no: str = Field(description="number that the shop gave")
    display_name: str = Field(description="name as papers show it")
    customer_class: str = Field(description="for rates and priority: normal, vip, ...")


class ScreenView(View):
    """Everything that the screen of a visit shows."""

    visit: VisitView = Field(description="the visit itself")
    customer: CustomerView | None = Field(description="whose car it is; null: not known yet")
    job: JobView | None = Field(description="the workshop's job; null: not opened yet")
    job_lines: list[JobLineView] = Field(description="how far the workshop is with each line")
    parts: list[PartView] = Field(description="availability of the request's parts")
    invoice: InvoiceView | None = Field(description="the papers; null: not prepared yet")
    tasks: list[TaskView] = Field(description="what must be done for the customer")
    notices: list[NoticeView] = Field(description="what the customer was notified of")
    complaints: list[ComplaintView] = Field(
        description="complaints of this visit and open ones of this customer, at most 50"
    )
    waiting_for: list[str] = Field(description="streams that the handover still waits for")
    earliest_handover_at: datetime | None = Field(description="what can be promised at best, UTC (F-18)")


class AppointmentView(View):
    """A request or an expected arrival."""

    id: UUID = Field(description="the appointment")
    request_id: UUID = Field(description="the request that all departments share")
    request_no: str = Field(description="number that people use")
    customer_id: UUID = Field(description="who will bring the car")
    customer_name: str | None = Field(default=None, description="name as crm shows it; null: not known yet")
    vehicle_id: UUID = Field(description="the vehicle")
    plate: str | None = Field(default=None, description="licence plate; null: not known yet")
    state: AppointmentState = Field(description="where it is")
    fault_text: str = Field(description="fault as the customer describes it, masked")
    urgency: str = Field(description="normal, urgent, ...")
    respond_by: datetime | None = Field(description="when the shop must answer the request, UTC")
    slot_start: datetime | None = Field(description="begin of the slot, UTC")
    slot_end: datetime | None = Field(description="end of the slot, UTC")
    lines: tuple[Line, ...] = Field(description="work that was booked")
    bay_ready: bool = Field(description="a bay is prepared")
    parts_ready: bool = Field(description="the parts are prepared")
    crew_ready: bool = Field(description="a technician is prepared")
    reception_ready: bool = Field(description="an advisor is prepared")
    visit_id: UUID | None = Field(description="the visit it became")

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """Of an appointment, its customer's name and its vehicle's plate."""
        appointment: Appointment = row[0]
        return cls.of(appointment).model_copy(update={"customer_name": row[1], "plate": row[2]})


class VehicleView(View):
    """A vehicle of the directory."""

    id: UUID = Field(description="the vehicle")
    plate: str = Field(description="licence plate")
    vin: str | None = Field(description="vehicle identification number, 17 characters")
    make: str = Field(description="maker")
    model: str = Field(description="model")
    model_year: int | None = Field(description="year of the model")
    customer_id: UUID = Field(description="who brings it")
    customer_name: str | None = Field(default=None, description="name as crm shows it; null: not known yet")

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """Of a vehicle and its customer's name."""
        vehicle: Vehicle = row[0]
        return cls.of(vehicle).model_copy(update={"customer_name": row[1]})


class ServiceView(View):
    """A menu item to make a line from."""

    code: str = Field(description="the menu item")
    title: Title = Field(description="what is done")
    work_type: str = Field(description="kind of work that the labour rate is for")
    skill: str = Field(description="skill that the technician needs (WORK-08)")
    labour_minutes: int = Field(description="usual labour, whole minutes")


class LinkView(View):
    """The customer's address, given this once."""

    url: str = Field(description="full address for the customer")
    token: str = Field(description="its secret part")
    expires_at: datetime = Field(description="until when it works, UTC")


async def shown(tx: Tx, visit: Visit) -> VisitView:
    """The visit as a command leaves it, with its new version."""
    await tx.session.flush()
    return VisitView.of(visit)
