"""The price list of labour, for reading."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from billing.domain import LabourRate
from billing.queries.views import LabourRateView
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from servicekit.loading import load


async def labour_rate(tx: Tx, rate: str) -> LabourRateView:
    """One rate with what applies today. Raises ``NotFound``."""
    return _view(await load(tx, await tx.read(LabourRate, rate), "steps"), tx.today)


def _view(rate: LabourRate, today: date) -> LabourRateView:
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
    rates = select(LabourRate).options(selectinload(LabourRate.steps))
    if work_type is not None:
        rates = rates.where(LabourRate.work_type == work_type)
    today = tx.today
    return await paginate(tx, rates, page, by=(LabourRate.rate,), view=lambda rate: _view(rate, today))
