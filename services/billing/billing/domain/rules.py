"""The house rules of billing: every number that a shop may change, and where it comes from."""

from itertools import pairwise

from pydantic import model_validator

import servicekit
from servicekit import rule


class HouseRules(servicekit.HouseRules):
    """What each shop may decide for itself."""

    payment_grace_hours: int = rule(
        24, "BILL-20", "hours from the issue of an unpaid invoice until it counts as overdue", ge=0, le=8760
    )
    credit_days: int = rule(
        30, "BILL-20", "days from the approval of credit until the invoice must be paid", ge=0, le=365
    )
    ageing_days: tuple[int, ...] = rule(
        (30, 60, 90),
        "BILL-20",
        "days overdue at which a receivable moves on to the next age group",
        min_length=1,
        max_length=10,
    )

    @model_validator(mode="after")
    def _ages_rise(self) -> "HouseRules":
        if any(a >= b for a, b in pairwise((0, *self.ageing_days))):
            raise ValueError("ageing_days must be above zero and rise")
        return self
