"""Ordering from suppliers: for stock, for customers who agreed to wait, and what is delivered (PART-13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from parts.commands.stock import give_out, put_away
from parts.domain import PurchaseOrder, PurchaseOrderLine, Reservation, ReservationLine, Supplier
from parts.domain.allotment import uncovered
from parts.domain.purchase import Delivered
from parts.domain.stock import Cause
from parts.repository import (
    coming_of,
    expected_delivery,
    load_supplier,
    lock_lines,
    lock_order,
    lock_reservations,
    lock_shelf,
    lock_waiting,
    must_be_listed,
    suppliers_of,
)
from servicekit import NotFound, Tx
from servicekit.personal_data import mask
from shopkit.numbers import request_no


@dataclass(frozen=True, slots=True)
class Ordered:
    """A row of an order that is being written."""

    part_no: str
    quantity: Decimal
    unit_cost: Decimal | None = None
    part_line_id: UUID | None = None


async def order_parts(
    tx: Tx, *, supplier_id: UUID, due_at: datetime | None, rows: Sequence[Ordered]
) -> PurchaseOrder:
    """Order from a supplier, for stock or for authorised lines. Raises ``SupplierNotQualified``,
    ``NotAuthorised``, ``NotShort``."""
    lines = await lock_lines(tx, [row.part_line_id for row in rows if row.part_line_id is not None])
    supplier = await load_supplier(tx, supplier_id)
    await must_be_listed(tx, {row.part_no for row in rows})
    due = due_at or await expected_delivery(tx, supplier)
    order = await _new_order(tx, due)
    waiting: dict[UUID, list[tuple[ReservationLine, Decimal]]] = {}
    for row in rows:
        reservation, line = lines[row.part_line_id] if row.part_line_id else (None, None)
        order.lines.append(_line(row, reservation))
        if reservation is not None and line is not None:
            line.must_be_orderable(row.part_no)
            waiting.setdefault(reservation.id, []).append((line, line.order(row.quantity, due, tx.now)))
    tx.publish(order, order.place(supplier, currency=tx.settings.shop_currency, by=tx.by, at=tx.now))
    for reservation in {reservation.id: reservation for reservation, _ in lines.values()}.values():
        tx.publish(reservation, reservation.back_ordered(order.order_no, waiting[reservation.id]))
    return order


async def order_short(tx: Tx, reservation: Reservation, lines: Sequence[ReservationLine]) -> None:
    """Order what these lines are short of, one order per supplier; without a qualified one it is a request
    that the keeper gives a supplier (PART-05, PART-13)."""
    short = [line for line in lines if line.unordered > 0]
    if not short:
        return
    suppliers = await suppliers_of(tx, {line.part_no for line in short})
    groups: dict[UUID | None, list[ReservationLine]] = {}
    for line in short:
        supplier = suppliers.get(line.part_no)
        groups.setdefault(supplier.id if supplier else None, []).append(line)
    by_id = {supplier.id: supplier for supplier in suppliers.values()}
    for id in sorted(groups, key=str):
        await _order_group(tx, reservation, groups[id], by_id.get(id) if id else None)


async def _order_group(
    tx: Tx, reservation: Reservation, lines: Sequence[ReservationLine], supplier: Supplier | None
) -> None:
    due = await expected_delivery(tx, supplier)
    order = await _new_order(tx, due)
    ordered = []
    for line in lines:
        quantity = line.order(line.unordered, due, tx.now)
        row = Ordered(line.part_no, quantity, None, line.part_line_id)
        order.lines.append(_line(row, reservation))
        ordered.append((line, quantity))
    if supplier is not None:
        tx.publish(order, order.place(supplier, currency=tx.settings.shop_currency, by=tx.by, at=tx.now))
    tx.publish(reservation, reservation.back_ordered(order.order_no, ordered))


async def place_order(tx: Tx, *, purchase_order_id: UUID, supplier_id: UUID) -> PurchaseOrder:
    """Give a requested order its supplier. Raises ``SupplierNotQualified``."""
    order = await lock_order(tx, purchase_order_id)
    supplier = await load_supplier(tx, supplier_id)
    tx.publish(order, order.place(supplier, currency=tx.settings.shop_currency, by=tx.by, at=tx.now))
    return order


async def change_eta(tx: Tx, *, purchase_order_id: UUID, due_at: datetime, reason: str) -> PurchaseOrder:
    """The supplier names another arrival; everybody who waits for it gets the new date (PART-06)."""
    order = await lock_order(tx, purchase_order_id)
    reason = mask(reason)
    order.change_eta(due_at, reason=reason, by=tx.by, at=tx.now)
    waiting = order.back_orders()
    for reservation in await lock_reservations(tx, waiting):
        changed = reservation.expect(set(waiting[reservation.id]), due_at, reason)
        if changed is not None:
            tx.publish(reservation, changed)
    return order


async def receive_order(tx: Tx, *, purchase_order_id: UUID, delivered: Sequence[Delivered]) -> PurchaseOrder:
    """Book a delivery into stock and give it out, oldest promise first. No rows: all that is open came.
    Raises ``MoreThanOrdered``, and ``NotFound`` for a part that the catalogue does not know."""
    order = await lock_order(tx, purchase_order_id)
    notes = delivered or [Delivered(line.id, line.open) for line in order.lines if line.open > 0]
    received = order.receive(notes, currency=tx.settings.shop_currency, by=tx.by, at=tx.now)
    part_nos = {order.line(note.line_id).part_no for note in notes}
    waiting = await lock_waiting(tx, part_nos)
    shelf = await lock_shelf(tx, part_nos)
    for note in notes:
        line = order.line(note.line_id)
        if not shelf.knows(line.part_no):
            raise NotFound("Part", line.part_no)
        cost = note.unit_cost if note.unit_cost is not None else line.unit_cost
        cause = Cause(purchase_order_id=order.id, batch=note.batch, certificate_no=note.certificate_no)
        shelf.receive(line.part_no, note.quantity, cost, cause)
    tx.publish(order, received)
    give_out(tx, waiting, shelf)
    put_away(tx, shelf)
    return order


async def cancel_order(tx: Tx, *, purchase_order_id: UUID) -> PurchaseOrder:
    """What is still open will not come; lines that waited for it are short again without an order."""
    order = await lock_order(tx, purchase_order_id)
    order.cancel(by=tx.by, at=tx.now)
    part_nos = {line.part_no for line in order.lines if line.open > 0}
    waiting = await lock_waiting(tx, part_nos)
    coming = await coming_of(tx, part_nos)
    cancelled = {id: open for lines in order.back_orders().values() for id, open in lines.items()}
    lost = uncovered(waiting, cancelled, coming)
    for reservation in waiting:
        short = reservation.cancel_order(lost)
        if short is not None:
            tx.publish(reservation, short)
    return order


def _line(row: Ordered, reservation: Reservation | None) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        part_no=row.part_no,
        quantity=row.quantity,
        unit_cost=row.unit_cost,
        part_line_id=row.part_line_id,
        reservation_id=reservation.id if reservation else None,
    )


async def _new_order(tx: Tx, due_at: datetime) -> PurchaseOrder:
    number = request_no("PO", tx.today, await tx.next_number("purchase-order"))
    order = PurchaseOrder(order_no=number, due_at=due_at, created_by=tx.by, created_at=tx.now, lines=[])
    tx.add(order)
    return order
