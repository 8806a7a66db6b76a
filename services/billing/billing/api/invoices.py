"""Invoices and their money: lists, papers, payments, credit, refunds, discounts."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from billing.commands import invoices as commands
from billing.commands import measures
from billing.domain import (
    CreditLimitExceeded,
    CreditNotAgreed,
    DiscountExceedsPayable,
    InvoiceState,
    IssuedInvoice,
    MeasureState,
    Method,
    Overpayment,
    RefundExceedsPaid,
)
from billing.queries import invoices as queries
from billing.queries.views import (
    InvoiceSummary,
    InvoiceView,
    IssuedPaper,
    MeasureTaken,
    MeasureView,
    PaymentTaken,
    PaymentView,
    SettlementPapers,
)
from contracts.base import Money
from contracts.permissions import billing as may_billing
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, key_required, may, problems
from servicekit.http import router as new_router

router = new_router(tags=["invoices"])

InvoiceId = Annotated[UUID, Path(description="the invoice")]
Amount = Annotated[Money, Field(gt=0, description="with tax, in the shop's currency")]
Search = Annotated[
    str | None, Query(min_length=2, max_length=60, description="beginning of name, plate, VIN or number")
]
Reason = Annotated[str, Field(min_length=1, max_length=500, description="why, as the customer reads it")]


class TakePayment(Body):
    """Money that came in."""

    amount: Amount
    method: Method = Field(description="how it was paid")
    reference: str = Field(default="", max_length=100, description="slip or transaction number")


class GiveRefund(Body):
    """Money to give back."""

    amount: Amount
    method: Method | None = Field(default=None, description="how it goes back; as it was paid if not given")
    reason: Reason


class GrantDiscount(Body):
    """Less to pay."""

    amount: Amount
    reason: Reason


@router.get("/invoices")
async def list_invoices(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_billing.READ)],
    state: Annotated[InvoiceState | None, Query(description="only invoices in this state")] = None,
    customer_id: Annotated[UUID | None, Query(description="only of this customer")] = None,
    visit_id: Annotated[UUID | None, Query(description="only the invoice of this visit")] = None,
    invoice_no: Annotated[str | None, Query(description="only the invoice with this number")] = None,
    search: Search = None,
    surplus: Annotated[bool, Query(description="only invoices that were paid too much")] = False,
) -> Page[InvoiceSummary]:
    """Invoices, the latest prepared first."""
    return await queries.invoices(
        tx,
        page,
        state=state,
        customer_id=customer_id,
        visit_id=visit_id,
        invoice_no=invoice_no,
        search=search,
        surplus=surplus,
    )


@router.get("/invoices/{invoice_id}", responses=problems(NotFound))
async def show_invoice(
    invoice_id: InvoiceId, tx: TxDep, who: Annotated[Who, may(may_billing.READ)]
) -> InvoiceView:
    """Everything about one invoice."""
    return await queries.invoice(tx, invoice_id)


@router.get("/invoices/{invoice_id}/settlement-papers", responses=problems(NotFound))
async def show_settlement_papers(
    invoice_id: InvoiceId, tx: TxDep, who: Annotated[Who, may(may_billing.READ)]
) -> SettlementPapers:
    """What is laid before the customer: labour, parts and reductions apart."""
    return await queries.settlement_papers(tx, invoice_id)


@router.get("/issued-invoices/{invoice_no}", responses=problems(NotFound))
async def show_issued_invoice(
    invoice_no: Annotated[str, Path(description="number on the paper, INV-2025-000001")],
    tx: TxDep,
    who: Annotated[Who, may(may_billing.READ)],
) -> IssuedPaper:
    """An invoice by its number, as it was issued."""
    return IssuedPaper.of(await tx.read(IssuedInvoice, invoice_no))


@router.post(
    "/invoices/{invoice_id}/payments",
    status_code=201,
    dependencies=[key_required],
    responses=problems(NotFound, Overpayment, IllegalTransition, Stale),
)
async def take_payment(
    invoice_id: InvoiceId,
    body: TakePayment,
    tx: TxDep,
    who: Annotated[Who, may(may_billing.TAKE_PAYMENT)],
) -> PaymentTaken:
    """Take a payment, in part or in full."""
    payment = await commands.take_payment(
        tx, invoice_id=invoice_id, **body.model_dump_fields(), taken_by=who.employee_id
    )
    await tx.session.flush()
    return PaymentTaken(payment=PaymentView.of(payment), invoice=await queries.invoice(tx, invoice_id))


@router.post(
    "/invoices/{invoice_id}/credit",
    responses=problems(NotFound, CreditNotAgreed, CreditLimitExceeded, IllegalTransition, Stale),
)
async def approve_credit(
    invoice_id: InvoiceId, tx: TxDep, who: Annotated[Who, may(may_billing.APPROVE_CREDIT)]
) -> InvoiceView:
    """Let the customer leave and pay later, within the agreed credit."""
    await commands.approve_credit(tx, invoice_id=invoice_id, approved_by=who.employee_id)
    await tx.session.flush()
    return await queries.invoice(tx, invoice_id)


@router.post(
    "/invoices/{invoice_id}/refunds",
    status_code=201,
    dependencies=[key_required],
    responses=problems(NotFound, RefundExceedsPaid, IllegalTransition, Stale),
)
async def give_refund(
    invoice_id: InvoiceId, body: GiveRefund, tx: TxDep, who: Annotated[Who, may(may_billing.REFUND)]
) -> MeasureTaken:
    """Give money back, at most what was paid."""
    measure = await measures.give_refund(
        tx, invoice_id=invoice_id, **body.model_dump_fields(), approved_by=who.employee_id
    )
    await tx.session.flush()
    return MeasureTaken(measure=MeasureView.of(measure), invoice=await queries.invoice(tx, invoice_id))


@router.post(
    "/invoices/{invoice_id}/discounts",
    status_code=201,
    dependencies=[key_required],
    responses=problems(NotFound, DiscountExceedsPayable, IllegalTransition, Stale),
)
async def grant_discount(
    invoice_id: InvoiceId,
    body: GrantDiscount,
    tx: TxDep,
    who: Annotated[Who, may(may_billing.DISCOUNT)],
) -> MeasureTaken:
    """Lower what is to be paid. Before the issue a new revision is prepared, to be accepted by the customer;
    after it what was paid too much goes back."""
    measure = await measures.grant_discount(
        tx, invoice_id=invoice_id, **body.model_dump_fields(), approved_by=who.employee_id
    )
    await tx.session.flush()
    return MeasureTaken(measure=MeasureView.of(measure), invoice=await queries.invoice(tx, invoice_id))


@router.get("/measures")
async def list_measures(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_billing.READ)],
    state: Annotated[MeasureState | None, Query(description="only measures in this state")] = None,
    visit_id: Annotated[UUID | None, Query(description="only measures of this visit")] = None,
) -> Page[MeasureView]:
    """Refunds and discounts that were decided, the latest first."""
    return await queries.measures(tx, page, state=state, visit_id=visit_id)
