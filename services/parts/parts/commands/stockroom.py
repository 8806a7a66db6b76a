"""Locking stock, writing its ledger, and giving what became free to those who wait for it.

Lock order everywhere: purchase order, reservations by id, stocks by part number, counters.
"""

from collections.abc import Iterable

from sqlalchemy import select

from parts.domain import Reservation, ReservationLine, Shelf, Stock
from parts.domain.allotment import allot
from parts.domain.reservation import CLOSED
from servicekit import Tx

ALLOT = "allot"
"""Kind of the timer that gives freed parts to others, keyed by part number."""


async def lock_shelf(tx: Tx, part_nos: Iterable[str]) -> Shelf:
    """The stocks of these parts, locked in part number order; parts that were never listed have none."""
    wanted = sorted(set(part_nos))
    query = select(Stock).where(Stock.part_no.in_(wanted)).order_by(Stock.part_no).with_for_update()
    stocks = await tx.all(query.execution_options(populate_existing=True)) if wanted else []
    return Shelf(stocks, at=tx.now, by=tx.by)


def put_away(tx: Tx, shelf: Shelf, *, for_others: bool = True) -> None:
    """Write the ledger; what became free is given to others by a timer of its own, under its own locks."""
    tx.add(*shelf.movements)
    for part_no in shelf.freed if for_others else ():
        tx.schedule(ALLOT, part_no, tx.now)


async def lock_waiting(tx: Tx, part_nos: Iterable[str]) -> list[Reservation]:
    """Reservations that are short of one of these parts, locked by id."""
    waiting = (
        select(ReservationLine.reservation_id)
        .join(Reservation, Reservation.id == ReservationLine.reservation_id)
        .where(ReservationLine.part_no.in_(set(part_nos)), ReservationLine.short > 0)
        .where(Reservation.state != CLOSED)
    )
    ids = set((await tx.session.scalars(waiting)).all())
    return await lock_reservations(tx, ids)


async def lock_reservations(tx: Tx, ids: Iterable[object]) -> list[Reservation]:
    """These reservations, locked by id."""
    wanted = set(ids)
    query = select(Reservation).where(Reservation.id.in_(wanted)).order_by(Reservation.id).with_for_update()
    return await tx.all(query) if wanted else []


def give_out(tx: Tx, reservations: list[Reservation], shelf: Shelf) -> None:
    """Allot what the shelf has free, oldest promise first, and tell each that got something."""
    for reservation, arrived in allot(reservations, shelf):
        tx.publish(reservation, arrived)


async def give_freed_to_others(tx: Tx, part_no: str) -> None:
    """Allot what was released or returned of one part."""
    reservations = await lock_waiting(tx, [part_no])
    if not reservations:
        return
    shelf = await lock_shelf(tx, [part_no])
    give_out(tx, reservations, shelf)
    put_away(tx, shelf, for_others=False)
