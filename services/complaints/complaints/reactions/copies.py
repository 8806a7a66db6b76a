"""Copies of what others tell of customer, visit, work and invoice, to show beside a case (COMP-31)."""

from sqlalchemy import select

from chassis import Tx
from complaints.domain import Complaint, Customer, Inspection, Invoice, Job, Visit
from contracts.billing import (
    InvoiceIssued,
    InvoicePrepared,
    InvoiceSettled,
    InvoiceWithdrawn,
    PaymentReceived,
)
from contracts.crm import CustomerChanged, CustomerRegistered
from contracts.reception import (
    HandoverPromised,
    PromiseRevised,
    VehicleHandedOver,
    VisitClosed,
    VisitOpened,
)
from contracts.workshop import InspectionFailed, InspectionPassed, JobOpened, JobReady


async def copy_customer_on_customer(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    """The name that desks show."""
    customer = await tx.find(Customer, event.customer_id)
    if customer is None:
        customer = Customer(customer_id=event.customer_id)
        tx.add(customer)
    customer.customer_no, customer.display_name = event.customer_no, event.display_name
    customer.customer_class = event.customer_class


async def copy_visit_on_opened(tx: Tx, event: VisitOpened) -> None:
    """A car arrived; cases that named this visit before now belong to its request."""
    visit = await tx.find(Visit, event.visit_id)
    if visit is None:
        visit = Visit(visit_id=event.visit_id)
        tx.add(visit)
    for name in _COPIED_OF_VISIT:
        setattr(visit, name, getattr(event, name))
    early = select(Complaint).where(Complaint.visit_id == event.visit_id, Complaint.request_id.is_(None))
    for complaint in await tx.all(early.order_by(Complaint.id).with_for_update()):
        complaint.request_id = event.request_id


_COPIED_OF_VISIT = (
    "request_id",
    "request_no",
    "customer_id",
    "vehicle_id",
    "plate",
    "vin",
    "make",
    "model",
    "model_year",
    "arrived_at",
    "rework_of_visit_id",
)


async def note_promise_on_promised(tx: Tx, event: HandoverPromised) -> None:
    """What the customer was told first."""
    if visit := await tx.find(Visit, event.visit_id):
        visit.original_promise = visit.original_promise or event.promised_at
        visit.last_promise = event.promised_at


async def note_promise_on_revised(tx: Tx, event: PromiseRevised) -> None:
    """What the customer was told last."""
    if visit := await tx.find(Visit, event.visit_id):
        visit.last_promise = event.new_promise


async def note_on_handed_over(tx: Tx, event: VehicleHandedOver) -> None:
    """The car is gone: a complaint from now on is none during the visit."""
    if visit := await tx.find(Visit, event.visit_id):
        visit.handed_over_at = event.handed_over_at
        visit.original_promise = event.original_promise or visit.original_promise
        visit.last_promise = event.last_promise or visit.last_promise


async def note_on_visit_closed(tx: Tx, event: VisitClosed) -> None:
    """How the visit ended, and who advised the customer."""
    if visit := await tx.find(Visit, event.visit_id):
        visit.closed_at, visit.outcome, visit.record_no = event.closed_at, event.outcome, event.record_no
        visit.advisor_id = event.advisor_id


async def copy_job_on_opened(tx: Tx, event: JobOpened) -> None:
    """The workshop has the car."""
    job = await job_of(tx, event)
    job.opened_at = tx.happened_at


async def note_inspection_on_passed(tx: Tx, event: InspectionPassed) -> None:
    """What the inspector saw."""
    job = await job_of(tx, event)
    seen = Inspection(
        passed=True,
        at=tx.happened_at,
        inspector_id=event.inspector_id,
        test_drive=event.test_drive,
        items=event.items,
    )
    job.inspections = (*job.inspections, seen)


async def note_inspection_on_failed(tx: Tx, event: InspectionFailed) -> None:
    """What the inspector found wrong, and in whose work."""
    job = await job_of(tx, event)
    seen = Inspection(
        passed=False,
        at=tx.happened_at,
        inspector_id=event.inspector_id,
        findings=event.findings,
        line_ids=event.line_ids,
        technician_id=event.technician_id,
        penalty_points=event.penalty_points,
    )
    job.inspections = (*job.inspections, seen)


async def job_of(tx: Tx, event: JobOpened | InspectionPassed | InspectionFailed | JobReady) -> Job:
    """The copy of a job, made if this is the first that is heard of it."""
    job = await tx.find(Job, event.job_id)
    if job is None:
        job = Job(job_id=event.job_id, visit_id=event.visit_id)
        tx.add(job)
    return job


async def copy_invoice_on_prepared(tx: Tx, event: InvoicePrepared) -> None:
    """What the visit costs, row by row."""
    invoice = await tx.find(Invoice, event.invoice_id)
    if invoice is None:
        invoice = Invoice(
            invoice_id=event.invoice_id,
            visit_id=event.visit_id,
            customer_id=event.customer_id,
            currency=event.currency,
        )
        tx.add(invoice)
    invoice.state, invoice.lines = "prepared", event.lines
    invoice.total_gross, invoice.payable, invoice.balance = event.total_gross, event.payable, event.payable


async def note_on_invoice_withdrawn(tx: Tx, event: InvoiceWithdrawn) -> None:
    """The work goes on; it will be prepared anew."""
    if invoice := await tx.find(Invoice, event.invoice_id):
        invoice.state = "withdrawn"


async def note_on_invoice_issued(tx: Tx, event: InvoiceIssued) -> None:
    """Numbered: from here on there may be something to refund."""
    if invoice := await tx.find(Invoice, event.invoice_id):
        invoice.state, invoice.invoice_no, invoice.issued_at = "issued", event.invoice_no, event.issued_at
        invoice.total_gross, invoice.payable, invoice.balance = (
            event.total_gross,
            event.payable,
            event.balance,
        )


async def note_on_payment_received(tx: Tx, event: PaymentReceived) -> None:
    """What is still open."""
    if invoice := await tx.find(Invoice, event.invoice_id):
        invoice.balance = event.balance


async def note_on_invoice_settled(tx: Tx, event: InvoiceSettled) -> None:
    """Paid, on credit, or nothing to pay."""
    if invoice := await tx.find(Invoice, event.invoice_id):
        invoice.state, invoice.payable, invoice.balance = "settled", event.payable, event.balance
