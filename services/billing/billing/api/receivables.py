"""What customers owe, and the day's money at the counter."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from billing.queries import receivables as queries
from billing.queries.views import AgeGroup, DayEnd, ReceivableView
from contracts.permissions import billing as may_billing
from servicekit.http import Page, PageQuery, TxDep, Who, may
from servicekit.http import router as new_router

router = new_router(tags=["invoices"])


@router.get("/receivables")
async def list_receivables(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_billing.READ)],
    customer_id: Annotated[UUID | None, Query(description="only what this customer owes")] = None,
    overdue: Annotated[bool | None, Query(description="only what is overdue, or only what is not")] = None,
    disputed: Annotated[
        bool | None, Query(description="only what a complaint is open about, or only the rest")
    ] = None,
) -> Page[ReceivableView]:
    """What customers owe, the longest due first."""
    return await queries.receivables(tx, page, customer_id=customer_id, overdue=overdue, disputed=disputed)


@router.get("/receivables/ageing")
async def show_ageing(tx: TxDep, who: Annotated[Who, may(may_billing.READ)]) -> list[AgeGroup]:
    """What customers owe, by how long it has been due."""
    return await queries.ageing(tx)


@router.get("/day-ends/{on}")
async def show_day_end(
    on: Annotated[date, Path(description="shop-local day")],
    tx: TxDep,
    who: Annotated[Who, may(may_billing.DAY_END)],
) -> DayEnd:
    """What came in and went out on a shop-local day, by method."""
    return await queries.day_end(tx, on)
