"""What was done: what the workshop reports, and the invoice that follows from it."""

from billing import repository
from billing.commands.invoices import watch_payment
from billing.commands.measures import carry_out_measures
from billing.domain import (
    SIGNATURE,
    Account,
    Invoice,
    InvoiceState,
    IssuedInvoice,
    Rework,
    charges,
    new_invoice,
    overtaken,
    unsquared,
)
from contracts.events.workshop import JobReady, JobReopened, ReworkOpened
from servicekit import NotYet, Tx, new_id

VISIT, RESERVATION = "reception.visit", "parts.reservation"


async def prepare_invoice_on_job_ready(tx: Tx, event: JobReady) -> None:
    """What the customer owes, once what was authorised, done and used is all known here (F-32, BILL-05)."""
    revision = event.estimate_revision or SIGNATURE
    account = await repository.find_account(tx, event.visit_id)
    lacks = account.lacks(revision, event.results) if account else "visit"
    if account is None or lacks:
        raise NotYet(VISIT, event.visit_id, at=lacks)
    parts = await repository.part_lines(tx, event.request_id)
    if overtaken(event.results, parts):
        return  # the job is reopened for that slip, and the next ready counts
    if open_lines := unsquared(event.results, parts):
        # Before the first event about the request's parts its reservation's id is not known here; under the
        # request's id the wait is looked at again from time to time.
        reservation = next((part.reservation_id for part in parts.values()), event.request_id)
        raise NotYet(RESERVATION, reservation, at=f"part line {open_lines[0].part_line_id}")
    await tx.lock(f"visit {event.visit_id}")
    invoice = await tx.find_by(Invoice, visit_id=event.visit_id)
    if invoice is not None and invoice.is_fixed:
        return  # the car was handed over before the job was reopened
    invoice = invoice or _invoice_of(tx, account)
    pending = await repository.lock_pending_measures(tx, invoice)
    account.note_results(event.results, revision=revision)
    authorised = account.authorised_at(revision)
    kept = {part_line_id: part.kept for part_line_id, part in parts.items()}
    invoice.prepare(
        charges(authorised.lines, event.results, kept),
        authorised_gross=authorised.gross,
        estimate_revision=event.estimate_revision,
        at=tx.now,
    )
    tx.add(invoice)
    await carry_out_measures(tx, invoice, pending, prepared_anew=True)


def _invoice_of(tx: Tx, account: Account) -> Invoice:
    return new_invoice(
        invoice_id=new_id(),
        visit_id=account.visit_id,
        request_id=account.request_id,
        customer_id=account.customer_id,
        currency=tx.settings.shop_currency,
        at=tx.now,
    )


async def withdraw_invoice_on_job_reopened(tx: Tx, event: JobReopened) -> None:
    """The job goes on, so what was prepared is withdrawn; an issued paper is void and keeps its number."""
    invoice = await tx.find_by(Invoice, visit_id=event.visit_id)
    if invoice is None or invoice.state == InvoiceState.WITHDRAWN:
        return
    account = await tx.get(Account, event.visit_id)
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
