"""Surveys and the form itself, for reading."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from crm.domain import GRADES, ITEMS, TEMPLATE, HouseRules, Survey
from crm.queries.views import SurveyItemView, SurveyView, TemplateView
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate


async def template(tx: Tx) -> TemplateView:
    """The form's items and grades."""
    rules = await tx.rules(HouseRules)
    return TemplateView(
        template_version=TEMPLATE,
        items=[SurveyItemView(item=item, title=title) for item, title in ITEMS.items()],
        grades=GRADES,
        least_answers=rules.survey_least_answers,
    )


async def surveys(
    tx: Tx,
    page: PageRequest,
    *,
    state: str | None,
    due_by: date | None,
    customer_id: UUID | None,
    visit_id: UUID | None,
    dissatisfied: bool | None,
) -> Page[SurveyView]:
    """Forms, the most urgent first."""
    query = select(Survey)
    if state:
        query = query.where(Survey.state == state)
    if due_by is not None:
        query = query.where(Survey.due_on <= due_by)
    if customer_id is not None:
        query = query.where(Survey.customer_id == customer_id)
    if visit_id is not None:
        query = query.where(Survey.visit_id == visit_id)
    if dissatisfied is not None:
        query = query.where(Survey.dissatisfied == dissatisfied)
    return await paginate(tx, query, page, by=(Survey.due_on, Survey.id), view=SurveyView)
