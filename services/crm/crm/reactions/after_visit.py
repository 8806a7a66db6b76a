"""What crm does when the visit ends: notice, survey, call, reminders; and when their time has come."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from contracts.events.reception import VehicleHandedOver, VisitClosed
from crm.commands.surveys import EXPIRE, SEND, send_survey, wants_no_messages
from crm.domain import (
    FollowUpKind,
    HouseRules,
    Notice,
    NoticeKind,
    Reminder,
    Survey,
    Vehicle,
    VisitFile,
    months_before,
)
from crm.reactions.on_file import calendar_of, file_of, plan_follow_up
from servicekit import Timer, Tx, new_id
from shopkit.calendar import WorkingCalendar

RETENTION = "retention"
"""Kind of the timer that finds a customer who has not come for long, keyed by customer."""

__all__ = [
    "EXPIRE",
    "RETENTION",
    "SEND",
    "expire_survey",
    "plan_follow_up_on_closed",
    "plan_notice_and_survey_on_handed_over",
    "plan_retention",
    "send_due_survey",
]


async def plan_notice_and_survey_on_handed_over(tx: Tx, event: VehicleHandedOver) -> None:
    """A completion notice within 24 h (F-14), a survey within three working days (F-13)."""
    file = await file_of(tx, event)
    file.hand_over(event.handed_over_at, original=event.original_promise, last=event.last_promise)
    file.customer_id, file.vehicle_id = event.customer_id, event.vehicle_id
    rules, calendar = await tx.rules(HouseRules), await calendar_of(tx)
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
    survey = Survey.after_handover(
        visit_id=event.visit_id,
        request_id=event.request_id,
        customer_id=event.customer_id,
        handed_over_on=event.handed_over_at.astimezone(tx.settings.timezone).date(),
        calendar=calendar,
        rules=rules,
    )
    tx.add(survey)
    tx.schedule(SEND, survey.id, _opening(calendar, survey.due_on))


async def plan_follow_up_on_closed(tx: Tx, event: VisitClosed) -> None:
    """The papers are complete: one call (CRM-10), advice for later, the next look at the customer."""
    file = await file_of(tx, event)
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
    await _note_mileage(tx, event)
    tx.schedule(RETENTION, event.customer_id, _quiet_until(tx, event.closed_at, rules.quiet_months))


def _remember_advice(tx: Tx, event: VisitClosed, rules: HouseRules) -> None:
    for n, work in enumerate(event.recommended_work, start=1):
        tx.add(
            Reminder(
                id=new_id(),
                customer_id=event.customer_id,
                vehicle_id=event.vehicle_id,
                visit_id=event.visit_id,
                subject=f"recommended-{n}",
                kind="recommended",
                title_zh=work,
                title_en=work,
                remind_on=event.remind_on or tx.today + timedelta(days=rules.reminder_days),
                noted_at=tx.now,
            )
        )


async def _note_mileage(tx: Tx, event: VisitClosed) -> None:
    if event.mileage_out_km is None:
        return
    vehicle = await tx.find(Vehicle, event.vehicle_id)
    if vehicle is not None:
        vehicle.note_mileage(event.mileage_out_km, event.closed_at)


async def send_due_survey(tx: Tx, timer: Timer) -> None:
    """The survey goes out, unless the customer wants no messages any more (CRM-55)."""
    survey = await tx.find(Survey, UUID(timer.key))
    if survey is None or not survey.sendable:
        return
    if await wants_no_messages(tx, survey.customer_id):
        survey.expire("consent_withdrawn")
        return
    await send_survey(tx, survey_id=survey.id)


async def expire_survey(tx: Tx, timer: Timer) -> None:
    """Nobody answered."""
    survey = await tx.find(Survey, UUID(timer.key))
    if survey is not None and survey.answerable:
        survey.expire("unanswered")


async def plan_retention(tx: Tx, timer: Timer) -> None:
    """A customer who has not been here for so long gets a call (CRM-47)."""
    customer_id = UUID(timer.key)
    last = await tx.session.scalar(
        select(func.max(VisitFile.opened_at)).where(VisitFile.customer_id == customer_id)
    )
    if last is None:
        return
    rules = await tx.rules(HouseRules)
    last_on = last.astimezone(tx.settings.timezone).date()
    if last_on > months_before(tx.today, rules.quiet_months):
        tx.schedule(RETENTION, customer_id, _quiet_until(tx, last, rules.quiet_months))
        return
    await plan_follow_up(
        tx,
        kind=FollowUpKind.RETENTION,
        subject=f"{customer_id}:{last_on}",
        customer_id=customer_id,
        working_days=rules.follow_up_working_days,
    )


def _quiet_until(tx: Tx, last: datetime, months: int) -> datetime:
    """The first morning on which the customer has been away for so long."""
    on = last.astimezone(tx.settings.timezone).date()
    away_long = months_before(on, -months) + timedelta(days=1)
    return datetime.combine(away_long, time(9), tx.settings.timezone)


def _opening(calendar: WorkingCalendar, day: date) -> datetime:
    """When the shop opens on a day; nine o'clock if it counts as a working day without having hours."""
    open_time = calendar.intervals_on(day)
    return open_time[0][0] if open_time else datetime.combine(day, time(9), ZoneInfo(calendar.timezone))
