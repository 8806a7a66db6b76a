"""The numbers and lists of the complaints department that a shop may change."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from pydantic import model_validator

import servicekit
from servicekit import Invalid, rule


class HouseRules(servicekit.HouseRules):
    """House rules of complaints. Hours are calendar hours: the clocks run at night too (F-12)."""

    respond_hours: int = rule(
        24, "COMP-04", "hours from receipt within which the customer has an answer", ge=1, le=24 * 30
    )
    resolve_hours: int = rule(
        72, "COMP-04", "hours from receipt within which the case is resolved", ge=1, le=24 * 90
    )
    objection_hours: int = rule(
        24,
        "COMP-05",
        "hours within which an objection during the repair is answered",
        ge=1,
        le=24 * 30,
    )
    measure_hours: int = rule(
        72, "COMP-28", "hours from the decision within which a measure is carried out", ge=1, le=24 * 365
    )
    measure_limit: Decimal = rule(
        Decimal("500.00"),
        "COMP-24",
        "refunds and discounts of one case together, in the shop's currency with tax, above which "
        "somebody who may approve must decide",
        ge=0,
        max_digits=12,
        decimal_places=2,
    )
    categories: tuple[str, ...] = rule(
        ("quality", "attitude", "cost", "delay", "other"),
        "COMP-08",
        "what a case can be about: product quality, service attitude, repair cost, delay, other (C-33)",
        min_length=1,
    )
    levels: tuple[str, ...] = rule(
        ("normal", "major"),
        "COMP-18",
        "how grave a case can be; the first is the usual one",
        min_length=1,
    )
    survey_category: str = rule("other", "COMP-30", "category of a case that a low score opens")
    follow_up_category: str = rule("other", "COMP-08", "category of a case that a follow-up opens")
    promise_category: str = rule("delay", "COMP-08", "category of a case that a refused promise opens")

    @model_validator(mode="after")
    def _must_use_listed_categories(self) -> Self:
        used = {self.survey_category, self.follow_up_category, self.promise_category}
        if missing := sorted(used.difference(self.categories)):
            raise ValueError(f"used for cases that open by themselves, so they must stay listed: {missing}")
        return self

    def respond_by(self, received_at: datetime, *, during_visit: bool) -> datetime:
        """Until when the customer must have an answer (F-12; C-03 for an objection during the repair)."""
        return received_at + timedelta(hours=self.objection_hours if during_visit else self.respond_hours)

    def resolve_by(self, received_at: datetime) -> datetime:
        """Until when the case must be resolved (F-12)."""
        return received_at + timedelta(hours=self.resolve_hours)

    def carry_out_by(self, decided_at: datetime) -> datetime:
        """Until when a measure must be carried out."""
        return decided_at + timedelta(hours=self.measure_hours)

    def must_list(self, *, category: str, level: str) -> None:
        """Both are on the shop's lists (COMP-08). Raises ``Invalid``."""
        if category not in self.categories:
            raise Invalid("category", f"one of {', '.join(self.categories)}")
        if level not in self.levels:
            raise Invalid("level", f"one of {', '.join(self.levels)}")
