"""What booking does when parts reports: the menu's catalogue, and the parts of appointments (BOOK-23)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from booking.commands.request import request_return
from booking.domain.copies import Part, Reservation, Visit, VisitState
from booking.repository import lock_open_appointments, lock_open_return, lock_reservation
from contracts.events.parts import (
    EtaChanged,
    PartChanged,
    PartListed,
    PartsArrived,
    PartsBackOrdered,
    PartsReleased,
    PartsReserved,
    PartWithdrawn,
    ReservationAttached,
    ShortageDetected,
)
from servicekit import Tx
from servicekit.copies import Columns, amend, keep


async def copy_part_on_listed_or_changed(tx: Tx, event: PartListed | PartChanged) -> None:
    """The menu may use the part."""
    columns: Columns = {Part.title: event.title, Part.unit: event.unit, Part.withdrawn: False}
    await keep(tx, Part, {Part.part_no: event.part_no}, columns)


async def withdraw_part_on_part_withdrawn(tx: Tx, event: PartWithdrawn) -> None:
    """The menu may not use the part any more; items that do show it."""
    await amend(tx, Part, {Part.part_no: event.part_no}, {Part.withdrawn: True})


async def note_parts_on_reservation(
    tx: Tx,
    event: PartsReserved | ShortageDetected | ReservationAttached | PartsReleased,
) -> None:
    """Whether the parts of the request's open appointments are set aside (BOOK-23)."""
    reservation = await lock_reservation(tx, event.reservation_id, event.request_id)
    reservation.lines = event.lines
    await _check_appointments(tx, reservation)


async def offer_slot_on_parts_arrived(tx: Tx, event: PartsArrived) -> None:
    """Ordered parts are here: a customer whose car drove on is offered a slot (E2)."""
    reservation = await lock_reservation(tx, event.reservation_id, event.request_id)
    reservation.lines = event.lines
    reservation.on_order = False
    await _check_appointments(tx, reservation)
    query = select(Visit).where(Visit.request_id == event.request_id, Visit.state == VisitState.AWAY)
    for visit in await tx.all(query.with_for_update()):
        if reservation.covers(visit.lines):
            back = await lock_open_return(tx, visit.visit_id)
            back = back or await request_return(tx, visit, channel="parts", wanted_from=None)
            back.call_with_offer(due_at=tx.now)


async def note_order_on_back_ordered(tx: Tx, event: PartsBackOrdered) -> None:
    """What is short is on order, with the supplier's dates."""
    reservation = await lock_reservation(tx, event.reservation_id, event.request_id)
    reservation.on_order = True
    reservation.expect({line.part_line_id: line.eta for line in event.lines})


async def note_eta_on_eta_changed(tx: Tx, event: EtaChanged) -> None:
    """The supplier's dates moved."""
    reservation = await lock_reservation(tx, event.reservation_id, event.request_id)
    etas: dict[UUID, datetime | None] = {line.part_line_id: line.new_eta for line in event.lines}
    reservation.expect(etas)


async def _check_appointments(tx: Tx, reservation: Reservation) -> None:
    for appointment in await lock_open_appointments(tx, reservation.request_id):
        prepared = appointment.check_parts(reservation, at=tx.now)
        if prepared is not None:
            tx.publish(appointment, prepared)
