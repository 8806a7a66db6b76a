"""Purchase orders for the screens."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from parts.domain import PurchaseOrder
from parts.domain.purchase import OrderState
from parts.queries.views import OrderView
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from servicekit.loading import load


async def purchase_orders(
    tx: Tx,
    page: PageRequest,
    *,
    state: OrderState | None,
    supplier_id: UUID | None,
    order_no: str | None,
) -> Page[OrderView]:
    """Orders, the latest first; ``None`` is no filter."""
    asked = {
        PurchaseOrder.state: state,
        PurchaseOrder.supplier_id: supplier_id,
        PurchaseOrder.order_no: order_no,
    }
    query = (
        select(PurchaseOrder)
        .options(selectinload(PurchaseOrder.lines))
        .where(*(column == value for column, value in asked.items() if value is not None))
    )
    by = (PurchaseOrder.created_at, PurchaseOrder.id)
    return await paginate(tx, query, page, by=by, view=OrderView, descending=True)


async def purchase_order(tx: Tx, purchase_order_id: UUID) -> OrderView:
    """One order, as this transaction sees it. Raises ``NotFound``."""
    await tx.session.flush()
    return OrderView.of(await load(tx, await tx.read(PurchaseOrder, purchase_order_id), "lines"))
