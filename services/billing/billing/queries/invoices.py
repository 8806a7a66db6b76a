"""Invoices, settlement papers, issued papers and measures, for reading."""

from uuid import UUID

from sqlalchemy import bindparam, select

from billing.domain import (
    Account,
    Customer,
    Invoice,
    IssuedInvoice,
    Measure,
    Payment,
    Refund,
)
from billing.queries.rows import facts_of, measures_of, payments_of, taxes_of, visits_found, with_names
from billing.queries.views import (
    InvoiceSummary,
    InvoiceView,
    IssuedInvoiceView,
    MeasureView,
    PartRow,
    PaymentView,
    RefundView,
    SettlementPapers,
)
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from servicekit.loading import Together
from shopkit.money import ZERO

_PARTS = Together(
    (Measure, Measure.visit_id == bindparam("visit_id"), ("decided_at", "measure_id")),
    (Payment, Payment.invoice_id == bindparam("invoice_id"), ("received_at", "payment_id")),
    (Refund, Refund.invoice_id == bindparam("invoice_id"), ("refunded_at", "refund_id")),
    (IssuedInvoice, IssuedInvoice.invoice_id == bindparam("invoice_id"), ("issued_at",)),
)


async def invoices(
    tx: Tx,
    page: PageRequest,
    *,
    state: str | None,
    customer_id: UUID | None,
    visit_id: UUID | None,
    invoice_no: str | None,
    search: str | None,
    surplus: bool,
) -> Page[InvoiceSummary]:
    """Invoices, the latest prepared first."""
    rows = with_names()
    for column, wanted in (
        (Invoice.state, state),
        (Invoice.customer_id, customer_id),
        (Invoice.visit_id, visit_id),
        (Invoice.invoice_no, invoice_no),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    if search:
        rows = rows.where(Invoice.visit_id.in_(visits_found(search)))
    if surplus:
        rows = rows.where(Invoice.balance < 0)
    by = (Invoice.prepared_at, Invoice.id)
    return await paginate(
        tx, rows, page, by=by, view=lambda row: InvoiceSummary(**facts_of(row)), descending=True
    )


async def invoice(tx: Tx, invoice_id: UUID) -> InvoiceView:
    """Everything about one invoice. Raises ``NotFound``."""
    held = await tx.read(Invoice, invoice_id)
    row = (await tx.session.execute(with_names().where(Invoice.id == invoice_id))).one()
    wanted = {"visit_id": held.visit_id, "invoice_id": invoice_id}
    measures, payments, refunds, papers = await _PARTS.read(tx, **wanted)
    return InvoiceView(
        **facts_of(row),
        estimate_revision=held.estimate_revision,
        authorised_gross=held.authorised_gross,
        total_net=held.total_net,
        total_tax=held.total_tax,
        reduced=held.reduced,
        credit=held.credit,
        credit_approved_by=held.credit_approved_by,
        lines=list(held.published_lines()),
        taxes=taxes_of(held),
        payments=[PaymentView.of(payment) for payment in payments],
        refunds=[RefundView.of(refund) for refund in refunds],
        measures=[MeasureView.of(measure) for measure in measures],
        papers=[IssuedInvoiceView.of(paper) for paper in papers],
    )


async def settlement_papers(tx: Tx, invoice_id: UUID) -> SettlementPapers:
    """What is printed for the customer. Raises ``NotFound``."""
    held = await tx.read(Invoice, invoice_id)
    about = select(Account.request_no, Account.plate, Account.vin, Customer.display_name)
    names = about.join(Customer, Customer.customer_id == Account.customer_id, isouter=True)
    request_no, plate, vin, name = (
        await tx.session.execute(names.where(Account.visit_id == held.visit_id))
    ).one()
    labour = [row.published() for row in held.lines if row.part_line_id is None]
    parts = _part_rows(held)
    done = [m for m in await measures_of(tx, held.visit_id) if m.state == "done"]
    return SettlementPapers(
        invoice_id=held.id,
        invoice_no=held.invoice_no,
        revision=held.revision,
        state=held.state,
        request_no=request_no,
        customer_name=name,
        plate=plate,
        vin=vin,
        currency=held.currency,
        issued_at=held.issued_at,
        labour=labour,
        labour_net=sum((row.net for row in labour), ZERO),
        parts=parts,
        parts_net=sum((row.net for row in parts), ZERO),
        total_net=held.total_net,
        taxes=taxes_of(held),
        total_tax=held.total_tax,
        total_gross=held.total_gross,
        reductions=[MeasureView.of(measure) for measure in done],
        payable=held.payable,
        payments=[PaymentView.of(payment) for payment in await payments_of(tx, invoice_id)],
        balance=held.balance,
    )


def _part_rows(held: Invoice) -> list[PartRow]:
    return [
        PartRow(
            part_line_id=row.part_line_id,
            part_no=row.part_no or "",
            title_zh=row.title.zh if row.title else "",
            title_en=row.title.en if row.title else "",
            quantity=row.quantity,
            unit_price=row.unit_price,
            net=row.net,
            payer=row.payer,
        )
        for row in held.lines
        if row.part_line_id is not None
    ]


async def measures(
    tx: Tx, page: PageRequest, *, state: str | None, visit_id: UUID | None
) -> Page[MeasureView]:
    """Decisions to refund or discount, the latest first."""
    rows = select(Measure)
    if state is not None:
        rows = rows.where(Measure.state == state)
    if visit_id is not None:
        rows = rows.where(Measure.visit_id == visit_id)
    by = (Measure.decided_at, Measure.measure_id)
    return await paginate(tx, rows, page, by=by, view=MeasureView, descending=True)
