"""Routes of a visit: arrival, promise, notices to the customer, handover."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import Field

from contracts.permissions import reception as may_reception
from contracts.values import Check, FaultFacts
from reception.commands import arrival, handover, promise
from reception.commands.arrival import VisitAlreadyOpen
from reception.commands.work import NewWork, ServiceNotOffered, Text, Word
from reception.domain import Visit
from reception.domain.acceptance import (
    BelongingCheck,
    BelongingsUnchecked,
    ChecksMissing,
    HandoverNotPossible,
    InvoiceChanged,
    InvoiceNotPrepared,
)
from reception.domain.arrival import LateReceptionUnexplained
from reception.domain.car import FactsUnknown
from reception.domain.instants import NotInThePast
from reception.domain.pricing import DiscountTooLarge, HandPrice
from reception.domain.promise import NothingAnsweredYet, PromiseTooEarly
from reception.domain.record import HandoverMode
from reception.domain.registration import (
    Belonging,
    Condition,
    Expectation,
    FormNotSigned,
    IntendedOutcome,
)
from reception.domain.task import Channel, Topic
from reception.domain.visit_states import VisitState
from reception.domain.work import LineUnknown, PriceUnknown
from reception.queries import visits as queries
from reception.queries.screen import screen_of
from reception.queries.views import ScreenView, VisitRow, VisitView, shown
from servicekit import IllegalTransition, NotFound, Refusal
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, paginate, problems, router

routes = router(tags=["visits"])

Reads = Annotated[Who, may(may_reception.READ)]
Opens = Annotated[Who, may(may_reception.OPEN)]
Advises = Annotated[Who, may(may_reception.ADVISE)]
Promises = Annotated[Who, may(may_reception.PROMISE)]
HandsOver = Annotated[Who, may(may_reception.HAND_OVER)]
Supervises = Annotated[Who, may(may_reception.SUPERVISE)]
_STATE = problems(NotFound, IllegalTransition)

VisitId = Annotated[UUID, Path(description="the visit")]
Reason = Annotated[str, Field(min_length=1, max_length=2000)]
Kilometres = Annotated[int, Field(ge=0, le=9_999_999)]


class OpenVisit(Body):
    """A car is here: with the number of its request, or as a walk-in with customer and vehicle."""

    request_no: Word | None = Field(default=None, description="number of the request; null: a walk-in")
    customer_id: UUID | None = Field(default=None, description="who brings the car; null: as booked")
    vehicle_id: UUID | None = Field(default=None, description="the vehicle; null: as booked")
    plate: Word | None = Field(default=None, description="licence plate; null: as on file")
    vin: Annotated[str, Field(min_length=17, max_length=17)] | None = Field(
        default=None, description="vehicle identification number; null: as on file"
    )
    make: Annotated[str, Field(max_length=100)] = Field(default="", description="maker; empty: as on file")
    model: Annotated[str, Field(max_length=100)] = Field(default="", description="model; empty: as on file")
    model_year: Annotated[int, Field(ge=1900, le=2200)] | None = Field(
        default=None, description="year of the model; null: as on file"
    )
    arrived_at: datetime | None = Field(default=None, description="when the car came; null: now")
    urgent: bool = Field(default=False, description="put before all others (F-36)")


class ReceiveVehicle(Body):
    """An advisor takes the car; a late one needs both texts (RECP-01)."""

    reason: Text | None = Field(default=None, description="what was explained to the customer")
    alternative: Text | None = Field(default=None, description="what was offered instead")


class CompleteIntake(Body):
    """The registration form (RECP-03 to RECP-11), signed by the customer."""

    signed: bool = Field(description="the customer has signed")
    fault: FaultFacts = Field(default=FaultFacts(), description="the fault as the customer describes it")
    mileage_km: Kilometres | None = Field(default=None, description="odometer, km")
    waiting_on_site: bool = Field(default=False, description="the customer waits in the shop (WORK-10)")
    special_requirements: Annotated[tuple[Text, ...], Field(max_length=50)] = Field(
        default=(), description="what the customer insists on"
    )
    belongings: Annotated[tuple[Belonging, ...], Field(max_length=100)] = Field(
        default=(), description="what is in the car (RECP-11)"
    )
    condition: Condition = Field(default=Condition(), description="how the car looks (RECP-10)")
    expectation: Expectation = Field(
        default=Expectation(), description="time, cost and standard that the customer expects (RECP-07)"
    )
    intended_outcome: IntendedOutcome = Field(
        default="repair", description="what the customer wants of this visit (RECP-19)"
    )
    lines: Annotated[tuple[NewWork, ...], Field(max_length=100)] = Field(
        default=(), description="work that the customer asks for"
    )
    drop_line_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] = Field(
        default=(), description="booked lines that are no longer offered"
    )
    diagnosis_minutes: Annotated[int, Field(ge=0, le=6000)] | None = Field(
        default=None, description="labour of line 0, minutes; null: the house rule"
    )
    diagnosis_price: HandPrice = Field(
        default=HandPrice(), description="price of line 0 by hand, where no rate is in force"
    )


class TakeOver(Body):
    """Who looks after the visit from now on."""

    advisor_id: UUID = Field(description="employee id")


class PromiseHandover(Body):
    """The time that the customer is given."""

    promised_at: datetime = Field(description="when the car will be handed over")
    waiting_on_site: bool = Field(default=False, description="the customer waits in the shop")


class RevisePromise(Body):
    """Another time, why, and what is offered for it (RECP-48); the customer has agreed."""

    promised_at: datetime = Field(description="when the car will be handed over")
    reason: Reason = Field(description="why not as promised")
    solution: Reason = Field(description="what is offered for it")
    agreed_by: Word = Field(default="customer", description="`customer`, or who agreed for them")
    notified_at: datetime | None = Field(
        default=None, description="when the customer was notified; null: now"
    )


class RefusePromise(Body):
    """The customer's answer to a later time."""

    reason: Reason = Field(description="why the customer does not accept it")


class NotifyCustomer(Body):
    """What the customer was notified of (RECP-27)."""

    topic: Topic = Field(description="what about; completes the tasks of that topic")
    channel: Channel = Field(default="phone", description="how")
    note: Text = Field(default="", description="what was passed on")
    notified_at: datetime | None = Field(default=None, description="when; null: now")


class LeaveWithVehicle(Body):
    """The car drives on until it comes back (E2)."""

    reason: Reason = Field(default="awaiting_parts", description="why")
    return_expected_at: datetime | None = Field(default=None, description="when it should come back")


class AcceptWork(Body):
    """What was looked at together, and the signature under the invoice that was shown (RECP-30, RECP-34)."""

    invoice_revision: Annotated[int, Field(ge=1)] = Field(
        description="revision of the invoice that was shown"
    )
    checks: Annotated[tuple[Check, ...], Field(max_length=50)] = Field(
        description="every point of the house rule `handover_checks`"
    )
    belongings: Annotated[tuple[BelongingCheck, ...], Field(max_length=100)] = Field(
        default=(), description="every thing that was noted at intake"
    )


class HandOver(Body):
    """The keys go out (RECP-33)."""

    mode: HandoverMode = Field(default="desk", description="how")
    handed_over_at: datetime | None = Field(default=None, description="when; null: now")


class CloseVisit(Body):
    """The papers are complete; what to offer next time (RECP-45)."""

    mileage_out_km: Kilometres | None = Field(default=None, description="odometer at the end, km")
    recommended_work: Annotated[tuple[Text, ...], Field(max_length=50)] = Field(
        default=(), description="what to offer next time"
    )
    remind_on: date | None = Field(default=None, description="shop-local day to offer it")


def _problems(*more: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    return problems(NotFound, IllegalTransition, *more)


@routes.get("/visits")
async def list_visits(
    tx: TxDep,
    page: PageQuery,
    _: Reads,
    q: Annotated[str | None, Query(max_length=100, description="begin of number, plate, VIN, name")] = None,
    state: Annotated[VisitState | None, Query(description="where car and papers are")] = None,
    here: Annotated[bool | None, Query(description="true: not closed yet")] = None,
    advisor_id: Annotated[UUID | None, Query(description="of this advisor")] = None,
    customer_id: Annotated[UUID | None, Query(description="of this customer")] = None,
    vehicle_id: Annotated[UUID | None, Query(description="of this vehicle")] = None,
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
async def show_visit(visit_id: VisitId, tx: TxDep, response: Response, _: Reads) -> ScreenView:
    """Everything that the visit's screen shows, and what may be done now."""
    screen = ScreenView.of(await screen_of(tx, visit_id))
    response.headers["ETag"] = f'"{screen.visit.version}"'
    return screen


@routes.post(
    "/visits",
    status_code=201,
    responses=problems(NotFound, VisitAlreadyOpen, FactsUnknown, NotInThePast),
)
async def open_visit(body: OpenVisit, tx: TxDep, _: Opens) -> VisitView:
    """A car is here; the 15 minutes begin (RECP-01)."""
    return await shown(tx, await arrival.open_visit(tx, **body.model_dump_fields()))


@routes.post("/visits/{visit_id}/reception", responses=_problems(LateReceptionUnexplained))
async def receive_vehicle(visit_id: VisitId, body: ReceiveVehicle, tx: TxDep, who: Advises) -> VisitView:
    """The signed-in advisor takes the car."""
    visit = await arrival.receive_vehicle(
        tx, visit_id=visit_id, advisor_id=who.employee_id, **body.model_dump_fields()
    )
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/intake",
    responses=_problems(
        FormNotSigned,
        PriceUnknown,
        ServiceNotOffered,
        LineUnknown,
        DiscountTooLarge,
    ),
)
async def complete_intake(visit_id: VisitId, body: CompleteIntake, tx: TxDep, _: Advises) -> VisitView:
    """The registration form is signed; the workshop gets the car."""
    visit = await arrival.complete_intake(tx, visit_id=visit_id, **body.model_dump_fields())
    return await shown(tx, visit)


@routes.put("/visits/{visit_id}/advisor", responses=problems(NotFound))
async def take_over(visit_id: VisitId, body: TakeOver, tx: TxDep, _: Supervises) -> VisitView:
    """Give the visit to another advisor."""
    return await shown(tx, await arrival.take_over(tx, visit_id=visit_id, advisor_id=body.advisor_id))


@routes.post(
    "/visits/{visit_id}/promise",
    responses=_problems(NothingAnsweredYet, PromiseTooEarly),
)
async def promise_handover(visit_id: VisitId, body: PromiseHandover, tx: TxDep, _: Promises) -> VisitView:
    """Give the customer a time (RECP-21)."""
    visit = await promise.promise_handover(tx, visit_id=visit_id, **body.model_dump_fields())
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/promise/revisions",
    responses=_problems(PromiseTooEarly, NotInThePast),
)
async def revise_promise(visit_id: VisitId, body: RevisePromise, tx: TxDep, _: Promises) -> VisitView:
    """The customer agreed to another time (RECP-22, RECP-23, RECP-48)."""
    visit = await promise.revise_promise(tx, visit_id=visit_id, **body.model_dump_fields())
    return await shown(tx, visit)


@routes.post("/visits/{visit_id}/promise/refusal", responses=_STATE)
async def refuse_promise(visit_id: VisitId, body: RefusePromise, tx: TxDep, _: Promises) -> VisitView:
    """The customer does not accept a later time."""
    return await shown(tx, await promise.refuse_promise(tx, visit_id=visit_id, reason=body.reason))


@routes.post("/visits/{visit_id}/notices", responses=_problems(NotInThePast))
async def notify_customer(visit_id: VisitId, body: NotifyCustomer, tx: TxDep, _: Advises) -> VisitView:
    """Note what the customer was notified of (RECP-27, RECP-29)."""
    visit = await promise.notify_customer(tx, visit_id=visit_id, **body.model_dump_fields())
    return await shown(tx, visit)


@routes.post("/visits/{visit_id}/departure", responses=_STATE)
async def leave_with_vehicle(visit_id: VisitId, body: LeaveWithVehicle, tx: TxDep, _: Advises) -> VisitView:
    """The car drives on until parts come."""
    visit = await handover.leave_with_vehicle(tx, visit_id=visit_id, **body.model_dump_fields())
    return await shown(tx, visit)


@routes.post("/visits/{visit_id}/return", responses=_STATE)
async def return_vehicle(visit_id: VisitId, tx: TxDep, _: Advises) -> VisitView:
    """The car is back to go on."""
    return await shown(tx, await handover.return_vehicle(tx, visit_id=visit_id))


@routes.post(
    "/visits/{visit_id}/acceptance",
    responses=_problems(
        InvoiceNotPrepared,
        InvoiceChanged,
        ChecksMissing,
        BelongingsUnchecked,
    ),
)
async def accept_work(visit_id: VisitId, body: AcceptWork, tx: TxDep, _: HandsOver) -> VisitView:
    """The customer inspected, was explained, and signed."""
    visit = await handover.accept_work(tx, visit_id=visit_id, **body.model_dump_fields())
    return await shown(tx, visit)


@routes.post(
    "/visits/{visit_id}/handover",
    responses=_problems(HandoverNotPossible, NotInThePast),
)
async def hand_over(visit_id: VisitId, body: HandOver, tx: TxDep, _: HandsOver) -> VisitView:
    """Release the keys."""
    visit = await handover.hand_over(tx, visit_id=visit_id, **body.model_dump_fields())
    return await shown(tx, visit)


@routes.post("/visits/{visit_id}/closure", responses=_problems(FactsUnknown))
async def close_visit(visit_id: VisitId, body: CloseVisit, tx: TxDep, _: HandsOver) -> VisitView:
    """Complete the papers; the record gets its number (F-28)."""
    visit = await handover.close_visit(tx, visit_id=visit_id, **body.model_dump_fields())
    return await shown(tx, visit)
