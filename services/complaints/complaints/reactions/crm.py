"""What complaints does when crm reports: customers are copied, low scores and follow-ups open cases."""

from complaints.commands.complaints import open_by_itself
from complaints.domain import Channel, Customer, HouseRules, Person, Source
from contracts.events.crm import (
    CustomerChanged,
    CustomerRegistered,
    DissatisfactionDetected,
    FollowUpCompleted,
)
from servicekit import Tx
from servicekit.copies import Columns, keep


async def copy_customer_on_customer(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    """The name that desks show."""
    columns: Columns = {
        Customer.customer_no: event.customer_no,
        Customer.display_name: event.display_name,
        Customer.customer_class: event.customer_class,
    }
    await keep(tx, Customer, {Customer.customer_id: event.customer_id}, columns)


async def open_case_on_dissatisfaction_detected(tx: Tx, event: DissatisfactionDetected) -> None:
    """A low score is a complaint that the customer has not made in person (COMP-30)."""
    rules = await tx.rules(HouseRules)
    lowest = f"; {event.lowest_item}: {event.lowest_points}" if event.lowest_item else ""
    comment = f"; {event.comment}" if event.comment else ""
    await open_by_itself(
        tx,
        source=Source.SURVEY,
        channel=Channel.SURVEY,
        category=rules.survey_category,
        text=f"{event.total.normalize():f} of 100{lowest}{comment}",
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        source_id=event.survey_id,
    )


async def open_case_on_follow_up_completed(tx: Tx, event: FollowUpCompleted) -> None:
    """The agent learnt of a problem (CRM-46), and was contacted first (COMP-03)."""
    if not event.problem_found:
        return
    rules = await tx.rules(HouseRules)
    await open_by_itself(
        tx,
        source=Source.FOLLOW_UP,
        channel=Channel.FOLLOW_UP,
        category=rules.follow_up_category,
        text=event.text,
        customer_id=event.customer_id,
        visit_id=event.visit_id,
        request_id=event.request_id,
        source_id=event.follow_up_id,
        by=Person.of(event.by),
    )
