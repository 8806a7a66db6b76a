"""What crm does while the car is here: keep the visit's file, log contacts, remember declined work."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import raiseload

from contracts.events.reception import (
    CustomerNotified,
    EstimateAnswered,
    EstimatePresented,
    HandoverPromised,
    IntakeCompleted,
    PromiseRefused,
    PromiseRevised,
    ReceptionDelayed,
    VehicleLeft,
    VehicleReceived,
    VehicleReturned,
    VisitOpened,
)
from contracts.values import DeclinedLine, Line
from crm.domain import HouseRules, Reminder, Vehicle, VisitFile, WorkLine
from crm.reactions.on_file import cancel_calls_to_come, cancel_recovery, file_of, note_contact, note_on_file
from servicekit import Tx, new_id

SOURCE = "reception"


async def open_file_on_visit_opened(tx: Tx, event: VisitOpened) -> None:
    """The visit is on file (CRM-01); who is here need not be called back."""
    facts = {name: getattr(event, name) for name in _OF_ARRIVAL}
    initial = {"opened_at": event.arrived_at}
    await note_on_file(tx, event, initial=initial, opened_at=event.arrived_at, **facts)
    await cancel_calls_to_come(tx, event.customer_id, event.request_id, "arrived")


_OF_ARRIVAL = ("request_no", "walk_in", "customer_id", "vehicle_id", "plate", "rework_of_visit_id")


async def note_waiting_on_received(tx: Tx, event: VehicleReceived) -> None:
    """How long the customer waited (RECP-01), and whose customer it is."""
    facts = {name: getattr(event, name) for name in ("advisor_id", "waited_minutes", "within_sla")}
    await note_on_file(tx, event, **facts)


async def note_delay_on_reception_delayed(tx: Tx, event: ReceptionDelayed) -> None:
    """The follow-up should know that nobody came for the customer in time."""
    (await file_of(tx, event)).note_careful("reception_delayed")


async def note_intake_on_completed(tx: Tx, event: IntakeCompleted) -> None:
    """Mileage and fault go on file (RECP-04, RECP-05)."""
    file = await file_of(tx, event)
    file.mileage_in_km, file.fault_text = event.mileage_km, event.fault.phenomenon
    file.advisor_id = event.advisor_id or file.advisor_id
    file.offered = _work(event.lines)
    authorised = set(event.authorised_line_ids)
    file.authorise(_work(line for line in event.lines if line.line_id in authorised))
    await _note_mileage(tx, event.vehicle_id, event.mileage_km)


async def note_offer_on_estimate_presented(tx: Tx, event: EstimatePresented) -> None:
    """The customer has the estimate: a contact, and the titles of what was offered."""
    await note_on_file(tx, event, offered=_work(event.lines))
    content = f"revision {event.revision}: {event.total_gross} {event.currency}"
    _log(tx, event, "estimate_presented", channel=event.via, content=content)


async def note_advice_on_estimate_answered(tx: Tx, event: EstimateAnswered) -> None:
    """Declined work is offered again later (E1, E6); what was agreed to need not be."""
    file = await file_of(tx, event)
    file.authorise(_work(event.authorised_lines))
    query = select(Reminder).where(Reminder.visit_id == event.visit_id).order_by(Reminder.id)
    noted = {reminder.subject: reminder for reminder in await tx.all(query.with_for_update())}
    for line in event.authorised_lines:
        if str(line.line_id) in noted:
            noted[str(line.line_id)].take_up(event.request_id)
    rules = await tx.rules(HouseRules)
    for declined in event.declined:
        if str(declined.line_id) not in noted:
            tx.add(_reminder(tx, file, event.customer_id, declined, rules))
    content = f"revision {event.revision}: {len(event.declined)} declined"
    _log(tx, event, "estimate_answered", channel=event.channel, content=content)


async def note_promise_on_promised(tx: Tx, event: HandoverPromised) -> None:
    """When the customer expects the car."""
    at = event.promised_at
    first = func.coalesce(VisitFile.original_promise, at)
    await note_on_file(tx, event, initial={"original_promise": at}, original_promise=first, last_promise=at)


async def note_promise_on_revised(tx: Tx, event: PromiseRevised) -> None:
    """The customer agreed to wait longer: the follow-up should know (E4)."""
    file = await file_of(tx, event)
    file.promise(event.old_promise)
    file.promise(event.new_promise)
    file.note_careful("promise_revised")
    _log(tx, event, "promise_revised", content=event.reason)


async def note_refusal_on_promise_refused(tx: Tx, event: PromiseRefused) -> None:
    """The customer did not accept a later handover."""
    (await file_of(tx, event)).note_careful("promise_refused")
    _log(tx, event, "promise_refused", content=event.reason)


async def log_contact_on_customer_notified(tx: Tx, event: CustomerNotified) -> None:
    """The advisor told the customer something (CRM-32)."""
    note_contact(
        tx,
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        topic=event.topic,
        channel=event.channel,
        source=SOURCE,
        by=event.by,
        at=event.notified_at,
    )


async def note_absence_on_vehicle_left(tx: Tx, event: VehicleLeft) -> None:
    """The car drives on until parts arrive (E2)."""
    await note_on_file(tx, event, away_since=event.left_at)
    _log(tx, event, "vehicle_left", content=event.reason)


async def note_return_on_vehicle_returned(tx: Tx, event: VehicleReturned) -> None:
    """The car is back: a call about a missed second slot is not wanted any more."""
    await note_on_file(tx, event, away_since=None)
    await cancel_recovery(tx, event.customer_id, event.request_id, "returned")


async def _note_mileage(tx: Tx, vehicle_id: UUID, mileage_km: int | None) -> None:
    if mileage_km is None:
        return
    its_own = select(Vehicle).where(Vehicle.id == vehicle_id).options(raiseload(Vehicle.ownerships))
    for vehicle in await tx.all(its_own.with_for_update()):
        vehicle.note_mileage(mileage_km, tx.now)


def _work(lines: Iterable[Line]) -> tuple[WorkLine, ...]:
    return tuple(
        WorkLine(line_id=line.line_id, title_zh=line.title.zh, title_en=line.title.en) for line in lines
    )


def _reminder(
    tx: Tx, file: VisitFile, customer_id: UUID, declined: DeclinedLine, rules: HouseRules
) -> Reminder:
    work = file.title_of(declined.line_id)
    return Reminder(
        id=new_id(),
        customer_id=customer_id,
        vehicle_id=file.vehicle_id,
        visit_id=file.visit_id,
        subject=str(declined.line_id),
        kind="declined",
        title_zh=work.title_zh,
        title_en=work.title_en,
        reason=declined.reason,
        remind_on=declined.remind_on or tx.today + timedelta(days=rules.reminder_days),
        noted_at=tx.now,
    )


def _log(
    tx: Tx,
    event: EstimatePresented | EstimateAnswered | PromiseRevised | PromiseRefused | VehicleLeft,
    topic: str,
    *,
    channel: str = "",
    content: str = "",
) -> None:
    note_contact(
        tx,
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        topic=topic,
        channel=channel,
        content=content,
        source=SOURCE,
        by=event.by,
    )
