"""Cases: the list and the ledger with their filters, one case with the facts around it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import raiseload

from complaints.domain import (
    Complaint,
    Customer,
    Invoice,
    Job,
    Source,
    State,
    Visit,
)
from complaints.queries.views import (
    CaseFacts,
    CaseView,
    CustomerView,
    EntryView,
    InvoiceView,
    JobView,
    LinkedCase,
    MeasureView,
    VisitView,
)
from servicekit import NotFound, Tx
from shopkit.numbers import search_key

ListRow = tuple[Complaint, Customer | None, Visit | None]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of cases, or the ledger, can be narrowed by; ``until`` is not included."""

    state: Annotated[State | None, Query(description="only cases in this state")] = None
    is_open: Annotated[bool | None, Query(description="true: not resolved")] = None
    overdue: Annotated[bool | None, Query(description="true: a clock has run out")] = None
    category: Annotated[str | None, Query(description="only this category")] = None
    level: Annotated[str | None, Query(description="only this level")] = None
    source: Annotated[Source | None, Query(description="only cases opened by this")] = None
    owner_id: Annotated[UUID | None, Query(description="only cases of this employee")] = None
    unowned: Annotated[bool | None, Query(description="true: nobody owns it")] = None
    customer_id: Annotated[UUID | None, Query(description="only cases of this customer")] = None
    visit_id: Annotated[UUID | None, Query(description="only cases about this visit")] = None
    plate: Annotated[str | None, Query(description="licence plate, however written")] = None
    vin: Annotated[str | None, Query(description="VIN, however written")] = None
    complaint_no: Annotated[str | None, Query(description="number of the case")] = None
    customer_name: Annotated[str | None, Query(description="part of the customer's name")] = None
    since: Annotated[AwareDatetime | None, Query(description="received at or after")] = None
    until: Annotated[AwareDatetime | None, Query(description="received before")] = None


def complaints(filters: Filters) -> Select[Complaint, Customer, Visit]:
    """Cases with customer and visit for display, and without their history."""
    return (
        select(Complaint, Customer, Visit)
        .outerjoin(Customer, Customer.customer_id == Complaint.customer_id)
        .outerjoin(Visit, Visit.visit_id == Complaint.visit_id)
        .options(raiseload(Complaint.entries))
        .where(*_wanted(filters))
    )


def _wanted(filters: Filters) -> list[ColumnElement[bool]]:
    equal = {
        Complaint.state: filters.state,
        Complaint.category: filters.category,
        Complaint.level: filters.level,
        Complaint.source: filters.source,
        Complaint.owner_id: filters.owner_id,
        Complaint.customer_id: filters.customer_id,
        Complaint.visit_id: filters.visit_id,
        Complaint.complaint_no: filters.complaint_no and filters.complaint_no.strip().upper(),
        Visit.plate: filters.plate and search_key(filters.plate),
        Visit.vin: filters.vin and search_key(filters.vin),
    }
    wanted = [column == value for column, value in equal.items() if value is not None]
    overdue = or_(Complaint.respond_overdue_at.is_not(None), Complaint.resolve_overdue_at.is_not(None))
    for asked, holds in (
        (filters.is_open, Complaint.state != State.RESOLVED),
        (filters.overdue, overdue),
        (filters.unowned, Complaint.owner_id.is_(None)),
    ):
        if asked is not None:
            wanted.append(holds if asked else ~holds)
    if filters.customer_name:
        wanted.append(Customer.display_name.icontains(filters.customer_name.strip(), autoescape=True))
    if filters.since is not None:
        wanted.append(Complaint.received_at >= filters.since)
    if filters.until is not None:
        wanted.append(Complaint.received_at < filters.until)
    return wanted


async def ledger(tx: Tx, filters: Filters, *, at_most: int) -> list[ListRow]:
    """Whole cases with their history, the oldest first; one row beyond ``at_most`` if there are more."""
    query = (
        select(Complaint, Customer, Visit)
        .outerjoin(Customer, Customer.customer_id == Complaint.customer_id)
        .outerjoin(Visit, Visit.visit_id == Complaint.visit_id)
        .where(*_wanted(filters))
        .order_by(Complaint.received_at, Complaint.id)
        .limit(at_most + 1)
    )
    return [(row[0], row[1], row[2]) for row in await tx.session.execute(query)]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case and what other departments have published about its customer, visit, work and invoice."""

    complaint: Complaint
    customer: Customer | None
    visit: Visit | None
    job: Job | None
    invoice: Invoice | None


async def case_file(tx: Tx, complaint_id: UUID) -> CaseFile:
    """Everything that the screen of a case shows. Raises ``NotFound``."""
    query = (
        select(Complaint, Customer, Visit, Job, Invoice)
        .outerjoin(Customer, Customer.customer_id == Complaint.customer_id)
        .outerjoin(Visit, Visit.visit_id == Complaint.visit_id)
        .outerjoin(Job, Job.visit_id == Complaint.visit_id)
        .outerjoin(Invoice, Invoice.visit_id == Complaint.visit_id)
        .where(Complaint.id == complaint_id)
    )
    row = (await tx.session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("complaint", complaint_id)
    return CaseFile(*row)


async def linked_cases(tx: Tx, complaint: Complaint) -> list[tuple[UUID, str]]:
    """The earlier case of the same matter and the later ones: id and number (COMP-35)."""
    later = Complaint.earlier_case_id == complaint.id
    same = (
        later if complaint.earlier_case_id is None else or_(later, Complaint.id == complaint.earlier_case_id)
    )
    query = select(Complaint.id, Complaint.complaint_no).where(same).order_by(Complaint.received_at)
    return [(row[0], row[1]) for row in await tx.session.execute(query)]


async def show_case(tx: Tx, complaint_id: UUID) -> CaseView:
    """The case as its screen shows it, with what this transaction changed."""
    await tx.session.flush()
    file = await case_file(tx, complaint_id)
    complaint = file.complaint
    tx.set_subject(complaint)  # reading gives the ETag, too, that the next change may name
    linked = await linked_cases(tx, complaint)
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
