"""What the customer authorised, accepted and took home: what reception reports."""

from billing import repository
from billing.commands.invoices import watch_payment
from billing.domain import SIGNATURE, Account, HouseRules, Invoice, InvoiceState, invoice_number
from contracts.events.reception import (
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
from servicekit import Tx
from servicekit.copies import Columns, amend, keep


async def open_account_on_visit_opened(tx: Tx, event: VisitOpened) -> None:
    """The car is here; rework that was agreed has its account already."""
    arrival: Columns = {
        Account.customer_id: event.customer_id,
        Account.vehicle_id: event.vehicle_id,
        Account.plate: event.plate,
        Account.vin: event.vin,
        Account.arrived_at: event.arrived_at,
        Account.rework_of_visit_id: event.rework_of_visit_id,
        Account.measure_id: event.measure_id,
    }
    initial: Columns = {
        Account.request_id: event.request_id,
        Account.request_no: event.request_no,
        Account.opened_at: tx.now,
    }
    await keep(tx, Account, {Account.visit_id: event.visit_id}, arrival, initial=initial)


async def open_account_on_rework_agreed(tx: Tx, event: ReworkAgreed) -> None:
    """A visit is expected whose work the shop pays."""
    account = Account(
        visit_id=event.visit_id,
        request_id=event.request_id,
        request_no=event.request_no,
        customer_id=event.customer_id,
        vehicle_id=event.vehicle_id,
        rework_of_visit_id=event.rework_of_visit_id,
        measure_id=event.measure_id,
        opened_at=tx.now,
        lines=[],
        totals=[],
    )
    account.add_rework(event.lines, measure_id=event.measure_id)
    tx.add(account)


async def authorise_diagnosis_on_intake_completed(tx: Tx, event: IntakeCompleted) -> None:
    """The signature authorises line 0 and rework; booked lines wait for the estimate (BILL-02)."""
    account = await repository.lock_account(tx, event.visit_id)
    signed = [line for line in event.lines if line.line_id in event.authorised_line_ids]
    account.authorise(signed, revision=SIGNATURE)
    account.intake_completed_at = event.signed_at


async def note_revision_on_estimate_presented(tx: Tx, event: EstimatePresented) -> None:
    """An answer is expected."""
    presented: Columns = {Account.presented_revision: event.revision}
    await amend(tx, Account, {Account.visit_id: event.visit_id}, presented)


async def authorise_lines_on_estimate_answered(tx: Tx, event: EstimateAnswered) -> None:
    """The whole set that may be done and billed, and what it costs at most (BILL-02, BILL-03)."""
    account = await repository.lock_account(tx, event.visit_id)
    account.authorise(event.authorised_lines, revision=event.revision, gross=event.authorised_gross)


async def add_rework_on_rework_ordered(tx: Tx, event: ReworkOrdered) -> None:
    """A complaint's rework in the open visit: the shop pays (BILL-23)."""
    account = await repository.lock_account(tx, event.visit_id)
    account.add_rework(event.lines, measure_id=event.measure_id)


async def issue_invoice_on_work_accepted(tx: Tx, event: WorkAccepted) -> None:
    """The customer signed: the invoice is issued if it is the revision that was explained; if it is not, its
    next revision is published, to be signed."""
    invoice = await tx.find_by(Invoice, visit_id=event.visit_id)
    if invoice is None or invoice.state != InvoiceState.PREPARED:
        return  # withdrawn, so the signature is void; or issued already
    if event.invoice_revision != invoice.revision:
        tx.publish(invoice, invoice.next_revision())
        return
    year, rules = tx.today.year, await tx.rules(HouseRules)
    number = invoice_number(year, await tx.next_number(f"invoice-{year}"))
    paper, events = invoice.issue(number, signed_at=event.signed_at, at=tx.now, rules=rules)
    tx.add(paper)
    tx.publish(invoice, *events)
    watch_payment(tx, invoice)


async def note_handover_on_handed_over(tx: Tx, event: VehicleHandedOver) -> None:
    """The car is gone. A job that was reopened too late cannot take back what was issued and settled."""
    handover: Columns = {Account.handed_over_at: event.handed_over_at}
    await amend(tx, Account, {Account.visit_id: event.visit_id}, handover)
    invoice = await repository.lock_unfixed_invoice(tx, event.visit_id)
    if invoice is None or (paper := await repository.latest_paper(tx, invoice.id)) is None:
        return
    parts = await repository.part_lines(tx, event.request_id)
    events = invoice.reinstate(
        paper,
        part_nos={part_line_id: part.part_no for part_line_id, part in parts.items()},
        at=tx.now,
        rules=await tx.rules(HouseRules),
    )
    tx.publish(invoice, *events)
    watch_payment(tx, invoice)


async def close_account_on_visit_closed(tx: Tx, event: VisitClosed) -> None:
    """The record is complete; the account shows its number (BILL-14)."""
    closing: Columns = {Account.closed_at: event.closed_at, Account.record_no: event.record_no}
    await amend(tx, Account, {Account.visit_id: event.visit_id}, closing)
