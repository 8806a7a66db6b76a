"""What crm does about complaints: mark the customer, plan notices and a call about the handling (CRM-52)."""

from datetime import timedelta

from contracts.events.complaints import (
    ComplaintAnswered,
    ComplaintOverdue,
    ComplaintReceived,
    ComplaintReopened,
    ComplaintResolved,
    MeasureCompleted,
)
from crm import repository
from crm.commands.contacts import note_contact
from crm.commands.follow_ups import cancel_planned, plan_follow_up
from crm.domain import (
    CancelReason,
    ComplaintMark,
    FollowUp,
    FollowUpKind,
    HouseRules,
    Notice,
    NoticeKind,
    Survey,
    VisitFile,
)
from servicekit import Tx, new_id


async def mark_on_received(tx: Tx, event: ComplaintReceived) -> None:
    """The next contact with this customer is careful; the form or call that led to it knows its case."""
    tx.add(
        ComplaintMark(
            complaint_id=event.complaint_id,
            complaint_no=event.complaint_no,
            customer_id=event.customer_id,
            visit_id=event.visit_id,
            category=event.category,
            level=event.level,
            respond_by=event.respond_by,
            resolve_by=event.resolve_by,
        )
    )
    await _link_to_cause(tx, event)
    if event.visit_id is not None and (file := await tx.find(VisitFile, event.visit_id)) is not None:
        file.note_careful("complaint")
    await repository.lock_calls(tx, event.customer_id)
    for follow_up in await repository.lock_planned(tx, event.customer_id):
        follow_up.note_careful("complaint")


async def _link_to_cause(tx: Tx, event: ComplaintReceived) -> None:
    if event.source_id is None:
        return
    cause: Survey | FollowUp | None = None
    if event.source == "survey":
        cause = await tx.find(Survey, event.source_id)
    elif event.source == "follow_up":
        cause = await tx.find(FollowUp, event.source_id)
    if cause is not None:
        cause.complaint_id = event.complaint_id


async def note_answer_on_answered(tx: Tx, event: ComplaintAnswered) -> None:
    """The customer has the first answer."""
    mark = await tx.find(ComplaintMark, event.complaint_id)
    if mark is not None:
        mark.answered_at = event.answered_at
    note_contact(
        tx,
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        topic="complaint_answered",
        channel=event.channel,
        source="complaints",
        by=event.by,
        happened_at=event.answered_at,
    )


async def note_on_overdue(tx: Tx, event: ComplaintOverdue) -> None:
    """A clock of the case ran out: the next contact should know."""
    mark = await tx.find(ComplaintMark, event.complaint_id)
    if mark is not None:
        mark.note_overdue(event.clock)


async def plan_notice_on_measure_completed(tx: Tx, event: MeasureCompleted) -> None:
    """The customer is to be notified that it is done (COMP-05)."""
    rules = await tx.rules(HouseRules)
    tx.add(
        Notice(
            id=new_id(),
            kind=NoticeKind.MEASURE_COMPLETED,
            subject_id=event.measure_id,
            customer_id=event.customer_id,
            visit_id=event.visit_id,
            request_id=event.request_id,
            complaint_id=event.complaint_id,
            due_at=tx.now + timedelta(hours=rules.measure_notice_hours),
        )
    )


async def ask_about_handling_on_resolved(tx: Tx, event: ComplaintResolved) -> None:
    """The mark ends some days later; the customer is asked how the complaint was handled (E8)."""
    rules = await tx.rules(HouseRules)
    mark = await tx.find(ComplaintMark, event.complaint_id)
    if mark is not None:
        mark.resolve(event.resolved_at, today=tx.today, careful_days=rules.careful_days)
    assert tx.cause is not None
    follow_up = await plan_follow_up(
        tx,
        kind=FollowUpKind.COMPLAINT_HANDLING,
        # A case that was reopened is resolved again, and asked about again.
        subject=f"{event.complaint_id}:{tx.cause.sequence}",
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        working_days=rules.handling_working_days,
    )
    if follow_up is not None:
        follow_up.complaint_id = event.complaint_id


async def mark_again_on_reopened(tx: Tx, event: ComplaintReopened) -> None:
    """The customer is still not content: no questions about the handling until it has really ended."""
    mark = await tx.find(ComplaintMark, event.complaint_id)
    if mark is not None:
        mark.reopen(respond_by=event.respond_by, resolve_by=event.resolve_by)
    handling = (FollowUp.complaint_id == event.complaint_id, FollowUp.kind == FollowUpKind.COMPLAINT_HANDLING)
    await cancel_planned(tx, event.customer_id, *handling, reason=CancelReason.COMPLAINT_REOPENED)
