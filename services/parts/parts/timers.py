"""Parts' deadlines."""

from uuid import UUID

from parts.commands import stock
from parts.commands.reservation import release
from parts.domain.reservation import OPEN
from parts.repository import find_reservation
from servicekit import Timer, Tx


async def lapse(tx: Tx, timer: Timer) -> None:
    """The slot is long over, and neither booking nor reception published more: free the parts (PART-15)."""
    reservation = await find_reservation(tx, UUID(timer.key))
    if reservation is not None and reservation.state == OPEN:
        await release(tx, reservation, "lapsed")


async def allot_freed(tx: Tx, timer: Timer) -> None:
    """What one reservation gave free goes to the next that waits for it."""
    await stock.allot_freed(tx, timer.key)
