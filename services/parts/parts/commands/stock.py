"""Changing stock: receipts and counts, its ledger, and giving what became free to those who wait for it."""

from decimal import Decimal

from parts.domain import Reservation, Shelf, Stock
from parts.domain.allotment import ALLOT, allot
from parts.domain.stock import Cause
from parts.repository import lock_shelf, lock_waiting
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
    cause = Cause(batch=batch, certificate_no=certificate_no, reason=reason)
    shelf.receive(part_no, quantity, unit_cost, cause)
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


def put_away(tx: Tx, shelf: Shelf, *, for_others: bool = True) -> None:
    """Write the ledger; what became free is given to others by a timer of its own, under its own locks."""
    tx.add(*shelf.movements)
    for part_no in shelf.freed if for_others else ():
        tx.schedule(ALLOT, part_no, tx.now)


def give_out(tx: Tx, reservations: list[Reservation], shelf: Shelf) -> None:
    """Allot what the shelf has free, oldest promise first, and publish it for each that got something."""
    for reservation, arrived in allot(reservations, shelf):
        tx.publish(reservation, arrived)


async def allot_freed(tx: Tx, part_no: str) -> None:
    """Allot what was released or returned of one part."""
    reservations = await lock_waiting(tx, [part_no])
    if not reservations:
        return
    shelf = await lock_shelf(tx, [part_no])
    give_out(tx, reservations, shelf)
    put_away(tx, shelf, for_others=False)
