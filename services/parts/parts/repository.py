"""Loading and locking of parts' aggregates, and the facts that decisions need.

Lock order everywhere: purchase order, reservations by id, stocks by part number, counters.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from parts.domain import (
    HouseRules,
    Part,
    PickRequest,
    PurchaseOrder,
    PurchaseOrderLine,
    Reservation,
    ReservationLine,
    Shelf,
    ShopCalendar,
    Stock,
    Supplier,
)
from parts.domain.picking import PickState
from parts.domain.purchase import PLACED, REQUESTED, delivery_expected
from parts.domain.reservation import CLOSED
from parts.domain.reservation_line import Wish
from servicekit import NotFound, Tx
from servicekit.loading import load
from shopkit.calendar import default_calendar


async def lock_reservation(tx: Tx, reservation_id: UUID) -> Reservation:
    """A reservation with its lines. Raises ``NotFound``."""
    return await load(tx, await tx.get(Reservation, reservation_id), "lines")


async def find_reservation(tx: Tx, reservation_id: UUID) -> Reservation | None:
    """The same, locked, or ``None``."""
    found = await tx.find(Reservation, reservation_id)
    return None if found is None else await load(tx, found, "lines")


async def find_reservation_of(tx: Tx, request_id: UUID) -> Reservation | None:
    """The request's reservation with its lines, locked, or ``None``."""
    found = await tx.find_by(Reservation, request_id=request_id)
    return None if found is None else await load(tx, found, "lines")


async def lock_reservation_of(tx: Tx, request_id: UUID) -> Reservation:
    """The request's reservation; made on first need. Two streams may be the first to name it."""
    reservation = await find_reservation_of(tx, request_id)
    if reservation is not None:
        return reservation
    await tx.lock(f"reservation of request {request_id}")
    reservation = await find_reservation_of(tx, request_id)
    if reservation is None:
        reservation = Reservation(request_id=request_id, opened_at=tx.now, lines=[])
        tx.add(reservation)
    return reservation


async def lock_reservations(tx: Tx, ids: Iterable[UUID]) -> list[Reservation]:
    """These reservations, by id."""
    wanted = set(ids)
    query = select(Reservation).where(Reservation.id.in_(wanted)).order_by(Reservation.id)
    lines = selectinload(Reservation.lines)  # by a statement after the one that locks
    return await tx.all(query.options(lines).with_for_update()) if wanted else []


async def lock_waiting(tx: Tx, part_nos: Iterable[str]) -> list[Reservation]:
    """Reservations that are short of one of these parts, by id."""
    waiting = (
        select(ReservationLine.reservation_id)
        .join(Reservation, Reservation.id == ReservationLine.reservation_id)
        .where(ReservationLine.part_no.in_(set(part_nos)), ReservationLine.short > 0)
        .where(Reservation.state != CLOSED)
    )
    return await lock_reservations(tx, (await tx.session.scalars(waiting)).all())


async def lock_lines(
    tx: Tx, part_line_ids: Sequence[UUID]
) -> dict[UUID, tuple[Reservation, ReservationLine]]:
    """These part lines with their reservations. Raises ``NotFound``."""
    if not part_line_ids:
        return {}
    query = select(ReservationLine.part_line_id, ReservationLine.reservation_id)
    rows = await tx.session.execute(query.where(ReservationLine.part_line_id.in_(set(part_line_ids))))
    owner = dict(rows.all())
    for missing in set(part_line_ids) - set(owner):
        raise NotFound("part_line", missing)
    reservations = {found.id: found for found in await lock_reservations(tx, owner.values())}
    return {id: (reservations[owner[id]], reservations[owner[id]].line(id)) for id in owner}


async def lock_order(tx: Tx, purchase_order_id: UUID) -> PurchaseOrder:
    """A purchase order with its lines. Raises ``NotFound``."""
    return await load(tx, await tx.get(PurchaseOrder, purchase_order_id), "lines")


async def lock_shelf(tx: Tx, part_nos: Iterable[str]) -> Shelf:
    """The stocks of these parts in part number order; parts that were never listed have none."""
    wanted = sorted(set(part_nos))
    query = select(Stock).where(Stock.part_no.in_(wanted)).order_by(Stock.part_no).with_for_update()
    stocks = await tx.all(query.execution_options(populate_existing=True)) if wanted else []
    return Shelf(stocks, at=tx.now, by=tx.by)


async def lock_shelf_of(tx: Tx, reservation: Reservation, wishes: Sequence[Wish] = ()) -> Shelf:
    """The stocks of all parts of a reservation, and of what is wished for besides."""
    return await lock_shelf(
        tx, {line.part_no for line in reservation.lines} | {wish.part_no for wish in wishes}
    )


async def lock_waiting_requests(
    tx: Tx, reservation_id: UUID, *, technician_id: UUID | None = None
) -> list[PickRequest]:
    """Technicians' requests that wait for parts of a reservation, the oldest first."""
    query = (
        select(PickRequest)
        .where(PickRequest.reservation_id == reservation_id, PickRequest.state == PickState.WAITING)
        .order_by(PickRequest.requested_at, PickRequest.id)
    )
    if technician_id is not None:
        query = query.where(PickRequest.technician_id == technician_id)
    return await tx.all(query.with_for_update())


async def load_supplier(tx: Tx, supplier_id: UUID) -> Supplier:
    """A supplier, not locked and not the subject of the answer's ETag. Raises ``NotFound``."""
    supplier = await tx.session.get(Supplier, supplier_id)
    if supplier is None:
        raise NotFound("Supplier", supplier_id)
    return supplier


async def suppliers_of(tx: Tx, part_nos: set[str]) -> dict[str, Supplier]:
    """By part, the qualified supplier from which it is ordered."""
    query = (
        select(Part.part_no, Supplier)
        .join(Supplier, Supplier.id == Part.supplier_id)
        .where(Part.part_no.in_(part_nos), Supplier.qualified)
    )
    return dict((await tx.session.execute(query)).all())


async def must_be_listed(tx: Tx, part_nos: set[str]) -> None:
    """Raise ``NotFound`` for a part that the catalogue does not have."""
    known = set((await tx.session.scalars(select(Part.part_no).where(Part.part_no.in_(part_nos)))).all())
    for part_no in sorted(part_nos - known):
        raise NotFound("Part", part_no)


async def expected_delivery(tx: Tx, supplier: Supplier | None) -> datetime:
    """When a delivery ordered now is expected, UTC (PART-05)."""
    rules = await tx.rules(HouseRules)
    days = supplier.lead_working_days if supplier else None
    copy = await tx.session.get(ShopCalendar, "shop")
    calendar = copy.calendar if copy else default_calendar(tx.settings.shop_timezone)
    return delivery_expected(calendar, tx.now, rules.lead_working_days if days is None else days)


def on_order() -> Select[*tuple[Any, ...]]:
    """The quantity that is still to come on open orders."""
    return (
        select(func.sum(PurchaseOrderLine.quantity - PurchaseOrderLine.received))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(PurchaseOrderLine.received < PurchaseOrderLine.quantity)
        .where(PurchaseOrder.state.in_((REQUESTED, PLACED)))
    )


async def coming_of(tx: Tx, part_nos: Iterable[str]) -> dict[str, Decimal]:
    """By part, what is on order, for customers or for the shelf."""
    query = on_order().add_columns(PurchaseOrderLine.part_no).group_by(PurchaseOrderLine.part_no)
    rows = await tx.session.execute(query.where(PurchaseOrderLine.part_no.in_(set(part_nos))))
    return {part_no: coming for coming, part_no in rows}
