"""What the cashier's, the manager's and the advisor's screens show of billing."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from contracts.base import Money, Quantity, TaxRate
from contracts.values import InvoiceLine, LineResult, PricedLine
from servicekit.http import View


class LabourRateStepView(View):
    """What a rate was or will be."""

    valid_from: date
    hourly_rate: Money
    tax_rate: TaxRate
    set_at: datetime
    set_by: UUID
    reason: str


class LabourRateView(View):
    """A line of the price list (BILL-04)."""

    rate: str
    work_type: str
    customer_class: str
    currency: str
    in_force: LabourRateStepView | None = Field(description="what applies today; null: not yet")
    steps: list[LabourRateStepView]
    version: int


class InvoiceSummary(View):
    """An invoice in a list."""

    id: UUID
    visit_id: UUID
    request_id: UUID
    request_no: str
    customer_id: UUID
    customer_name: str | None = Field(description="null until crm's registration was heard")
    plate: str
    state: str
    revision: int
    invoice_no: str | None
    currency: str
    total_gross: Money
    payable: Money = Field(description="what is to be paid after measures")
    net_paid: Money = Field(description="payments less refunds")
    balance: Money = Field(description="still open; below zero: owed to the customer")
    prepared_at: datetime
    issued_at: datetime | None
    settled_at: datetime | None
    settled_how: str | None
    payment_due_at: datetime | None
    overdue_since: datetime | None
    disputed: bool
    allowed: list[str]
    version: int


class PaymentView(View):
    """Money taken."""

    payment_id: UUID
    invoice_id: UUID
    amount: Money
    method: str
    reference: str
    received_at: datetime
    taken_by: UUID


class RefundView(View):
    """Money given back."""

    refund_id: UUID
    invoice_id: UUID
    measure_id: UUID
    amount: Money
    method: str
    refunded_at: datetime


class MeasureView(View):
    """A decision to refund or discount, and what became of it."""

    measure_id: UUID
    complaint_id: UUID | None
    visit_id: UUID | None
    invoice_id: UUID | None
    kind: str
    amount: Money
    reason: str
    approved_by: str
    decided_at: datetime
    state: str
    ended_at: datetime | None


class IssuedInvoiceView(View):
    """A number that was given out."""

    invoice_no: str
    revision: int
    issued_at: datetime
    signed_at: datetime
    total_gross: Money
    payable: Money
    voided_at: datetime | None


class TaxView(View):
    """The rows of one tax rate together."""

    tax_rate: TaxRate
    net: Money
    tax: Money
    gross: Money


class InvoiceView(InvoiceSummary):
    """Everything about an invoice."""

    estimate_revision: int | None
    authorised_gross: Money = Field(description="what the customer agreed to at most")
    total_net: Money
    total_tax: Money
    reduced: Money = Field(description="lowered by refunds and discounts")
    credit: Money = Field(description="still open on approved credit")
    credit_approved_by: str | None
    lines: list[InvoiceLine]
    taxes: list[TaxView]
    payments: list[PaymentView]
    refunds: list[RefundView]
    measures: list[MeasureView]
    papers: list[IssuedInvoiceView]


class PartRow(View):
    """One row of the parts list that the customer takes home."""

    part_line_id: UUID
    part_no: str
    title_zh: str
    title_en: str
    quantity: Quantity
    unit_price: Money
    net: Money
    payer: str


class SettlementPapers(View):
    """What is laid before the customer: labour, parts and reductions apart (BILL-01, BILL-05, BILL-21)."""

    invoice_id: UUID
    invoice_no: str | None
    revision: int
    state: str
    request_no: str
    customer_name: str | None
    plate: str
    vin: str | None
    currency: str
    issued_at: datetime | None
    labour: list[InvoiceLine]
    labour_net: Money
    parts: list[PartRow]
    parts_net: Money
    total_net: Money
    taxes: list[TaxView]
    total_tax: Money
    total_gross: Money
    reductions: list[MeasureView] = Field(description="each discount and refund by its reason (BILL-12)")
    payable: Money
    payments: list[PaymentView]
    balance: Money


class PartLineView(View):
    """What was handed out of a part line and what stayed."""

    part_line_id: UUID
    line_id: UUID
    part_no: str
    issued: Quantity
    returned: Quantity
    kept: Quantity


class ReworkView(View):
    """Work done again at the shop's cost."""

    cause: str
    measure_id: UUID | None
    line_ids: list[UUID]


class DisputeView(View):
    """A complaint that is open."""

    complaint_id: UUID
    complaint_no: str
    since: datetime


class AccountSummary(View):
    """The account of a visit in a list."""

    visit_id: UUID
    request_id: UUID
    request_no: str
    customer_id: UUID
    customer_name: str | None
    plate: str
    vin: str | None
    opened_at: datetime
    arrived_at: datetime | None
    intake_completed_at: datetime | None
    presented_revision: int | None
    answered_revision: int
    ready_revision: int | None
    handed_over_at: datetime | None
    closed_at: datetime | None
    record_no: str | None
    invoice_id: UUID | None
    invoice_state: str | None
    version: int


class AccountView(AccountSummary):
    """What was authorised, handed out and done."""

    rework_of_visit_id: UUID | None
    authorised: list[PricedLine] = Field(description="at the latest answered revision")
    authorised_gross: Money
    results: list[LineResult]
    parts: list[PartLineView]
    reworks: list[ReworkView]
    measures: list[MeasureView]
    disputes: list[DisputeView]


class ReceivableView(InvoiceSummary):
    """An invoice that is not fully paid."""

    days_overdue: int = Field(description="whole days since it was due; 0 while it is not")


class AgeGroup(View):
    """Receivables of one age."""

    from_days: int | None = Field(description="days overdue, from; null: not due yet")
    invoices: int
    balance: Money


class UnsquaredPart(View):
    """A part line whose issues, returns and use do not agree."""

    part_line_id: UUID
    issued: Quantity
    returned: Quantity
    used: Quantity


class Discrepancy(View):
    """A visit that is ready and cannot be billed: what is waited for, since when."""

    visit_id: UUID
    request_id: UUID
    request_no: str | None
    plate: str | None
    waiting_for: str = Field(description="the stream whose fact is missing")
    reason: str
    since: datetime
    parts: list[UnsquaredPart]


class MethodSum(View):
    """One day's money by one method."""

    method: str
    payments: int
    received: Money
    refunds: int
    refunded: Money
    net: Money


class DayEnd(View):
    """One day at the counter."""

    on: date
    currency: str
    methods: list[MethodSum]
    received: Money
    refunded: Money
    net: Money
    invoices_issued: int
    invoiced_payable: Money
    voided: list[str] = Field(description="numbers of the day that are void")
