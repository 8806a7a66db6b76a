"""What people may do in billing: rates, invoices, payments."""

READ = "billing.read"
"""See accounts, invoices and payments."""
TAKE_PAYMENT = "billing.take-payment"
"""Take a customer's payment."""
RATES = "billing.rates"
"""Set labour rates."""
APPROVE_CREDIT = "billing.approve-credit"
"""Let a customer leave on credit."""
REFUND = "billing.refund"
"""Give money back."""
DISCOUNT = "billing.discount"
"""Grant a discount."""
DAY_END = "billing.day-end"
"""Close the day and its cash."""

ALL = frozenset({READ, TAKE_PAYMENT, RATES, APPROVE_CREDIT, REFUND, DISCOUNT, DAY_END})
