"""The parts counter: requests of technicians, issue slips and return slips."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from parts.commands.stock import put_away
from parts.domain import PickRequest, Reservation, Shelf, Slip
from parts.domain.picking import PICK, PickedPart, SlipKind
from parts.domain.reservation import Asked
from parts.repository import lock_reservation, lock_shelf, lock_waiting_requests
from servicekit import NotFound, Tx
from shopkit.numbers import request_no


async def request_picking(
    tx: Tx, *, reservation_id: UUID, technician_id: UUID, lines: Sequence[tuple[UUID, Decimal]]
) -> PickRequest:
    """A technician asks for parts; the wait counts from now (PART-09). Raises ``NotAuthorised``."""
    reservation = await lock_reservation(tx, reservation_id)
    reservation.must_be_pickable([part_line_id for part_line_id, _ in lines])
    asked = [
        PickedPart(part_line_id=id, part_no=reservation.line(id).part_no, quantity=quantity)
        for id, quantity in lines
    ]
    request = PickRequest(
        reservation_id=reservation.id, technician_id=technician_id, lines=asked, requested_at=tx.now
    )
    tx.add(request)
    return request


async def withdraw_picking(tx: Tx, *, pick_request_id: UUID) -> PickRequest:
    """The technician no longer waits."""
    request = await tx.get(PickRequest, pick_request_id)
    request.withdraw()
    return request


async def issue_parts(
    tx: Tx,
    *,
    reservation_id: UUID,
    technician_id: UUID,
    asked: Sequence[Asked],
    pick_request_id: UUID | None,
) -> Slip:
    """Hand parts out on a slip (PART-02). Raises ``NotAuthorised``, ``NotEnoughStock``,
    ``MoreThanAuthorised``."""
    reservation = await lock_reservation(tx, reservation_id)
    request = await _answered_request(tx, reservation, technician_id, pick_request_id)
    reservation.must_be_pickable([row.part_line_id for row in asked], "issue")
    shelf = await _shelf_for(tx, reservation, asked)
    slip = await _slip(tx, SlipKind.ISSUE, reservation, technician_id)
    events = reservation.issue(
        asked,
        slip_no=slip.slip_no,
        technician_id=technician_id,
        currency=tx.settings.shop_currency,
        shelf=shelf,
    )
    tx.publish(reservation, *events)
    if request is not None:
        request.pick(slip.slip_no, tx.now)
    put_away(tx, shelf)
    return slip


async def return_parts(tx: Tx, *, reservation_id: UUID, technician_id: UUID, asked: Sequence[Asked]) -> Slip:
    """Take unused parts back on a slip (PART-27). Raises ``MoreThanIssued``."""
    reservation = await lock_reservation(tx, reservation_id)
    shelf = await _shelf_for(tx, reservation, asked)
    slip = await _slip(tx, SlipKind.RETURN, reservation, technician_id)
    events = reservation.take_back(
        asked,
        slip_no=slip.slip_no,
        technician_id=technician_id,
        currency=tx.settings.shop_currency,
        shelf=shelf,
    )
    tx.publish(reservation, *events)
    put_away(tx, shelf)
    return slip


async def _shelf_for(tx: Tx, reservation: Reservation, asked: Sequence[Asked]) -> Shelf:
    return await lock_shelf(tx, [reservation.line(row.part_line_id).part_no for row in asked])


async def _answered_request(
    tx: Tx, reservation: Reservation, technician_id: UUID, pick_request_id: UUID | None
) -> PickRequest | None:
    """The request that this slip answers: the one named, else the technician's oldest here."""
    if pick_request_id is not None:
        named = await tx.get(PickRequest, pick_request_id)
        if named.reservation_id != reservation.id:
            raise NotFound("PickRequest", pick_request_id)
        PICK.check(named.state, "pick")
        return named
    own = await lock_waiting_requests(tx, reservation.id, technician_id=technician_id)
    return next(iter(own), None)


async def send_away_waiting(tx: Tx, reservation: Reservation) -> None:
    """The visit is over: nobody waits at the counter for its parts any longer."""
    for request in await lock_waiting_requests(tx, reservation.id):
        request.withdraw()


async def _slip(tx: Tx, kind: SlipKind, reservation: Reservation, technician_id: UUID) -> Slip:
    prefix = "PI" if kind is SlipKind.ISSUE else "PR"
    number = request_no(prefix, tx.today, await tx.next_number(f"{kind}-slip"))
    slip = Slip(
        slip_no=number,
        kind=kind,
        reservation_id=reservation.id,
        technician_id=technician_id,
        by=tx.by,
        at=tx.now,
    )
    tx.add(slip)
    return slip
