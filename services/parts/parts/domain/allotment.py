"""Who gets what has become available: lines still wanted, the oldest promise first."""

from collections.abc import Sequence
from datetime import UTC, datetime

from contracts import parts as says
from parts.domain.reservation import CLOSED, Reservation
from parts.domain.reservation_line import ReservationLine
from parts.domain.stock import Shelf

_LAST = datetime.max.replace(tzinfo=UTC)


def _age(line: ReservationLine) -> tuple[datetime, datetime, str]:
    # A customer who agreed to wait has our promise; the others come after, in the order they were short.
    return line.promised_at or _LAST, line.short_since or _LAST, str(line.part_line_id)


def allot(reservations: Sequence[Reservation], shelf: Shelf) -> list[tuple[Reservation, says.PartsArrived]]:
    """Set aside for short lines what the shelf has free, and give the facts of those who got something."""
    waiting = [
        (line, reservation)
        for reservation in reservations
        if reservation.state != CLOSED
        for line in reservation.lines
        if line.short > 0
    ]
    served: dict[str, Reservation] = {}
    for line, reservation in sorted(waiting, key=lambda pair: _age(pair[0])):
        if line.take(shelf) > 0:
            served[str(reservation.id)] = reservation
    return [(served[id], served[id].arrived()) for id in sorted(served)]
