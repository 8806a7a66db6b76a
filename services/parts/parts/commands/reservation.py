"""Reservations: setting aside and freeing by hand, and releasing."""

from uuid import UUID

from parts.commands.stock import put_away
from parts.domain import Reservation
from parts.repository import lock_reservation, lock_shelf, lock_shelf_of
from servicekit import Tx


async def set_line_aside(tx: Tx, *, reservation_id: UUID, part_line_id: UUID) -> Reservation:
    """Set aside what a line is short of, as far as there is something free."""
    reservation = await lock_reservation(tx, reservation_id)
    shelf = await lock_shelf(tx, [reservation.line(part_line_id).part_no])
    tx.publish(reservation, reservation.set_aside(part_line_id, shelf))
    put_away(tx, shelf)
    return reservation


async def free_line(tx: Tx, *, reservation_id: UUID, part_line_id: UUID) -> Reservation:
    """Take what a line holds back into free stock, for a count or for somebody who needs it more."""
    reservation = await lock_reservation(tx, reservation_id)
    shelf = await lock_shelf(tx, [reservation.line(part_line_id).part_no])
    tx.publish(reservation, reservation.free(part_line_id, shelf))
    # Not given to others by itself: it would come straight back to the line that it was taken from.
    put_away(tx, shelf, for_others=False)
    return reservation


async def release(tx: Tx, reservation: Reservation, reason: str) -> None:
    """Free what is not handed out, because the car does not come."""
    shelf = await lock_shelf_of(tx, reservation)
    released = reservation.release(reason, shelf)
    if released is not None:
        tx.publish(reservation, released)
    put_away(tx, shelf)
