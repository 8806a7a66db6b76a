"""What billing publishes: labour rates and the life of a visit's invoice."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Event, Instant, Money, Revision, TaxRate
from contracts.fields import Currency, InvoiceId, RequestId, VisitId
from contracts.values import InvoiceLine


class LabourRateSet(Event):
    """A labour rate applies from a day on; reception copies it to price lines."""

    TYPE: ClassVar[str] = "billing.labour-rate.set"
    KEY: ClassVar[str] = "rate"

    rate: str = Field(description="`<work_type>:<customer_class>`, the rate's identity")
    work_type: str = Field(description="kind of work, as lines name it")
    customer_class: str = Field(description="class of customer, as crm names it")
    hourly_rate: Money = Field(description="net price of one hour")
    currency: Currency
    tax_rate: TaxRate = Field(description="tax on labour as a fraction, e.g. 0.06")
    valid_from: date = Field(description="shop-local date from which it applies")


class _InvoiceEvent(Event):
    KEY: ClassVar[str] = "invoice_id"

    invoice_id: InvoiceId
    visit_id: VisitId
    request_id: RequestId
    customer_id: UUID = Field(description="who owes it")
    currency: Currency


class InvoicePrepared(_InvoiceEvent):
    """What the customer owes is known, not yet fixed; reception prints the settlement papers."""

    TYPE: ClassVar[str] = "billing.invoice.prepared"

    revision: Revision = Field(description="1, raised each time it is prepared anew")
    estimate_revision: Revision | None = Field(default=None, description="answered revision it is billed by")
    lines: tuple[InvoiceLine, ...] = Field(description="labour and part rows")
    total_net: Money = Field(description="sum of the rows' net")
    total_tax: Money = Field(description="tax per rate on the sum of its rows, rounded once each")
    total_gross: Money = Field(description="total_net + total_tax")
    payable: Money = Field(description="what is to be paid after measures; 0.00 if nothing")


class InvoiceWithdrawn(_InvoiceEvent):
    """The job was reopened before the invoice was issued; the signature on it is void."""

    TYPE: ClassVar[str] = "billing.invoice.withdrawn"

    revision: Revision = Field(description="the revision that no longer stands")
    reason: str = Field(default="", description="why")


class InvoiceIssued(_InvoiceEvent):
    """The accepted invoice got its number and is immutable from here; reception, crm, complaints copy."""

    TYPE: ClassVar[str] = "billing.invoice.issued"

    revision: Revision = Field(description="the accepted revision")
    invoice_no: str = Field(description="gapless number")
    issued_at: Instant = Field(description="when, UTC")
    total_gross: Money = Field(description="total with tax")
    payable: Money = Field(description="what is to be paid after measures")
    balance: Money = Field(description="still open")


class PaymentReceived(_InvoiceEvent):
    """The cashier took money; reception shows the balance, crm the spend."""

    TYPE: ClassVar[str] = "billing.invoice.payment-received"

    payment_id: UUID = Field(description="the payment")
    amount: Money = Field(description="amount received")
    method: str = Field(description="cash, card, wechat, alipay, transfer, ...")
    received_at: Instant = Field(description="when, UTC")
    balance: Money = Field(description="still open after it")


class InvoiceSettled(_InvoiceEvent):
    """Paid, on approved credit, or nothing to pay: reception may hand the car over."""

    TYPE: ClassVar[str] = "billing.invoice.settled"

    how: Literal["paid", "credit", "nothing_to_pay"] = Field(description="paid, credit or nothing_to_pay")
    settled_at: Instant = Field(description="when, UTC")
    total_gross: Money = Field(description="total with tax")
    payable: Money = Field(description="what was to be paid after measures")
    paid: Money = Field(description="payments minus refunds so far")
    balance: Money = Field(description="still open: 0.00, or what is on credit")
    credit_approved_by: str | None = Field(default=None, description="employee id who approved the credit")


class InvoiceRefunded(_InvoiceEvent):
    """A refund measure was carried out; complaints closes it, reception shows the balance."""

    TYPE: ClassVar[str] = "billing.invoice.refunded"

    measure_id: UUID = Field(description="the complaint's measure; one refund each")
    refund_id: UUID = Field(description="the refund")
    amount: Money = Field(description="amount given back")
    balance: Money = Field(description="still open after it")


class InvoiceDiscounted(_InvoiceEvent):
    """A discount measure was carried out; complaints closes it, reception shows the balance."""

    TYPE: ClassVar[str] = "billing.invoice.discounted"

    measure_id: UUID = Field(description="the complaint's measure")
    amount: Money = Field(description="amount no longer owed, with tax")
    refund_id: UUID | None = Field(default=None, description="refund of a surplus already paid, if any")
    payable: Money = Field(description="what is to be paid after it")
    balance: Money = Field(description="still open after it")


class MeasureNotPossible(_InvoiceEvent):
    """A refund or discount is more than can be given; complaints decides again."""

    TYPE: ClassVar[str] = "billing.invoice.measure-not-possible"

    measure_id: UUID = Field(description="the complaint's measure")
    reason: str = Field(description="why not")
    possible: Money = Field(description="the most that can be given")
