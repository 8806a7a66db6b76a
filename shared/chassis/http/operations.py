"""What an operator sees and does: is it quiet, what is parked or waits, replay, skip, an event's trail."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import BackgroundTasks, Query, Request
from pydantic import Field

from chassis.http.auth import Who, may
from chassis.http.problems import problems
from chassis.http.route import TxDep
from chassis.http.route import router as shop_router
from chassis.http.views import Body, View
from chassis.messaging import operator
from chassis.messaging.operator import NotParked
from chassis.refusal import NotFound
from contracts.may import everywhere

router = shop_router(prefix="/operations", tags=["operations"])
Reader = Annotated[Who, may(everywhere.OPERATIONS_READ)]
Operator = Annotated[Who, may(everywhere.OPERATIONS_ACT)]


class DeferredEventView(View):
    """An event that was heard and has not taken effect yet."""

    stream: str
    key: str
    sequence: int
    type: str | None
    status: str
    reason: str | None
    attempt: int
    waits_for: str | None = Field(description="`<stream> <key>` whose next event wakes it")
    filed_at: datetime
    next_at: datetime
    long: bool = Field(description="filed more than 10 minutes ago")


class LoggedEventView(View):
    """An event as this department told it."""

    stream: str
    key: str
    sequence: int
    id: UUID
    type: str
    occurred_at: datetime
    recorded_at: datetime
    published_at: datetime | None = None
    causation: str | None = None
    data: dict[str, Any]


class SkipEvent(Body):
    """Why an event is passed over for good."""

    reason: str = Field(min_length=1, max_length=500)


@router.get("/quiet")
async def show_quiet(tx: TxDep, who: Reader) -> dict[str, Any]:
    """What keeps this department busy, and how much it has said and heard per stream."""
    return await operator.quiet(tx.session, now=tx.now)


@router.get("/parked")
async def list_parked(tx: TxDep, who: Reader) -> list[DeferredEventView]:
    """Events whose reactions failed for good, oldest first."""
    return [DeferredEventView.model_validate(row) for row in await operator.parked(tx.session)]


@router.get("/waiting")
async def list_waiting(tx: TxDep, who: Reader) -> list[DeferredEventView]:
    """Events kept aside, and what they wait for."""
    return [DeferredEventView.model_validate(row) for row in await operator.waiting(tx.session)]


@router.post(
    "/parked/{stream}/{key}/{sequence}/replay", status_code=204, responses=problems(NotFound, NotParked)
)
async def replay_event(
    stream: str, key: str, sequence: int, request: Request, tx: TxDep, who: Operator, after: BackgroundTasks
) -> None:
    """Try a parked event again, once what it failed on has been put right."""
    await operator.replay(tx.session, stream, key, sequence)
    after.add_task(request.app.state.runtime.waker.poke)


@router.post(
    "/parked/{stream}/{key}/{sequence}/skip", status_code=204, responses=problems(NotFound, NotParked)
)
async def skip_event(
    stream: str,
    key: str,
    sequence: int,
    body: SkipEvent,
    request: Request,
    tx: TxDep,
    who: Operator,
    after: BackgroundTasks,
) -> None:
    """Pass over a parked event for good; what it would have done here has to be put right by hand."""
    await operator.skip(tx.session, stream, key, sequence, str(who.employee_id), body.reason)
    after.add_task(request.app.state.runtime.waker.poke)


@router.get("/log")
async def list_log(
    tx: TxDep, who: Reader, stream: Annotated[str, Query()], key: Annotated[str, Query()]
) -> list[LoggedEventView]:
    """One aggregate's life, as this department told it."""
    return [LoggedEventView.model_validate(row) for row in await operator.log_of(tx.session, stream, key)]


@router.get("/timeline/{correlation}")
async def show_timeline(correlation: str, tx: TxDep, who: Reader) -> list[LoggedEventView]:
    """What this department said about one request, in the order it was recorded."""
    return [LoggedEventView.model_validate(row) for row in await operator.timeline(tx.session, correlation)]
