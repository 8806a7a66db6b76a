"""The price list of labour, for reading."""

from datetime import date

from sqlalchemy import select

from billing.domain import LabourRate
from billing.queries.views import LabourRateView
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate


def labour_rate(rate: LabourRate, today: date) -> LabourRateView:
    """A rate with what applies today."""
    return LabourRateView(
        rate=rate.rate,
        work_type=rate.work_type,
        customer_class=rate.customer_class,
        currency=rate.currency,
        in_force=rate.in_force(today),
        steps=rate.steps,
        version=rate.version,
    )


async def labour_rates(tx: Tx, page: PageRequest, *, work_type: str | None) -> Page[LabourRateView]:
    """The price list."""
    rates = select(LabourRate)
    if work_type is not None:
        rates = rates.where(LabourRate.work_type == work_type)
    today = tx.today
    return await paginate(tx, rates, page, by=(LabourRate.rate,), view=lambda r: labour_rate(r, today))
