"""Accounts of visits, and visits that cannot be billed yet."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query

from billing.api.invoices import Search
from billing.queries import accounts as queries
from billing.queries.views import AccountSummary, AccountView, Discrepancy
from contracts.permissions import billing as may_billing
from servicekit import NotFound
from servicekit.http import Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as new_router

router = new_router(tags=["accounts"])


@router.get("/accounts")
async def list_accounts(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_billing.READ)],
    status: Annotated[
        Literal["open", "closed"] | None, Query(description="only of open, or only of closed visits")
    ] = None,
    customer_id: Annotated[UUID | None, Query(description="only of this customer's visits")] = None,
    search: Search = None,
) -> Page[AccountSummary]:
    """Accounts of visits, the latest opened first."""
    is_open = None if status is None else status == "open"
    return await queries.accounts(tx, page, is_open=is_open, customer_id=customer_id, search=search)


@router.get("/accounts/{visit_id}", responses=problems(NotFound))
async def show_account(
    visit_id: Annotated[UUID, Path(description="the visit")],
    tx: TxDep,
    who: Annotated[Who, may(may_billing.READ)],
) -> AccountView:
    """What was authorised, handed out and done in a visit."""
    return await queries.account(tx, visit_id)


@router.get("/discrepancies")
async def list_discrepancies(
    tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_billing.READ)]
) -> Page[Discrepancy]:
    """Visits that are ready and cannot be billed yet, and what does not agree."""
    return await queries.discrepancies(tx, page)
