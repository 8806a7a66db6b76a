"""Routes of purchase orders: place, receive, move the arrival, cancel."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import AwareDatetime, Field

from contracts.base import Money, Quantity
from contracts.permissions import parts as may_parts
from parts.api.parts import PartNo
from parts.commands import purchase as commands
from parts.domain.purchase import Delivered, MoreThanOrdered, OrderState, SupplierNotQualified
from parts.domain.reservation_line import NotAuthorised, NotShort
from parts.queries import purchase_orders as queries
from parts.queries.views import OrderView
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as make_router

router = make_router(tags=["purchasing"])

Positive = Annotated[Quantity, Field(gt=0)]
Cost = Annotated[Money, Field(ge=0)]
PurchaseOrderId = Annotated[UUID, Path(description="the order")]


class OrderedLine(Body):
    """A part to order; with ``part_line_id`` for an authorised line that is short of it."""

    part_no: PartNo = Field(description="catalogue number of the part")
    quantity: Positive = Field(description="quantity in the part's unit")
    unit_cost: Cost | None = Field(default=None, description="net cost of one unit")
    part_line_id: UUID | None = Field(default=None, description="part line that waits for it, if any")


class OrderBody(Body):
    """An order that is placed."""

    supplier_id: UUID = Field(description="the supplier, qualified")
    lines: list[OrderedLine] = Field(min_length=1, max_length=200, description="one row for each part")
    due_at: AwareDatetime | None = Field(
        default=None, description="when delivery is expected; absent: from the supplier's lead time"
    )


class PlacementBody(Body):
    """The supplier of a requested order."""

    supplier_id: UUID = Field(description="the supplier, qualified")


class EtaBody(Body):
    """Another expected arrival."""

    due_at: AwareDatetime = Field(description="when delivery is expected now")
    reason: str = Field(default="", max_length=500, description="the supplier's reason")


class DeliveredLine(Body):
    """A row of the delivery note."""

    line_id: UUID = Field(description="the order line")
    quantity: Positive = Field(description="quantity in the part's unit")
    unit_cost: Cost | None = Field(default=None, description="net cost of one unit")
    batch: str | None = Field(default=None, max_length=100, description="supplier's batch (PART-11)")
    certificate_no: str | None = Field(default=None, max_length=100, description="certificate (PART-11)")


class DeliveryBody(Body):
    """A delivery; without lines everything that is open came."""

    lines: list[DeliveredLine] = Field(
        default=[], max_length=200, description="rows of the note; none: all of it"
    )


@router.get("/purchase-orders")
async def list_purchase_orders(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    state: Annotated[OrderState | None, Query(description="only those in this state")] = None,
    supplier_id: Annotated[UUID | None, Query(description="only those from this supplier")] = None,
    order_no: Annotated[str | None, Query(description="number of the order")] = None,
) -> Page[OrderView]:
    """Orders, the latest first."""
    return await queries.purchase_orders(tx, page, state=state, supplier_id=supplier_id, order_no=order_no)


@router.post(
    "/purchase-orders",
    status_code=201,
    responses=problems(NotFound, SupplierNotQualified, NotAuthorised, NotShort),
)
async def order_parts(tx: TxDep, body: OrderBody, who: Annotated[Who, may(may_parts.PURCHASE)]) -> OrderView:
    """Order from a qualified supplier, for stock or for lines that wait."""
    rows = [
        commands.Ordered(line.part_no, line.quantity, line.unit_cost, line.part_line_id)
        for line in body.lines
    ]
    order = await commands.order_parts(tx, supplier_id=body.supplier_id, due_at=body.due_at, rows=rows)
    return await queries.purchase_order(tx, order.id)


@router.get("/purchase-orders/{purchase_order_id}", responses=problems(NotFound))
async def get_purchase_order(
    purchase_order_id: PurchaseOrderId, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]
) -> OrderView:
    """One order."""
    return await queries.purchase_order(tx, purchase_order_id)


@router.post(
    "/purchase-orders/{purchase_order_id}/placement",
    responses=problems(NotFound, SupplierNotQualified, IllegalTransition, Stale),
)
async def place_order(
    purchase_order_id: PurchaseOrderId,
    tx: TxDep,
    body: PlacementBody,
    who: Annotated[Who, may(may_parts.PURCHASE)],
) -> OrderView:
    """Give a requested order its supplier."""
    await commands.place_order(tx, purchase_order_id=purchase_order_id, supplier_id=body.supplier_id)
    return await queries.purchase_order(tx, purchase_order_id)


@router.post(
    "/purchase-orders/{purchase_order_id}/eta-changes",
    status_code=201,
    responses=problems(NotFound, IllegalTransition, Stale),
)
async def change_eta(
    purchase_order_id: PurchaseOrderId, tx: TxDep, body: EtaBody, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> OrderView:
    """The supplier names another arrival."""
    fields = body.model_dump_fields()
    await commands.change_eta(tx, purchase_order_id=purchase_order_id, **fields)
    return await queries.purchase_order(tx, purchase_order_id)


@router.post(
    "/purchase-orders/{purchase_order_id}/receipts",
    status_code=201,
    responses=problems(NotFound, MoreThanOrdered, IllegalTransition, Stale),
)
async def receive_order(
    purchase_order_id: PurchaseOrderId,
    tx: TxDep,
    body: DeliveryBody,
    who: Annotated[Who, may(may_parts.PURCHASE)],
) -> OrderView:
    """Book a delivery into stock; those who wait get theirs at once."""
    delivered = [Delivered(**line.model_dump_fields()) for line in body.lines]
    await commands.receive_order(tx, purchase_order_id=purchase_order_id, delivered=delivered)
    return await queries.purchase_order(tx, purchase_order_id)


@router.post(
    "/purchase-orders/{purchase_order_id}/cancellation",
    responses=problems(NotFound, IllegalTransition, Stale),
)
async def cancel_order(
    purchase_order_id: PurchaseOrderId, tx: TxDep, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> OrderView:
    """What is still open will not come."""
    await commands.cancel_order(tx, purchase_order_id=purchase_order_id)
    return await queries.purchase_order(tx, purchase_order_id)
