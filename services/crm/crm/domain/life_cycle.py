"""The stage of a customer's life with the shop, from visits and spend (CRM-04, F-33)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from crm.domain.rules import HouseRules


class Stage(StrEnum):
    """CRM-04."""

    NEW = "new"
    GROWING = "growing"
    MATURE = "mature"
    DECLINING = "declining"


@dataclass(frozen=True, slots=True)
class Custom:
    """What a customer brought: visits ever, the last one, money of this span of months and the one before."""

    visits: int
    last_visit_on: date | None
    spend: Decimal
    spend_before: Decimal


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))


def stage_of(custom: Custom, *, today: date, rules: HouseRules) -> Stage:
    """F-33. Who has not been here for long is declining; who meets no other line stays new."""
    if custom.last_visit_on is None:
        return Stage.NEW
    if custom.last_visit_on < months_before(today, rules.quiet_months):
        return Stage.DECLINING
    if custom.visits <= 1:
        return Stage.NEW
    band = custom.spend_before * rules.mature_band_percent / 100
    if custom.spend < custom.spend_before - band:
        return Stage.DECLINING
    if custom.visits >= rules.mature_visits and custom.spend <= custom.spend_before + band:
        return Stage.MATURE
    return Stage.GROWING if custom.spend > custom.spend_before else Stage.NEW
