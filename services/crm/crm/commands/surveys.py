"""Surveys: send, answer, find a clear opinion in the comment."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from crm.commands.cases import link_to_open_case
from crm.domain import ConsentWithdrawn, Contact, Customer, HouseRules, Purpose, Survey
from servicekit import Tx, new_id
from servicekit.personal_data import mask

SEND = "survey-send"
"""Kind of the timer that sends a survey, keyed by survey."""
EXPIRE = "survey-expiry"
"""Kind of the timer that ends a survey that nobody answered, keyed by survey."""


async def send_survey(tx: Tx, *, survey_id: UUID) -> Survey:
    """The questionnaire goes out now; from now on it may be answered for some days (house rule).

    Raises ``ConsentWithdrawn`` (CRM-55).
    """
    survey = await tx.get(Survey, survey_id)
    if await wants_no_messages(tx, survey.customer_id):
        raise ConsentWithdrawn(state=survey.state, allowed=["answer"])
    tx.publish(survey, survey.send(at=tx.now))
    rules = await tx.rules(HouseRules)
    tx.cancel(SEND, survey.id)
    tx.schedule(EXPIRE, survey.id, tx.now + timedelta(days=rules.survey_open_days))
    return survey


async def wants_no_messages(tx: Tx, customer_id: UUID) -> bool:
    """Whether the customer has taken the consent for messages back (CRM-55)."""
    customer = await tx.session.get(Customer, customer_id)
    return customer is not None and customer.has_withdrawn(Purpose.COMMUNICATION)


async def offer_survey(tx: Tx, *, survey_id: UUID) -> Survey:
    """A customer is to get the link: the form goes out if it has not yet, and must still be answerable."""
    survey = await tx.get(Survey, survey_id)
    if survey.sendable:
        return await send_survey(tx, survey_id=survey_id)
    survey.must_be_answerable()
    return survey


async def answer_survey(
    tx: Tx,
    *,
    survey_id: UUID,
    points: Mapping[str, int],
    comment: str | None,
    clear_opinion: bool,
    channel: str,
) -> Survey:
    """The customer's grades, by link or told to an agent (CRM-24); a low score is told with them."""
    survey = await tx.get(Survey, survey_id)
    answered = survey.answer(
        points,
        comment=mask(comment) if comment else None,
        clear_opinion=clear_opinion,
        channel=channel,
        by=tx.by,
        at=tx.now,
        on=tx.today,
        rules=await tx.rules(HouseRules),
    )
    tx.publish(survey, *answered)
    if survey.dissatisfied:
        await link_to_open_case(tx, survey)
    tx.cancel(SEND, survey.id)
    tx.cancel(EXPIRE, survey.id)
    tx.add(_contact(tx, survey))
    return survey


async def flag_opinion(tx: Tx, *, survey_id: UUID) -> Survey:
    """The comment is a clear opinion that somebody must answer (F-09)."""
    survey = await tx.get(Survey, survey_id)
    tx.publish(survey, *survey.flag_opinion(await tx.rules(HouseRules)))
    await link_to_open_case(tx, survey)
    return survey


def _contact(tx: Tx, survey: Survey) -> Contact:
    return Contact(
        id=new_id(),
        customer_id=survey.customer_id,
        visit_id=survey.visit_id,
        request_id=survey.request_id,
        at=tx.now,
        topic="survey",
        channel=survey.channel or "link",
        content=f"total {survey.total}",
        feedback=survey.comment or "",
        by=tx.by,
    )
