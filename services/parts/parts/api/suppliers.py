"""Routes of suppliers (PART-12)."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from contracts.permissions import parts as may_parts
from parts.commands import supplier as commands
from parts.domain import Supplier
from parts.domain.purchase import SupplierAlreadyKnown
from parts.queries import catalogue as queries
from parts.queries.views import SupplierView
from servicekit import NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as make_router

router = make_router(tags=["catalogue"])

SupplierId = Annotated[UUID, Path(description="the supplier")]


class SupplierBody(Body):
    """A supplier; parts are bought only from the qualified (PART-12)."""

    name: str = Field(min_length=1, max_length=200, description="name, unique")
    qualified: bool = Field(description="whether parts may be bought there")
    qualification: str = Field(default="", max_length=500, description="evidence of the qualification")
    lead_working_days: int | None = Field(
        default=None, ge=0, le=365, description="usual working days to delivery; absent: the house rule"
    )


@router.get("/suppliers")
async def list_suppliers(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    qualified: Annotated[bool | None, Query(description="only those that are, or are not, qualified")] = None,
) -> Page[SupplierView]:
    """Suppliers by name."""
    return await queries.suppliers(tx, page, qualified=qualified)


@router.post("/suppliers", status_code=201, responses=problems(SupplierAlreadyKnown))
async def add_supplier(
    tx: TxDep, body: SupplierBody, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> SupplierView:
    """Note a supplier."""
    supplier = await commands.add_supplier(tx, **body.model_dump_fields())
    await tx.session.flush()
    return SupplierView.of(supplier)


@router.get("/suppliers/{supplier_id}", responses=problems(NotFound))
async def get_supplier(
    supplier_id: SupplierId, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]
) -> SupplierView:
    """One supplier."""
    return SupplierView.of(await tx.read(Supplier, supplier_id))


@router.put("/suppliers/{supplier_id}", responses=problems(SupplierAlreadyKnown, NotFound, Stale))
async def change_supplier(
    supplier_id: SupplierId, tx: TxDep, body: SupplierBody, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> SupplierView:
    """Change what is known of a supplier."""
    supplier = await commands.change_supplier(tx, supplier_id=supplier_id, **body.model_dump_fields())
    await tx.session.flush()
    return SupplierView.of(supplier)
