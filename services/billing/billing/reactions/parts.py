"""What was handed out and came back: what parts reports."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import Insert

from billing.domain import PartLine
from contracts.events.parts import (
    PartsArrived,
    PartsIssued,
    PartsReleased,
    PartsReserved,
    PartsReturned,
    ReservationAttached,
    ShortageDetected,
)
from contracts.values import IssuedPart, ReservationLine
from servicekit import Tx
from servicekit.copies import Row, keep_all


async def count_parts_on_reservation(
    tx: Tx, event: PartsReserved | ShortageDetected | ReservationAttached | PartsReleased | PartsArrived
) -> None:
    """The whole state of a reservation: billing learns which part lines there are, and their totals."""
    await _count_parts(tx, event.reservation_id, event.request_id, event.lines)


async def count_parts_on_slip(tx: Tx, event: PartsIssued | PartsReturned) -> None:
    """A slip's totals."""
    await _count_parts(tx, event.reservation_id, event.request_id, event.lines)


async def _count_parts(
    tx: Tx, reservation_id: UUID, request_id: UUID, lines: Iterable[IssuedPart | ReservationLine]
) -> None:
    rows = {
        line.part_line_id: {
            "part_line_id": line.part_line_id,
            "reservation_id": reservation_id,
            "request_id": request_id,
            "line_id": line.line_id,
            "part_no": line.part_no,
            "issued": line.issued_total if isinstance(line, IssuedPart) else line.issued,
            "returned": line.returned_total if isinstance(line, IssuedPart) else line.returned,
        }
        for line in lines
    }
    await keep_all(tx, PartLine, "part_line_id", [*rows.values()], taken_over=_totals)


def _totals(new: Insert) -> Row:
    """They only grow: a slip may be heard before an older state of the whole reservation."""
    return {
        name: func.greatest(PartLine.__table__.c[name], new.excluded[name]) for name in ("issued", "returned")
    }
