"""Routes of the estimate at the desk: draft, present, answer, give the customer a link."""

from typing import Annotated
from uuid import UUID

from contracts.permissions import reception as may_reception
from reception.api import bodies
from reception.api.views import LinkView, VisitView, shown
from reception.commands import estimate
from reception.domain import refusals
from servicekit import IllegalTransition, NotFound
from servicekit.http import Now, TxDep, Who, may, problems, router

routes = router(tags=["estimates"])

Advises = Annotated[Who, may(may_reception.ADVISE)]


@routes.post(
    "/visits/{visit_id}/estimates",
    status_code=201,
    responses=problems(
        NotFound,
        IllegalTransition,
        refusals.NothingToEstimate,
        refusals.ServiceNotOffered,
        refusals.LineUnknown,
        refusals.DiscountTooLarge,
    ),
)
async def draft_estimate(
    visit_id: UUID, body: bodies.DraftEstimate, tx: TxDep, now: Now, _: Advises
) -> VisitView:
    """Make the next revision; an unanswered one is superseded (RECP-47)."""
    visit = await estimate.draft_estimate(tx, visit_id=visit_id, **body.model_dump_fields(), at=now)
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/estimates/{revision}/presentation",
    responses=problems(NotFound, IllegalTransition, refusals.EstimateSuperseded, refusals.PriceUnknown),
)
async def present_estimate(
    visit_id: UUID, revision: int, body: bodies.PresentEstimate, tx: TxDep, now: Now, _: Advises
) -> VisitView:
    """Lay the revision before the customer: its prices are frozen from now on (RECP-14)."""
    visit = await estimate.present_estimate(
        tx, visit_id=visit_id, revision=revision, **body.model_dump_fields(), at=now
    )
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/estimates/{revision}/answer",
    responses=problems(
        NotFound,
        IllegalTransition,
        refusals.EstimateSuperseded,
        refusals.AnswerIncomplete,
        refusals.PromiseTooEarly,
    ),
)
async def answer_estimate(
    visit_id: UUID, revision: int, body: bodies.AnswerEstimate, tx: TxDep, now: Now, _: Advises
) -> VisitView:
    """Note the customer's word on every open line (RECP-24)."""
    visit = await estimate.answer_estimate(
        tx, visit_id=visit_id, revision=revision, **body.model_dump_fields(), at=now
    )
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/estimates/{revision}/link",
    status_code=201,
    responses=problems(NotFound, IllegalTransition),
)
async def link_to_estimate(visit_id: UUID, revision: int, tx: TxDep, _: Advises) -> LinkView:
    """An address under which the customer answers; told this once."""
    return LinkView.of(await estimate.link_to_estimate(tx, visit_id=visit_id, revision=revision))
