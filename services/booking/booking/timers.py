"""Booking's deadlines."""

from datetime import timedelta
from uuid import UUID

from booking.commands.capacity import move_load
from booking.domain.appointment import NO_SHOW
from booking.domain.appointment_states import AppointmentState
from booking.domain.rules import HouseRules
from booking.repository import find_appointment
from servicekit import Timer, Tx


async def miss_appointment(tx: Tx, timer: Timer) -> None:
    """Slot and grace went by, and reception has published no visit of the car until then (BOOK-37)."""
    appointment = await find_appointment(tx, UUID(timer.key))
    if appointment is None:
        return
    rules = await tx.rules(HouseRules)
    held = appointment.load
    missed = appointment.miss(rules=rules, at=tx.now)
    if missed is not None:
        tx.publish(appointment, missed)
        await move_load(tx, held, {})
    elif appointment.state == AppointmentState.CONFIRMED and appointment.slot_start is not None:
        # The shop has made the grace longer since the timer was set.
        tx.schedule(NO_SHOW, appointment.id, appointment.slot_start + timedelta(minutes=rules.grace_minutes))
