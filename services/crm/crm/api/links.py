"""The customer's own page: ten items and a comment, for people a bilingual form, for programs JSON."""

import json
from typing import Annotated, Any

from fastapi import Request
from pydantic import ValidationError
from starlette.responses import Response

from crm.api.surveys import AnswerSurvey
from crm.commands import surveys as commands
from crm.commands.surveys import LINK
from crm.domain import GRADES, ITEMS, HouseRules, NoComment, Survey, TooFewAnswers
from servicekit import Invalid, Tx, links
from servicekit.http import Accepts, TxDep, customer_link, customer_page, problems, public_router
from servicekit.links import Link, LinkExpired, LinkUnknown

router = public_router(tags=["customer's link"])

SurveyLink = Annotated[Link, customer_link(LINK)]


@router.get("/l/{token}", responses=problems(LinkUnknown, LinkExpired))
async def show_form(request: Request, tx: TxDep, link: SurveyLink) -> Response:
    """The form."""
    return await _form(request, tx, link, given=AnswerSurvey(points={}))


@router.post("/l/{token}", responses=problems(LinkUnknown, LinkExpired, TooFewAnswers, NoComment))
async def answer_by_link(request: Request, tx: TxDep, link: SurveyLink, accepts: Accepts) -> Response:
    """The customer's grades: the page's form, or JSON ``{points, comment, clear_opinion}``."""
    answer = await _answer(request)
    try:
        survey = await commands.answer_survey(
            tx, survey_id=link.subject_id, **answer.model_dump_fields(), channel="link"
        )
    except (TooFewAnswers, NoComment) as refusal:
        if accepts == "json":
            raise
        # The customer finds the form as it was filled in, and what is missing.
        return await _form(request, tx, link, given=answer, wrong=refusal.code(), status=refusal.status)
    await links.use_up(tx, link)
    return customer_page(request, "thanks.html", total=str(survey.total))


async def _form(
    request: Request, tx: Tx, link: Link, *, given: AnswerSurvey, wrong: str = "", status: int = 200
) -> Response:
    survey = await tx.read(Survey, link.subject_id)
    rules = await tx.rules(HouseRules)
    return customer_page(
        request,
        "survey.html",
        status=status,
        template_version=survey.template_version,
        items=_titles(ITEMS),
        grades={str(points): title for points, title in _titles(GRADES).items()},
        least_answers=rules.survey_least_answers,
        answerable=survey.answerable,
        given=given.model_dump(),
        wrong=wrong,
    )


def _titles(titles: Any) -> dict[Any, dict[str, str]]:
    return {key: title.model_dump() for key, title in titles.items()}


async def _answer(request: Request) -> AnswerSurvey:
    """What was sent, in either form. Raises ``Invalid`` (422)."""
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            return AnswerSurvey.model_validate_json(await request.body())
        form = await request.form()
        return AnswerSurvey(
            points={item: int(str(form[item])) for item in ITEMS if form.get(item)},
            comment=str(form.get("comment") or "") or None,
            clear_opinion="clear_opinion" in form,
        )
    except (ValidationError, ValueError, json.JSONDecodeError) as wrong:
        raise Invalid("body", "points per item, a comment if you like") from wrong
