"""What the customer authorised, accepted and took home: what reception reports."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import raiseload

from billing.commands import watch_payment
from billing.domain import (
    SIGNATURE,
    Account,
    HouseRules,
    Invoice,
    InvoiceState,
    IssuedInvoice,
    PartLine,
    invoice_number,
)
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
from servicekit.copies import amend, keep
from servicekit.loading import load


async def open_account_on_visit_opened(tx: Tx, event: VisitOpened) -> None:
    """The car is here; rework that was agreed has its account already."""
    facts = {name: getattr(event, name) for name in _TOLD_ON_ARRIVAL}
    first = {"request_id": event.request_id, "request_no": event.request_no, "opened_at": tx.now}
    await keep(tx, Account, {"visit_id": event.visit_id}, facts, initial=first)


_TOLD_ON_ARRIVAL = (
    *("customer_id", "vehicle_id", "plate", "vin", "arrived_at"),
    *("rework_of_visit_id", "measure_id"),
)


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
    account = await _account(tx, event.visit_id)
    signed = [line for line in event.lines if line.line_id in event.authorised_line_ids]
    account.authorise(signed, revision=SIGNATURE)
    account.intake_completed_at = event.signed_at


async def note_revision_on_estimate_presented(tx: Tx, event: EstimatePresented) -> None:
    """An answer is expected."""
    await amend(tx, Account, {"visit_id": event.visit_id}, {"presented_revision": event.revision})


async def authorise_lines_on_estimate_answered(tx: Tx, event: EstimateAnswered) -> None:
    """The whole set that may be done and billed, and what it costs at most (BILL-02, BILL-03)."""
    account = await _account(tx, event.visit_id)
    account.authorise(event.authorised_lines, revision=event.revision, gross=event.authorised_gross)


async def add_rework_on_rework_ordered(tx: Tx, event: ReworkOrdered) -> None:
    """A complaint's rework in the open visit: the shop pays (BILL-23)."""
    account = await _account(tx, event.visit_id)
    account.add_rework(event.lines, measure_id=event.measure_id)


async def _account(tx: Tx, visit_id: UUID) -> Account:
    """The account with what was authorised so far."""
    return await load(tx, await tx.get(Account, visit_id), "lines", "totals")


async def issue_invoice_on_work_accepted(tx: Tx, event: WorkAccepted) -> None:
    """The customer signed: the invoice is issued if it is the one that was explained, else told anew."""
    invoice = await tx.find_by(Invoice, visit_id=event.visit_id)
    if invoice is None or invoice.state != InvoiceState.PREPARED:
        return  # withdrawn, so the signature is void; or issued already
    if event.invoice_revision != invoice.revision:
        tx.publish(invoice, invoice.told_anew())
        return
    year, rules = tx.today.year, await tx.rules(HouseRules)
    number = invoice_number(year, await tx.next_number(f"invoice-{year}"))
    paper, told = invoice.issue(number, signed_at=event.signed_at, at=tx.now, rules=rules)
    tx.add(paper)
    tx.publish(invoice, *told)
    watch_payment(tx, invoice)


async def note_handover_on_handed_over(tx: Tx, event: VehicleHandedOver) -> None:
    """The car is gone. A job that was reopened too late cannot take back what was issued and settled."""
    await amend(tx, Account, {"visit_id": event.visit_id}, {"handed_over_at": event.handed_over_at})
    of_visit = select(Invoice).where(Invoice.visit_id == event.visit_id).options(raiseload(Invoice.lines))
    invoice = await tx.session.scalar(of_visit.with_for_update())
    if invoice is None or invoice.is_fixed:
        return
    await load(tx, invoice, "lines")
    papers = select(IssuedInvoice).where(IssuedInvoice.invoice_id == invoice.id)
    latest = papers.order_by(IssuedInvoice.issued_at.desc(), IssuedInvoice.invoice_no.desc()).limit(1)
    for paper in await tx.all(latest):
        handed_out = await tx.all(select(PartLine).where(PartLine.request_id == event.request_id))
        told = invoice.reinstate(
            paper,
            part_nos={part.part_line_id: part.part_no for part in handed_out},
            at=tx.now,
            rules=await tx.rules(HouseRules),
        )
        tx.publish(invoice, *told)
        watch_payment(tx, invoice)


async def close_account_on_visit_closed(tx: Tx, event: VisitClosed) -> None:
    """The record is complete; its number stands on the account (BILL-14)."""
    facts = {"closed_at": event.closed_at, "record_no": event.record_no}
    await amend(tx, Account, {"visit_id": event.visit_id}, facts)
