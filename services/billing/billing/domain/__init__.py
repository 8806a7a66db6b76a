"""What billing decides: rates, charges, accounts, invoices, measures. Pure rules; no I/O, no clock."""

from billing.domain.account import (
    SIGNATURE,
    Account,
    Authorised,
    AuthorisedLine,
    AuthorisedTotal,
    Cause,
    Rework,
)
from billing.domain.base import Base
from billing.domain.carrying_out import (
    CarriedOut,
    DiscountExceedsPayable,
    RefundExceedsPaid,
    carry_out,
    must_be_possible,
    possible,
)
from billing.domain.charges import Charge, at_no_charge, authorised_gross, charges, invoice_totals, shop_pays
from billing.domain.copies import Customer, Dispute, PartLine, Unsquared, overtaken, unsquared
from billing.domain.invoice import (
    CreditLimitExceeded,
    CreditNotAgreed,
    How,
    Invoice,
    Overpayment,
    new_invoice,
)
from billing.domain.invoice_row import InvoiceRow
from billing.domain.invoice_states import INVOICE, InvoiceState
from billing.domain.labour_rate import LabourRate, LabourRateStep, rate_id
from billing.domain.measure import Measure, MeasureKind, MeasureState
from billing.domain.papers import METHODS, IssuedInvoice, Method, Payment, Refund, invoice_number
from billing.domain.rules import HouseRules

__all__ = [
    "INVOICE",
    "METHODS",
    "SIGNATURE",
    "Account",
    "Authorised",
    "AuthorisedLine",
    "AuthorisedTotal",
    "Base",
    "CarriedOut",
    "Cause",
    "Charge",
    "CreditLimitExceeded",
    "CreditNotAgreed",
    "Customer",
    "DiscountExceedsPayable",
    "Dispute",
    "HouseRules",
    "How",
    "Invoice",
    "InvoiceRow",
    "InvoiceState",
    "IssuedInvoice",
    "LabourRate",
    "LabourRateStep",
    "Measure",
    "MeasureKind",
    "MeasureState",
    "Method",
    "Overpayment",
    "PartLine",
    "Payment",
    "Refund",
    "RefundExceedsPaid",
    "Rework",
    "Unsquared",
    "at_no_charge",
    "authorised_gross",
    "carry_out",
    "charges",
    "invoice_number",
    "invoice_totals",
    "must_be_possible",
    "new_invoice",
    "overtaken",
    "possible",
    "rate_id",
    "shop_pays",
    "unsquared",
]
