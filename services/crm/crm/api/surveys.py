"""Surveys at the desk: the list, sending, the customer's link, an answer told by phone, a clear opinion."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.permissions import crm as may_crm
from crm.api.views import NewLinkView, Note, SurveyItemView, SurveyView, TemplateView, Word
from crm.commands import surveys as commands
from crm.domain import (
    GRADES,
    ITEMS,
    TEMPLATE,
    ConsentWithdrawn,
    HouseRules,
    NoComment,
    Survey,
    SurveyState,
    TooFewAnswers,
)
from crm.queries import after_care as queries
from servicekit import IllegalTransition, NotFound, links
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, paginate, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["surveys"])

LINK = "survey"
"""Purpose of the customer's link to a form."""


class AnswerSurvey(Body):
    """Points per item (10, 8, 5, 3, 1); at least eight items (F-01)."""

    points: dict[str, int]
    comment: Note | None = None
    clear_opinion: bool = Field(default=False, description="the comment wants an answer (F-09)")


class TellSurvey(AnswerSurvey):
    """What the customer told an agent (CRM-24)."""

    channel: Word = "phone"


@router.get("/survey-template")
async def show_template(tx: TxDep, who: Annotated[Who, may(may_crm.READ)]) -> TemplateView:
    """The form's items and grades."""
    rules = await tx.rules(HouseRules)
    return TemplateView(
        template_version=TEMPLATE,
        items=[SurveyItemView(item=item, title=title) for item, title in ITEMS.items()],
        grades=GRADES,
        least_answers=rules.survey_least_answers,
    )


@router.get("/surveys")
async def list_surveys(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    state: SurveyState | None = None,
    due_by: date | None = None,
    customer_id: UUID | None = None,
    visit_id: UUID | None = None,
    dissatisfied: bool | None = None,
) -> Page[SurveyView]:
    """Forms, the most urgent first."""
    query = queries.surveys(
        state=state, due_by=due_by, customer_id=customer_id, visit_id=visit_id, dissatisfied=dissatisfied
    )
    return await paginate(tx, query, page, by=(Survey.due_on, Survey.id), view=SurveyView)


@router.get("/surveys/{survey_id}", responses=problems(NotFound))
async def show_survey(survey_id: UUID, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]) -> SurveyView:
    """One form."""
    return SurveyView.of(await queries.one(tx, Survey, survey_id))


@router.post(
    "/surveys/{survey_id}/sending", responses=problems(NotFound, IllegalTransition, ConsentWithdrawn)
)
async def send_survey(survey_id: UUID, tx: TxDep, who: Annotated[Who, may(may_crm.SURVEY)]) -> SurveyView:
    """Send it now, before its timer does."""
    survey = await commands.send_survey(tx, survey_id=survey_id)
    await tx.session.flush()
    return SurveyView.of(survey)


@router.post(
    "/surveys/{survey_id}/links",
    status_code=201,
    responses=problems(NotFound, IllegalTransition, ConsentWithdrawn),
)
async def make_link(survey_id: UUID, tx: TxDep, who: Annotated[Who, may(may_crm.SURVEY)]) -> NewLinkView:
    """The customer's link, shown this once; sends the form if it is due, and ends an earlier link."""
    survey = await commands.offer_survey(tx, survey_id=survey_id)
    rules = await tx.rules(HouseRules)
    await links.revoke(tx, purpose=LINK, subject=survey.id)
    expires_at: datetime = (survey.sent_at or tx.now) + timedelta(days=rules.survey_open_days)
    return NewLinkView.of(await links.create(tx, purpose=LINK, subject=survey.id, expires_at=expires_at))


@router.post(
    "/surveys/{survey_id}/answer",
    responses=problems(NotFound, IllegalTransition, TooFewAnswers, NoComment),
)
async def answer_survey(
    survey_id: UUID, body: TellSurvey, tx: TxDep, who: Annotated[Who, may(may_crm.SURVEY)]
) -> SurveyView:
    """The customer told an agent, or filled in the form at the desk."""
    survey = await commands.answer_survey(tx, survey_id=survey_id, **body.model_dump_fields())
    await links.revoke(tx, purpose=LINK, subject=survey_id)
    await tx.session.flush()
    return SurveyView.of(survey)


@router.post("/surveys/{survey_id}/opinion", responses=problems(NotFound, IllegalTransition, NoComment))
async def flag_opinion(survey_id: UUID, tx: TxDep, who: Annotated[Who, may(may_crm.SURVEY)]) -> SurveyView:
    """The comment of an answered form is a clear opinion (F-09)."""
    survey = await commands.flag_opinion(tx, survey_id=survey_id)
    await tx.session.flush()
    return SurveyView.of(survey)
