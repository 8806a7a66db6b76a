"""The price list of labour: what an hour costs, by kind of work and class of customer."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from billing.commands import labour_rates as commands
from billing.domain import LabourRate, rate_id
from billing.queries import labour_rates as queries
from billing.queries.views import LabourRateView
from contracts.base import Money, TaxRate
from contracts.permissions import billing as may_billing
from servicekit import NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as new_router

router = new_router(tags=["labour rates"])

WorkType = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="kind of work, as work lines name it")
]
CustomerClass = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="class of customer: vip, normal, potential")
]


class SetLabourRate(Body):
    """What an hour costs from a day on."""

    hourly_rate: Annotated[Money, Field(ge=0, description="net price of one hour, in the shop's currency")]
    tax_rate: TaxRate = Field(description="tax as a fraction, e.g. 0.06")
    valid_from: date | None = Field(
        default=None, description="first day that it applies to, shop-local; today if not given"
    )
    reason: str = Field(default="", max_length=500, description="why it is set")


@router.put("/labour-rates/{work_type}/{customer_class}", responses=problems(Stale))
async def set_labour_rate(
    work_type: WorkType,
    customer_class: CustomerClass,
    body: SetLabourRate,
    tx: TxDep,
    who: Annotated[Who, may(may_billing.RATES)],
) -> LabourRateView:
    """Set what an hour of a kind of work costs a class of customer."""
    rate = await commands.set_labour_rate(
        tx,
        work_type=work_type,
        customer_class=customer_class,
        **body.model_dump_fields(),
        set_by=who.employee_id,
    )
    await tx.session.flush()
    return queries.labour_rate(rate, tx.today)


@router.get("/labour-rates")
async def list_labour_rates(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_billing.READ)],
    work_type: Annotated[str | None, Query(description="only rates of this kind of work")] = None,
) -> Page[LabourRateView]:
    """The price list of labour."""
    return await queries.labour_rates(tx, page, work_type=work_type)


@router.get("/labour-rates/{work_type}/{customer_class}", responses=problems(NotFound))
async def show_labour_rate(
    work_type: WorkType,
    customer_class: CustomerClass,
    tx: TxDep,
    who: Annotated[Who, may(may_billing.READ)],
) -> LabourRateView:
    """One rate with all its steps."""
    rate = await tx.read(LabourRate, rate_id(work_type, customer_class))
    return queries.labour_rate(rate, tx.today)
