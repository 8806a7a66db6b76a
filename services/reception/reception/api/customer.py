"""The customer's page of an estimate: every line in plain words with its price, to be answered one by one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from contracts.values import PricedLine
from reception.commands.estimate import answer_estimate
from reception.domain import Visit
from reception.domain.copies import PartAvailability
from reception.domain.estimate import AnswerIncomplete, Estimate, EstimateSuperseded, LineAnswer, one_of
from reception.queries.visits import parts_of
from reception.repository import load_visit
from servicekit import IllegalTransition
from servicekit.http import Body, TxDep, customer_link, customer_page, problems, public_router
from servicekit.links import Link, LinkExpired, LinkUnknown

routes = public_router(tags=["customer"])

Token = Annotated[str, Path(description="the secret part of the customer's address")]
ByLink = Annotated[Link, customer_link("estimate")]


class AnswerByLink(Body):
    """The customer's own answer to every open line."""

    answers: Annotated[tuple[LineAnswer, ...], Field(min_length=1, max_length=200)] = Field(
        description="one for every open line, and for no other"
    )


@routes.get("/l/{token}", responses=problems(LinkUnknown, LinkExpired))
async def show_estimate(token: Token, request: Request, tx: TxDep, link: ByLink) -> Response:
    """The revision: open for an answer, answered, or superseded."""
    visit = await load_visit(tx, link.subject_id)
    return await _page(request, tx, visit, link)


@routes.post(
    "/l/{token}",
    responses=problems(LinkUnknown, LinkExpired, IllegalTransition, EstimateSuperseded, AnswerIncomplete),
)
async def answer_by_link(token: Token, request: Request, tx: TxDep, link: ByLink) -> Response:
    """The customer's answer to every open line: a form from the page, or JSON `{answers: […]}`."""
    assert link.revision is not None  # links to estimates are made with one
    visit = await answer_estimate(
        tx,
        visit_id=link.subject_id,
        revision=link.revision,
        answers=await _answers(request),
        channel="link",
    )
    return await _page(request, tx, visit, link)


async def _answers(request: Request) -> tuple[LineAnswer, ...]:
    try:
        if "json" in request.headers.get("content-type", ""):
            return AnswerByLink.model_validate_json(await request.body()).answers
        return tuple(_from_form(await request.form()))
    except ValidationError as wrong:
        raise RequestValidationError(wrong.errors(include_url=False, include_context=False)) from wrong


def _from_form(form: FormData) -> list[LineAnswer]:
    """Fields ``line-<id>`` yes or no, ``why-<id>`` and ``order-<id>``."""
    answers = []
    for name, value in form.items():
        kind, _, line_id = name.partition("-")
        if kind == "line":
            answer = {
                "line_id": line_id,
                "accept": value == "yes",
                "reason": str(form.get(f"why-{line_id}", "")),
                "order_back": f"order-{line_id}" in form,
            }
            answers.append(LineAnswer.model_validate(answer))
    return answers


async def _page(request: Request, tx: TxDep, visit: Visit, link: Link) -> Response:
    assert link.revision is not None
    estimate = one_of(visit.estimates, link.revision)
    short = {part.line_id: part for part in await parts_of(tx, visit.request_id) if part.short > 0}
    facts: dict[str, Any] = {
        "request_no": visit.request_no,
        "plate": visit.plate,
        "revision": estimate.revision,
        "state": estimate.state,
        "answer_by": estimate.answer_by,
        "answered_at": estimate.answered_at,
        "total_gross": f"{estimate.total_gross:.2f}",
        "authorised_gross": None if estimate.authorised_gross is None else f"{estimate.authorised_gross:.2f}",
        "lines": [_line(line, visit, estimate, short) for line in estimate.lines],
    }
    return customer_page(request, "estimate.html", **facts)


def _line(
    line: PricedLine, visit: Visit, estimate: Estimate, short: dict[UUID, PartAvailability]
) -> dict[str, Any]:
    missing = short.get(line.line_id)
    return line.model_dump(mode="json") | {
        "open": line.line_id in estimate.open_line_ids,
        "state": str(visit.work.line(line.line_id).state),
        "short": missing is not None,
        "eta": missing.eta if missing else None,
    }
