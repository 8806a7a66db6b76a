"""What parts does when booking reports: the calendar, and parts for booked slots."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts.events.booking import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentMissed,
    AppointmentRescheduled,
    CalendarChanged,
)
from parts.commands.reservation import release
from parts.commands.stock import put_away
from parts.domain import Appointment, HouseRules, Reservation, ShopCalendar
from parts.domain.reservation import ATTACHED, CLOSED, LAPSE, OPEN
from parts.domain.reservation_line import Wish, wishes_of
from parts.repository import find_reservation_of, lock_reservation_of, lock_shelf_of
from servicekit import Tx
from servicekit.copies import keep
from shopkit.calendar import WorkingCalendar


async def copy_calendar_on_changed(tx: Tx, event: CalendarChanged) -> None:
    """Deliveries are expected on the shop's working days."""
    calendar = WorkingCalendar.model_validate(event)
    await keep(tx, ShopCalendar, {ShopCalendar.name: event.calendar}, {ShopCalendar.calendar: calendar})


async def reserve_on_confirmed(tx: Tx, event: AppointmentConfirmed) -> None:
    """Set aside what the booked work needs (PART-15, BOOK-23)."""
    await _reserve_for_slot(tx, event, event.slot_start, event.slot_end)


async def move_on_rescheduled(tx: Tx, event: AppointmentRescheduled) -> None:
    """The slot or the work moved (E5); if the car is here already, the visit has won."""
    await _reserve_for_slot(tx, event, event.new_slot.start, event.new_slot.end)


async def _reserve_for_slot(
    tx: Tx, event: AppointmentConfirmed | AppointmentRescheduled, start: datetime, end: datetime
) -> None:
    await _note_appointment(tx, event.appointment_id, event.request_id)
    reservation = await lock_reservation_of(tx, event.request_id)
    if reservation.state == CLOSED:
        return
    reservation.request_no = event.request_no
    wishes = wishes_of(event.lines)
    if reservation.state == ATTACHED:
        await _join_late(tx, reservation, event.appointment_id, wishes, event.revision)
        return
    reservation.appointment_id, reservation.slot_start = event.appointment_id, start
    shelf = await lock_shelf_of(tx, reservation, wishes)
    tx.publish(
        reservation, reservation.want(wishes, source="appointment", revision=event.revision, shelf=shelf)
    )
    put_away(tx, shelf)
    rules = await tx.rules(HouseRules)
    tx.schedule(LAPSE, reservation.id, end + timedelta(hours=rules.lapse_hours))


async def _join_late(
    tx: Tx, reservation: Reservation, appointment_id: UUID, wishes: Sequence[Wish], revision: int
) -> None:
    """The car was faster than the news of its slot. Once there is an estimate, it decides what is wanted."""
    if reservation.appointment_id is None:
        reservation.appointment_id = appointment_id
    if reservation.for_source == "estimate":
        return
    shelf = await lock_shelf_of(tx, reservation, wishes)
    more = reservation.want_more(wishes, source="appointment", revision=revision, shelf=shelf)
    if more is not None:
        tx.publish(reservation, more)
    put_away(tx, shelf)


async def note_on_kept(tx: Tx, event: AppointmentKept) -> None:
    """The car came, even if no slot was ever confirmed: a visit that names the appointment need not wait."""
    await _note_appointment(tx, event.appointment_id, event.request_id)


async def release_on_cancelled(tx: Tx, event: AppointmentCancelled) -> None:
    """The car will not come (E5)."""
    await _release_for_appointment(tx, event.request_id, event.appointment_id, "cancelled")


async def release_on_missed(tx: Tx, event: AppointmentMissed) -> None:
    """The car did not come (E5); if it still does, what was freed is wanted again."""
    await _release_for_appointment(tx, event.request_id, event.appointment_id, "missed")


async def _release_for_appointment(tx: Tx, request_id: UUID, appointment_id: UUID, reason: str) -> None:
    reservation = await find_reservation_of(tx, request_id)
    if reservation is None or reservation.state != OPEN or reservation.appointment_id != appointment_id:
        return
    tx.cancel(LAPSE, reservation.id)
    await release(tx, reservation, reason)


async def _note_appointment(tx: Tx, appointment_id: UUID, request_id: UUID) -> None:
    await keep(
        tx, Appointment, {Appointment.appointment_id: appointment_id}, {Appointment.request_id: request_id}
    )
