"""What the cashier's, the manager's and the advisor's screens show of billing."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from billing.domain import Cause, How, InvoiceState, MeasureKind, MeasureState, Method
from contracts.base import Money, Quantity, TaxRate
from contracts.values import InvoiceLine, LineResult, Payer, PricedLine
from servicekit.http import View
from shopkit.fields import (
    Allowed,
    ComplaintId,
    ComplaintNo,
    Currency,
    CustomerId,
    MaybeComplaintId,
    MaybeCustomerName,
    MaybePlate,
    MaybeRequestNo,
    MaybeVin,
    MaybeVisitId,
    Plate,
    RequestId,
    RequestNo,
    Version,
    VisitId,
)

InvoiceId = Annotated[UUID, Field(description="the invoice; one per visit")]
State = Annotated[InvoiceState, Field(description="state of the invoice")]
Revision = Annotated[
    int, Field(description="counts what was prepared, from 1; the customer signs one of them")
]
InvoiceNo = Annotated[str, Field(description="number on the paper, e.g. INV-2025-000001")]
MaybeInvoiceNo = Annotated[
    str | None, Field(description="number on the paper, e.g. INV-2025-000001; null: not issued")
]
MaybeIssuedAt = Annotated[datetime | None, Field(description="when it was issued, UTC; null: not issued")]
TotalNet = Annotated[Money, Field(description="sum of the rows without tax")]
TotalTax = Annotated[Money, Field(description="tax, taken once per rate")]
TotalGross = Annotated[Money, Field(description="sum of the rows with tax")]
Payable = Annotated[Money, Field(description="what is to be paid after measures, with tax")]
Balance = Annotated[Money, Field(description="still to be paid, with tax; below zero: owed to the customer")]
PartLineId = Annotated[UUID, Field(description="the part line, the same in estimate and reservation")]
LineId = Annotated[UUID, Field(description="the line of work")]
PartNo = Annotated[str, Field(description="catalogue number of the part")]
Issued = Annotated[Quantity, Field(description="handed out so far, in the part's unit")]
Returned = Annotated[Quantity, Field(description="came back so far, in the part's unit")]
PaidBy = Annotated[Method, Field(description="how the money moved")]
AmountWithTax = Annotated[Money, Field(description="amount with tax")]
MeasureId = Annotated[UUID, Field(description="the measure")]


class LabourRateStepView(View):
    """What a rate was or will be."""

    valid_from: date = Field(description="first day that it applies to, shop-local")
    hourly_rate: Money = Field(description="net price of one hour")
    tax_rate: TaxRate = Field(description="tax as a fraction, e.g. 0.06")
    set_at: datetime = Field(description="when it was set, UTC")
    set_by: UUID = Field(description="employee who set it")
    reason: str = Field(description="why it was set")


class LabourRateView(View):
    """A line of the price list (BILL-04)."""

    rate: str = Field(description="`<work_type>:<customer_class>`, the rate's identity")
    work_type: str = Field(description="kind of work, as work lines name it")
    customer_class: str = Field(description="class of customer, as crm names it")
    currency: Currency
    in_force: LabourRateStepView | None = Field(description="what applies today; null: nothing yet")
    steps: list[LabourRateStepView] = Field(description="every price that was or will be, by first day")
    version: Version


class InvoiceSummary(View):
    """An invoice in a list."""

    id: InvoiceId
    visit_id: VisitId
    request_id: RequestId
    request_no: RequestNo
    customer_id: CustomerId
    customer_name: MaybeCustomerName
    plate: Plate
    state: State
    revision: Revision
    invoice_no: MaybeInvoiceNo
    currency: Currency
    total_gross: TotalGross
    payable: Payable
    net_paid: Money = Field(description="payments less refunds")
    balance: Balance
    prepared_at: datetime = Field(description="when it was prepared last, UTC")
    issued_at: MaybeIssuedAt
    settled_at: datetime | None = Field(description="when it was settled, UTC; null: it is not")
    settled_how: How | None = Field(description="how it was settled; null: it is not")
    payment_due_at: datetime | None = Field(description="by when it is to be paid, UTC; null: not issued")
    overdue_since: datetime | None = Field(description="since when it is overdue, UTC; null: it is not")
    disputed: bool = Field(description="whether a complaint about it is open: nobody is dunned meanwhile")
    allowed: Allowed
    version: Version


class PaymentView(View):
    """Money taken."""

    payment_id: UUID = Field(description="the payment")
    invoice_id: InvoiceId
    amount: AmountWithTax
    method: PaidBy
    reference: str = Field(description="slip or transaction number")
    received_at: datetime = Field(description="when it was taken, UTC")
    taken_by: UUID = Field(description="employee who took it")


class RefundView(View):
    """Money given back."""

    refund_id: UUID = Field(description="the refund")
    invoice_id: InvoiceId
    measure_id: MeasureId
    amount: AmountWithTax
    method: PaidBy
    refunded_at: datetime = Field(description="when it was given back, UTC")


class MeasureView(View):
    """A decision to refund or discount, and what became of it."""

    measure_id: MeasureId
    complaint_id: MaybeComplaintId
    visit_id: MaybeVisitId
    invoice_id: UUID | None = Field(description="the invoice; null: there is none yet")
    kind: MeasureKind = Field(description="money back, or less to pay")
    amount: AmountWithTax
    reason: str = Field(description="why it was decided")
    approved_by: str = Field(description="who approved it: employee id, or as complaints names them")
    decided_at: datetime = Field(description="when it was decided, UTC")
    state: MeasureState = Field(description="whether it was carried out")
    ended_at: datetime | None = Field(
        description="when it was carried out or found not possible, UTC; null: pending"
    )


class IssuedInvoiceView(View):
    """A number that was given out."""

    invoice_no: InvoiceNo
    revision: Revision
    issued_at: datetime = Field(description="when it was issued, UTC")
    signed_at: datetime = Field(description="when the customer accepted the work, UTC")
    total_gross: TotalGross
    payable: Payable
    voided_at: datetime | None = Field(description="since when it is void, UTC; null: it is valid")


class IssuedPaper(IssuedInvoiceView):
    """An invoice as it was issued."""

    invoice_id: InvoiceId
    lines: list[InvoiceLine] = Field(description="its rows")
    total_net: TotalNet
    total_tax: TotalTax


class TaxView(View):
    """The rows of one tax rate together."""

    tax_rate: TaxRate = Field(description="tax as a fraction, e.g. 0.13")
    net: Money = Field(description="sum of the rows without tax")
    tax: Money = Field(description="tax on that sum")
    gross: Money = Field(description="sum with tax")


class InvoiceView(InvoiceSummary):
    """Everything about an invoice."""

    estimate_revision: int | None = Field(
        description="revision of the estimate that was done; null: by the signed form alone"
    )
    authorised_gross: Money = Field(description="what the customer agreed to at most, with tax")
    total_net: TotalNet
    total_tax: TotalTax
    reduced: Money = Field(description="lowered by refunds and discounts, with tax")
    credit: Money = Field(description="still to be paid on approved credit")
    credit_approved_by: str | None = Field(description="employee who approved credit; null: none")
    lines: list[InvoiceLine] = Field(description="its rows")
    taxes: list[TaxView] = Field(description="the tax, by rate")
    payments: list[PaymentView] = Field(description="money taken, oldest first")
    refunds: list[RefundView] = Field(description="money given back, oldest first")
    measures: list[MeasureView] = Field(description="refunds and discounts that were decided, oldest first")
    papers: list[IssuedInvoiceView] = Field(description="numbers that were given out, void ones included")


class PaymentTaken(View):
    """A payment, and the invoice after it."""

    payment: PaymentView = Field(description="the payment")
    invoice: InvoiceView = Field(description="the invoice after it")


class MeasureTaken(View):
    """A refund or discount, and the invoice after it."""

    measure: MeasureView = Field(description="the refund or discount")
    invoice: InvoiceView = Field(description="the invoice after it")


class PartRow(View):
    """One row of the parts list that the customer takes home."""

    part_line_id: PartLineId
    part_no: PartNo
    title_zh: str = Field(description="the part's name in Chinese")
    title_en: str = Field(description="the part's name in English")
    quantity: Quantity = Field(description="billed quantity in the part's unit")
    unit_price: Money = Field(description="net price of one unit, as authorised")
    net: Money = Field(description="net of the row; 0.00 if the shop pays")
    payer: Payer = Field(description="who pays it")


class SettlementPapers(View):
    """What is laid before the customer: labour, parts and reductions apart (BILL-01, BILL-05, BILL-21)."""

    invoice_id: InvoiceId
    invoice_no: MaybeInvoiceNo
    revision: Revision
    state: State
    request_no: RequestNo
    customer_name: MaybeCustomerName
    plate: Plate
    vin: MaybeVin
    currency: Currency
    issued_at: MaybeIssuedAt
    labour: list[InvoiceLine] = Field(description="rows of labour")
    labour_net: Money = Field(description="sum of the labour without tax")
    parts: list[PartRow] = Field(description="rows of parts")
    parts_net: Money = Field(description="sum of the parts without tax")
    total_net: TotalNet
    taxes: list[TaxView] = Field(description="the tax, by rate")
    total_tax: TotalTax
    total_gross: TotalGross
    reductions: list[MeasureView] = Field(description="each discount and refund by its reason (BILL-12)")
    payable: Payable
    payments: list[PaymentView] = Field(description="money taken, oldest first")
    balance: Balance


class PartLineView(View):
    """What was handed out of a part line and what stayed."""

    part_line_id: PartLineId
    line_id: LineId
    part_no: PartNo
    issued: Issued
    returned: Returned
    kept: Quantity = Field(description="what stays in the car: issued less returned")


class ReworkView(View):
    """Work done again at the shop's cost."""

    cause: Cause = Field(description="why it is done again")
    measure_id: UUID | None = Field(description="the complaint's measure; null: none")
    line_ids: list[UUID] = Field(description="lines that are done again, or the rework's own")


class DisputeView(View):
    """A complaint that is open."""

    complaint_id: ComplaintId
    complaint_no: ComplaintNo
    since: datetime = Field(description="when it was received, UTC")


class AccountSummary(View):
    """The account of a visit in a list."""

    visit_id: VisitId
    request_id: RequestId
    request_no: RequestNo
    customer_id: CustomerId
    customer_name: MaybeCustomerName
    plate: Plate
    vin: MaybeVin
    opened_at: datetime = Field(description="when the account was opened, UTC")
    arrived_at: datetime | None = Field(description="when the car arrived, UTC; null: it has not")
    intake_completed_at: datetime | None = Field(description="when the form was signed, UTC; null: not yet")
    presented_revision: int | None = Field(description="latest estimate that was presented; null: none")
    answered_revision: int = Field(
        description="latest estimate that was answered; 0: only the form is signed"
    )
    ready_revision: int | None = Field(
        description="revision by which the job was ready last, 0 by the form alone; null: it is not"
    )
    handed_over_at: datetime | None = Field(description="when the keys were released, UTC; null: not yet")
    closed_at: datetime | None = Field(description="when the visit was closed, UTC; null: it is open")
    record_no: str | None = Field(description="archive number of the visit; null: not closed")
    invoice_id: UUID | None = Field(description="the invoice; null: not prepared yet")
    invoice_state: InvoiceState | None = Field(description="state of the invoice; null: not prepared yet")
    version: Version


class AccountView(AccountSummary):
    """What was authorised, handed out and done."""

    rework_of_visit_id: UUID | None = Field(description="the visit whose work is done again; null: none")
    authorised: list[PricedLine] = Field(description="lines at the latest answered revision")
    authorised_gross: Money = Field(description="what they cost at most, with tax")
    results: list[LineResult] = Field(description="what became of the lines, as the workshop reports")
    parts: list[PartLineView] = Field(description="what was handed out and came back")
    reworks: list[ReworkView] = Field(description="work done again at the shop's cost")
    measures: list[MeasureView] = Field(description="refunds and discounts that were decided, oldest first")
    disputes: list[DisputeView] = Field(description="complaints about the visit that are open")


class ReceivableView(InvoiceSummary):
    """An invoice that is not fully paid."""

    days_overdue: int = Field(description="whole days since it was due; 0 while it is not")


class AgeGroup(View):
    """Receivables of one age."""

    from_days: int | None = Field(description="days overdue, from; null: not due yet")
    invoices: int = Field(description="how many invoices")
    balance: Money = Field(description="what is still to be paid of them")


class UnsquaredPart(View):
    """A part line whose issues, returns and use do not agree."""

    part_line_id: PartLineId
    issued: Issued
    returned: Returned
    used: Quantity = Field(description="used, as the workshop reports, in the part's unit")


class Discrepancy(View):
    """A visit that is ready and cannot be billed: what is waited for, since when."""

    visit_id: VisitId
    request_id: RequestId
    request_no: MaybeRequestNo
    plate: MaybePlate
    waiting_for: str = Field(description="the stream whose event is missing")
    reason: str = Field(description="what of that stream is missing")
    since: datetime = Field(description="since when it is waited for, UTC")
    parts: list[UnsquaredPart] = Field(description="part lines that do not agree")


class MethodSum(View):
    """One day's money by one method."""

    method: PaidBy
    payments: int = Field(description="how many payments")
    received: Money = Field(description="sum of the payments")
    refunds: int = Field(description="how many refunds")
    refunded: Money = Field(description="sum of the refunds")
    net: Money = Field(description="received less refunded")


class DayEnd(View):
    """One day at the counter."""

    on: date = Field(description="shop-local day")
    currency: Currency
    methods: list[MethodSum] = Field(description="the day's money, by method")
    received: Money = Field(description="sum of the payments")
    refunded: Money = Field(description="sum of the refunds")
    net: Money = Field(description="received less refunded")
    invoices_issued: int = Field(description="numbers of the day that are valid")
    invoiced_payable: Money = Field(description="what those invoices ask for, with tax")
    voided: list[str] = Field(description="numbers of the day that are void")
