"""What front ends see of customers, vehicles, visits and calls; phones masked unless they were asked for."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.values import Title
from crm.domain import (
    SCRIPTS,
    CancelReason,
    CarefulReason,
    ContactSource,
    CustomerClass,
    CustomerState,
    ExpiryReason,
    FollowUp,
    FollowUpKind,
    FollowUpState,
    NoticeKind,
    NoticeState,
    Outcome,
    Purpose,
    ReminderKind,
    ReminderState,
    SettledHow,
    Stage,
    SurveyState,
    Trigger,
    VisitOutcome,
)
from servicekit.http import View
from shopkit.fields import (
    Allowed,
    ComplaintId,
    ComplaintNo,
    Currency,
    CustomerId,
    MaybeComplaintId,
    MaybeCustomerId,
    MaybeCustomerName,
    MaybePlate,
    MaybeRequestId,
    MaybeRequestNo,
    MaybeVehicleId,
    MaybeVin,
    MaybeVisitId,
    Plate,
    RequestId,
    VehicleId,
    Version,
    VisitId,
)

Class = Annotated[CustomerClass, Field(description="class of the customer (CRM-02)")]
CustomerNo = Annotated[str, Field(description="what people call the customer's file, e.g. C000123")]
DisplayName = Annotated[str, Field(description="the customer's name")]
MaskedPhone = Annotated[
    str | None, Field(description="phone number, only its last four digits; null: none on file")
]
Careful = Annotated[bool, Field(description="whether the next contact asks for care (CRM-52)")]
TitleZh = Annotated[str, Field(description="the work's name in Chinese; empty: not known yet")]
TitleEn = Annotated[str, Field(description="the work's name in English; empty: not known yet")]
By = Annotated[str, Field(description="employee id, `customer`, or `system`")]


class ConsentView(View):
    """An authorisation and its withdrawal (DATA-05)."""

    purpose: Purpose = Field(description="what the data may be used for")
    given_at: datetime = Field(description="when it was given, UTC")
    recorded_by: By
    channel: str = Field(description="how it was given: desk, phone, ...")
    withdrawn_at: datetime | None = Field(description="when it was withdrawn, UTC; null: it was not")
    withdrawal_by: str | None = Field(description="who recorded the withdrawal; null: nobody")


class ComplaintMarkView(View):
    """Why the next contact is to be careful (CRM-52)."""

    complaint_id: ComplaintId
    complaint_no: ComplaintNo
    visit_id: MaybeVisitId
    category: str = Field(description="what it is about, from the shop's list")
    level: str = Field(description="how grave it is, from the shop's list")
    open: bool = Field(description="whether the complaint is open")
    respond_by: datetime = Field(description="by when the customer is to be answered, UTC")
    resolve_by: datetime = Field(description="by when it is to be resolved, UTC")
    answered_at: datetime | None = Field(description="when the customer was answered, UTC; null: not yet")
    overdue: list[str] = Field(description="clocks that ran out: respond, resolve, measure")
    until_on: date | None = Field(description="last day of the mark; null while the complaint is open")


class VehicleView(View):
    """A vehicle in lists."""

    id: VehicleId
    version: Version
    customer_id: CustomerId
    plate: Plate
    vin: MaybeVin
    make: str = Field(description="manufacturer")
    model: str = Field(description="model")
    model_year: int | None = Field(description="year of the model; null: not known")
    engine_no: str | None = Field(description="engine number; null: not known")
    in_use_since_on: date | None = Field(description="first day of use; null: not known")
    mileage_km: int | None = Field(description="odometer as read last, km; null: never read")
    mileage_at: datetime | None = Field(description="when it was read last, UTC; null: never")
    registered_at: datetime = Field(description="when it came on file, UTC")
    allowed: Allowed


class OwnershipView(View):
    """Whose it was."""

    customer_id: CustomerId
    since_at: datetime = Field(description="from when, UTC")
    until_at: datetime | None = Field(description="until when, UTC; null: it still is")


class VehicleFileView(VehicleView):
    """A vehicle with its owners."""

    ownerships: list[OwnershipView] = Field(description="whose it was and is, oldest first")


class CustomerView(View):
    """A customer in lists and answers; the phone is masked."""

    id: CustomerId
    version: Version
    customer_no: CustomerNo
    display_name: DisplayName
    state: CustomerState = Field(description="state of the file")
    customer_class: Class
    credit_limit: Decimal | None = Field(description="approved credit; null: pays at once")
    currency: Currency
    phone: MaskedPhone
    has_address: bool = Field(description="whether an address is on file")
    registered_at: datetime = Field(description="when the customer came on file, UTC")
    verified_at: datetime = Field(description="when the data was verified last, UTC")
    consents: list[ConsentView] = Field(description="authorisations, oldest first")
    allowed: Allowed


class LifeCycleView(View):
    """A customer's stage and the figures it comes from (F-33)."""

    stage: Stage = Field(description="stage of the customer's life with the shop (CRM-04)")
    visits: int = Field(description="visits ever")
    last_visit_at: datetime | None = Field(description="begin of the last visit, UTC; null: none")
    spend: Decimal = Field(description="money of the current span of months (house rule)")
    spend_before: Decimal = Field(description="money of the span of months before it")


class CustomerFileView(CustomerView):
    """Everything the customer's screen shows (CRM-01); phone and address in clear for those who may."""

    phone: str | None = Field(
        description="phone number, in clear with `personal.read`, else its last digits; null: none on file"
    )
    address: str | None = Field(default=None, description="address; null: none on file, or not to be read")
    careful: Careful
    complaints: list[ComplaintMarkView] = Field(description="complaints that mark the customer")
    life_cycle: LifeCycleView = Field(description="stage and figures of today")
    vehicles: list[VehicleView] = Field(description="the customer's vehicles, oldest on file first")


class DirectoryView(View):
    """A customer as found by a search, with vehicles and mark."""

    id: CustomerId
    customer_no: CustomerNo
    display_name: DisplayName
    customer_class: Class
    phone: MaskedPhone
    careful: Careful
    vehicles: list[VehicleView] = Field(description="the customer's vehicles, oldest on file first")


class WorkLineView(View):
    """A piece of work of a visit."""

    line_id: UUID = Field(description="the line of work")
    title_zh: TitleZh
    title_en: TitleEn
    done: bool | None = Field(description="whether it was done; null: not reported yet")


class WorkerView(View):
    """A technician of a visit."""

    technician_id: UUID = Field(description="employee id")
    technician_name: str = Field(description="employee's name as shown")


class VisitFileView(View):
    """One visit in the service history (CRM-01, COLL-22)."""

    visit_id: VisitId
    version: Version
    request_id: RequestId
    request_no: MaybeRequestNo
    customer_id: MaybeCustomerId
    vehicle_id: MaybeVehicleId
    plate: MaybePlate
    walk_in: bool = Field(description="whether the customer came without a booking")
    rework_of_visit_id: UUID | None = Field(description="the visit whose work is done again; null: none")
    opened_at: datetime = Field(description="when the visit began, UTC")
    in_workshop_at: datetime | None = Field(description="when the workshop got the car, UTC; null: not yet")
    handed_over_at: datetime | None = Field(description="when the keys were released, UTC; null: not yet")
    closed_at: datetime | None = Field(description="when the visit was closed, UTC; null: it is open")
    away_since: datetime | None = Field(
        description="since when the car is away until parts arrive, UTC; null: it is not"
    )
    advisor_id: UUID | None = Field(description="employee id of the service advisor; null: not known yet")
    waited_minutes: int | None = Field(description="minutes until somebody came (RECP-01); null: not yet")
    within_sla: bool | None = Field(description="whether that was in time; null: not yet")
    fault_text: str = Field(description="what the customer notices, masked")
    mileage_in_km: int | None = Field(description="odometer at the intake, km; null: not read")
    mileage_out_km: int | None = Field(description="odometer at the handover, km; null: not read")
    work: list[WorkLineView] = Field(description="work that the customer agreed to, and what became of it")
    technicians: list[WorkerView] = Field(description="who worked on the car")
    inspections_failed: int = Field(description="how many inspections failed")
    original_promise: datetime | None = Field(description="handover promised first, UTC; null: none")
    last_promise: datetime | None = Field(description="handover promised last, UTC; null: none")
    outcome: VisitOutcome | None = Field(description="how the visit ended; null: it is open")
    record_no: str | None = Field(description="archive number of the visit; null: not closed")
    invoice_no: str | None = Field(description="number of the invoice; null: not issued")
    currency: str | None = Field(description="ISO 4217 code of the amounts; null: no invoice yet")
    total_gross: Decimal | None = Field(description="sum of the invoice with tax; null: no invoice")
    payable: Decimal | None = Field(description="what is to be paid of it; null: no invoice")
    paid: Decimal = Field(description="payments less refunds")
    settled: SettledHow | None = Field(description="how the invoice was settled; null: it is not")
    careful: Careful
    careful_reasons: list[CarefulReason] = Field(description="what asks for care")


class ContactView(View):
    """One contact (CRM-33)."""

    id: UUID = Field(description="the contact")
    customer_id: CustomerId
    visit_id: MaybeVisitId
    request_id: MaybeRequestId
    at: datetime = Field(description="when it was, UTC")
    topic: str = Field(description="what about: completion, estimate_presented, ready, ...")
    channel: str = Field(description="phone, message, desk, ...; empty: not known")
    content: str = Field(description="what the customer learnt, masked")
    feedback: str = Field(description="what the customer answered, masked")
    participants: list[str] = Field(description="who took part")
    source: ContactSource = Field(description="department that was in contact")
    by: By


class NoticeView(View):
    """What a customer is to be notified of (RECP-35)."""

    id: UUID = Field(description="the notice")
    version: Version
    kind: NoticeKind = Field(description="what it is about")
    state: NoticeState = Field(description="whether the customer was notified")
    customer_id: CustomerId
    visit_id: MaybeVisitId
    request_id: MaybeRequestId
    complaint_id: MaybeComplaintId
    due_at: datetime = Field(description="by when the customer is to be notified, UTC")
    sent_at: datetime | None = Field(description="when the customer was notified, UTC; null: not yet")
    sent_by: str | None = Field(description="employee who did; null: nobody yet")
    channel: str | None = Field(description="phone, message, desk, ...; null: not yet")
    feedback: str = Field(description="what the customer answered, masked")
    in_time: bool | None = Field(description="whether it was sent in time; null: not yet")
    allowed: Allowed


class ReminderView(View):
    """Work to offer again (E6)."""

    id: UUID = Field(description="the reminder")
    version: Version
    state: ReminderState = Field(description="whether the work is still to be offered")
    kind: ReminderKind = Field(description="where the work comes from")
    customer_id: CustomerId
    vehicle_id: MaybeVehicleId
    visit_id: VisitId
    title_zh: TitleZh
    title_en: TitleEn
    reason: str = Field(description="why it was declined, masked")
    remind_on: date = Field(description="shop-local day from which it is offered")
    dismissal_reason: str = Field(description="why it is not offered again, masked")
    allowed: Allowed


class CallView(View):
    """One call that was made."""

    called_at: datetime = Field(description="when it was made, UTC")
    by: By
    reached: bool = Field(description="whether the customer was reached")
    note: str = Field(description="the caller's note, masked")


class FollowUpView(View):
    """A call that is due, with the caller's script."""

    id: UUID = Field(description="the follow-up")
    version: Version
    kind: FollowUpKind = Field(description="why the customer is called")
    state: FollowUpState = Field(description="whether the call is still to be made")
    customer_id: CustomerId
    customer_name: MaybeCustomerName = None
    visit_id: MaybeVisitId
    request_id: MaybeRequestId
    due_on: date = Field(description="shop-local day by which the call is to be made")
    careful: Careful
    reasons: list[CarefulReason] = Field(description="what asks for care")
    outcome: Outcome | None = Field(description="how the call ended; null: not yet")
    satisfied: bool | None = Field(description="whether the customer is satisfied; null: not known")
    problem_found: bool = Field(description="whether a problem was found; it becomes a complaint (CRM-46)")
    text: str = Field(description="what the customer answered, masked")
    answers: list[str] = Field(description="answers to the script, in its order, masked")
    done_at: datetime | None = Field(description="when it was done, UTC; null: not yet")
    done_by: str | None = Field(description="employee who did it; null: nobody yet")
    cancelled_because: CancelReason | None = Field(description="why it is not wanted; null: it is")
    complaint_id: MaybeComplaintId
    calls: list[CallView] = Field(description="attempts and the call itself, oldest first")
    allowed: Allowed
    script: list[Title] = Field(default=[], description="what the caller asks, in order (CRM-10)")

    @classmethod
    def named(cls, follow_up: FollowUp, name: str | None) -> "FollowUpView":
        """With the customer's name and the script of this kind of call (CRM-10)."""
        script = list(SCRIPTS[follow_up.kind])
        return cls.of(follow_up).model_copy(update={"customer_name": name, "script": script})


class DailyReportView(View):
    """The calls of a day (CRM-11)."""

    on: date = Field(description="shop-local day")
    due: int = Field(description="calls that were due, or earlier and still open")
    made: int = Field(description="calls that were made, attempts included")
    unreachable: int = Field(description="customers who could not be reached")
    satisfied: int = Field(description="customers who are satisfied")
    problems_found: int = Field(description="calls that found a problem")
    handed_on: int = Field(description="of those, how many have their complaint")
    comment: str | None = Field(description="the manager's comment; null: not reviewed")
    reviewed_by: str | None = Field(description="employee who reviewed it; null: nobody")
    reviewed_at: datetime | None = Field(description="when it was reviewed, UTC; null: not yet")


class SurveyView(View):
    """A form with its clocks (CRM-12), grades and what they crossed (F-09)."""

    id: UUID = Field(description="the survey; one per visit")
    version: Version
    state: SurveyState = Field(description="state of the form")
    visit_id: VisitId
    request_id: RequestId
    customer_id: CustomerId
    template_version: str = Field(description="which form it is")
    due_on: date = Field(description="shop-local day on which it is sent")
    complete_by_on: date = Field(description="last shop-local day of an answer in time")
    completed_in_time: bool | None = Field(description="whether the answer was in time; null: none yet")
    sent_at: datetime | None = Field(description="when it was sent, UTC; null: it was not")
    answered_at: datetime | None = Field(description="when it was answered, UTC; null: it was not")
    answered_by: str | None = Field(description="employee id or `customer`; null: not answered")
    channel: str | None = Field(description="how it was answered: link, phone, desk, ...; null: not answered")
    points: dict[str, int] = Field(description="points by item: 10, 8, 5, 3 or 1")
    total: Decimal | None = Field(description="total, 0 to 100 (F-01); null: not answered")
    comment: str | None = Field(description="the customer's comment, masked; null: none")
    clear_opinion: bool = Field(description="whether the comment is a clear opinion (F-09)")
    triggers: list[Trigger] = Field(description="lines of F-09 that were crossed")
    dissatisfied: bool = Field(description="whether a line was crossed")
    expired_because: ExpiryReason | None = Field(description="why no answer is taken; null: it is, or was")
    complaint_id: MaybeComplaintId
    allowed: Allowed


class SurveyItemView(View):
    """An item of the form."""

    item: str = Field(description="the item's name, the key of its points")
    title: Title = Field(description="the item as the customer reads it")


class TemplateView(View):
    """The form: its items and the points of its grades (CRM-16)."""

    template_version: str = Field(description="which form it is")
    items: list[SurveyItemView] = Field(description="the items, in the order of the form")
    grades: dict[int, Title] = Field(description="the grades, by their points")
    least_answers: int = Field(description="items that must be answered at least (F-01)")


class ReadingView(View):
    """Who read a field of a customer (DATA-07)."""

    field: Literal["phone", "address"] = Field(description="what was read")
    purpose: str = Field(description="what for")
    by: By
    at: datetime = Field(description="when, UTC")
    result: Literal["read", "erased", "unreadable"] = Field(description="what came of it")


class NewLinkView(View):
    """A customer's link, shown this once."""

    url: str = Field(description="address for the customer")
    token: str = Field(description="secret part of the address")
    expires_at: datetime = Field(description="until when it can be used, UTC")
