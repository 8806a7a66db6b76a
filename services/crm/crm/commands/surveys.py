"""Surveys: plan, send, offer by link, answer, find a clear opinion in the comment."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from crm import repository
from crm.domain import ConsentWithdrawn, Contact, HouseRules, Survey
from servicekit import Tx, links, new_id
from servicekit.links import NewLink
from servicekit.personal_data import mask
from shopkit.calendar import WorkingCalendar

SEND = "survey-send"
"""Kind of the timer that sends a survey, keyed by survey."""
EXPIRE = "survey-expiry"
"""Kind of the timer that ends a survey that nobody answered, keyed by survey."""
LINK = "survey"
"""Purpose of the customer's link to a form."""
_FIRST_HOUR = time(9)


async def plan_survey(
    tx: Tx, *, visit_id: UUID, request_id: UUID, customer_id: UUID, handed_over_at: datetime
) -> Survey:
    """A form that goes out some working days after the handover (F-13, CRM-12)."""
    calendar = await repository.calendar_of(tx)
    survey = Survey.after_handover(
        visit_id=visit_id,
        request_id=request_id,
        customer_id=customer_id,
        handed_over_on=handed_over_at.astimezone(tx.settings.timezone).date(),
        calendar=calendar,
        rules=await tx.rules(HouseRules),
    )
    tx.add(survey)
    tx.schedule(SEND, survey.id, _opening(calendar, survey.due_on))
    return survey


def _opening(calendar: WorkingCalendar, day: date) -> datetime:
    """When the shop opens on a day; nine o'clock if it counts as a working day without having hours."""
    open_time = calendar.intervals_on(day)
    return open_time[0][0] if open_time else datetime.combine(day, _FIRST_HOUR, ZoneInfo(calendar.timezone))


async def send_survey(tx: Tx, *, survey_id: UUID) -> Survey:
    """The questionnaire goes out now; from now on it may be answered for some days (house rule).

    Raises ``ConsentWithdrawn`` (CRM-55).
    """
    survey = await tx.get(Survey, survey_id)
    if await repository.wants_no_messages(tx, survey.customer_id):
        raise ConsentWithdrawn(state=survey.state, allowed=["answer"])
    tx.publish(survey, survey.send(at=tx.now))
    rules = await tx.rules(HouseRules)
    tx.cancel(SEND, survey.id)
    tx.schedule(EXPIRE, survey.id, tx.now + timedelta(days=rules.survey_open_days))
    return survey


async def make_link(tx: Tx, *, survey_id: UUID) -> NewLink:
    """The customer's link: the form goes out if it has not yet, and must still be answerable; an earlier link
    ends. Raises ``ConsentWithdrawn`` (CRM-55)."""
    survey = await tx.get(Survey, survey_id)
    if survey.sendable:
        await send_survey(tx, survey_id=survey_id)
    else:
        survey.must_be_answerable()
    rules = await tx.rules(HouseRules)
    await links.revoke(tx, purpose=LINK, subject=survey.id)
    expires_at = (survey.sent_at or tx.now) + timedelta(days=rules.survey_open_days)
    return await links.create(tx, purpose=LINK, subject=survey.id, expires_at=expires_at)


async def answer_survey(
    tx: Tx,
    *,
    survey_id: UUID,
    points: Mapping[str, int],
    comment: str | None,
    clear_opinion: bool,
    channel: str,
) -> Survey:
    """The customer's grades, by link or by way of an agent (CRM-24); a low score is published with them."""
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
        survey.complaint_id = await repository.complaint_of(tx, survey)
    tx.cancel(SEND, survey.id)
    tx.cancel(EXPIRE, survey.id)
    tx.add(_contact(tx, survey))
    return survey


async def flag_opinion(tx: Tx, *, survey_id: UUID) -> Survey:
    """The comment is a clear opinion that somebody must answer (F-09)."""
    survey = await tx.get(Survey, survey_id)
    tx.publish(survey, *survey.flag_opinion(await tx.rules(HouseRules)))
    survey.complaint_id = await repository.complaint_of(tx, survey)
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
