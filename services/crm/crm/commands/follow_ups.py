"""Calls that are due: note that nobody answered, write down what was said, review a day's calls."""

from datetime import date
from uuid import UUID

from crm.commands.cases import link_to_open_case
from crm.domain import Contact, FollowUp, HouseRules, Outcome, ReportReview
from servicekit import Tx, new_id
from servicekit.personal_data import mask


async def note_attempt(tx: Tx, *, follow_up_id: UUID, note: str) -> FollowUp:
    """Nobody answered; after so many times (house rule) the call counts as done, unreachable."""
    follow_up = await tx.get(FollowUp, follow_up_id)
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
    """What the call brought; a problem reaches complaints by the announcement."""
    follow_up = await tx.get(FollowUp, follow_up_id)
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
        await link_to_open_case(tx, follow_up)
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
