"""What was handed out and came back: what parts reports."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.orm import InstrumentedAttribute

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
from servicekit.copies import Columns, keep_all


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
    rows: dict[UUID, Columns] = {
        line.part_line_id: {
            PartLine.part_line_id: line.part_line_id,
            PartLine.reservation_id: reservation_id,
            PartLine.request_id: request_id,
            PartLine.line_id: line.line_id,
            PartLine.part_no: line.part_no,
            PartLine.issued: line.issued_total if isinstance(line, IssuedPart) else line.issued,
            PartLine.returned: line.returned_total if isinstance(line, IssuedPart) else line.returned,
        }
        for line in lines
    }
    await keep_all(tx, PartLine, PartLine.part_line_id, [*rows.values()], taken_over=_totals)


def _totals(new: Insert) -> Columns:
    """They only grow: a slip may arrive before an older state of the whole reservation."""
    totals: tuple[InstrumentedAttribute[Any], ...] = (PartLine.issued, PartLine.returned)
    return {total: func.greatest(total, new.excluded[total.key]) for total in totals}
