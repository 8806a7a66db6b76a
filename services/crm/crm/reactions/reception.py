"""What crm does about a visit: keep its file, log contacts, remember work to offer again; when it ends, plan
the notice, the survey and the call."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func

from contracts.events.reception import (
    CustomerNotified,
    EstimateAnswered,
    EstimatePresented,
    HandoverPromised,
    IntakeCompleted,
    PromiseRefused,
    PromiseRevised,
    ReceptionDelayed,
    VehicleHandedOver,
    VehicleLeft,
    VehicleReceived,
    VehicleReturned,
    VisitClosed,
    VisitOpened,
)
from contracts.values import DeclinedLine, Line
from crm import repository
from crm.commands.contacts import note_contact
from crm.commands.follow_ups import cancel_calls_to_come, cancel_recovery, plan_follow_up, watch_absence
from crm.commands.surveys import plan_survey
from crm.commands.visit_files import note_on_file
from crm.domain import (
    CancelReason,
    FollowUpKind,
    HouseRules,
    Notice,
    NoticeKind,
    Reminder,
    ReminderKind,
    Vehicle,
    VisitFile,
    WorkLine,
)
from crm.repository import lock_file
from servicekit import Tx, new_id


async def open_file_on_visit_opened(tx: Tx, event: VisitOpened) -> None:
    """The visit is on file (CRM-01); who is here need not be called back."""
    await note_on_file(
        tx,
        event,
        {
            VisitFile.opened_at: event.arrived_at,
            VisitFile.request_no: event.request_no,
            VisitFile.walk_in: event.walk_in,
            VisitFile.customer_id: event.customer_id,
            VisitFile.vehicle_id: event.vehicle_id,
            VisitFile.plate: event.plate,
            VisitFile.rework_of_visit_id: event.rework_of_visit_id,
        },
        initial={VisitFile.opened_at: event.arrived_at},
    )
    await cancel_calls_to_come(tx, event.customer_id, event.request_id, CancelReason.ARRIVED)


async def note_waiting_on_received(tx: Tx, event: VehicleReceived) -> None:
    """How long the customer waited (RECP-01), and whose customer it is."""
    await note_on_file(
        tx,
        event,
        {
            VisitFile.advisor_id: event.advisor_id,
            VisitFile.waited_minutes: event.waited_minutes,
            VisitFile.within_sla: event.within_sla,
        },
    )


async def note_delay_on_reception_delayed(tx: Tx, event: ReceptionDelayed) -> None:
    """The follow-up should know that nobody came for the customer in time."""
    (await lock_file(tx, event)).note_careful("reception_delayed")


async def note_intake_on_completed(tx: Tx, event: IntakeCompleted) -> None:
    """Mileage and fault go on file (RECP-04, RECP-05)."""
    file = await lock_file(tx, event)
    file.mileage_in_km, file.fault_text = event.mileage_km, event.fault.phenomenon
    file.advisor_id = event.advisor_id or file.advisor_id
    file.offered = _work(event.lines)
    authorised = set(event.authorised_line_ids)
    file.authorise(_work(line for line in event.lines if line.line_id in authorised))
    await _note_mileage(tx, event.vehicle_id, event.mileage_km, read_at=tx.now)


async def note_offer_on_estimate_presented(tx: Tx, event: EstimatePresented) -> None:
    """The customer has the estimate: a contact, and the titles of what was offered."""
    await note_on_file(tx, event, {VisitFile.offered: _work(event.lines)})
    content = f"revision {event.revision}: {event.total_gross} {event.currency}"
    _log(tx, event, "estimate_presented", channel=event.via, content=content)


async def note_advice_on_estimate_answered(tx: Tx, event: EstimateAnswered) -> None:
    """Declined work is offered again later (E1, E6); what was agreed to need not be."""
    file = await lock_file(tx, event)
    file.authorise(_work(event.authorised_lines))
    of_visit = await repository.lock_reminders(tx, Reminder.visit_id == event.visit_id)
    noted = {reminder.subject: reminder for reminder in of_visit}
    for line in event.authorised_lines:
        if str(line.line_id) in noted:
            noted[str(line.line_id)].accept(event.request_id)
    rules = await tx.rules(HouseRules)
    for declined in event.declined:
        if str(declined.line_id) not in noted:
            tx.add(_reminder(tx, file, event.customer_id, declined, rules))
    content = f"revision {event.revision}: {len(event.declined)} declined"
    _log(tx, event, "estimate_answered", channel=event.channel, content=content)


async def note_promise_on_promised(tx: Tx, event: HandoverPromised) -> None:
    """When the customer expects the car."""
    promised = event.promised_at
    first = func.coalesce(VisitFile.original_promise, promised)
    await note_on_file(
        tx,
        event,
        {VisitFile.original_promise: first, VisitFile.last_promise: promised},
        initial={VisitFile.original_promise: promised},
    )


async def note_promise_on_revised(tx: Tx, event: PromiseRevised) -> None:
    """The customer agreed to wait longer: the follow-up should know (E4)."""
    file = await lock_file(tx, event)
    file.promise(event.old_promise)
    file.promise(event.new_promise)
    file.note_careful("promise_revised")
    _log(tx, event, "promise_revised", content=event.reason)


async def note_refusal_on_promise_refused(tx: Tx, event: PromiseRefused) -> None:
    """The customer did not accept a later handover."""
    (await lock_file(tx, event)).note_careful("promise_refused")
    _log(tx, event, "promise_refused", content=event.reason)


async def log_contact_on_customer_notified(tx: Tx, event: CustomerNotified) -> None:
    """The advisor notified the customer of something (CRM-32)."""
    note_contact(
        tx,
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        topic=event.topic,
        channel=event.channel,
        source="reception",
        by=event.by,
        happened_at=event.notified_at,
    )


async def note_absence_on_vehicle_left(tx: Tx, event: VehicleLeft) -> None:
    """The car drives on until parts arrive (E2)."""
    await note_on_file(tx, event, {VisitFile.away_since: event.left_at})
    _log(tx, event, "vehicle_left", content=event.reason)


async def note_return_on_vehicle_returned(tx: Tx, event: VehicleReturned) -> None:
    """The car is back: a call about a missed second slot is not wanted any more."""
    await note_on_file(tx, event, {VisitFile.away_since: None})
    await cancel_recovery(tx, event.customer_id, event.request_id, CancelReason.RETURNED)


async def plan_notice_and_survey_on_handed_over(tx: Tx, event: VehicleHandedOver) -> None:
    """A completion notice within 24 h (F-14), a survey within three working days (F-13)."""
    file = await lock_file(tx, event)
    file.hand_over(event.handed_over_at, original=event.original_promise, last=event.last_promise)
    file.customer_id, file.vehicle_id = event.customer_id, event.vehicle_id
    rules = await tx.rules(HouseRules)
    tx.add(
        Notice(
            id=new_id(),
            kind=NoticeKind.COMPLETION,
            subject_id=event.visit_id,
            customer_id=event.customer_id,
            visit_id=event.visit_id,
            request_id=event.request_id,
            due_at=event.handed_over_at + timedelta(hours=rules.notice_hours),
        )
    )
    await plan_survey(
        tx,
        visit_id=event.visit_id,
        request_id=event.request_id,
        customer_id=event.customer_id,
        handed_over_at=event.handed_over_at,
    )


async def plan_follow_up_on_closed(tx: Tx, event: VisitClosed) -> None:
    """The papers are complete: one call (CRM-10), advice for later, the next look at the customer."""
    file = await lock_file(tx, event)
    file.closed_at, file.outcome, file.record_no = event.closed_at, event.outcome, event.record_no
    file.customer_id, file.vehicle_id = event.customer_id, event.vehicle_id
    file.advisor_id = event.advisor_id or file.advisor_id
    file.mileage_out_km = event.mileage_out_km
    file.away_since = None
    rules = await tx.rules(HouseRules)
    await plan_follow_up(
        tx,
        kind=FollowUpKind.AFTER_SERVICE,
        subject=str(event.visit_id),
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        working_days=rules.follow_up_working_days,
        reasons=file.careful_reasons,
    )
    _remember_advice(tx, event, rules)
    await _note_mileage(tx, event.vehicle_id, event.mileage_out_km, read_at=event.closed_at)
    watch_absence(tx, event.customer_id, event.closed_at, rules)


def _remember_advice(tx: Tx, event: VisitClosed, rules: HouseRules) -> None:
    for n, work in enumerate(event.recommended_work, start=1):
        tx.add(
            Reminder(
                id=new_id(),
                customer_id=event.customer_id,
                vehicle_id=event.vehicle_id,
                visit_id=event.visit_id,
                subject=f"recommended-{n}",
                kind=ReminderKind.RECOMMENDED,
                title_zh=work,
                title_en=work,
                remind_on=event.remind_on or tx.today + timedelta(days=rules.reminder_days),
                noted_at=tx.now,
            )
        )


async def _note_mileage(tx: Tx, vehicle_id: UUID, mileage_km: int | None, *, read_at: datetime) -> None:
    if mileage_km is None:
        return
    vehicle = await tx.find(Vehicle, vehicle_id)
    if vehicle is not None:
        vehicle.note_mileage(mileage_km, read_at)


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
        kind=ReminderKind.DECLINED,
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
        source="reception",
        by=event.by,
    )
