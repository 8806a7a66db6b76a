"""Routes of purchase orders: place, receive, move the arrival, cancel."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.base import Money, Quantity
from contracts.permissions import parts as may_parts
from parts.api.catalogue import PartNo
from parts.commands import purchasing as commands
from parts.domain import PurchaseOrder
from parts.domain.purchase import (
    ORDER,
    Delivered,
    EtaChange,
    MoreThanOrdered,
    OrderState,
    SupplierNotQualified,
)
from parts.domain.reservation_line import NotAuthorised
from parts.queries import reservations as queries
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, View, Who, may, paginate, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["purchasing"])

Positive = Annotated[Quantity, Field(gt=0)]
Cost = Annotated[Money, Field(ge=0)]


class OrderedLine(Body):
    """A part to order; with ``part_line_id`` for an authorised line that is short of it."""

    part_no: PartNo
    quantity: Positive
    unit_cost: Cost | None = None
    part_line_id: UUID | None = None


class OrderBody(Body):
    """An order that is placed."""

    supplier_id: UUID
    lines: list[OrderedLine] = Field(min_length=1, max_length=200)
    due_at: AwareDatetime | None = Field(default=None, description="absent: from the supplier's lead time")


class PlacementBody(Body):
    """The supplier of a requested order."""

    supplier_id: UUID


class EtaBody(Body):
    """Another expected arrival."""

    due_at: AwareDatetime
    reason: str = Field(default="", max_length=500, description="what the supplier said")


class DeliveredLine(Body):
    """A row of the delivery note."""

    line_id: UUID
    quantity: Positive
    unit_cost: Cost | None = None
    batch: str | None = Field(default=None, max_length=100)
    certificate_no: str | None = Field(default=None, max_length=100, description="certificate (PART-11)")


class DeliveryBody(Body):
    """A delivery; without lines everything that is open came."""

    lines: list[DeliveredLine] = Field(default=[], max_length=200)


class OrderLineView(View):
    """A part on order."""

    id: UUID
    part_no: str
    quantity: Quantity
    received: Quantity
    open: Quantity
    unit_cost: Money | None
    part_line_id: UUID | None
    reservation_id: UUID | None


class OrderView(View):
    """A purchase order with who did what when (PART-13) and the history of its arrival (PART-06)."""

    id: UUID
    order_no: str
    state: OrderState
    supplier_id: UUID | None
    supplier_name: str
    due_at: datetime | None
    eta_changes: list[EtaChange]
    created_by: str
    created_at: datetime
    placed_by: str | None
    placed_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    version: int
    lines: list[OrderLineView]
    allowed: list[str]

    @classmethod
    def made(cls, order: PurchaseOrder) -> "OrderView":
        """From the order with its lines."""
        made = {"lines", "allowed"}
        own = {name: getattr(order, name) for name in cls.model_fields if name not in made}
        lines = [OrderLineView.of(line) for line in order.lines]
        return cls(**own, lines=lines, allowed=ORDER.allowed(order.state))


@router.get("/purchase-orders")
async def list_purchase_orders(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    state: OrderState | None = None,
    supplier_id: UUID | None = None,
    order_no: str | None = None,
) -> Page[OrderView]:
    """Orders, the latest first."""
    query = queries.purchase_orders(state=state, supplier_id=supplier_id, order_no=order_no)
    by = (PurchaseOrder.created_at, PurchaseOrder.id)
    return await paginate(tx, query, page, by=by, view=OrderView.made, descending=True)


@router.post(
    "/purchase-orders",
    status_code=201,
    responses=problems(NotFound, SupplierNotQualified, NotAuthorised, commands.NotShort),
)
async def order_parts(tx: TxDep, body: OrderBody, who: Annotated[Who, may(may_parts.PURCHASE)]) -> OrderView:
    """Order from a qualified supplier, for stock or for lines that wait."""
    rows = [
        commands.Ordered(line.part_no, line.quantity, line.unit_cost, line.part_line_id)
        for line in body.lines
    ]
    return await _view(
        tx, await commands.order_parts(tx, supplier_id=body.supplier_id, due_at=body.due_at, rows=rows)
    )


@router.get("/purchase-orders/{purchase_order_id}", responses=problems(NotFound))
async def get_purchase_order(
    purchase_order_id: UUID, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]
) -> OrderView:
    """One order."""
    return OrderView.made(await tx.read(PurchaseOrder, purchase_order_id))


@router.post(
    "/purchase-orders/{purchase_order_id}/placement",
    responses=problems(NotFound, SupplierNotQualified, IllegalTransition, Stale),
)
async def place_order(
    purchase_order_id: UUID, tx: TxDep, body: PlacementBody, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> OrderView:
    """Give a requested order its supplier."""
    return await _view(
        tx,
        await commands.place_order(tx, purchase_order_id=purchase_order_id, supplier_id=body.supplier_id),
    )


@router.post(
    "/purchase-orders/{purchase_order_id}/eta-changes",
    status_code=201,
    responses=problems(NotFound, IllegalTransition, Stale),
)
async def change_eta(
    purchase_order_id: UUID, tx: TxDep, body: EtaBody, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> OrderView:
    """The supplier names another arrival."""
    fields = body.model_dump_fields()
    return await _view(tx, await commands.change_eta(tx, purchase_order_id=purchase_order_id, **fields))


@router.post(
    "/purchase-orders/{purchase_order_id}/receipts",
    status_code=201,
    responses=problems(NotFound, MoreThanOrdered, IllegalTransition, Stale),
)
async def receive_order(
    purchase_order_id: UUID, tx: TxDep, body: DeliveryBody, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> OrderView:
    """Book a delivery into stock; those who wait get theirs at once."""
    delivered = [Delivered(**line.model_dump_fields()) for line in body.lines]
    return await _view(
        tx, await commands.receive_order(tx, purchase_order_id=purchase_order_id, delivered=delivered)
    )


@router.post(
    "/purchase-orders/{purchase_order_id}/cancellation",
    responses=problems(NotFound, IllegalTransition, Stale),
)
async def cancel_order(
    purchase_order_id: UUID, tx: TxDep, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> OrderView:
    """What is still open will not come."""
    return await _view(tx, await commands.cancel_order(tx, purchase_order_id=purchase_order_id))


async def _view(tx: TxDep, order: PurchaseOrder) -> OrderView:
    await tx.session.flush()
    return OrderView.made(order)
