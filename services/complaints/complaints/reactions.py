"""What complaints does when another department reports, and when one of its clocks runs out.

Only complaints knows its measures: a refund or discount that billing decided at its own counter, or work that
the workshop redid after its own inspection, belongs to no case and changes nothing here.
"""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from chassis import Timer, Tx
from complaints import commands, queries
from complaints.domain import (
    Channel,
    Complaint,
    Customer,
    HouseRules,
    Inspection,
    Invoice,
    Job,
    Person,
    Source,
    Visit,
)
from contracts.billing import (
    InvoiceDiscounted,
    InvoiceIssued,
    InvoicePrepared,
    InvoiceRefunded,
    InvoiceSettled,
    InvoiceWithdrawn,
    MeasureNotPossible,
    PaymentReceived,
)
from contracts.crm import CustomerChanged, CustomerRegistered, DissatisfactionDetected, FollowUpCompleted
from contracts.reception import (
    HandoverPromised,
    PromiseRefused,
    PromiseRevised,
    ReworkAgreed,
    ReworkOrdered,
    VehicleHandedOver,
    VisitClosed,
    VisitOpened,
)
from contracts.workshop import InspectionFailed, InspectionPassed, JobOpened, JobReady

# --- crm: who it is, and what a follow-up or a survey found


async def copy_customer_on_customer(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    """The name that desks show."""
    customer = await tx.find(Customer, event.customer_id)
    if customer is None:
        customer = Customer(customer_id=event.customer_id)
        tx.add(customer)
    customer.customer_no, customer.display_name = event.customer_no, event.display_name
    customer.customer_class = event.customer_class


async def open_case_on_dissatisfaction_detected(tx: Tx, event: DissatisfactionDetected) -> None:
    """A low score is a complaint that nobody has said aloud (COMP-30)."""
    rules = await tx.rules(HouseRules)
    lowest = f"; {event.lowest_item}: {event.lowest_points}" if event.lowest_item else ""
    said = f"; {event.comment}" if event.comment else ""
    await commands.open_by_itself(
        tx,
        source=Source.SURVEY,
        channel=Channel.SURVEY,
        category=rules.survey_category,
        text=f"{event.total.normalize():f} of 100{lowest}{said}",
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        source_id=event.survey_id,
    )


async def open_case_on_follow_up_completed(tx: Tx, event: FollowUpCompleted) -> None:
    """The agent heard of a problem (CRM-46), and was contacted first (COMP-03)."""
    if not event.problem_found:
        return
    rules = await tx.rules(HouseRules)
    await commands.open_by_itself(
        tx,
        source=Source.FOLLOW_UP,
        channel=Channel.FOLLOW_UP,
        category=rules.follow_up_category,
        text=event.text,
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        source_id=event.follow_up_id,
        by=_employee(event.by),
    )


# --- reception: the visit, the refused promise, and where rework is done


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


async def open_case_on_promise_refused(tx: Tx, event: PromiseRefused) -> None:
    """The customer does not accept a later handover (E4); whoever asked was contacted first."""
    rules = await tx.rules(HouseRules)
    await commands.open_by_itself(
        tx,
        source=Source.PROMISE,
        channel=Channel.RECEPTION,
        category=rules.promise_category,
        text=event.reason,
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        during_visit=True,
        by=_employee(event.by),
    )


async def take_up_measure_on_rework_placed(tx: Tx, event: ReworkOrdered | ReworkAgreed) -> None:
    """Reception ordered the rework in the open visit, or agreed a new one."""
    for complaint_id, measure_id in await queries.cases_of_measures(tx, (event.measure_id,)):
        complaint = await tx.get(Complaint, complaint_id)
        complaint.take_up(measure_id, visit_id=event.visit_id, at=tx.now)


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


# --- workshop: the quality record, and rework that is done


async def copy_job_on_opened(tx: Tx, event: JobOpened) -> None:
    """The workshop has the car."""
    job = await _job(tx, event)
    job.opened_at = tx.cause.time if tx.cause else tx.now


async def note_inspection_on_passed(tx: Tx, event: InspectionPassed) -> None:
    """What the inspector saw."""
    job = await _job(tx, event)
    seen = Inspection(
        passed=True,
        at=tx.cause.time if tx.cause else tx.now,
        inspector_id=event.inspector_id,
        test_drive=event.test_drive,
        items=event.items,
    )
    job.inspections = (*job.inspections, seen)


async def note_inspection_on_failed(tx: Tx, event: InspectionFailed) -> None:
    """What the inspector found wrong, and in whose work."""
    job = await _job(tx, event)
    seen = Inspection(
        passed=False,
        at=tx.cause.time if tx.cause else tx.now,
        inspector_id=event.inspector_id,
        findings=event.findings,
        line_ids=event.line_ids,
        technician_id=event.technician_id,
        penalty_points=event.penalty_points,
    )
    job.inspections = (*job.inspections, seen)


async def complete_rework_on_job_ready(tx: Tx, event: JobReady) -> None:
    """The work is done; the rework of our measures among it is done with it."""
    job = await _job(tx, event)
    job.ready_at, job.outcome = tx.cause.time if tx.cause else tx.now, event.outcome
    job.technicians = event.technicians
    if not event.done_measure_ids:
        return
    for complaint_id, measure_id in await queries.cases_of_measures(tx, event.done_measure_ids):
        await _complete(tx, complaint_id, measure_id)


async def _job(tx: Tx, event: JobOpened | InspectionPassed | InspectionFailed | JobReady) -> Job:
    job = await tx.find(Job, event.job_id)
    if job is None:
        job = Job(job_id=event.job_id, visit_id=event.visit_id)
        tx.add(job)
    return job


# --- billing: the invoice, and money measures


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


async def complete_measure_on_refunded(tx: Tx, event: InvoiceRefunded) -> None:
    """Billing gave the money back."""
    if invoice := await tx.find(Invoice, event.invoice_id):
        invoice.refunded += event.amount
        invoice.balance = event.balance
    await _complete_money(tx, event.measure_id, refund_id=event.refund_id, given=event.amount)


async def complete_measure_on_discounted(tx: Tx, event: InvoiceDiscounted) -> None:
    """Billing asks for less."""
    if invoice := await tx.find(Invoice, event.invoice_id):
        invoice.payable, invoice.balance = event.payable, event.balance
    await _complete_money(tx, event.measure_id, refund_id=event.refund_id, given=event.amount)


async def reconsider_on_measure_not_possible(tx: Tx, event: MeasureNotPossible) -> None:
    """Billing cannot give that much: the case goes back to whoever decides."""
    for complaint_id, measure_id in await queries.cases_of_measures(tx, (event.measure_id,)):
        complaint = await tx.get(Complaint, complaint_id)
        complaint.reconsider(measure_id, reason=event.reason, possible=event.possible, at=tx.now)
        tx.cancel(commands.MEASURE, measure_id)


async def _complete_money(tx: Tx, measure_id: UUID, *, refund_id: UUID | None, given: Decimal) -> None:
    for complaint_id, ours in await queries.cases_of_measures(tx, (measure_id,)):
        await _complete(tx, complaint_id, ours, refund_id=refund_id, given=given)


async def _complete(
    tx: Tx,
    complaint_id: UUID,
    measure_id: UUID,
    *,
    refund_id: UUID | None = None,
    given: Decimal | None = None,
) -> None:
    complaint = await tx.get(Complaint, complaint_id)
    tx.publish(complaint, *complaint.complete(measure_id, at=tx.now, refund_id=refund_id, given=given))
    tx.cancel(commands.MEASURE, measure_id)


# --- clocks


async def report_answer_overdue(tx: Tx, timer: Timer) -> None:
    """The respond clock ran out (COMP-04)."""
    if complaint := await tx.find(Complaint, UUID(timer.key)):
        tx.publish(complaint, *complaint.respond_clock_ran_out(due_at=timer.due_at, at=tx.now))


async def report_resolution_overdue(tx: Tx, timer: Timer) -> None:
    """The resolve clock ran out (COMP-04)."""
    if complaint := await tx.find(Complaint, UUID(timer.key)):
        tx.publish(complaint, *complaint.resolve_clock_ran_out(due_at=timer.due_at, at=tx.now))


async def report_measure_overdue(tx: Tx, timer: Timer) -> None:
    """Nobody has reported that the measure was carried out (COMP-28)."""
    if complaint := await tx.find(Complaint, UUID(timer.data["complaint_id"])):
        overdue = complaint.measure_clock_ran_out(UUID(timer.key), due_at=timer.due_at, at=tx.now)
        tx.publish(complaint, *overdue)


def _employee(by: str) -> Person | None:
    """The employee who caused an event; ``customer`` and ``system`` are none."""
    try:
        return Person(UUID(by))
    except ValueError:
        return None
