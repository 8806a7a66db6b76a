"""Billing over HTTP: the price list, invoices and money, accounts of visits."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from billing import commands
from billing.domain import (
    CreditLimitExceeded,
    CreditNotAgreed,
    DiscountExceedsPayable,
    InvoiceState,
    IssuedInvoice,
    LabourRate,
    MeasureState,
    Method,
    Overpayment,
    RefundExceedsPaid,
    rate_id,
)
from billing.queries import accounts as visits
from billing.queries import invoices as papers
from billing.queries import money
from billing.queries import rates as price_list
from billing.views import (
    AccountSummary,
    AccountView,
    AgeGroup,
    DayEnd,
    Discrepancy,
    InvoiceSummary,
    InvoiceView,
    IssuedInvoiceView,
    LabourRateView,
    MeasureView,
    PaymentView,
    ReceivableView,
    SettlementPapers,
)
from contracts.base import Money, TaxRate
from contracts.permissions import billing as may_billing
from contracts.values import InvoiceLine
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, View, Who, key_required, may, problems
from servicekit.http import router as chassis_router

rates = chassis_router(tags=["labour rates"])
invoices = chassis_router(tags=["invoices"])
accounts = chassis_router(tags=["accounts"])

Amount = Annotated[Money, Field(gt=0, description="with tax, in the shop's currency")]
Word = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Search = Annotated[
    str | None, Query(min_length=2, max_length=60, description="beginning of name, plate, VIN or number")
]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class SetLabourRate(Body):
    """What an hour costs from a day on."""

    hourly_rate: Annotated[Money, Field(ge=0, description="net price of one hour")]
    tax_rate: TaxRate
    valid_from: date | None = Field(default=None, description="shop-local; today if not given")
    reason: str = Field(default="", max_length=500)


class TakePayment(Body):
    """Money that came in."""

    amount: Amount
    method: Method
    reference: str = Field(default="", max_length=100, description="slip or transaction number")


class GiveRefund(Body):
    """Money to give back."""

    amount: Amount
    method: Method | None = Field(default=None, description="as it was paid if not given")
    reason: Reason


class GrantDiscount(Body):
    """Less to pay."""

    amount: Amount
    reason: Reason


class PaymentTaken(View):
    """A payment, and how the invoice stands after it."""

    payment: PaymentView
    invoice: InvoiceView


class MeasureTaken(View):
    """A refund or discount, and how the invoice stands after it."""

    measure: MeasureView
    invoice: InvoiceView


class IssuedPaper(IssuedInvoiceView):
    """An invoice as it was issued."""

    invoice_id: UUID
    lines: list[InvoiceLine]
    total_net: Money
    total_tax: Money


# --- labour rates


@rates.put("/labour-rates/{work_type}/{customer_class}", responses=problems(Stale))
async def set_labour_rate(
    work_type: Word,
    customer_class: Word,
    body: SetLabourRate,
    tx: TxDep,
    who: Annotated[Who, may(may_billing.RATES)],
) -> LabourRateView:
    """Set what an hour of a kind of work costs a class of customer."""
    rate = await commands.set_labour_rate(
        tx,
        work_type=work_type,
        customer_class=customer_class,
        **body.model_dump_fields(),
        set_by=who.employee_id,
    )
    await tx.session.flush()
    return price_list.labour_rate(rate, tx.today)


@rates.get("/labour-rates")
async def list_labour_rates(
    tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_billing.READ)], work_type: str | None = None
) -> Page[LabourRateView]:
    """The price list of labour."""
    return await price_list.labour_rates(tx, page, work_type=work_type)


@rates.get("/labour-rates/{work_type}/{customer_class}", responses=problems(NotFound))
async def show_labour_rate(
    work_type: Word, customer_class: Word, tx: TxDep, who: Annotated[Who, may(may_billing.READ)]
) -> LabourRateView:
    """One rate with all its steps."""
    rate = await tx.read(LabourRate, rate_id(work_type, customer_class))
    return price_list.labour_rate(rate, tx.today)


# --- invoices


@invoices.get("/invoices")
async def list_invoices(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_billing.READ)],
    state: InvoiceState | None = None,
    customer_id: UUID | None = None,
    visit_id: UUID | None = None,
    invoice_no: str | None = None,
    search: Search = None,
    surplus: bool = False,
) -> Page[InvoiceSummary]:
    """Invoices, the latest prepared first; ``surplus``: those that were paid too much."""
    return await papers.invoices(
        tx,
        page,
        state=state,
        customer_id=customer_id,
        visit_id=visit_id,
        invoice_no=invoice_no,
        search=search,
        surplus=surplus,
    )


@invoices.get("/invoices/{invoice_id}", responses=problems(NotFound))
async def show_invoice(
    invoice_id: UUID, tx: TxDep, who: Annotated[Who, may(may_billing.READ)]
) -> InvoiceView:
    """Everything about one invoice."""
    return await papers.invoice(tx, invoice_id)


@invoices.get("/invoices/{invoice_id}/settlement-papers", responses=problems(NotFound))
async def show_settlement_papers(
    invoice_id: UUID, tx: TxDep, who: Annotated[Who, may(may_billing.READ)]
) -> SettlementPapers:
    """What is laid before the customer: labour, parts and reductions apart."""
    return await papers.settlement_papers(tx, invoice_id)


@invoices.get("/issued-invoices/{invoice_no}", responses=problems(NotFound))
async def show_issued_invoice(
    invoice_no: str, tx: TxDep, who: Annotated[Who, may(may_billing.READ)]
) -> IssuedPaper:
    """An invoice by its number, as it was issued."""
    return IssuedPaper.of(await tx.read(IssuedInvoice, invoice_no))


@invoices.post(
    "/invoices/{invoice_id}/payments",
    status_code=201,
    dependencies=[key_required],
    responses=problems(NotFound, Overpayment, IllegalTransition, Stale),
)
async def take_payment(
    invoice_id: UUID, body: TakePayment, tx: TxDep, who: Annotated[Who, may(may_billing.TAKE_PAYMENT)]
) -> PaymentTaken:
    """Take a payment, in part or in full."""
    payment = await commands.take_payment(
        tx, invoice_id=invoice_id, **body.model_dump_fields(), taken_by=who.employee_id
    )
    await tx.session.flush()
    return PaymentTaken(payment=PaymentView.of(payment), invoice=await papers.invoice(tx, invoice_id))


@invoices.post(
    "/invoices/{invoice_id}/credit",
    responses=problems(NotFound, CreditNotAgreed, CreditLimitExceeded, IllegalTransition, Stale),
)
async def approve_credit(
    invoice_id: UUID, tx: TxDep, who: Annotated[Who, may(may_billing.APPROVE_CREDIT)]
) -> InvoiceView:
    """Let the customer leave and pay later, within the agreed credit."""
    await commands.approve_credit(tx, invoice_id=invoice_id, approved_by=who.employee_id)
    await tx.session.flush()
    return await papers.invoice(tx, invoice_id)


@invoices.post(
    "/invoices/{invoice_id}/refunds",
    status_code=201,
    dependencies=[key_required],
    responses=problems(NotFound, RefundExceedsPaid, IllegalTransition, Stale),
)
async def give_refund(
    invoice_id: UUID, body: GiveRefund, tx: TxDep, who: Annotated[Who, may(may_billing.REFUND)]
) -> MeasureTaken:
    """Give money back, at most what was paid."""
    measure = await commands.refund(
        tx, invoice_id=invoice_id, **body.model_dump_fields(), approved_by=who.employee_id
    )
    await tx.session.flush()
    return MeasureTaken(measure=MeasureView.of(measure), invoice=await papers.invoice(tx, invoice_id))


@invoices.post(
    "/invoices/{invoice_id}/discounts",
    status_code=201,
    dependencies=[key_required],
    responses=problems(NotFound, DiscountExceedsPayable, IllegalTransition, Stale),
)
async def grant_discount(
    invoice_id: UUID, body: GrantDiscount, tx: TxDep, who: Annotated[Who, may(may_billing.DISCOUNT)]
) -> MeasureTaken:
    """Ask for less; before the issue the invoice is told anew, after it what was paid too much goes back."""
    measure = await commands.discount(
        tx, invoice_id=invoice_id, **body.model_dump_fields(), approved_by=who.employee_id
    )
    await tx.session.flush()
    return MeasureTaken(measure=MeasureView.of(measure), invoice=await papers.invoice(tx, invoice_id))


@invoices.get("/measures")
async def list_measures(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_billing.READ)],
    state: MeasureState | None = None,
    visit_id: UUID | None = None,
) -> Page[MeasureView]:
    """Refunds and discounts that were decided, the latest first."""
    return await papers.measures(tx, page, state=state, visit_id=visit_id)


@invoices.get("/receivables")
async def list_receivables(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_billing.READ)],
    customer_id: UUID | None = None,
    overdue: bool | None = None,
    disputed: bool | None = None,
) -> Page[ReceivableView]:
    """What customers owe, the longest due first."""
    return await money.receivables(tx, page, customer_id=customer_id, overdue=overdue, disputed=disputed)


@invoices.get("/receivables/ageing")
async def show_ageing(tx: TxDep, who: Annotated[Who, may(may_billing.READ)]) -> list[AgeGroup]:
    """What customers owe, by how long it has been due."""
    return await money.ageing(tx)


@invoices.get("/day-ends/{on}")
async def show_day_end(on: date, tx: TxDep, who: Annotated[Who, may(may_billing.DAY_END)]) -> DayEnd:
    """What came in and went out on a shop-local day, by method."""
    return await money.day_end(tx, on)


# --- accounts


@accounts.get("/accounts")
async def list_accounts(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_billing.READ)],
    status: Literal["open", "closed"] | None = None,
    customer_id: UUID | None = None,
    search: Search = None,
) -> Page[AccountSummary]:
    """Accounts of visits, the latest opened first."""
    is_open = None if status is None else status == "open"
    return await visits.accounts(tx, page, is_open=is_open, customer_id=customer_id, search=search)


@accounts.get("/accounts/{visit_id}", responses=problems(NotFound))
async def show_account(visit_id: UUID, tx: TxDep, who: Annotated[Who, may(may_billing.READ)]) -> AccountView:
    """What was authorised, handed out and done in a visit."""
    return await visits.account(tx, visit_id)


@accounts.get("/discrepancies")
async def list_discrepancies(
    tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_billing.READ)]
) -> Page[Discrepancy]:
    """Visits that are ready and cannot be billed yet, and what does not agree."""
    return await visits.discrepancies(tx, page)
