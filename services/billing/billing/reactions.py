"""What billing does when another department reports something."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from billing.commands import carry_out_measures, is_disputed, the_account, watch_payment
from billing.domain import (
    SIGNATURE,
    Account,
    Customer,
    Dispute,
    HouseRules,
    Invoice,
    InvoiceState,
    IssuedInvoice,
    Measure,
    MeasureKind,
    MeasureState,
    PartLine,
    Rework,
    charges,
    invoice_number,
    new_invoice,
    unsquared,
)
from chassis import NotYet, Timer, Tx, new_id
from chassis.money import ZERO
from contracts.complaints import ComplaintReceived, ComplaintReopened, ComplaintResolved, MeasureDecided
from contracts.crm import CustomerChanged, CustomerRegistered
from contracts.parts import (
    PartsArrived,
    PartsIssued,
    PartsReleased,
    PartsReserved,
    PartsReturned,
    ReservationAttached,
    ShortageDetected,
)
from contracts.reception import (
    EstimateAnswered,
    EstimatePresented,
    IntakeCompleted,
    ReworkAgreed,
    ReworkOrdered,
    VehicleHandedOver,
    VisitClosed,
    VisitOpened,
    WorkAccepted,
)
from contracts.values import IssuedPart, ReservationLine
from contracts.workshop import JobReady, JobReopened, ReworkOpened

VISIT, RESERVATION = "reception.visit", "parts.reservation"


# --- crm: who owes, on which terms


async def copy_terms_on_customer(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    """The customer's name, class and credit limit."""
    customer = await tx.find(Customer, event.customer_id)
    if customer is None:
        customer = Customer(customer_id=event.customer_id)
        tx.add(customer)
    customer.customer_no, customer.display_name = event.customer_no, event.display_name
    customer.customer_class, customer.credit_limit = event.customer_class, event.credit_limit


# --- reception: what the customer authorised, accepted and took home


async def open_account_on_visit_opened(tx: Tx, event: VisitOpened) -> None:
    """The car is here; rework that was agreed has its account already."""
    account = await tx.find(Account, event.visit_id)
    if account is None:
        account = _new_account(tx, event)
    account.plate, account.vin = event.plate, event.vin
    account.arrived_at = event.arrived_at
    account.rework_of_visit_id, account.measure_id = event.rework_of_visit_id, event.measure_id


async def open_account_on_rework_agreed(tx: Tx, event: ReworkAgreed) -> None:
    """A visit is expected whose work the shop pays."""
    account = _new_account(tx, event)
    account.rework_of_visit_id, account.measure_id = event.rework_of_visit_id, event.measure_id
    account.add_rework(event.lines, measure_id=event.measure_id)


def _new_account(tx: Tx, event: VisitOpened | ReworkAgreed) -> Account:
    account = Account(
        visit_id=event.visit_id,
        request_id=event.request_id,
        request_no=event.request_no,
        customer_id=event.customer_id,
        vehicle_id=event.vehicle_id,
        opened_at=tx.now,
        lines=[],
        totals=[],
    )
    tx.add(account)
    return account


async def authorise_diagnosis_on_intake_completed(tx: Tx, event: IntakeCompleted) -> None:
    """The signature authorises line 0 and rework; booked lines wait for the estimate (BILL-02)."""
    account = await the_account(tx, event.visit_id)
    signed = [line for line in event.lines if line.line_id in event.authorised_line_ids]
    account.authorise(signed, revision=SIGNATURE)
    account.intake_completed_at = event.signed_at


async def note_revision_on_estimate_presented(tx: Tx, event: EstimatePresented) -> None:
    """An answer is expected."""
    (await the_account(tx, event.visit_id)).presented_revision = event.revision


async def authorise_lines_on_estimate_answered(tx: Tx, event: EstimateAnswered) -> None:
    """The whole set that may be done and billed, and what it costs at most (BILL-02, BILL-03)."""
    account = await the_account(tx, event.visit_id)
    account.authorise(event.authorised_lines, revision=event.revision, gross=event.authorised_gross)


async def add_rework_on_rework_ordered(tx: Tx, event: ReworkOrdered) -> None:
    """A complaint's rework in the open visit: the shop pays (BILL-23)."""
    account = await the_account(tx, event.visit_id)
    account.add_rework(event.lines, measure_id=event.measure_id)


async def issue_invoice_on_work_accepted(tx: Tx, event: WorkAccepted) -> None:
    """The customer signed: the invoice is issued if it is the one that was explained, else told anew."""
    invoice = await tx.find_by(Invoice, visit_id=event.visit_id)
    if invoice is None or invoice.state != InvoiceState.PREPARED:
        return  # withdrawn, so the signature is void; or issued already
    if event.invoice_revision != invoice.revision:
        tx.publish(invoice, invoice.told_anew())
        return
    year = tx.today.year
    number = invoice_number(year, await tx.next_number(f"invoice-{year}"))
    rules = await tx.rules(HouseRules)
    paper, told = invoice.issue(number, signed_at=event.signed_at, at=tx.now, rules=rules)
    tx.add(paper)
    tx.publish(invoice, *told)
    watch_payment(tx, invoice)


async def note_handover_on_handed_over(tx: Tx, event: VehicleHandedOver) -> None:
    """The car is gone. A job that was reopened too late cannot take back what was issued and settled."""
    account = await the_account(tx, event.visit_id)
    account.handed_over_at = event.handed_over_at
    invoice = await tx.find_by(Invoice, visit_id=event.visit_id)
    if invoice is None or invoice.is_fixed:
        return
    papers = select(IssuedInvoice).where(IssuedInvoice.invoice_id == invoice.id)
    latest = papers.order_by(IssuedInvoice.issued_at.desc(), IssuedInvoice.invoice_no.desc()).limit(1)
    for paper in await tx.all(latest):
        tx.publish(invoice, *invoice.reinstate(paper, at=tx.now, rules=await tx.rules(HouseRules)))
        watch_payment(tx, invoice)


async def close_account_on_visit_closed(tx: Tx, event: VisitClosed) -> None:
    """The record is complete; its number stands on the account (BILL-14)."""
    account = await the_account(tx, event.visit_id)
    account.closed_at, account.record_no = event.closed_at, event.record_no


# --- parts: what was handed out and came back


async def count_parts_on_reservation(
    tx: Tx, event: PartsReserved | ShortageDetected | ReservationAttached | PartsReleased | PartsArrived
) -> None:
    """The whole state of a reservation: billing learns which part lines there are, and their totals."""
    await _count_parts(tx, event.reservation_id, event.request_id, event.lines)


async def count_parts_on_slip(tx: Tx, event: PartsIssued | PartsReturned) -> None:
    """A slip's totals."""
    await _count_parts(tx, event.reservation_id, event.request_id, event.lines)


async def _count_parts(
    tx: Tx, reservation_id: UUID, request_id: UUID, lines: Iterable[IssuedPart | ReservationLine]
) -> None:
    rows = {
        line.part_line_id: {
            "part_line_id": line.part_line_id,
            "reservation_id": reservation_id,
            "request_id": request_id,
            "line_id": line.line_id,
            "part_no": line.part_no,
            "issued": line.issued_total if isinstance(line, IssuedPart) else line.issued,
            "returned": line.returned_total if isinstance(line, IssuedPart) else line.returned,
        }
        for line in lines
    }
    if not rows:
        return
    new = insert(PartLine).values(list(rows.values()))
    totals = {
        "issued": func.greatest(PartLine.issued, new.excluded.issued),
        "returned": func.greatest(PartLine.returned, new.excluded.returned),
    }
    await tx.session.execute(new.on_conflict_do_update(index_elements=["part_line_id"], set_=totals))


# --- workshop: what was done


async def prepare_invoice_on_job_ready(tx: Tx, event: JobReady) -> None:
    """What the customer owes, once what was authorised, done and used is all known here (F-32, BILL-05)."""
    revision = event.estimate_revision or SIGNATURE
    account = await tx.find(Account, event.visit_id)
    lacks = account.lacks(revision, event.results) if account else "visit"
    if account is None or lacks:
        raise NotYet(VISIT, event.visit_id, at=lacks)
    parts = await tx.all(select(PartLine).where(PartLine.request_id == event.request_id))
    by_id = {part.part_line_id: part for part in parts}
    if open_lines := unsquared(event.results, by_id):
        # Before any part line of the request was heard, its reservation's id is not known here; the request's
        # id names the place to look at again from time to time.
        reservation = parts[0].reservation_id if parts else event.request_id
        raise NotYet(RESERVATION, reservation, at=f"part line {open_lines[0].part_line_id}")
    await tx.lock(f"visit {event.visit_id}")
    invoice = await tx.find_by(Invoice, visit_id=event.visit_id)
    if invoice is None:
        invoice = _invoice_of(tx, account)
        tx.add(invoice)
    elif invoice.is_fixed:
        return  # the car was handed over before the job was reopened
    account.note_results(event.results, revision=revision)
    authorised = account.authorised_at(revision)
    kept = {part_line_id: part.kept for part_line_id, part in by_id.items()}
    invoice.prepare(
        charges(authorised.lines, event.results, kept),
        authorised_gross=authorised.gross,
        estimate_revision=event.estimate_revision,
        at=tx.now,
    )
    await carry_out_measures(tx, invoice, await _pending(tx, invoice), prepared_anew=True)


def _invoice_of(tx: Tx, account: Account) -> Invoice:
    return new_invoice(
        invoice_id=new_id(),
        visit_id=account.visit_id,
        request_id=account.request_id,
        customer_id=account.customer_id,
        currency=tx.settings.shop_currency,
        at=tx.now,
    )


async def _pending(tx: Tx, invoice: Invoice) -> list[Measure]:
    about = or_(Measure.visit_id == invoice.visit_id, Measure.invoice_id == invoice.id)
    waiting = select(Measure).where(Measure.state == MeasureState.PENDING, about)
    return await tx.all(waiting.order_by(Measure.decided_at, Measure.measure_id).with_for_update())


async def withdraw_invoice_on_job_reopened(tx: Tx, event: JobReopened) -> None:
    """The job goes on, so what was prepared no longer stands; an issued paper is void with its number."""
    invoice = await tx.find_by(Invoice, visit_id=event.visit_id)
    if invoice is None or invoice.state == InvoiceState.WITHDRAWN:
        return
    account = await the_account(tx, event.visit_id)
    if account.handed_over_at is not None:
        return  # too late: the car is gone
    if invoice.invoice_no is not None:
        (await tx.get(IssuedInvoice, invoice.invoice_no)).voided_at = tx.now
    tx.publish(invoice, invoice.withdraw(reason=event.reason))
    watch_payment(tx, invoice)


async def note_rework_on_rework_opened(tx: Tx, event: ReworkOpened) -> None:
    """Work is done again at the shop's cost: kept for the costs of rework (BILL-23)."""
    tx.add(
        Rework(
            id=tx.cause.id if tx.cause else new_id(),
            visit_id=event.visit_id,
            cause=event.cause,
            measure_id=event.measure_id,
            line_ids=event.line_ids,
        )
    )


# --- complaints: disputes, and what is done for the customer


async def mark_dispute_on_complaint_received(tx: Tx, event: ComplaintReceived) -> None:
    """Nobody is dunned while a complaint is open (E7, E8)."""
    tx.add(
        Dispute(
            complaint_id=event.complaint_id,
            complaint_no=event.complaint_no,
            customer_id=event.customer_id,
            visit_id=event.visit_id,
            since=event.received_at,
        )
    )
    await _stop_dunning(tx, event.visit_id, event.customer_id)


async def mark_dispute_on_complaint_reopened(tx: Tx, event: ComplaintReopened) -> None:
    """The mark is set again."""
    dispute = await tx.get(Dispute, event.complaint_id)
    dispute.is_open = True
    await _stop_dunning(tx, dispute.visit_id, dispute.customer_id)


async def end_dispute_on_complaint_resolved(tx: Tx, event: ComplaintResolved) -> None:
    """The mark ends; what is still unpaid is watched again."""
    dispute = await tx.get(Dispute, event.complaint_id)
    dispute.is_open = False
    for invoice in await _unpaid(tx, dispute.visit_id, dispute.customer_id):
        watch_payment(tx, invoice)


async def _stop_dunning(tx: Tx, visit_id: UUID | None, customer_id: UUID) -> None:
    for invoice in await _unpaid(tx, visit_id, customer_id):
        invoice.overdue_since = None


async def _unpaid(tx: Tx, visit_id: UUID | None, customer_id: UUID) -> list[Invoice]:
    whose = Invoice.visit_id == visit_id if visit_id else Invoice.customer_id == customer_id
    owed = select(Invoice).where(whose, Invoice.balance > 0).order_by(Invoice.id)
    return await tx.all(owed.with_for_update())


async def carry_out_measure_on_measure_decided(tx: Tx, event: MeasureDecided) -> None:
    """Refund or discount, once per measure; before there is an invoice to carry it out on, it waits."""
    if event.kind == "rework" or await tx.find(Measure, event.measure_id) is not None:
        return
    visit_id = event.visit_id
    if visit_id is None and event.invoice_id is not None:
        of_invoice = select(Invoice.visit_id).where(Invoice.id == event.invoice_id)
        visit_id = (await tx.session.execute(of_invoice)).scalar_one_or_none()
    if visit_id is not None:
        await tx.lock(f"visit {visit_id}")
    measure = _measure(tx, event, visit_id)
    tx.add(measure)
    invoice = await tx.find_by(Invoice, visit_id=visit_id) if visit_id else None
    if invoice is None:
        return
    if invoice.state == InvoiceState.WITHDRAWN and measure.kind == MeasureKind.DISCOUNT:
        return  # the next preparation takes it along
    await carry_out_measures(tx, invoice, [measure])


def _measure(tx: Tx, event: MeasureDecided, visit_id: UUID | None) -> Measure:
    return Measure(
        measure_id=event.measure_id,
        complaint_id=event.complaint_id,
        visit_id=visit_id,
        invoice_id=event.invoice_id,
        kind=MeasureKind(event.kind),
        amount=ZERO if event.amount is None else event.amount,
        reason=event.reason,
        approved_by=event.approved_by,
        decided_at=tx.cause.time if tx.cause else tx.now,
    )


# --- timers


async def mark_overdue(tx: Tx, timer: Timer) -> None:
    """An invoice was not paid in time (E7), unless it is disputed; a payment takes the mark back."""
    invoice = await tx.find(Invoice, UUID(timer.key))
    if invoice is None or not invoice.is_fixed or invoice.balance <= 0 or await is_disputed(tx, invoice):
        return
    invoice.overdue_since = timer.due_at
