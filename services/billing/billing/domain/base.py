"""The department's tables and its house rules."""

from itertools import pairwise

from pydantic import model_validator
from sqlalchemy.orm import DeclarativeBase

import servicekit
from servicekit import new_metadata, rule


class Base(DeclarativeBase):
    """Registry and metadata of billing's database."""

    metadata = new_metadata()


class HouseRules(servicekit.HouseRules):
    """Every number of billing that a shop may change."""

    payment_grace_hours: int = rule(
        24, "BILL-20", "hours from the issue of an unpaid invoice until it counts as overdue", ge=0
    )
    credit_days: int = rule(
        30, "BILL-20", "days from the approval of credit until the invoice must be paid", ge=0
    )
    ageing_days: tuple[int, ...] = rule(
        (30, 60, 90), "BILL-20", "days overdue at which a receivable moves on to the next age group"
    )

    @model_validator(mode="after")
    def _ages_rise(self) -> "HouseRules":
        if not self.ageing_days or any(a >= b for a, b in pairwise((0, *self.ageing_days))):
            raise ValueError("ageing_days must be above zero and rise")
        return self
