"""What crm does when a deadline has passed: surveys go out and expire, customers are missed."""

from uuid import UUID

from crm import repository
from crm.commands.follow_ups import plan_follow_up, watch_absence
from crm.commands.surveys import send_survey
from crm.domain import ExpiryReason, FollowUpKind, HouseRules, Survey, months_before
from servicekit import Timer, Tx


async def send_due_survey(tx: Tx, timer: Timer) -> None:
    """The survey goes out, unless the customer wants no messages any more (CRM-55)."""
    survey = await tx.find(Survey, UUID(timer.key))
    if survey is None or not survey.sendable:
        return
    if await repository.wants_no_messages(tx, survey.customer_id):
        survey.expire(ExpiryReason.CONSENT_WITHDRAWN)
        return
    await send_survey(tx, survey_id=survey.id)


async def expire_survey(tx: Tx, timer: Timer) -> None:
    """Nobody answered."""
    survey = await tx.find(Survey, UUID(timer.key))
    if survey is not None and survey.answerable:
        survey.expire(ExpiryReason.UNANSWERED)


async def plan_retention(tx: Tx, timer: Timer) -> None:
    """A customer who has not been here for so long gets a call (CRM-47)."""
    customer_id = UUID(timer.key)
    last = await repository.last_visit_at(tx, customer_id)
    if last is None:
        return
    rules = await tx.rules(HouseRules)
    last_on = last.astimezone(tx.settings.timezone).date()
    if last_on > months_before(tx.today, rules.quiet_months):
        watch_absence(tx, customer_id, last, rules)
        return
    await plan_follow_up(
        tx,
        kind=FollowUpKind.RETENTION,
        subject=f"{customer_id}:{last_on}",
        customer_id=customer_id,
        working_days=rules.follow_up_working_days,
    )
