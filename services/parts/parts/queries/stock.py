"""Reading catalogue and stock: availability, ledger, shortages, reorder suggestions, key figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from parts.domain import (
    Movement,
    Part,
    PickRequest,
    PurchaseOrder,
    PurchaseOrderLine,
    Reservation,
    ReservationLine,
    Stock,
)
from parts.domain.figures import mean_minutes, share_percent
from parts.domain.purchase import PLACED, REQUESTED
from parts.domain.stock import NONE, MovementKind
from servicekit import Tx

Rows = Select[*tuple[Any, ...]]


def parts_and_stock(
    *, q: str | None, state: str | None, kind: str | None, supplier_id: UUID | None, part_nos: Sequence[str]
) -> Rows:
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
    return query.where(*(column == value for column, value in asked.items() if value is not None))


async def part_and_stock(tx: Tx, part_no: str) -> tuple[Part, Stock, Decimal]:
    """One part, its stock and what is on order. Raises ``NotFound``."""
    part = await tx.read(Part, part_no)
    on_order = _on_order().where(PurchaseOrderLine.part_no == part_no).scalar_subquery()
    query = select(Stock, func.coalesce(on_order, NONE)).where(Stock.part_no == part_no)
    stock, coming = (await tx.session.execute(query)).one()
    return part, stock, coming


async def coming_of(tx: Tx, part_nos: Iterable[str]) -> dict[str, Decimal]:
    """By part, what is on order, for customers or for the shelf."""
    query = _on_order().add_columns(PurchaseOrderLine.part_no).group_by(PurchaseOrderLine.part_no)
    rows = await tx.session.execute(query.where(PurchaseOrderLine.part_no.in_(set(part_nos))))
    return {part_no: coming for coming, part_no in rows}


def _on_order() -> Rows:
    return (
        select(func.sum(PurchaseOrderLine.quantity - PurchaseOrderLine.received))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(PurchaseOrderLine.received < PurchaseOrderLine.quantity)
        .where(PurchaseOrder.state.in_((REQUESTED, PLACED)))
    )


def movements(part_no: str, kind: str | None) -> Rows:
    """The ledger of one part (PART-27)."""
    query = select(Movement).where(Movement.part_no == part_no)
    return query.where(Movement.kind == kind) if kind else query


def reorder_suggestions() -> Rows:
    """Parts whose available stock has fallen to the reorder point (PART-28), with what is on order."""
    on_order = _on_order().where(PurchaseOrderLine.part_no == Part.part_no).correlate(Part).scalar_subquery()
    return (
        select(Part, Stock, func.coalesce(on_order, NONE).label("on_order"))
        .join(Stock, Stock.part_no == Part.part_no)
        .where(Part.state == "listed", Part.reorder_point.is_not(None))
        .where(Stock.on_hand - Stock.reserved <= Part.reorder_point)
    )


def shortages(*, visit_id: UUID | None, part_no: str | None, overdue_at: datetime | None) -> Rows:
    """Short and awaited part lines with their reservation and part, if listed (PART-08)."""
    query = (
        select(ReservationLine, Reservation, Part)
        .join(Reservation, Reservation.id == ReservationLine.reservation_id)
        .outerjoin(Part, Part.part_no == ReservationLine.part_no)
        .where(ReservationLine.short > 0)
    )
    if visit_id is not None:
        query = query.where(Reservation.visit_id == visit_id)
    if part_no is not None:
        query = query.where(ReservationLine.part_no == part_no)
    if overdue_at is not None:
        query = query.where(ReservationLine.eta < overdue_at)
    return query


@dataclass(frozen=True, slots=True)
class SupplyFigures:
    """F-29 over a span of time; ``None`` where nothing happened."""

    lines_requested: int
    lines_from_stock: int
    fill_rate_percent: Decimal | None
    picks: int
    mean_wait_minutes: Decimal | None
    slow_picks: int
    issued_rows: int
    wrong_rows: int
    wrong_part_percent: Decimal | None


async def supply_figures(tx: Tx, since: datetime, until: datetime, slow_minutes: int) -> SupplyFigures:
    """Fill rate, wait and wrong part rate from ``since`` to before ``until`` (F-29, PART-09, PART-19)."""
    requested, filled = await _counts(
        tx,
        select(func.count(), func.count().filter(ReservationLine.filled_at_once)).where(
            ReservationLine.wanted_at >= since, ReservationLine.wanted_at < until
        ),
    )
    waited = select(PickRequest.waited_seconds).where(
        PickRequest.picked_at >= since, PickRequest.picked_at < until
    )
    waits = [seconds for seconds in (await tx.session.scalars(waited)).all() if seconds is not None]
    issued, wrong = await _counts(
        tx,
        select(
            func.count().filter(Movement.kind == MovementKind.ISSUE),
            func.count().filter(Movement.kind == MovementKind.RETURN, Movement.reason == "wrong_part"),
        ).where(Movement.at >= since, Movement.at < until),
    )
    return SupplyFigures(
        lines_requested=requested,
        lines_from_stock=filled,
        fill_rate_percent=share_percent(filled, requested),
        picks=len(waits),
        mean_wait_minutes=mean_minutes(waits),
        slow_picks=sum(seconds > slow_minutes * 60 for seconds in waits),
        issued_rows=issued,
        wrong_rows=wrong,
        wrong_part_percent=share_percent(wrong, issued),
    )


async def _counts(tx: Tx, query: Rows) -> tuple[int, int]:
    first, second = (await tx.session.execute(query)).one()
    return first, second
