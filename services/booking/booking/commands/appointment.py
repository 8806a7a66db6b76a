"""What people do with an appointment: answer, confirm, move, prepare, cancel, call."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from booking.commands.capacity import Placed, move_load, take_slot
from booking.commands.request import menu_lines
from booking.domain.appointment import NO_SHOW, Appointment, Party
from booking.domain.appointment_states import APPOINTMENT
from booking.domain.calls import CallOutcome
from booking.domain.diary import SlotNotOffered
from booking.domain.preparation import CheckName
from booking.domain.rules import HouseRules
from booking.queries.slots import free_slots
from booking.repository import lock_appointment
from servicekit import Tx, links
from servicekit.links import NewLink

LINK = "appointment"
"""Purpose of the link by which a customer looks after an appointment."""


async def respond(tx: Tx, *, appointment_id: UUID, note: str) -> None:
    """The customer had an answer, though no slot yet: the 24-hour clock stops (BOOK-08)."""
    appointment = await lock_appointment(tx, appointment_id)
    appointment.respond(note=note, by=tx.by, at=tx.now)


async def hand_over(tx: Tx, *, appointment_id: UUID, owner: UUID) -> None:
    """Another employee looks after the request (BOOK-06)."""
    appointment = await lock_appointment(tx, appointment_id)
    appointment.hand_over_to(str(owner), by=tx.by, at=tx.now)


async def confirm(
    tx: Tx,
    *,
    appointment_id: UUID,
    slot_start: datetime,
    slot_end: datetime | None = None,
    service_codes: Iterable[str] | None = None,
    overbook: bool = False,
) -> Placed:
    """Promise a slot, if the day and the hour have room for it (BOOK-39)."""
    appointment, rules = await _may(tx, appointment_id, "confirm", service_codes)
    placed = await take_slot(tx, appointment, start=slot_start, end=slot_end, overbook=overbook, rules=rules)
    confirmed = appointment.confirm(
        placed.plan,
        overbooked_by=tx.by if placed.overbooked else None,
        rules=rules,
        by=tx.by,
        at=tx.now,
    )
    tx.publish(appointment, confirmed)
    _watch_for_no_show(tx, appointment, slot_start, rules)
    return placed


async def reschedule(
    tx: Tx,
    *,
    appointment_id: UUID,
    slot_start: datetime,
    slot_end: datetime | None = None,
    service_codes: Iterable[str] | None = None,
    reason: str,
    asked_by: Party,
    overbook: bool = False,
) -> Placed:
    """Promise another slot, other work, or both; the old slot is free again."""
    appointment, rules = await _may(tx, appointment_id, "reschedule", service_codes)
    placed = await take_slot(tx, appointment, start=slot_start, end=slot_end, overbook=overbook, rules=rules)
    moved = appointment.reschedule(
        placed.plan,
        reason=reason,
        asked_by=asked_by,
        overbooked_by=tx.by if placed.overbooked else None,
        rules=rules,
        by=tx.by,
        at=tx.now,
    )
    tx.publish(appointment, moved)
    _watch_for_no_show(tx, appointment, slot_start, rules)
    return placed


async def _may(
    tx: Tx, appointment_id: UUID, command: str, service_codes: Iterable[str] | None
) -> tuple[Appointment, HouseRules]:
    """The appointment, if the command may be given now, with the work that is wanted by now."""
    appointment = await lock_appointment(tx, appointment_id)
    APPOINTMENT.check(appointment.state, command)
    rules = await tx.rules(HouseRules)
    if service_codes is not None:
        lines = await menu_lines(tx, service_codes, kept=appointment.lines)
        appointment.change_work(lines, diagnosis=appointment.diagnosis, rules=rules)
    return appointment, rules


def _watch_for_no_show(tx: Tx, appointment: Appointment, start: datetime, rules: HouseRules) -> None:
    tx.schedule(NO_SHOW, appointment.id, start + timedelta(minutes=rules.grace_minutes))


async def cancel(tx: Tx, *, appointment_id: UUID, reason: str, cancelled_by: Party) -> None:
    """Give the appointment up; its labour can be booked again."""
    appointment = await lock_appointment(tx, appointment_id)
    await give_up(tx, appointment, reason=reason, cancelled_by=cancelled_by)


async def give_up(tx: Tx, appointment: Appointment, *, reason: str, cancelled_by: Party) -> None:
    """Cancel an appointment that is at hand."""
    rules = await tx.rules(HouseRules)
    held = appointment.load
    cancelled = appointment.cancel(reason=reason, cancelled_by=cancelled_by, rules=rules, by=tx.by, at=tx.now)
    tx.publish(appointment, cancelled)
    tx.cancel(NO_SHOW, appointment.id)
    await move_load(tx, held, {})


async def prepare(tx: Tx, *, appointment_id: UUID, check: CheckName, ready: bool) -> None:
    """Tick one of the four checks; with the fourth, the appointment is prepared (BOOK-17)."""
    appointment = await lock_appointment(tx, appointment_id)
    prepared = appointment.prepare(check, ready=ready, by=tx.by, at=tx.now)
    if prepared is not None:
        tx.publish(appointment, prepared)


async def confirm_attendance(tx: Tx, *, appointment_id: UUID) -> None:
    """The customer assures that they will come (BOOK-38)."""
    appointment = await lock_appointment(tx, appointment_id)
    appointment.confirm_attendance(by=tx.by, at=tx.now)


async def log_call(
    tx: Tx,
    *,
    appointment_id: UUID,
    call_id: UUID,
    outcome: CallOutcome,
    note: str,
    again_at: datetime | None,
) -> None:
    """What came of a call: completed, or it goes on (BOOK-15)."""
    appointment = await lock_appointment(tx, appointment_id)
    appointment.log_call(call_id, outcome, note=note, again_at=again_at, by=tx.by, at=tx.now)


async def make_link(tx: Tx, *, appointment_id: UUID) -> NewLink:
    """A link by which the customer sees, confirms, moves or cancels the appointment (BOOK-33)."""
    appointment = await lock_appointment(tx, appointment_id)
    rules = await tx.rules(HouseRules)
    expires_at = tx.now + timedelta(days=rules.link_days)
    return await links.create(tx, purpose=LINK, subject=appointment.id, expires_at=expires_at)


async def choose_slot(tx: Tx, *, appointment_id: UUID, slot_start: datetime) -> Placed:
    """A customer takes one of the slots that are offered now, as the first or instead of another one.

    Raises ``SlotNotOffered`` when it is not among them (any more).
    """
    appointment = await lock_appointment(tx, appointment_id)
    command = "reschedule" if "reschedule" in APPOINTMENT.allowed(appointment.state) else "confirm"
    APPOINTMENT.check(appointment.state, command)
    rules = await tx.rules(HouseRules)
    offered = await free_slots(
        tx,
        appointment.work,
        from_on=slot_start.astimezone(tx.settings.timezone).date(),
        rules=rules,
        leaving=appointment,
    )
    if all(slot.slot_start != slot_start for slot in offered):
        raise SlotNotOffered(slot_start=slot_start)
    if command == "confirm":
        return await confirm(tx, appointment_id=appointment_id, slot_start=slot_start)
    return await reschedule(
        tx, appointment_id=appointment_id, slot_start=slot_start, reason="", asked_by="customer"
    )
