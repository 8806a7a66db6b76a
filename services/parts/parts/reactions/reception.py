"""What parts does when reception reports: attach, authorise, order, close."""

from datetime import timedelta
from uuid import UUID

from contracts.events.reception import (
    EstimateAnswered,
    EstimateDrafted,
    ReworkAgreed,
    ReworkOrdered,
    VisitClosed,
    VisitOpened,
)
from parts.commands.picking import send_away_waiting
from parts.commands.purchase import order_short
from parts.commands.stock import put_away
from parts.domain import Appointment, HouseRules, Reservation
from parts.domain.reservation import ATTACHED, CLOSED, LAPSE, OPEN
from parts.domain.reservation_line import wishes_of
from parts.repository import find_reservation_of, lock_reservation_of, lock_shelf_of
from servicekit import NotYet, Tx


async def attach_on_visit_opened(tx: Tx, event: VisitOpened) -> None:
    """The parts belong to the visit from now on (PART-03); cancelled or missed before, the visit wins."""
    if event.appointment_id is not None:
        await _must_know_appointment(tx, event.appointment_id)
    reservation = await lock_reservation_of(tx, event.request_id)
    if reservation.state == ATTACHED:
        return
    reservation.request_no, reservation.plate = event.request_no, event.plate
    if reservation.appointment_id is None:
        reservation.appointment_id = event.appointment_id
    shelf = await lock_shelf_of(tx, reservation)
    tx.publish(reservation, *reservation.attach(event.visit_id, shelf))
    put_away(tx, shelf)
    tx.cancel(LAPSE, reservation.id)


async def _must_know_appointment(tx: Tx, appointment_id: UUID) -> None:
    if await tx.session.get(Appointment, appointment_id) is None:
        raise NotYet("booking.appointment", appointment_id, at="confirmed")


async def reserve_on_estimate_drafted(tx: Tx, event: EstimateDrafted) -> None:
    """Set aside what is new and free what is gone, so that the advisor sees what is there (PART-01)."""
    reservation = await lock_reservation_of(tx, event.request_id)
    if reservation.state == CLOSED:
        return
    wishes = wishes_of(event.lines)
    shelf = await lock_shelf_of(tx, reservation, wishes)
    tx.publish(reservation, reservation.want(wishes, source="estimate", revision=event.revision, shelf=shelf))
    put_away(tx, shelf)


async def authorise_on_estimate_answered(tx: Tx, event: EstimateAnswered) -> None:
    """Agreed lines may be issued, declined ones are freed, agreed short ones are ordered (E1, E2)."""
    reservation = await lock_reservation_of(tx, event.request_id)
    if reservation.state == CLOSED:
        return
    wishes = wishes_of(event.authorised_lines)
    shelf = await lock_shelf_of(tx, reservation, wishes)
    tx.publish(reservation, *reservation.answer(wishes, revision=event.revision, shelf=shelf))
    put_away(tx, shelf)
    ordered = set(event.back_order_line_ids)
    await order_short(
        tx, reservation, [x for x in reservation.lines if x.line_id in ordered and x.authorised]
    )


async def reserve_on_rework_ordered(tx: Tx, event: ReworkOrdered) -> None:
    """A complaint's rework in the visit that is open: agreed at once, at the shop's cost (E8)."""
    reservation = await lock_reservation_of(tx, event.request_id)
    if reservation.state == CLOSED:
        return
    await _order_rework(tx, reservation, event, event.estimate_revision or 1)


async def reserve_on_rework_agreed(tx: Tx, event: ReworkAgreed) -> None:
    """A complaint's rework in a visit of its own that is expected (E8)."""
    reservation = await lock_reservation_of(tx, event.request_id)
    if reservation.state != OPEN:
        return
    reservation.request_no, reservation.visit_id = event.request_no, event.visit_id
    await _order_rework(tx, reservation, event, 1)
    if reservation.slot_start is None:
        rules = await tx.rules(HouseRules)
        tx.schedule(LAPSE, reservation.id, tx.now + timedelta(days=rules.unbooked_lapse_days))


async def _order_rework(
    tx: Tx, reservation: Reservation, event: ReworkOrdered | ReworkAgreed, revision: int
) -> None:
    wishes = wishes_of(event.lines)
    shelf = await lock_shelf_of(tx, reservation, wishes)
    tx.publish(
        reservation,
        reservation.order_rework(wishes, measure_id=event.measure_id, revision=revision, shelf=shelf),
    )
    put_away(tx, shelf)
    named = {wish.part_line_id for wish in wishes}
    # The shop pays and has agreed: nobody has to be asked before what is short is ordered.
    await order_short(tx, reservation, [x for x in reservation.lines if x.part_line_id in named])


async def close_on_visit_closed(tx: Tx, event: VisitClosed) -> None:
    """Free any leftover; a closed visit holds no reservation."""
    reservation = await find_reservation_of(tx, event.request_id)
    if reservation is None or reservation.state == CLOSED:
        return
    shelf = await lock_shelf_of(tx, reservation)
    released = reservation.close(shelf)
    if released is not None:
        tx.publish(reservation, released)
    put_away(tx, shelf)
    await send_away_waiting(tx, reservation)
    tx.cancel(LAPSE, reservation.id)
