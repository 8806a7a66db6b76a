"""Calls that are due: plan and cancel them, note what they brought, review a day's calls."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_

from crm import repository
from crm.domain import (
    CancelReason,
    Contact,
    FollowUp,
    FollowUpKind,
    HouseRules,
    Outcome,
    ReportReview,
    months_before,
)
from servicekit import Tx, new_id
from servicekit.personal_data import mask

RETENTION = "retention"
"""Kind of the timer that finds a customer who has not come for long, keyed by customer."""
_FIRST_HOUR = time(9)
_IS_RETENTION = FollowUp.kind == FollowUpKind.RETENTION


async def plan_follow_up(
    tx: Tx,
    *,
    kind: FollowUpKind,
    subject: str,
    customer_id: UUID,
    working_days: int,
    visit_id: UUID | None = None,
    request_id: UUID | None = None,
    reasons: Sequence[str] = (),
) -> FollowUp | None:
    """A call that is due in so many working days; ``None`` if this subject has had its call."""
    await repository.lock_calls(tx, customer_id)
    if await repository.has_had_call(tx, kind, subject):
        return None
    calendar = await repository.calendar_of(tx)
    marked = ("complaint",) if await repository.is_marked(tx, customer_id) else ()
    follow_up, planned = FollowUp.plan(
        kind=kind,
        subject=subject,
        customer_id=customer_id,
        visit_id=visit_id,
        request_id=request_id,
        due_on=calendar.add_working_days(tx.today, working_days),
        reasons=tuple(dict.fromkeys((*reasons, *marked))),
    )
    tx.add(follow_up)
    tx.publish(follow_up, planned)
    return follow_up


def watch_absence(tx: Tx, customer_id: UUID, last_visit_at: datetime, rules: HouseRules) -> None:
    """Look at the customer again on the first morning on which the absence is long (CRM-47)."""
    on = last_visit_at.astimezone(tx.settings.timezone).date()
    away_long = months_before(on, -rules.quiet_months) + timedelta(days=1)
    tx.schedule(RETENTION, customer_id, datetime.combine(away_long, _FIRST_HOUR, tx.settings.timezone))


async def cancel_recovery(tx: Tx, customer_id: UUID, request_id: UUID, reason: CancelReason) -> None:
    """The customer who missed the slot came after all (journey 7)."""
    await cancel_planned(tx, customer_id, _is_recovery(request_id), reason=reason)


async def cancel_retention(tx: Tx, customer_id: UUID, reason: CancelReason) -> None:
    """The customer who had not been here for long comes again."""
    await cancel_planned(tx, customer_id, _IS_RETENTION, reason=reason)


async def cancel_calls_to_come(tx: Tx, customer_id: UUID, request_id: UUID, reason: CancelReason) -> None:
    """The customer who missed the slot, or had not been here for long, is here."""
    await cancel_planned(tx, customer_id, _is_recovery(request_id) | _IS_RETENTION, reason=reason)


async def cancel_planned(
    tx: Tx, customer_id: UUID, *which: ColumnElement[bool], reason: CancelReason
) -> None:
    """What these calls were to bring about has happened, or must wait; calls that were made stay."""
    for follow_up in await repository.lock_planned(tx, customer_id, *which):
        tx.publish(follow_up, follow_up.cancel(reason))


def _is_recovery(request_id: UUID) -> ColumnElement[bool]:
    return and_(FollowUp.kind == FollowUpKind.RECOVERY, FollowUp.request_id == request_id)


async def note_attempt(tx: Tx, *, follow_up_id: UUID, note: str) -> FollowUp:
    """Nobody answered; after so many times (house rule) the call counts as done, unreachable."""
    follow_up = await repository.lock_follow_up(tx, follow_up_id)
    rules = await tx.rules(HouseRules)
    completed = follow_up.note_attempt(
        note=mask(note), by=tx.by, at=tx.now, on=tx.today, most=rules.call_attempts
    )
    if completed is not None:
        tx.publish(follow_up, completed)
    return follow_up


async def complete_follow_up(
    tx: Tx,
    *,
    follow_up_id: UUID,
    outcome: Outcome,
    satisfied: bool | None,
    problem_found: bool,
    text: str,
    answers: list[str],
) -> FollowUp:
    """What the call brought; a problem reaches complaints by the event."""
    follow_up = await repository.lock_follow_up(tx, follow_up_id)
    completed = follow_up.complete(
        outcome=outcome,
        satisfied=satisfied,
        problem_found=problem_found,
        text=mask(text),
        answers=tuple(mask(answer) for answer in answers),
        by=tx.by,
        at=tx.now,
        on=tx.today,
    )
    tx.publish(follow_up, completed)
    if problem_found:
        follow_up.complaint_id = await repository.complaint_of(tx, follow_up)
    if outcome != Outcome.UNREACHABLE:
        tx.add(_contact(tx, follow_up))
    return follow_up


def _contact(tx: Tx, follow_up: FollowUp) -> Contact:
    return Contact(
        id=new_id(),
        customer_id=follow_up.customer_id,
        visit_id=follow_up.visit_id,
        request_id=follow_up.request_id,
        at=tx.now,
        topic=f"follow_up_{follow_up.kind}",
        channel="phone",
        feedback=follow_up.text,
        by=tx.by,
    )


async def review_report(tx: Tx, *, on: date, comment: str) -> ReportReview:
    """The manager's comment on the calls of a day (CRM-11); a second one replaces the first."""
    review = await tx.find(ReportReview, on)
    if review is None:
        review = ReportReview(on=on, comment="", reviewed_by="", reviewed_at=tx.now)
        tx.add(review)
    review.comment, review.reviewed_by, review.reviewed_at = mask(comment), tx.by, tx.now
    return review
