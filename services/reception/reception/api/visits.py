"""Routes of a visit: arrival, promise, what the customer was told, handover."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from contracts.permissions import reception as may_reception
from reception.api import bodies
from reception.api.views import ScreenView, VisitRow, VisitView, shown
from reception.commands import arrival, handover, promise
from reception.domain import Visit, refusals
from reception.domain.states import VisitState
from reception.queries import visits as queries
from reception.queries.screen import screen_of
from servicekit import IllegalTransition, NotFound, Refusal
from servicekit.http import Now, Page, PageQuery, TxDep, Who, may, paginate, problems, router

routes = router(tags=["visits"])

Reads = Annotated[Who, may(may_reception.READ)]
Opens = Annotated[Who, may(may_reception.OPEN)]
Advises = Annotated[Who, may(may_reception.ADVISE)]
Promises = Annotated[Who, may(may_reception.PROMISE)]
HandsOver = Annotated[Who, may(may_reception.HAND_OVER)]
Supervises = Annotated[Who, may(may_reception.SUPERVISE)]
_STATE = problems(NotFound, IllegalTransition)


def _problems(*more: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    return problems(NotFound, IllegalTransition, *more)


@routes.get("/visits")
async def list_visits(
    tx: TxDep,
    page: PageQuery,
    _: Reads,
    q: Annotated[str | None, Query(max_length=100, description="begin of number, plate, VIN, name")] = None,
    state: VisitState | None = None,
    here: Annotated[bool | None, Query(description="true: not closed yet")] = None,
    advisor_id: UUID | None = None,
    customer_id: UUID | None = None,
    vehicle_id: UUID | None = None,
) -> Page[VisitRow]:
    """Visits, the latest first."""
    stmt = queries.listed(
        q=q,
        state=state,
        here=here,
        advisor_id=advisor_id,
        customer_id=customer_id,
        vehicle_id=vehicle_id,
    )
    by = (Visit.begun_at, Visit.id)
    return await paginate(tx, stmt, page, by=by, view=VisitRow, descending=True)


@routes.get("/visits/{visit_id}", responses=problems(NotFound))
async def show_visit(visit_id: UUID, tx: TxDep, response: Response, _: Reads) -> ScreenView:
    """Everything that the visit's screen shows, and what may be done now."""
    screen = ScreenView.of(await screen_of(tx, visit_id))
    response.headers["ETag"] = f'"{screen.visit.version}"'
    return screen


@routes.post(
    "/visits",
    status_code=201,
    responses=problems(NotFound, refusals.VisitAlreadyOpen, refusals.FactsNotHeard, refusals.NotInThePast),
)
async def open_visit(body: bodies.OpenVisit, tx: TxDep, now: Now, _: Opens) -> VisitView:
    """A car is here; the 15 minutes begin (RECP-01)."""
    return await shown(tx, await arrival.open_visit(tx, **body.model_dump_fields(), at=now))


@routes.post("/visits/{visit_id}/reception", responses=_problems(refusals.LateReceptionUnexplained))
async def receive_vehicle(
    visit_id: UUID, body: bodies.ReceiveVehicle, tx: TxDep, now: Now, who: Advises
) -> VisitView:
    """The signed-in advisor takes the car."""
    visit = await arrival.receive_vehicle(
        tx, visit_id=visit_id, advisor_id=who.employee_id, **body.model_dump_fields(), at=now
    )
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/intake",
    responses=_problems(
        refusals.FormNotSigned,
        refusals.PriceUnknown,
        refusals.ServiceNotOffered,
        refusals.LineUnknown,
        refusals.DiscountTooLarge,
    ),
)
async def complete_intake(
    visit_id: UUID, body: bodies.CompleteIntake, tx: TxDep, now: Now, _: Advises
) -> VisitView:
    """The registration form is signed; the workshop gets the car."""
    visit = await arrival.complete_intake(tx, visit_id=visit_id, **body.model_dump_fields(), at=now)
    return await shown(tx, visit)


@routes.put("/visits/{visit_id}/advisor", responses=problems(NotFound))
async def take_over(visit_id: UUID, body: bodies.TakeOver, tx: TxDep, _: Supervises) -> VisitView:
    """Give the visit to another advisor."""
    return await shown(tx, await arrival.take_over(tx, visit_id=visit_id, advisor_id=body.advisor_id))


@routes.post(
    "/visits/{visit_id}/promise",
    responses=_problems(refusals.NothingAnsweredYet, refusals.PromiseTooEarly),
)
async def promise_handover(
    visit_id: UUID, body: bodies.PromiseHandover, tx: TxDep, now: Now, _: Promises
) -> VisitView:
    """Give the customer a time (RECP-21)."""
    visit = await promise.promise_handover(tx, visit_id=visit_id, **body.model_dump_fields(), at=now)
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/promise/revisions",
    responses=_problems(refusals.PromiseTooEarly, refusals.NotInThePast),
)
async def revise_promise(
    visit_id: UUID, body: bodies.RevisePromise, tx: TxDep, now: Now, _: Promises
) -> VisitView:
    """The customer agreed to another time (RECP-22, RECP-23, RECP-48)."""
    visit = await promise.revise_promise(tx, visit_id=visit_id, **body.model_dump_fields(), at=now)
    return await shown(tx, visit)


@routes.post("/visits/{visit_id}/promise/refusal", responses=_STATE)
async def refuse_promise(
    visit_id: UUID, body: bodies.RefusePromise, tx: TxDep, now: Now, _: Promises
) -> VisitView:
    """The customer does not accept a later time."""
    return await shown(tx, await promise.refuse_promise(tx, visit_id=visit_id, reason=body.reason, at=now))


@routes.post("/visits/{visit_id}/notices", responses=_problems(refusals.NotInThePast))
async def notify_customer(
    visit_id: UUID, body: bodies.NotifyCustomer, tx: TxDep, now: Now, _: Advises
) -> VisitView:
    """Note what the customer was told (RECP-27, RECP-29)."""
    visit = await promise.notify_customer(tx, visit_id=visit_id, **body.model_dump_fields(), at=now)
    return await shown(tx, visit)


@routes.post("/visits/{visit_id}/departure", responses=_STATE)
async def leave_with_vehicle(
    visit_id: UUID, body: bodies.LeaveWithVehicle, tx: TxDep, now: Now, _: Advises
) -> VisitView:
    """The car drives on until parts come."""
    visit = await handover.leave_with_vehicle(tx, visit_id=visit_id, **body.model_dump_fields(), at=now)
    return await shown(tx, visit)


@routes.post("/visits/{visit_id}/return", responses=_STATE)
async def return_vehicle(visit_id: UUID, tx: TxDep, now: Now, _: Advises) -> VisitView:
    """The car is back to go on."""
    return await shown(tx, await handover.return_vehicle(tx, visit_id=visit_id, at=now))


@routes.post(
    "/visits/{visit_id}/acceptance",
    responses=_problems(
        refusals.InvoiceNotPrepared,
        refusals.InvoiceChanged,
        refusals.ChecksMissing,
        refusals.BelongingsUnchecked,
    ),
)
async def accept_work(
    visit_id: UUID, body: bodies.AcceptWork, tx: TxDep, now: Now, _: HandsOver
) -> VisitView:
    """The customer inspected, was explained, and signed."""
    visit = await handover.accept_work(tx, visit_id=visit_id, **body.model_dump_fields(), at=now)
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/handover",
    responses=_problems(refusals.HandoverNotPossible, refusals.NotInThePast),
)
async def hand_over(visit_id: UUID, body: bodies.HandOver, tx: TxDep, now: Now, _: HandsOver) -> VisitView:
    """Release the keys."""
    visit = await handover.hand_over(tx, visit_id=visit_id, **body.model_dump_fields(), at=now)
    return await shown(tx, visit)


@routes.post("/visits/{visit_id}/closure", responses=_problems(refusals.FactsNotHeard))
async def close_visit(
    visit_id: UUID, body: bodies.CloseVisit, tx: TxDep, now: Now, _: HandsOver
) -> VisitView:
    """Complete the papers; the record gets its number (F-28)."""
    visit = await handover.close_visit(tx, visit_id=visit_id, **body.model_dump_fields(), at=now)
    return await shown(tx, visit)
