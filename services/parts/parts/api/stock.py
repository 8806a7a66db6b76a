"""Routes of stock: receipts, counts, ledger, shortages, reorder suggestions, key figures."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, Field

from contracts.base import Money, Quantity
from contracts.permissions import parts as may_parts
from parts.api.parts import PartNoPath
from parts.commands import stock as commands
from parts.domain import HouseRules
from parts.domain.stock import CountBelowReserved, MovementKind
from parts.queries import stock as queries
from parts.queries.views import FiguresView, MovementView, Shortage, StockView, Suggestion
from servicekit import NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as make_router

router = make_router(tags=["stock"])


class ReceiptBody(Body):
    """Parts that came without an order."""

    quantity: Annotated[Quantity, Field(gt=0)] = Field(description="quantity in the part's unit")
    unit_cost: Annotated[Money, Field(ge=0)] | None = Field(default=None, description="net cost of one unit")
    batch: str | None = Field(default=None, max_length=100, description="supplier's batch (PART-11)")
    certificate_no: str | None = Field(default=None, max_length=100, description="certificate (PART-11)")
    reason: str = Field(default="", max_length=500, description="where they come from")


class CountBody(Body):
    """What was counted on the shelf."""

    counted: Annotated[Quantity, Field(ge=0)] = Field(description="quantity on the shelf")
    reason: str = Field(min_length=1, max_length=500, description="why it was counted")


@router.post("/parts/{part_no}/receipts", status_code=201, responses=problems(NotFound, Stale))
async def receive_stock(
    part_no: PartNoPath, tx: TxDep, body: ReceiptBody, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> StockView:
    """Put away parts that came without an order."""
    stock = await commands.receive_stock(tx, part_no=part_no, **body.model_dump_fields())
    await tx.session.flush()
    return StockView.of(stock)


@router.post(
    "/parts/{part_no}/counts", status_code=201, responses=problems(NotFound, CountBelowReserved, Stale)
)
async def count_stock(
    part_no: PartNoPath, tx: TxDep, body: CountBody, who: Annotated[Who, may(may_parts.ADJUST)]
) -> StockView:
    """Book what was counted."""
    stock = await commands.count_stock(tx, part_no=part_no, **body.model_dump_fields())
    await tx.session.flush()
    return StockView.of(stock)


@router.get("/parts/{part_no}/movements")
async def list_movements(
    part_no: PartNoPath,
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    kind: Annotated[MovementKind | None, Query(description="only those of this kind")] = None,
) -> Page[MovementView]:
    """The ledger of a part, the latest first."""
    return await queries.movements(tx, page, part_no, kind=kind)


@router.get("/reorder-suggestions")
async def list_reorder_suggestions(
    tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_parts.READ)]
) -> Page[Suggestion]:
    """Parts at or below their reorder point."""
    return await queries.reorder_suggestions(tx, page)


@router.get("/shortages")
async def list_shortages(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    visit_id: Annotated[UUID | None, Query(description="only those of this visit")] = None,
    part_no: Annotated[str | None, Query(description="only those of this part")] = None,
    overdue: Annotated[bool, Query(description="only those whose expected arrival is over")] = False,
) -> Page[Shortage]:
    """Short and awaited parts, the oldest first (PART-08)."""
    return await queries.shortages(tx, page, visit_id=visit_id, part_no=part_no, overdue=overdue)


@router.get("/supply-figures")
async def get_supply_figures(
    tx: TxDep,
    who: Annotated[Who, may(may_parts.READ)],
    since: Annotated[AwareDatetime, Query(description="begin of the span, with offset")],
    until: Annotated[AwareDatetime, Query(description="end of the span, with offset")],
) -> FiguresView:
    """Fill rate, picking wait and wrong part rate (F-29)."""
    rules = await tx.rules(HouseRules)
    return await queries.supply_figures(tx, since, until, rules.slow_picking_minutes)
