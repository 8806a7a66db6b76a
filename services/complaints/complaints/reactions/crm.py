"""Cases that open by themselves: a low score, a follow-up that found a problem, a refused promise."""

from uuid import UUID

from complaints import commands
from complaints.domain import Channel, HouseRules, Person, Source
from contracts.events.crm import DissatisfactionDetected, FollowUpCompleted
from contracts.events.reception import PromiseRefused
from servicekit import Tx


async def open_case_on_dissatisfaction_detected(tx: Tx, event: DissatisfactionDetected) -> None:
    """A low score is a complaint that nobody has said aloud (COMP-30)."""
    rules = await tx.rules(HouseRules)
    lowest = f"; {event.lowest_item}: {event.lowest_points}" if event.lowest_item else ""
    said = f"; {event.comment}" if event.comment else ""
    await commands.open_by_itself(
        tx,
        source=Source.SURVEY,
        channel=Channel.SURVEY,
        category=rules.survey_category,
        text=f"{event.total.normalize():f} of 100{lowest}{said}",
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        source_id=event.survey_id,
    )


async def open_case_on_follow_up_completed(tx: Tx, event: FollowUpCompleted) -> None:
    """The agent heard of a problem (CRM-46), and was contacted first (COMP-03)."""
    if not event.problem_found:
        return
    rules = await tx.rules(HouseRules)
    await commands.open_by_itself(
        tx,
        source=Source.FOLLOW_UP,
        channel=Channel.FOLLOW_UP,
        category=rules.follow_up_category,
        text=event.text,
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        source_id=event.follow_up_id,
        by=_employee(event.by),
    )


async def open_case_on_promise_refused(tx: Tx, event: PromiseRefused) -> None:
    """The customer does not accept a later handover (E4); whoever asked was contacted first."""
    rules = await tx.rules(HouseRules)
    await commands.open_by_itself(
        tx,
        source=Source.PROMISE,
        channel=Channel.RECEPTION,
        category=rules.promise_category,
        text=event.reason,
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        during_visit=True,
        by=_employee(event.by),
    )


def _employee(by: str) -> Person | None:
    """The employee who caused an event; ``customer`` and ``system`` are none."""
    try:
        return Person(UUID(by))
    except ValueError:
        return None
