"""Routes of the estimate at the desk: draft, present, answer, give the customer a link."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from contracts.permissions import reception as may_reception
from reception.commands import estimate
from reception.commands.work import NewWork, ServiceNotOffered
from reception.domain.estimate import (
    AnswerIncomplete,
    EstimateSuperseded,
    LineAnswer,
    Via,
)
from reception.domain.pricing import DiscountTooLarge, HandPrice
from reception.domain.promise import PromiseTooEarly
from reception.domain.work import LineUnknown, NothingToEstimate, PriceUnknown
from reception.queries.views import LinkView, VisitView, shown
from servicekit import IllegalTransition, NotFound
from servicekit.http import Body, TxDep, Who, may, problems, router

routes = router(tags=["estimates"])

Advises = Annotated[Who, may(may_reception.ADVISE)]
VisitId = Annotated[UUID, Path(description="the visit")]
Revision = Annotated[int, Path(description="the estimate's revision, 1 for the first")]
Answers = Annotated[tuple[LineAnswer, ...], Field(min_length=1, max_length=200)]


class DraftEstimate(Body):
    """The next revision: work added, prices by hand, lines no longer offered."""

    add: Annotated[tuple[NewWork, ...], Field(max_length=100)] = Field(default=(), description="work to add")
    by_hand: Annotated[dict[UUID, HandPrice], Field(max_length=100)] = Field(
        default_factory=dict, description="the advisor's own prices, by line id"
    )
    drop_line_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] = Field(
        default=(), description="lines that are no longer offered"
    )


class PresentEstimate(Body):
    """How the customer gets it, and until when it is open."""

    via: Via = Field(default="desk", description="at the desk, or by a link that the customer is sent")
    answer_by: datetime | None = Field(default=None, description="until when; null: the house rule")


class AnswerEstimate(Body):
    """The customer's answer to every open line; a time may be promised with it."""

    answers: Answers = Field(description="one for every open line, and for no other")
    channel: Literal["desk", "phone"] = Field(default="desk", description="how the answer came")
    promised_at: datetime | None = Field(default=None, description="handover to promise; null: none")
    waiting_on_site: bool = Field(default=False, description="the customer waits in the shop")


@routes.post(
    "/visits/{visit_id}/estimates",
    status_code=201,
    responses=problems(
        NotFound,
        IllegalTransition,
        NothingToEstimate,
        ServiceNotOffered,
        LineUnknown,
        DiscountTooLarge,
    ),
)
async def draft_estimate(visit_id: VisitId, body: DraftEstimate, tx: TxDep, _: Advises) -> VisitView:
    """Make the next revision; an unanswered one is superseded (RECP-47)."""
    visit = await estimate.draft_estimate(tx, visit_id=visit_id, **body.model_dump_fields())
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/estimates/{revision}/presentation",
    responses=problems(NotFound, IllegalTransition, EstimateSuperseded, PriceUnknown),
)
async def present_estimate(
    visit_id: VisitId, revision: Revision, body: PresentEstimate, tx: TxDep, _: Advises
) -> VisitView:
    """Lay the revision before the customer: its prices are frozen from now on (RECP-14)."""
    visit = await estimate.present_estimate(
        tx, visit_id=visit_id, revision=revision, **body.model_dump_fields()
    )
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/estimates/{revision}/answer",
    responses=problems(
        NotFound,
        IllegalTransition,
        EstimateSuperseded,
        AnswerIncomplete,
        PromiseTooEarly,
    ),
)
async def answer_estimate(
    visit_id: VisitId, revision: Revision, body: AnswerEstimate, tx: TxDep, _: Advises
) -> VisitView:
    """Note the customer's answer to every open line (RECP-24)."""
    visit = await estimate.answer_estimate(
        tx, visit_id=visit_id, revision=revision, **body.model_dump_fields()
    )
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/estimates/{revision}/link",
    status_code=201,
    responses=problems(NotFound, IllegalTransition),
)
async def link_to_estimate(visit_id: VisitId, revision: Revision, tx: TxDep, _: Advises) -> LinkView:
    """An address under which the customer answers; given this once."""
    return LinkView.of(await estimate.link_to_estimate(tx, visit_id=visit_id, revision=revision))
