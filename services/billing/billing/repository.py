"""Loads and locks aggregates with their parts, and reads the facts that decisions need."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import raiseload

from billing.domain import (
    Account,
    Dispute,
    Invoice,
    IssuedInvoice,
    Measure,
    MeasureState,
    PartLine,
    Payment,
)
from servicekit import Tx
from servicekit.loading import load


async def lock_account(tx: Tx, visit_id: UUID) -> Account:
    """The account with what was authorised so far, locked. Raises ``NotFound``."""
    return await load(tx, await tx.get(Account, visit_id), "lines", "totals")


async def find_account(tx: Tx, visit_id: UUID) -> Account | None:
    """The account with what was authorised so far, locked, or ``None``."""
    account = await tx.find(Account, visit_id)
    return account and await load(tx, account, "lines", "totals")


async def lock_unfixed_invoice(tx: Tx, visit_id: UUID) -> Invoice | None:
    """The visit's invoice with its rows, locked; ``None`` if there is none or it is issued."""
    of_visit = select(Invoice).where(Invoice.visit_id == visit_id).options(raiseload(Invoice.lines))
    invoice: Invoice | None = await tx.session.scalar(of_visit.with_for_update())
    if invoice is None or invoice.is_fixed:
        return None
    return await load(tx, invoice, "lines")


async def lock_unpaid(tx: Tx, *, visit_id: UUID | None, customer_id: UUID) -> list[Invoice]:
    """Invoices with something still to be paid, of the visit, or of the customer if no visit is named."""
    whose = Invoice.visit_id == visit_id if visit_id else Invoice.customer_id == customer_id
    owed = select(Invoice).where(whose, Invoice.balance > 0).order_by(Invoice.id)
    return await tx.all(owed.with_for_update())


async def lock_pending_measures(tx: Tx, invoice: Invoice) -> list[Measure]:
    """Measures that wait for this invoice, in the order in which they were decided."""
    about = or_(Measure.visit_id == invoice.visit_id, Measure.invoice_id == invoice.id)
    waiting = select(Measure).where(Measure.state == MeasureState.PENDING, about)
    return await tx.all(waiting.order_by(Measure.decided_at, Measure.measure_id).with_for_update())


async def latest_paper(tx: Tx, invoice_id: UUID) -> IssuedInvoice | None:
    """The number that was given out last for this invoice, void or not."""
    papers = select(IssuedInvoice).where(IssuedInvoice.invoice_id == invoice_id)
    latest = papers.order_by(IssuedInvoice.issued_at.desc(), IssuedInvoice.invoice_no.desc()).limit(1)
    return next(iter(await tx.all(latest)), None)


async def part_lines(tx: Tx, request_id: UUID) -> dict[UUID, PartLine]:
    """What was handed out for a request, by part line."""
    found = await tx.all(select(PartLine).where(PartLine.request_id == request_id))
    return {part.part_line_id: part for part in found}


async def visit_of_invoice(tx: Tx, invoice_id: UUID) -> UUID | None:
    """The visit that an invoice is of."""
    of_invoice = select(Invoice.visit_id).where(Invoice.id == invoice_id)
    return (await tx.session.execute(of_invoice)).scalar_one_or_none()


async def credit_elsewhere(tx: Tx, invoice: Invoice) -> Decimal:
    """What the customer owes on approved credit with other invoices."""
    on_credit = select(func.coalesce(func.sum(Invoice.credit), 0)).where(
        Invoice.customer_id == invoice.customer_id, Invoice.id != invoice.id, Invoice.balance > 0
    )
    return Decimal((await tx.session.execute(on_credit)).scalar_one())


async def latest_method(tx: Tx, invoice_id: UUID) -> str:
    """By which method the invoice was paid last; cash if it was not."""
    payments = select(Payment.method).where(Payment.invoice_id == invoice_id)
    latest = payments.order_by(Payment.received_at.desc(), Payment.payment_id.desc()).limit(1)
    return (await tx.session.execute(latest)).scalar_one_or_none() or "cash"


async def is_disputed(tx: Tx, invoice: Invoice) -> bool:
    """Whether a complaint about the visit, or one of the customer about no visit, is open."""
    about = (Dispute.visit_id == invoice.visit_id) | (
        (Dispute.customer_id == invoice.customer_id) & Dispute.visit_id.is_(None)
    )
    found = select(Dispute.complaint_id).where(Dispute.is_open, about).limit(1)
    return (await tx.session.execute(found)).first() is not None
