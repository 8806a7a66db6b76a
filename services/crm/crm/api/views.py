"""What front ends see of customers, vehicles, visits and calls; phones masked unless they were asked for."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.values import Title
from crm.domain import SCRIPTS, FollowUp
from servicekit.http import View

Note = Annotated[str, Field(max_length=2000)]
Word = Annotated[str, Field(min_length=1, max_length=60)]


class ConsentView(View):
    """An authorisation and its withdrawal (DATA-05)."""

    purpose: str
    given_at: datetime
    recorded_by: str
    channel: str
    withdrawn_at: datetime | None
    withdrawal_by: str | None


class ComplaintMarkView(View):
    """Why the next contact is to be careful (CRM-52)."""

    complaint_id: UUID
    complaint_no: str
    visit_id: UUID | None
    category: str
    level: str
    open: bool
    respond_by: datetime
    resolve_by: datetime
    answered_at: datetime | None
    overdue: list[str]
    until_on: date | None = Field(description="last day of the mark; null while the complaint is open")


class VehicleView(View):
    """A vehicle in lists."""

    id: UUID
    version: int
    customer_id: UUID
    plate: str
    vin: str | None
    make: str
    model: str
    model_year: int | None
    engine_no: str | None
    in_use_since_on: date | None
    mileage_km: int | None
    mileage_at: datetime | None
    registered_at: datetime
    allowed: list[str]


class OwnershipView(View):
    """Whose it was."""

    customer_id: UUID
    since_at: datetime
    until_at: datetime | None


class VehicleFileView(VehicleView):
    """A vehicle with its owners."""

    ownerships: list[OwnershipView]


class CustomerView(View):
    """A customer in lists and answers; the phone is masked."""

    id: UUID
    version: int
    customer_no: str
    display_name: str
    state: str
    customer_class: str
    credit_limit: Decimal | None
    currency: str
    phone: str | None
    has_address: bool
    registered_at: datetime
    verified_at: datetime
    consents: list[ConsentView]
    allowed: list[str]


class LifeCycleView(View):
    """A customer's stage and the figures it comes from (F-33)."""

    stage: str
    visits: int
    last_visit_at: datetime | None
    spend: Decimal
    spend_before: Decimal


class CustomerFileView(CustomerView):
    """Everything the customer's screen shows (CRM-01); phone and address in clear for those who may."""

    address: str | None = None
    careful: bool
    complaints: list[ComplaintMarkView]
    life_cycle: LifeCycleView
    vehicles: list[VehicleView]


class DirectoryView(View):
    """A customer as found by a search, with vehicles and mark."""

    id: UUID
    customer_no: str
    display_name: str
    customer_class: str
    phone: str | None
    careful: bool
    vehicles: list[VehicleView]


class WorkLineView(View):
    """A piece of work; ``done`` is null as long as nobody has said."""

    line_id: UUID
    title_zh: str
    title_en: str
    done: bool | None


class WorkerView(View):
    """A technician of a visit."""

    technician_id: UUID
    technician_name: str


class VisitFileView(View):
    """One visit in the service history (CRM-01, COLL-22)."""

    visit_id: UUID
    version: int
    request_id: UUID
    request_no: str | None
    customer_id: UUID | None
    vehicle_id: UUID | None
    plate: str | None
    walk_in: bool
    rework_of_visit_id: UUID | None
    opened_at: datetime
    in_workshop_at: datetime | None
    handed_over_at: datetime | None
    closed_at: datetime | None
    away_since: datetime | None
    advisor_id: UUID | None
    waited_minutes: int | None
    within_sla: bool | None
    fault_text: str
    mileage_in_km: int | None
    mileage_out_km: int | None
    work: list[WorkLineView]
    technicians: list[WorkerView]
    inspections_failed: int
    original_promise: datetime | None
    last_promise: datetime | None
    outcome: str | None
    record_no: str | None
    invoice_no: str | None
    currency: str | None
    total_gross: Decimal | None
    payable: Decimal | None
    paid: Decimal
    settled: str | None
    careful: bool
    careful_reasons: list[str]


class ContactView(View):
    """One contact (CRM-33)."""

    id: UUID
    customer_id: UUID
    visit_id: UUID | None
    request_id: UUID | None
    at: datetime
    topic: str
    channel: str
    content: str
    feedback: str
    participants: list[str]
    source: str
    by: str


class NoticeView(View):
    """What a customer must be told (RECP-35)."""

    id: UUID
    version: int
    kind: str
    state: str
    customer_id: UUID
    visit_id: UUID | None
    request_id: UUID | None
    complaint_id: UUID | None
    due_at: datetime
    sent_at: datetime | None
    sent_by: str | None
    channel: str | None
    feedback: str
    in_time: bool | None
    allowed: list[str]


class ReminderView(View):
    """Work to offer again (E6)."""

    id: UUID
    version: int
    state: str
    kind: str
    customer_id: UUID
    vehicle_id: UUID | None
    visit_id: UUID
    title_zh: str
    title_en: str
    reason: str
    remind_on: date
    dismissal_reason: str
    allowed: list[str]


class CallView(View):
    """One call that was made."""

    called_at: datetime
    by: str
    reached: bool
    note: str


class FollowUpView(View):
    """A call that is due, with what the caller says."""

    id: UUID
    version: int
    kind: str
    state: str
    customer_id: UUID
    customer_name: str | None = Field(default=None, description="null: not on file yet")
    visit_id: UUID | None
    request_id: UUID | None
    due_on: date
    careful: bool
    reasons: list[str]
    outcome: str | None
    satisfied: bool | None
    problem_found: bool
    text: str
    answers: list[str]
    done_at: datetime | None
    done_by: str | None
    cancelled_because: str | None
    complaint_id: UUID | None
    calls: list[CallView]
    allowed: list[str]
    script: list[Title] = []

    @classmethod
    def named(cls, follow_up: FollowUp, name: str | None) -> "FollowUpView":
        """With the customer's name and the script of this kind of call (CRM-10)."""
        script = list(SCRIPTS[follow_up.kind])
        return cls.of(follow_up).model_copy(update={"customer_name": name, "script": script})


class DailyReportView(View):
    """The calls of a day (CRM-11)."""

    on: date
    due: int
    made: int
    unreachable: int
    satisfied: int
    problems_found: int
    handed_on: int
    comment: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None


class SurveyView(View):
    """A form with its clocks (CRM-12), grades and what they crossed (F-09)."""

    id: UUID
    version: int
    state: str
    visit_id: UUID
    request_id: UUID
    customer_id: UUID
    template_version: str
    due_on: date
    complete_by_on: date
    completed_in_time: bool | None
    sent_at: datetime | None
    answered_at: datetime | None
    answered_by: str | None
    channel: str | None
    points: dict[str, int]
    total: Decimal | None
    comment: str | None
    clear_opinion: bool
    triggers: list[str]
    dissatisfied: bool
    expired_because: str | None
    complaint_id: UUID | None
    allowed: list[str]


class SurveyItemView(View):
    """An item of the form."""

    item: str
    title: Title


class TemplateView(View):
    """The form: its items and the points of its grades (CRM-16)."""

    template_version: str
    items: list[SurveyItemView]
    grades: dict[int, Title]
    least_answers: int


class ReadingView(View):
    """Who read a field of a customer (DATA-07)."""

    field: str
    purpose: str
    by: str
    at: datetime
    result: str


class NewLinkView(View):
    """A customer's link, shown this once."""

    url: str
    token: str
    expires_at: datetime
