"""The operator's endpoints: is it quiet, dead letters, deferred events, replay, skip, an event's trail."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import BackgroundTasks, Query, Request
from pydantic import Field

from contracts.permissions import everywhere
from servicekit.http.auth import Who, may
from servicekit.http.problems import problems
from servicekit.http.route import TxDep
from servicekit.http.route import router as shop_router
from servicekit.http.views import Body, View
from servicekit.messaging import operations
from servicekit.messaging.operations import NotDeadLetter
from servicekit.refusal import NotFound

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
    deferred_at: datetime
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
    return await operations.quiet(tx.session, now=tx.now)


@router.get("/dead-letters")
async def list_dead_letters(tx: TxDep, who: Reader) -> list[DeferredEventView]:
    """Events whose reactions failed for good, oldest first."""
    return [DeferredEventView.model_validate(row) for row in await operations.dead_letters(tx.session)]


@router.get("/deferred")
async def list_waiting(tx: TxDep, who: Reader) -> list[DeferredEventView]:
    """Events kept aside, and what they wait for."""
    return [DeferredEventView.model_validate(row) for row in await operations.deferred(tx.session)]


@router.post(
    "/dead-letters/{stream}/{key}/{sequence}/replay",
    status_code=204,
    responses=problems(NotFound, NotDeadLetter),
)
async def replay_event(
    stream: str, key: str, sequence: int, request: Request, tx: TxDep, who: Operator, after: BackgroundTasks
) -> None:
    """Try a dead letter again, once what it failed on has been put right."""
    await operations.replay(tx.session, stream, key, sequence)
    after.add_task(request.app.state.runtime.poller.wake)


@router.post(
    "/dead-letters/{stream}/{key}/{sequence}/skip",
    status_code=204,
    responses=problems(NotFound, NotDeadLetter),
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
    """Pass over a dead letter for good; what it would have done here has to be put right by hand."""
    await operations.skip(tx.session, stream, key, sequence, str(who.employee_id), body.reason)
    after.add_task(request.app.state.runtime.poller.wake)


@router.get("/log")
async def list_log(
    tx: TxDep, who: Reader, stream: Annotated[str, Query()], key: Annotated[str, Query()]
) -> list[LoggedEventView]:
    """One aggregate's life, as this department told it."""
    return [
        LoggedEventView.model_validate(row) for row in await operations.events_of(tx.session, stream, key)
    ]


@router.get("/timeline/{correlation}")
async def show_timeline(correlation: str, tx: TxDep, who: Reader) -> list[LoggedEventView]:
    """What this department said about one request, in the order it was recorded."""
    return [LoggedEventView.model_validate(row) for row in await operations.timeline(tx.session, correlation)]
