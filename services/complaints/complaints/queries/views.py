"""The view models of complaints: what front ends get."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from complaints.domain import (
    Cause,
    Channel,
    Complaint,
    Contact,
    Customer,
    EntryKind,
    Inspection,
    InvoiceState,
    Measure,
    MeasureKind,
    MeasureState,
    Source,
    State,
    Visit,
)
from contracts.base import Money
from contracts.values import InvoiceLine, Technician
from servicekit.http import View

VisitOutcome = Literal["repaired", "diagnosis_only", "declined", "left"]
JobOutcome = Literal["repaired", "no_work"]


class EntryView(View):
    """One row of the case's history."""

    n: int = Field(description="position in the history, from 1")
    kind: EntryKind = Field(description="what happened")
    at: datetime = Field(description="when, UTC")
    by: UUID | None = Field(description="employee who acted; null for what happened by itself")
    by_name: str = Field(description="empty for what happened by itself")
    channel: Contact | None = Field(description="how the customer was reached")
    text: str = Field(description="what was written down; numbers are masked")
    about_id: UUID | None = Field(description="the measure, survey, follow-up or employee it is about")


class MeasureView(View):
    """What is done for the customer, and how far it is."""

    measure_id: UUID = Field(description="the measure")
    complaint_id: UUID = Field(description="the case")
    kind: MeasureKind = Field(description="refund, discount or rework")
    state: MeasureState = Field(description="how far it is")
    visit_id: UUID | None = Field(description="the visit it is about")
    invoice_id: UUID | None = Field(description="the issued invoice it is about")
    amount: Money | None = Field(description="with tax; refund and discount only")
    currency: str | None = Field(description="currency of the amount, ISO 4217")
    line_ids: list[UUID] = Field(description="lines it is about; rework: those redone")
    reason: str = Field(description="why it was decided")
    approved_by: UUID = Field(description="employee who decided it")
    approved_by_name: str = Field(description="name of that employee")
    decided_at: datetime = Field(description="when, UTC")
    due_by: datetime = Field(description="until when it must be carried out, UTC")
    overdue_at: datetime | None = Field(description="when its clock ran out, UTC")
    placed_at: datetime | None = Field(description="when reception placed the rework, UTC")
    rework_visit_id: UUID | None = Field(description="the visit in which the work is done again")
    ended_at: datetime | None = Field(description="when it was carried out or found impossible, UTC")
    refund_id: UUID | None = Field(description="billing's refund")
    given: Money | None = Field(description="what billing gave back or no longer asks for")
    not_possible_reason: str | None = Field(description="why billing could not carry it out")
    possible: Money | None = Field(description="the most that billing can give, when it was too much")


class MeasureRow(MeasureView):
    """A measure in a list, with its case's number."""

    complaint_no: str = Field(description="the case's number")

    @classmethod
    def made(cls, row: tuple[Measure, str]) -> "MeasureRow":
        """From the measure and the number."""
        return cls(**MeasureView.of(row[0]).model_dump(), complaint_no=row[1])


class CustomerView(View):
    """The customer, as far as crm has published."""

    customer_id: UUID = Field(description="the customer")
    customer_no: str = Field(description="customer number")
    display_name: str = Field(description="name as desks show it")
    customer_class: str = Field(description="customer class of crm's rules")


class VisitView(View):
    """The visit that the case is about."""

    visit_id: UUID = Field(description="the visit")
    request_no: str = Field(description="number of the request")
    plate: str = Field(description="licence plate")
    vin: str | None = Field(description="vehicle identification number")
    make: str = Field(description="manufacturer")
    model: str = Field(description="model")
    model_year: int | None = Field(description="model year")
    arrived_at: datetime = Field(description="arrival, UTC")
    original_promise: datetime | None = Field(description="handover promised first, UTC")
    last_promise: datetime | None = Field(description="handover promised last, UTC")
    handed_over_at: datetime | None = Field(description="handover, UTC")
    closed_at: datetime | None = Field(description="when the visit was closed, UTC")
    outcome: VisitOutcome | None = Field(description="how the visit ended")
    record_no: str | None = Field(description="number of the maintenance record")
    advisor_id: UUID | None = Field(description="employee who advised the customer")
    rework_of_visit_id: UUID | None = Field(description="the visit whose work is done again")


class JobView(View):
    """The work on the visit: who did it, and the quality record."""

    job_id: UUID = Field(description="the job")
    ready_at: datetime | None = Field(description="when it was ready, UTC")
    outcome: JobOutcome | None = Field(description="repaired, or no_work beyond the diagnosis")
    technicians: list[Technician] = Field(description="who worked on the car")
    inspections: list[Inspection] = Field(description="final inspections, in order")


class InvoiceView(View):
    """What the visit cost."""

    invoice_id: UUID = Field(description="the invoice")
    state: InvoiceState = Field(description="how far billing is with it")
    invoice_no: str | None = Field(description="number; null until it is issued")
    issued_at: datetime | None = Field(description="when it was issued, UTC")
    currency: str = Field(description="currency of all amounts, ISO 4217")
    total_gross: Money = Field(description="total with tax")
    payable: Money = Field(description="what is to be paid, with tax, after discounts")
    balance: Money = Field(description="what is still open, with tax")
    refunded: Money = Field(description="what was given back, with tax")
    lines: list[InvoiceLine] = Field(description="rows of the invoice")


class LinkedCase(View):
    """An earlier or later case of the same matter."""

    id: UUID = Field(description="the case")
    complaint_no: str = Field(description="its number")


class CaseFacts(View):
    """A case, as lists and screens show it."""

    id: UUID = Field(description="the case")
    version: int = Field(description="raised by every change; the ETag")
    complaint_no: str = Field(description="number, as on the paper")
    state: State = Field(description="how far the case is")
    source: Source = Field(description="what opened the case")
    source_id: UUID | None = Field(description="the survey or follow-up that opened it")
    channel: Channel = Field(description="how the complaint reached us")
    category: str = Field(description="what it is about, from the house rule `categories`")
    level: str = Field(description="how grave it is, from the house rule `levels`")
    text: str = Field(description="the customer's words; numbers are masked")
    customer_id: UUID = Field(description="the customer")
    visit_id: UUID | None = Field(description="the visit it is about")
    request_id: UUID | None = Field(description="the request of that visit")
    during_visit: bool = Field(description="the car was here when the complaint was received (COMP-05)")
    owner_id: UUID | None = Field(description="employee who owns the case")
    owner_name: str = Field(description="name of that employee")
    received_at: datetime = Field(description="receipt, UTC; the clocks run from it")
    respond_by: datetime = Field(description="until when it must be answered, UTC")
    answered_at: datetime | None = Field(description="when it was answered, UTC")
    respond_overdue_at: datetime | None = Field(description="when the respond clock ran out, UTC")
    resolve_by: datetime = Field(description="until when it must be resolved, UTC")
    notified_at: datetime | None = Field(description="when the customer was informed of the result, UTC")
    resolved_at: datetime | None = Field(description="when it was resolved, UTC")
    resolve_overdue_at: datetime | None = Field(description="when the resolve clock ran out, UTC")
    reopenings: int = Field(description="how often it was reopened")
    allowed: list[str] = Field(description="commands that people may give now")


class CaseRow(CaseFacts):
    """A case in a list."""

    customer_name: str | None = Field(description="name of the customer, if it is known here")
    plate: str | None = Field(description="licence plate, if the visit is known here")
    request_no: str | None = Field(description="number of the request, if the visit is known here")
    open_measures: int = Field(description="measures that others still have to carry out")

    @classmethod
    def made(cls, row: tuple[Complaint, Customer | None, Visit | None]) -> "CaseRow":
        """From the case with its customer and visit, as far as they are known."""
        complaint, customer, visit = row[0], row[1], row[2]
        return cls(
            **CaseFacts.of(complaint).model_dump(),
            customer_name=customer.display_name if customer else None,
            plate=visit.plate if visit else None,
            request_no=visit.request_no if visit else None,
            open_measures=len(complaint.open_measures),
        )


class CaseView(CaseFacts):
    """Everything about a case."""

    cause: Cause | None = Field(description="where it went wrong (COMP-11)")
    cause_text: str = Field(description="what was found")
    resolution: str | None = Field(description="how it ended")
    confirmed_by_customer: bool | None = Field(description="the customer was asked and is content")
    earlier_case_id: UUID | None = Field(description="the earlier case of the same matter")
    linked: list[LinkedCase] = Field(description="earlier and later cases of the same matter")
    customer: CustomerView | None = Field(description="the customer, if known here")
    visit: VisitView | None = Field(description="the visit, if known here")
    job: JobView | None = Field(description="the work on the visit, if known here")
    invoice: InvoiceView | None = Field(description="the invoice of the visit, if known here")
    measures: list[MeasureView] = Field(description="measures, in the order of the decisions")
    entries: list[EntryView] = Field(description="the history, in order")


class KpisView(View):
    """Figures of the cases received in a period; rates in percent, null when there is nothing to rate."""

    received: int = Field(description="cases received")
    resolved: int = Field(description="of them resolved")
    resolved_in_time: int = Field(description="of them resolved before the resolve clock ran out")
    respond_due: int = Field(description="answered, or the respond clock has run out")
    answered_in_time: int = Field(description="of them answered before the respond clock ran out")
    reopened: int = Field(description="of them reopened at least once")
    confirmed: int = Field(description="resolved ones whose customer is content")
    visits: int = Field(description="cars that arrived in the period")
    measures: int = Field(description="measures decided")
    measures_completed: int = Field(description="of them carried out")
    resolution_rate: Decimal | None = Field(description="resolved of received, percent")
    on_time_response_rate: Decimal | None = Field(description="answered_in_time of respond_due, percent")
    complaint_rate: Decimal | None = Field(description="complaints per hundred visits of the period")
    confirmed_rate: Decimal | None = Field(description="confirmed of resolved, percent")
    measures_rate: Decimal | None = Field(description="measures_completed of measures, percent")
    by_category: dict[str, int] = Field(description="cases by category")
    by_source: dict[Source, int] = Field(description="cases by source")
