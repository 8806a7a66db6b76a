"""What crm does when booking reports: contacts on file, reminders closed, missed customers called."""

from typing import Protocol
from uuid import UUID

from contracts.events.booking import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentMissed,
    AppointmentRequested,
    AppointmentRescheduled,
    CalendarChanged,
)
from crm import repository
from crm.commands.contacts import note_contact
from crm.commands.follow_ups import cancel_recovery, cancel_retention, plan_follow_up
from crm.domain import CancelReason, FollowUpKind, HouseRules, Reminder, ReminderState, ShopCalendar
from servicekit import Tx
from shopkit.calendar import WorkingCalendar


class _OfAppointment(Protocol):
    @property
    def request_id(self) -> UUID: ...
    @property
    def request_no(self) -> str: ...
    @property
    def customer_id(self) -> UUID: ...
    @property
    def by(self) -> str: ...


async def copy_calendar_on_changed(tx: Tx, event: CalendarChanged) -> None:
    """Surveys and calls are due on the shop's working days."""
    calendar = WorkingCalendar.model_validate(event)
    await tx.session.merge(ShopCalendar(name=event.calendar, calendar=calendar))


async def close_reminders_on_requested(tx: Tx, event: AppointmentRequested) -> None:
    """The customer asked for a slot: the work that was to be offered again is dealt with there."""
    _log(tx, event, "appointment_requested", channel=event.channel, content=event.fault_text)
    await _accept_reminders(tx, event.vehicle_id, event.request_id)
    await cancel_retention(tx, event.customer_id, CancelReason.APPOINTMENT_REQUESTED)


async def log_contact_on_confirmed(tx: Tx, event: AppointmentConfirmed) -> None:
    """The customer has a slot."""
    _log(tx, event, "appointment_confirmed", content=event.slot_start.isoformat())


async def log_contact_on_rescheduled(tx: Tx, event: AppointmentRescheduled) -> None:
    """The slot moved, and why."""
    _log(tx, event, "appointment_rescheduled", content=event.reason)


async def reopen_reminders_on_cancelled(tx: Tx, event: AppointmentCancelled) -> None:
    """The customer does not come: the work is still to be offered."""
    _log(tx, event, "appointment_cancelled", content=event.reason)
    await _reopen_reminders(tx, event.request_id)


async def plan_recovery_on_missed(tx: Tx, event: AppointmentMissed) -> None:
    """One call to the customer who did not come (E5, BOOK-37); none when the car is here already."""
    _log(tx, event, "appointment_missed")
    if await repository.is_here(tx, event.request_id):
        return
    await _reopen_reminders(tx, event.request_id)
    rules = await tx.rules(HouseRules)
    await plan_follow_up(
        tx,
        kind=FollowUpKind.RECOVERY,
        subject=str(event.appointment_id),
        customer_id=event.customer_id,
        request_id=event.request_id,
        working_days=rules.recovery_working_days,
    )


async def cancel_recovery_on_kept(tx: Tx, event: AppointmentKept) -> None:
    """The car came after all: nobody need be called (journey 7)."""
    await cancel_recovery(tx, event.customer_id, event.request_id, CancelReason.KEPT)
    await _accept_reminders(tx, event.vehicle_id, event.request_id)


def _log(tx: Tx, event: _OfAppointment, topic: str, *, channel: str = "", content: str = "") -> None:
    note_contact(
        tx,
        customer_id=event.customer_id,
        request_id=event.request_id,
        topic=topic,
        channel=channel,
        content=f"{event.request_no} {content}".strip(),
        source="booking",
        by=event.by,
    )


async def _accept_reminders(tx: Tx, vehicle_id: UUID, request_id: UUID) -> None:
    still_open = (Reminder.vehicle_id == vehicle_id, Reminder.state == ReminderState.OPEN)
    for reminder in await repository.lock_reminders(tx, *still_open):
        reminder.accept(request_id)


async def _reopen_reminders(tx: Tx, request_id: UUID) -> None:
    for reminder in await repository.lock_reminders(tx, Reminder.request_id == request_id):
        reminder.reopen()
