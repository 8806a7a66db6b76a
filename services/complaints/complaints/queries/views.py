"""What screens see of a case and of what stands around it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from complaints import queries
from complaints.domain import Complaint, Customer, Inspection, Measure, Visit
from contracts.base import Money
from contracts.values import InvoiceLine, Technician
from servicekit.http import TxDep, View

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]
PlateQuery = Annotated[str | None, Query(max_length=20)]


class EntryView(View):
    """One row of the case's history."""

    n: int
    kind: str
    at: datetime
    by: UUID | None
    by_name: str = Field(description="empty for what happened by itself")
    channel: str | None
    text: str
    about_id: UUID | None = Field(description="the measure, survey, follow-up or employee it is about")


class MeasureView(View):
    """What is done for the customer, and how far it is."""

    measure_id: UUID
    complaint_id: UUID
    kind: str
    state: str
    visit_id: UUID | None
    invoice_id: UUID | None
    amount: Money | None = Field(description="with tax; refund and discount only")
    currency: str | None
    line_ids: list[UUID]
    reason: str
    approved_by: UUID
    approved_by_name: str
    decided_at: datetime
    due_by: datetime
    overdue_at: datetime | None
    taken_up_at: datetime | None
    rework_visit_id: UUID | None = Field(description="the visit in which the work is done again")
    ended_at: datetime | None
    refund_id: UUID | None
    given: Money | None = Field(description="what billing gave back or no longer asks for")
    not_possible_reason: str | None
    possible: Money | None = Field(description="the most that billing can give, when it was too much")


class MeasureRow(MeasureView):
    """A measure in a list, with its case's number."""

    complaint_no: str

    @classmethod
    def made(cls, row: tuple[Measure, str]) -> "MeasureRow":
        """From the measure and the number."""
        return cls(**MeasureView.of(row[0]).model_dump(), complaint_no=row[1])


class CustomerView(View):
    """The customer, as far as crm has told."""

    customer_id: UUID
    customer_no: str
    display_name: str
    customer_class: str


class VisitView(View):
    """The visit that the case is about."""

    visit_id: UUID
    request_no: str
    plate: str
    vin: str | None
    make: str
    model: str
    model_year: int | None
    arrived_at: datetime
    original_promise: datetime | None
    last_promise: datetime | None
    handed_over_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    record_no: str | None
    advisor_id: UUID | None
    rework_of_visit_id: UUID | None


class JobView(View):
    """The work on the visit: who did it, and the quality record."""

    job_id: UUID
    ready_at: datetime | None
    outcome: str | None
    technicians: list[Technician]
    inspections: list[Inspection]


class InvoiceView(View):
    """What the visit cost."""

    invoice_id: UUID
    state: str
    invoice_no: str | None
    issued_at: datetime | None
    currency: str
    total_gross: Money
    payable: Money
    balance: Money
    refunded: Money
    lines: list[InvoiceLine]


class LinkedCase(View):
    """An earlier or later case of the same matter."""

    id: UUID
    complaint_no: str


class CaseFacts(View):
    """A case, as lists and screens show it."""

    id: UUID
    version: int
    complaint_no: str
    state: str
    source: str
    source_id: UUID | None
    channel: str
    category: str
    level: str
    text: str
    customer_id: UUID
    visit_id: UUID | None
    request_id: UUID | None
    during_visit: bool
    owner_id: UUID | None
    owner_name: str
    received_at: datetime
    respond_by: datetime
    answered_at: datetime | None
    respond_overdue_at: datetime | None
    resolve_by: datetime
    notified_at: datetime | None
    resolved_at: datetime | None
    resolve_overdue_at: datetime | None
    reopenings: int
    allowed: list[str]


class CaseRow(CaseFacts):
    """A case in a list."""

    customer_name: str | None
    plate: str | None
    request_no: str | None
    open_measures: int

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

    cause: str | None
    cause_text: str
    resolution: str | None
    confirmed_by_customer: bool | None
    earlier_case_id: UUID | None
    linked: list[LinkedCase]
    customer: CustomerView | None
    visit: VisitView | None
    job: JobView | None
    invoice: InvoiceView | None
    measures: list[MeasureView]
    entries: list[EntryView]


async def case_view(tx: TxDep, complaint_id: UUID) -> CaseView:
    """The case as its screen shows it, with what this transaction changed."""
    await tx.session.flush()
    file = await queries.case_file(tx, complaint_id)
    complaint = file.complaint
    tx.subject = complaint  # also a mere look gives the ETag that the next change may name
    linked = await queries.linked_cases(tx, complaint)
    return CaseView(
        **CaseFacts.of(complaint).model_dump(),
        cause=complaint.cause,
        cause_text=complaint.cause_text,
        resolution=complaint.resolution,
        confirmed_by_customer=complaint.confirmed_by_customer,
        earlier_case_id=complaint.earlier_case_id,
        linked=[LinkedCase(id=id, complaint_no=no) for id, no in linked],
        customer=CustomerView.of(file.customer) if file.customer else None,
        visit=VisitView.of(file.visit) if file.visit else None,
        job=JobView.of(file.job) if file.job else None,
        invoice=InvoiceView.of(file.invoice) if file.invoice else None,
        measures=[MeasureView.of(measure) for measure in complaint.measures],
        entries=[EntryView.of(entry) for entry in complaint.entries],
    )
