"""Copies of what others tell of customer, visit, work and invoice, to show beside a case (COMP-31)."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select

from complaints.domain import Complaint, Customer, Inspection, Invoice, Job, Visit
from contracts.events.billing import (
    InvoiceIssued,
    InvoicePrepared,
    InvoiceSettled,
    InvoiceWithdrawn,
    PaymentReceived,
)
from contracts.events.crm import CustomerChanged, CustomerRegistered
from contracts.events.reception import (
    HandoverPromised,
    PromiseRevised,
    VehicleHandedOver,
    VisitClosed,
    VisitOpened,
)
from contracts.events.workshop import InspectionFailed, InspectionPassed, JobOpened, JobReady
from servicekit import Tx
from servicekit.copies import amend, keep


async def copy_customer_on_customer(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    """The name that desks show."""
    facts = {name: getattr(event, name) for name in ("customer_no", "display_name", "customer_class")}
    await keep(tx, Customer, {"customer_id": event.customer_id}, facts)


async def copy_visit_on_opened(tx: Tx, event: VisitOpened) -> None:
    """A car arrived; cases that named this visit before now belong to its request."""
    facts = {name: getattr(event, name) for name in _COPIED_OF_VISIT}
    await keep(tx, Visit, {"visit_id": event.visit_id}, facts)
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
    first = func.coalesce(Visit.original_promise, event.promised_at)
    await _of_visit(tx, event.visit_id, original_promise=first, last_promise=event.promised_at)


async def note_promise_on_revised(tx: Tx, event: PromiseRevised) -> None:
    """What the customer was told last."""
    await _of_visit(tx, event.visit_id, last_promise=event.new_promise)


async def note_on_handed_over(tx: Tx, event: VehicleHandedOver) -> None:
    """The car is gone: a complaint from now on is none during the visit."""
    told = {"original_promise": event.original_promise, "last_promise": event.last_promise}
    promises = {name: at for name, at in told.items() if at is not None}
    await _of_visit(tx, event.visit_id, handed_over_at=event.handed_over_at, **promises)


async def note_on_visit_closed(tx: Tx, event: VisitClosed) -> None:
    """How the visit ended, and who advised the customer."""
    facts = {name: getattr(event, name) for name in ("closed_at", "outcome", "record_no", "advisor_id")}
    await _of_visit(tx, event.visit_id, **facts)


async def copy_job_on_opened(tx: Tx, event: JobOpened) -> None:
    """The workshop has the car."""
    await note_of_job(tx, event, {"opened_at": tx.happened_at})


async def note_inspection_on_passed(tx: Tx, event: InspectionPassed) -> None:
    """What the inspector saw."""
    seen = Inspection(
        passed=True,
        at=tx.happened_at,
        inspector_id=event.inspector_id,
        test_drive=event.test_drive,
        items=event.items,
    )
    await _note_inspection(tx, event, seen)


async def note_inspection_on_failed(tx: Tx, event: InspectionFailed) -> None:
    """What the inspector found wrong, and in whose work."""
    seen = Inspection(
        passed=False,
        at=tx.happened_at,
        inspector_id=event.inspector_id,
        findings=event.findings,
        line_ids=event.line_ids,
        technician_id=event.technician_id,
        penalty_points=event.penalty_points,
    )
    await _note_inspection(tx, event, seen)


async def _note_inspection(tx: Tx, event: InspectionPassed | InspectionFailed, seen: Inspection) -> None:
    also = Job.inspections.concat(literal((seen,), Job.inspections.type))
    await note_of_job(tx, event, {"inspections": also}, initial={"inspections": (seen,)})


async def note_of_job(
    tx: Tx,
    event: JobOpened | InspectionPassed | InspectionFailed | JobReady,
    facts: dict[str, Any],
    *,
    initial: dict[str, Any] | None = None,
) -> None:
    """On the copy of a job, made if this is the first that is heard of it."""
    first = {"visit_id": event.visit_id} | (initial or {})
    await keep(tx, Job, {"job_id": event.job_id}, facts, initial=first)


async def copy_invoice_on_prepared(tx: Tx, event: InvoicePrepared) -> None:
    """What the visit costs, row by row."""
    facts = {
        "state": "prepared",
        "lines": event.lines,
        "total_gross": event.total_gross,
        "payable": event.payable,
        "balance": event.payable,
    }
    first = {"visit_id": event.visit_id, "customer_id": event.customer_id, "currency": event.currency}
    await keep(tx, Invoice, {"invoice_id": event.invoice_id}, facts, initial=first)


async def note_on_invoice_withdrawn(tx: Tx, event: InvoiceWithdrawn) -> None:
    """The work goes on; it will be prepared anew."""
    await note_of_invoice(tx, event.invoice_id, state="withdrawn")


async def note_on_invoice_issued(tx: Tx, event: InvoiceIssued) -> None:
    """Numbered: from here on there may be something to refund."""
    owed = {"total_gross": event.total_gross, "payable": event.payable, "balance": event.balance}
    number = {"invoice_no": event.invoice_no, "issued_at": event.issued_at}
    await note_of_invoice(tx, event.invoice_id, state="issued", **number, **owed)


async def note_on_payment_received(tx: Tx, event: PaymentReceived) -> None:
    """What is still open."""
    await note_of_invoice(tx, event.invoice_id, balance=event.balance)


async def note_on_invoice_settled(tx: Tx, event: InvoiceSettled) -> None:
    """Paid, on credit, or nothing to pay."""
    await note_of_invoice(tx, event.invoice_id, state="settled", payable=event.payable, balance=event.balance)


async def note_of_invoice(tx: Tx, invoice_id: UUID, **facts: Any) -> None:
    """On the copy of an invoice; what was prepared was heard before, on the same stream."""
    await amend(tx, Invoice, {"invoice_id": invoice_id}, facts)


async def _of_visit(tx: Tx, visit_id: UUID, **facts: Any) -> None:
    await amend(tx, Visit, {"visit_id": visit_id}, facts)
