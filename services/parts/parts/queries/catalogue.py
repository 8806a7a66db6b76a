"""Catalogue and suppliers for the screens."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from parts.domain import Part, PurchaseOrderLine, Stock, Supplier
from parts.domain.part import PART, PartKind, PartState
from parts.domain.stock import NONE
from parts.queries.views import PartDetail, PartView, SupplierView
from parts.repository import on_order
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate


async def parts(
    tx: Tx,
    page: PageRequest,
    *,
    q: str | None,
    state: PartState | None,
    kind: PartKind | None,
    supplier_id: UUID | None,
    part_nos: Sequence[str],
) -> Page[PartView]:
    """Parts with their stock; ``q`` is the beginning of a number or a piece of a name."""
    query = select(Part, Stock).join(Stock, Stock.part_no == Part.part_no)
    if q:
        name = func.concat(Part.title["zh"].astext, " ", Part.title["en"].astext)
        query = query.where(
            or_(Part.part_no.istartswith(q, autoescape=True), name.icontains(q, autoescape=True))
        )
    if part_nos:
        query = query.where(Part.part_no.in_(part_nos))
    asked = {Part.state: state, Part.kind: kind, Part.supplier_id: supplier_id}
    query = query.where(*(column == value for column, value in asked.items() if value is not None))

    def shown(row: Any) -> PartView:
        return part_view(row[0], row[1])

    return await paginate(tx, query, page, by=(Part.part_no,), view=shown)


async def part(tx: Tx, part_no: str) -> PartDetail:
    """One part with its stock and what is on order, as this transaction sees it. Raises ``NotFound``."""
    await tx.session.flush()
    found = await tx.read(Part, part_no)
    coming = on_order().where(PurchaseOrderLine.part_no == part_no).scalar_subquery()
    query = select(Stock, func.coalesce(coming, NONE)).where(Stock.part_no == part_no)
    stock, quantity = (await tx.session.execute(query)).one()
    return PartDetail(**part_view(found, stock).model_dump(), on_order=quantity)


async def suppliers(tx: Tx, page: PageRequest, *, qualified: bool | None) -> Page[SupplierView]:
    """Suppliers by name."""
    query = select(Supplier)
    if qualified is not None:
        query = query.where(Supplier.qualified == qualified)
    return await paginate(tx, query, page, by=(Supplier.name,), view=SupplierView)


def part_view(part: Part, stock: Stock) -> PartView:
    """A part with its stock."""
    return PartView(
        part_no=part.part_no,
        state=PartState(part.state),
        title=part.title,
        kind=PartKind(part.kind),
        unit=part.unit,
        unit_price=part.unit_price,
        tax_rate=part.tax_rate,
        reorder_point=part.reorder_point,
        reorder_quantity=part.reorder_quantity,
        supplier_id=part.supplier_id,
        warranty_months=part.warranty_months,
        version=part.version,
        on_hand=stock.on_hand,
        reserved=stock.reserved,
        available=stock.available,
        unit_cost=stock.unit_cost,
        allowed=PART.allowed(part.state),
    )
