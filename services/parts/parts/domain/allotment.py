"""Who gets what has become available: lines still wanted, the oldest promise first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from contracts.events.parts import PartsArrived
from parts.domain.reservation import CLOSED, Reservation
from parts.domain.reservation_line import ReservationLine
from parts.domain.stock import NONE, Shelf

ALLOT = "allot"
"""Kind of the timer that gives freed parts to others, keyed by part number."""
_LAST = datetime.max.replace(tzinfo=UTC)


def _age(line: ReservationLine) -> tuple[datetime, datetime, str]:
    # A customer who agreed to wait has our promise; the others come after, in the order they were short.
    return line.promised_at or _LAST, line.short_since or _LAST, str(line.part_line_id)


def allot(reservations: Sequence[Reservation], shelf: Shelf) -> list[tuple[Reservation, PartsArrived]]:
    """Set aside for short lines what the shelf has free, and give the facts of those who got something."""
    served: dict[str, Reservation] = {}
    for line, reservation in sorted(_waiting(reservations), key=lambda pair: _age(pair[0])):
        if line.take(shelf) > 0:
            served[str(reservation.id)] = reservation
    return [(served[id], served[id].arrived()) for id in sorted(served)]


def uncovered(
    reservations: Sequence[Reservation], cancelled: Mapping[UUID, Decimal], coming: Mapping[str, Decimal]
) -> dict[UUID, Decimal]:
    """By part line, how much of what is on order for it will not come after all: what was cancelled of
    its own order, and, the newest promise first, what is beyond all that is still ``coming`` of the part. Its
    own order may have come in and gone to an older promise, which waited for the one that is cancelled."""
    lost: dict[UUID, Decimal] = {}
    left = defaultdict(Decimal, coming)
    for line, _ in sorted(_waiting(reservations), key=lambda pair: _age(pair[0])):
        own = min(cancelled.get(line.part_line_id, NONE), line.back_ordered)
        kept = min(line.back_ordered - own, left[line.part_no])
        left[line.part_no] -= kept
        if kept < line.back_ordered:
            lost[line.part_line_id] = line.back_ordered - kept
    return lost


def _waiting(reservations: Sequence[Reservation]) -> Iterator[tuple[ReservationLine, Reservation]]:
    for reservation in reservations:
        if reservation.state != CLOSED:
            yield from ((line, reservation) for line in reservation.lines if line.short > 0)
