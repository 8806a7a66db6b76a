"""The counter for the screens: the picking queue and the slips."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from parts.domain import Movement, PickRequest, Reservation, Slip
from parts.domain.picking import PICK, PickState, SlipKind
from parts.queries.reservations import reservation
from parts.queries.views import Issued, PickedPartView, PickView, SlipDetail, SlipRow, SlipView
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate


async def pick_requests(
    tx: Tx, page: PageRequest, *, state: PickState | None, reservation_id: UUID | None
) -> Page[PickView]:
    """What technicians ask for, the longest wait first."""
    query = select(PickRequest, Reservation).join(Reservation, Reservation.id == PickRequest.reservation_id)
    asked = {PickRequest.state: state, PickRequest.reservation_id: reservation_id}
    query = query.where(*(column == value for column, value in asked.items() if value is not None))

    def shown(row: Any) -> PickView:
        return _pick(row[0], row[1], at=tx.now)

    return await paginate(tx, query, page, by=(PickRequest.requested_at, PickRequest.id), view=shown)


async def pick_request(tx: Tx, pick_request_id: UUID) -> PickView:
    """One request of a technician, as this transaction sees it. Raises ``NotFound``."""
    await tx.session.flush()
    request = await tx.read(PickRequest, pick_request_id)
    return _pick(request, await tx.read(Reservation, request.reservation_id), at=tx.now)


async def slips(
    tx: Tx, page: PageRequest, *, reservation_id: UUID | None, kind: SlipKind | None
) -> Page[SlipView]:
    """Issue and return slips, the latest first."""
    asked = {Slip.reservation_id: reservation_id, Slip.kind: kind}
    query = select(Slip).where(*(column == value for column, value in asked.items() if value is not None))
    return await paginate(tx, query, page, by=(Slip.at, Slip.slip_no), view=SlipView, descending=True)


async def slip(tx: Tx, slip_no: str) -> SlipDetail:
    """One slip with its rows. Raises ``NotFound``."""
    found = await tx.read(Slip, slip_no)
    query = select(Movement).where(Movement.slip_no == slip_no).order_by(Movement.position)
    return _slip(found, await tx.all(query))


async def issued(tx: Tx, written: Slip) -> Issued:
    """A slip that was just written, and the reservation after it."""
    await tx.session.flush()
    after = await reservation(tx, written.reservation_id)
    return Issued(slip=await slip(tx, written.slip_no), reservation=after)


def _pick(request: PickRequest, reservation: Reservation, *, at: datetime) -> PickView:
    waited = (request.picked_at or at) - request.requested_at
    return PickView(
        id=request.id,
        reservation_id=request.reservation_id,
        request_no=reservation.request_no,
        plate=reservation.plate,
        technician_id=request.technician_id,
        state=PickState(request.state),
        lines=[PickedPartView.of(part) for part in request.lines],
        requested_at=request.requested_at,
        picked_at=request.picked_at,
        slip_no=request.slip_no,
        waited_minutes=max(int(waited.total_seconds() // 60), 0),
        version=request.version,
        allowed=PICK.allowed(request.state),
    )


def _slip(slip: Slip, rows: Sequence[Movement]) -> SlipDetail:
    return SlipDetail(
        slip_no=slip.slip_no,
        kind=SlipKind(slip.kind),
        reservation_id=slip.reservation_id,
        technician_id=slip.technician_id,
        by=slip.by,
        at=slip.at,
        lines=[
            SlipRow(
                part_line_id=row.part_line_id,
                part_no=row.part_no,
                quantity=abs(row.quantity),
                unit_cost=row.unit_cost,
                batch=row.batch,
                reason=row.reason,
            )
            for row in rows
            if row.part_line_id is not None
        ],
    )
