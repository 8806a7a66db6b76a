"""Routes of stock: receipts, counts, ledger, shortages, reorder suggestions, key figures."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, Field

from contracts.base import Money, Quantity
from contracts.permissions import parts as may_parts
from contracts.values import Title
from parts.api.catalogue import PartNoPath, PartView
from parts.commands import stock as commands
from parts.domain import HouseRules, Movement, Part, ReservationLine
from parts.domain.stock import CountBelowReserved, MovementKind
from parts.queries import stock as queries
from servicekit import NotFound, Stale
from servicekit.http import Body, Now, Page, PageQuery, TxDep, View, Who, may, paginate, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["stock"])


class ReceiptBody(Body):
    """Parts that came without an order."""

    quantity: Annotated[Quantity, Field(gt=0)]
    unit_cost: Annotated[Money, Field(ge=0)] | None = Field(default=None, description="net cost of one unit")
    batch: str | None = Field(default=None, max_length=100, description="supplier's batch (PART-11)")
    certificate_no: str | None = Field(default=None, max_length=100, description="certificate (PART-11)")
    reason: str = Field(default="", max_length=500)


class CountBody(Body):
    """What was counted on the shelf."""

    counted: Annotated[Quantity, Field(ge=0)]
    reason: str = Field(min_length=1, max_length=500)


class StockView(View):
    """One part on the shelf."""

    part_no: str
    on_hand: Quantity
    reserved: Quantity
    available: Quantity
    unit_cost: Money
    counted_at: datetime | None
    version: int


class MovementView(View):
    """One row of the ledger."""

    position: int
    kind: MovementKind
    quantity: Quantity = Field(description="change of what is on hand")
    promised: Quantity = Field(description="change of what is reserved")
    on_hand_after: Quantity
    reserved_after: Quantity
    unit_cost: Money
    part_line_id: UUID | None
    slip_no: str | None
    purchase_order_id: UUID | None
    batch: str | None
    certificate_no: str | None
    reason: str
    by: str
    at: datetime


class Suggestion(PartView):
    """A part to order again (PART-28)."""

    on_order: Quantity


class Shortage(View):
    """A part line that waits (PART-08)."""

    part_line_id: UUID
    line_id: UUID
    part_no: str
    part_title: Title | None
    work: Title
    reservation_id: UUID
    request_id: UUID
    request_no: str | None
    visit_id: UUID | None
    plate: str | None
    short: Quantity
    back_ordered: Quantity
    authorised: bool
    eta: datetime | None
    short_since: datetime
    age_minutes: int


class FiguresView(View):
    """Key figures of parts (F-29)."""

    lines_requested: int
    lines_from_stock: int
    fill_rate_percent: Money | None
    picks: int
    mean_wait_minutes: Money | None
    slow_picks: int
    issued_rows: int
    wrong_rows: int
    wrong_part_percent: Money | None


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
    kind: MovementKind | None = None,
) -> Page[MovementView]:
    """The ledger of a part, the latest first."""
    query = queries.movements(part_no, kind)
    return await paginate(tx, query, page, by=(Movement.position,), view=MovementView, descending=True)


@router.get("/reorder-suggestions")
async def list_reorder_suggestions(
    tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_parts.READ)]
) -> Page[Suggestion]:
    """Parts at or below their reorder point."""

    def shown(row: Any) -> Suggestion:
        return Suggestion(**PartView.made(row[0], row[1]).model_dump(), on_order=row[2])

    return await paginate(tx, queries.reorder_suggestions(), page, by=(Part.part_no,), view=shown)


@router.get("/shortages")
async def list_shortages(
    tx: TxDep,
    page: PageQuery,
    now: Now,
    who: Annotated[Who, may(may_parts.READ)],
    visit_id: UUID | None = None,
    part_no: str | None = None,
    overdue: Annotated[bool, Query(description="only those whose expected arrival is over")] = False,
) -> Page[Shortage]:
    """Short and awaited parts, the oldest first (PART-08)."""

    def shown(row: Any) -> Shortage:
        line, reservation, part = row[0], row[1], row[2]
        names = ("part_line_id", "line_id", "part_no", "work", "short", "back_ordered", "authorised", "eta")
        whose = ("request_id", "request_no", "visit_id", "plate")
        return Shortage(
            **{name: getattr(line, name) for name in names},
            **{name: getattr(reservation, name) for name in whose},
            reservation_id=reservation.id,
            part_title=part.title if part else None,
            short_since=line.short_since,
            age_minutes=max(int((now - line.short_since).total_seconds() // 60), 0),
        )

    query = queries.shortages(visit_id=visit_id, part_no=part_no, overdue_at=now if overdue else None)
    by = (ReservationLine.short_since, ReservationLine.part_line_id)
    return await paginate(tx, query, page, by=by, view=shown)


@router.get("/supply-figures")
async def get_supply_figures(
    tx: TxDep,
    who: Annotated[Who, may(may_parts.READ)],
    since: Annotated[AwareDatetime, Query(description="begin of the span, with offset")],
    until: Annotated[AwareDatetime, Query(description="end of the span, with offset")],
) -> FiguresView:
    """Fill rate, picking wait and wrong part rate (F-29)."""
    rules = await tx.rules(HouseRules)
    return FiguresView.of(await queries.supply_figures(tx, since, until, rules.slow_picking_minutes))
