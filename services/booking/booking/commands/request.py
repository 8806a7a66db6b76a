"""Requests: a customer's own, and a second appointment for a car that is expected back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from booking.domain.appointment import Appointment
from booking.domain.copies import AlreadyBooked, Reservation, Visit
from booking.domain.menu import lines_from_menu
from booking.domain.rules import HouseRules
from booking.domain.wish import Channel, Urgency, Wish
from booking.repository import lock_open_return, lock_visit, menu_items, parts_on_sale
from contracts.values import Line
from servicekit import Tx, new_id
from shopkit.numbers import request_id_of, request_no


async def menu_lines(
    tx: Tx, service_codes: Iterable[str], *, kept: tuple[Line, ...] = ()
) -> tuple[Line, ...]:
    """Lines for these menu items; lines that are kept keep their ids. Raises ``ServiceNotOffered``."""
    codes = list(service_codes)
    menu = await menu_items(tx, codes)
    parts = await parts_on_sale(tx, {need.part_no for item in menu.values() for need in item.terms.parts})
    return lines_from_menu(codes, menu, parts=parts, new_id=new_id, kept=kept)


async def request_appointment(
    tx: Tx,
    *,
    customer_id: UUID,
    vehicle_id: UUID,
    channel: Channel,
    source: str,
    fault_text: str,
    fault_occurred: str,
    urgency: Urgency,
    wanted_from: datetime | None,
    service_codes: Iterable[str],
    diagnosis: bool,
) -> Appointment:
    """First contact: the request gets its number, by which the customer asks for it (BOOK-02, BOOK-05)."""
    wish = Wish(
        customer_id=customer_id,
        vehicle_id=vehicle_id,
        channel=channel,
        source=source,
        fault_text=fault_text,
        fault_occurred=fault_occurred,
        urgency=urgency,
        wanted_from=wanted_from,
        lines=await menu_lines(tx, service_codes),
        diagnosis=diagnosis,
    )
    number = request_no("B", tx.today, await tx.next_number(f"request {tx.today:%y%m%d}"))
    return await _add(tx, wish, request_id_of(tx.settings.shop_id, number), number)


async def book_return(
    tx: Tx, *, visit_id: UUID, channel: Channel, wanted_from: datetime | None
) -> Appointment:
    """Another appointment under the visit's request (E2), or for a rework visit (E8).

    Raises ``VisitNotAway`` unless the car is expected, and ``AlreadyBooked`` when one is open.
    """
    visit = await lock_visit(tx, visit_id)
    visit.must_await_car()
    if (held := await lock_open_return(tx, visit_id)) is not None:
        raise AlreadyBooked(appointment_id=str(held.id), state=held.state, allowed=held.allowed)
    return await request_return(tx, visit, channel=channel, wanted_from=wanted_from)


async def request_return(
    tx: Tx, visit: Visit, *, channel: Channel, wanted_from: datetime | None
) -> Appointment:
    """Request an appointment for a car that is expected, with the work that was agreed on its visit.

    The parts for it may be here already; the caller holds the request's lock.
    """
    wish = Wish(
        customer_id=visit.customer_id,
        vehicle_id=visit.vehicle_id,
        channel=channel,
        source="rework" if visit.measure_id else "return",
        fault_text=visit.reason or "return",
        wanted_from=wanted_from,
        lines=visit.lines,
        rework_of_visit_id=visit.rework_of_visit_id,
        measure_id=visit.measure_id,
        visit_id=visit.visit_id,
    )
    made = await _add(tx, wish, visit.request_id, visit.request_no)
    reservation = await tx.find_by(Reservation, request_id=visit.request_id)
    if reservation is not None:
        made.check_parts(reservation, at=tx.now)  # no event: without a slot nothing is prepared
    return made


async def _add(tx: Tx, wish: Wish, request_id: UUID, number: str) -> Appointment:
    rules = await tx.rules(HouseRules)
    made, requested = Appointment.request(
        wish, request_id=request_id, request_no=number, rules=rules, by=tx.by, at=tx.now
    )
    tx.add(made)
    tx.publish(made, requested)
    return made
