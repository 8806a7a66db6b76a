"""Surveys at the desk: the list, sending, the customer's link, an answer by phone, a clear opinion."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from contracts.permissions import crm as may_crm
from crm.commands import surveys as commands
from crm.commands.surveys import LINK
from crm.domain import ConsentWithdrawn, NoComment, Survey, SurveyState, TooFewAnswers
from crm.queries import surveys as queries
from crm.queries.views import NewLinkView, SurveyView, TemplateView
from servicekit import IllegalTransition, NotFound, Stale, links
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as new_router
from shopkit.fields import Note, Word

router = new_router(tags=["surveys"])

SurveyId = Annotated[UUID, Path(description="the survey")]


class AnswerSurvey(Body):
    """Points per item (10, 8, 5, 3, 1); at least eight items (F-01)."""

    points: dict[str, int] = Field(description="points by item: 10, 8, 5, 3 or 1")
    comment: Note | None = Field(default=None, description="the customer's comment; kept masked")
    clear_opinion: bool = Field(default=False, description="the comment wants an answer (F-09)")


class AnswerToAgent(AnswerSurvey):
    """What the customer answered to an agent (CRM-24)."""

    channel: Word = Field(default="phone", description="phone, desk, ...")


@router.get("/survey-template")
async def show_template(tx: TxDep, who: Annotated[Who, may(may_crm.READ)]) -> TemplateView:
    """The form's items and grades."""
    return await queries.template(tx)


@router.get("/surveys")
async def list_surveys(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    state: Annotated[SurveyState | None, Query(description="only forms in this state")] = None,
    due_by: Annotated[date | None, Query(description="only forms due by this shop-local day")] = None,
    customer_id: Annotated[UUID | None, Query(description="only forms of this customer")] = None,
    visit_id: Annotated[UUID | None, Query(description="only the form of this visit")] = None,
    dissatisfied: Annotated[
        bool | None, Query(description="only forms that crossed a line of F-09, or only the rest")
    ] = None,
) -> Page[SurveyView]:
    """Forms, the most urgent first."""
    return await queries.surveys(
        tx,
        page,
        state=state,
        due_by=due_by,
        customer_id=customer_id,
        visit_id=visit_id,
        dissatisfied=dissatisfied,
    )


@router.get("/surveys/{survey_id}", responses=problems(NotFound))
async def show_survey(survey_id: SurveyId, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]) -> SurveyView:
    """One form."""
    return SurveyView.of(await tx.read(Survey, survey_id))


@router.post(
    "/surveys/{survey_id}/sending", responses=problems(NotFound, IllegalTransition, ConsentWithdrawn, Stale)
)
async def send_survey(survey_id: SurveyId, tx: TxDep, who: Annotated[Who, may(may_crm.SURVEY)]) -> SurveyView:
    """Send it now, before its timer does."""
    survey = await commands.send_survey(tx, survey_id=survey_id)
    await tx.session.flush()
    return SurveyView.of(survey)


@router.post(
    "/surveys/{survey_id}/links",
    status_code=201,
    responses=problems(NotFound, IllegalTransition, ConsentWithdrawn, Stale),
)
async def make_link(survey_id: SurveyId, tx: TxDep, who: Annotated[Who, may(may_crm.SURVEY)]) -> NewLinkView:
    """The customer's link, shown this once; sends the form if it is due, and ends an earlier link."""
    return NewLinkView.of(await commands.make_link(tx, survey_id=survey_id))


@router.post(
    "/surveys/{survey_id}/answer",
    responses=problems(NotFound, IllegalTransition, TooFewAnswers, NoComment, Stale),
)
async def answer_survey(
    survey_id: SurveyId, body: AnswerToAgent, tx: TxDep, who: Annotated[Who, may(may_crm.SURVEY)]
) -> SurveyView:
    """The customer answered to an agent, or filled in the form at the desk."""
    survey = await commands.answer_survey(tx, survey_id=survey_id, **body.model_dump_fields())
    await links.revoke(tx, purpose=LINK, subject=survey_id)
    await tx.session.flush()
    return SurveyView.of(survey)


@router.post(
    "/surveys/{survey_id}/opinion", responses=problems(NotFound, IllegalTransition, NoComment, Stale)
)
async def flag_opinion(
    survey_id: SurveyId, tx: TxDep, who: Annotated[Who, may(may_crm.SURVEY)]
) -> SurveyView:
    """The comment of an answered form is a clear opinion (F-09)."""
    survey = await commands.flag_opinion(tx, survey_id=survey_id)
    await tx.session.flush()
    return SurveyView.of(survey)
