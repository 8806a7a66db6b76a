"""What the rules of complaints answer to people."""

from typing import ClassVar

from servicekit import Refusal


class MeasureOpen(Refusal):
    """A measure of this case is not carried out yet."""


class NotTheOwner(Refusal):
    """This case belongs to somebody else, and you do not handle cases."""

    status: ClassVar[int] = 403


class ApprovalNeeded(Refusal):
    """The refunds and discounts of this case together are above the limit: somebody must approve."""

    status: ClassVar[int] = 403


class NothingToRefund(Refusal):
    """There is no issued invoice that could be refunded."""


class NothingToDiscount(Refusal):
    """The case names neither a visit nor an invoice that could become cheaper."""


class NoVisitToRedo(Refusal):
    """The visit whose work is to be done again is not known here."""
