"""What billing says no to, in the words that a cashier reads."""

from servicekit import Refusal


class Overpayment(Refusal):
    """This is more than is still to be paid."""


class CreditNotAgreed(Refusal):
    """No credit is agreed with this customer."""


class CreditLimitExceeded(Refusal):
    """The customer's credit limit does not allow it."""


class RefundExceedsPaid(Refusal):
    """More cannot be given back than was paid."""


class DiscountExceedsPayable(Refusal):
    """A discount cannot be more than what is to be paid."""
