"""What changes stock apart from orders and the counter: free receipts, counts, and promises by hand."""

from decimal import Decimal
from uuid import UUID

from parts.commands.stockroom import give_out, lock_shelf, lock_waiting, put_away
from parts.domain import Reservation, Shelf, Stock
from servicekit import Tx


async def receive_stock(
    tx: Tx,
    *,
    part_no: str,
    quantity: Decimal,
    unit_cost: Decimal | None,
    batch: str | None,
    certificate_no: str | None,
    reason: str,
) -> Stock:
    """Put away parts that came without an order; those who wait get theirs at once, oldest promise first."""
    waiting = await lock_waiting(tx, [part_no])
    stock = await tx.get(Stock, part_no)
    shelf = Shelf([stock], at=tx.now, by=tx.by)
    shelf.receive(part_no, quantity, unit_cost, batch=batch, certificate_no=certificate_no, reason=reason)
    give_out(tx, waiting, shelf)
    put_away(tx, shelf)
    return stock


async def count_stock(tx: Tx, *, part_no: str, counted: Decimal, reason: str) -> Stock:
    """Book what was counted (PART-27). Raises ``CountBelowReserved``."""
    stock = await tx.get(Stock, part_no)
    shelf = Shelf([stock], at=tx.now, by=tx.by)
    shelf.count(part_no, counted, reason)
    put_away(tx, shelf)
    return stock


async def set_line_aside(tx: Tx, *, reservation_id: UUID, part_line_id: UUID) -> Reservation:
    """Set aside what a line is short of, as far as there is something free."""
    reservation = await tx.get(Reservation, reservation_id)
    shelf = await lock_shelf(tx, [reservation.line(part_line_id).part_no])
    tx.publish(reservation, reservation.set_aside(part_line_id, shelf))
    put_away(tx, shelf)
    return reservation


async def free_line(tx: Tx, *, reservation_id: UUID, part_line_id: UUID) -> Reservation:
    """Take what a line holds back into free stock, for a count or for somebody who needs it more."""
    reservation = await tx.get(Reservation, reservation_id)
    shelf = await lock_shelf(tx, [reservation.line(part_line_id).part_no])
    tx.publish(reservation, reservation.free(part_line_id, shelf))
    # Not given to others by itself: it would come straight back to the line that it was taken from.
    put_away(tx, shelf, for_others=False)
    return reservation
