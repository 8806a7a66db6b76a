"""Copies of what crm and parts tell: customers, vehicles, the catalogue, reservations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from booking.commands.requests import open_return, request_return
from booking.domain.appointment import Appointment
from booking.domain.copies import Customer, Part, Reservation, Vehicle, Visit, VisitState
from booking.domain.states import AppointmentState
from contracts.events import crm, parts
from contracts.values import ReservationLine
from servicekit import Tx, new_id


async def copy_customer_on_registered_or_changed(
    tx: Tx, event: crm.CustomerRegistered | crm.CustomerChanged
) -> None:
    """Desks see the customer's name."""
    await tx.session.merge(Customer.of(event))


async def copy_vehicle_on_registered_or_changed(
    tx: Tx, event: crm.VehicleRegistered | crm.VehicleChanged
) -> None:
    """Desks see and find the vehicle."""
    await tx.session.merge(Vehicle.of(event))


async def copy_part_on_listed_or_changed(tx: Tx, event: parts.PartListed | parts.PartChanged) -> None:
    """The menu may use the part."""
    await tx.session.merge(Part.of(event))


async def withdraw_part_on_part_withdrawn(tx: Tx, event: parts.PartWithdrawn) -> None:
    """The menu may not use the part any more; items that do show it."""
    part = await tx.find(Part, event.part_no)
    if part is not None:
        part.withdrawn = True


async def note_parts_on_reservation(
    tx: Tx,
    event: parts.PartsReserved | parts.ShortageDetected | parts.ReservationAttached | parts.PartsReleased,
) -> None:
    """Whether the parts of the request's open appointments are set aside (BOOK-23)."""
    reservation = await _reservation(tx, event.reservation_id, event.request_id, event.lines)
    await _tell_appointments(tx, reservation)


async def offer_slot_on_parts_arrived(tx: Tx, event: parts.PartsArrived) -> None:
    """Ordered parts are here: a customer whose car drove on is offered a slot (E2)."""
    reservation = await _reservation(tx, event.reservation_id, event.request_id, event.lines)
    reservation.on_order = False
    await _tell_appointments(tx, reservation)
    query = select(Visit).where(Visit.request_id == event.request_id, Visit.state == VisitState.AWAY)
    for visit in await tx.all(query.with_for_update()):
        if reservation.covers(visit.lines):
            back = await open_return(tx, visit.visit_id)
            back = back or await request_return(tx, visit, channel="parts", wanted_from=None)
            back.call_with_offer(due_at=tx.now, new_id=new_id)


async def note_order_on_back_ordered(tx: Tx, event: parts.PartsBackOrdered) -> None:
    """What is short is on order, with the supplier's dates."""
    reservation = await _reservation(tx, event.reservation_id, event.request_id, None)
    reservation.on_order = True
    reservation.expect({line.part_line_id: line.eta for line in event.lines})


async def note_eta_on_eta_changed(tx: Tx, event: parts.EtaChanged) -> None:
    """The supplier's dates moved."""
    reservation = await _reservation(tx, event.reservation_id, event.request_id, None)
    etas: dict[UUID, datetime | None] = {line.part_line_id: line.new_eta for line in event.lines}
    reservation.expect(etas)


async def _reservation(
    tx: Tx, reservation_id: UUID, request_id: UUID, lines: tuple[ReservationLine, ...] | None
) -> Reservation:
    # The same lock as the visit's reactions take: one of the two sees what the other has noted.
    await tx.lock(f"request {request_id}")
    held = await tx.find(Reservation, reservation_id)
    if held is None:
        held = Reservation(reservation_id=reservation_id, request_id=request_id, updated_at=tx.now)
        tx.add(held)
    if lines is not None:
        held.lines = lines
    held.updated_at = tx.now
    return held


async def _tell_appointments(tx: Tx, reservation: Reservation) -> None:
    query = (
        select(Appointment)
        .where(
            Appointment.request_id == reservation.request_id,
            Appointment.state.in_([AppointmentState.REQUESTED, AppointmentState.CONFIRMED]),
        )
        .order_by(Appointment.id)
        .with_for_update()
    )
    for appointment in await tx.all(query):
        prepared = appointment.hear_of_parts(reservation, at=tx.now)
        if prepared is not None:
            tx.publish(appointment, prepared)
