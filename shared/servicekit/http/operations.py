"""The operator's endpoints: is it quiet, dead letters, deferred events, replay, skip, an event's trail."""

from datetime import datetime
from typing import Annotated, Any, Literal
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
STREAM: Any = Field(description="`<department>.<aggregate>`")
KEY: Any = Field(description="id of the aggregate in its stream")
SEQUENCE: Any = Field(description="number of the event in the aggregate's life, from 1")
Reader = Annotated[Who, may(everywhere.OPERATIONS_READ)]
Operator = Annotated[Who, may(everywhere.OPERATIONS_ACT)]


class DeferredEventView(View):
    """An event that was received and has not taken effect yet."""

    stream: str = STREAM
    key: str = KEY
    sequence: int = SEQUENCE
    type: str | None = Field(description="wire type of the event; null when it could not be read")
    status: Literal["waiting", "dead_letter"] = Field(description="deferred, or failed for good")
    reason: str | None = Field(description="why it has not taken effect")
    attempt: int = Field(description="how often it was tried")
    waits_for: str | None = Field(description="`<stream> <key>` whose next event wakes it")
    deferred_at: datetime = Field(description="when it was deferred, machine time, UTC")
    next_at: datetime = Field(description="when it is tried again at the latest, machine time, UTC")
    long: bool = Field(description="deferred more than 10 minutes ago")


class PublishedEventView(View):
    """An event as this department published it."""

    stream: str = STREAM
    key: str = KEY
    sequence: int = SEQUENCE
    id: UUID = Field(description="id of the event")
    type: str = Field(description="wire type of the event, `<department>.<aggregate>.<past-tense>`")
    occurred_at: datetime = Field(description="when it happened, shop time, UTC")
    recorded_at: datetime = Field(description="when it was recorded, machine time, UTC")
    published_at: datetime | None = Field(
        default=None, description="when the broker confirmed it, machine time, UTC; null: not yet"
    )
    causation: str | None = Field(default=None, description="id of the event that caused it, if one did")
    data: dict[str, Any] = Field(description="the event's content, as its contract describes it")


class SkipEvent(Body):
    """Why a dead letter is skipped for good."""

    reason: str = Field(min_length=1, max_length=500, description="what an operator will want to know later")


@router.get("/quiet")
async def show_quiet(tx: TxDep, who: Reader) -> dict[str, Any]:
    """What keeps this department busy, and how much it has published and received per stream."""
    return await operations.quiet(tx.session, now=tx.now)


@router.get("/dead-letters")
async def list_dead_letters(tx: TxDep, who: Reader) -> list[DeferredEventView]:
    """Events whose reactions failed for good, oldest first."""
    return [DeferredEventView.model_validate(row) for row in await operations.dead_letters(tx.session)]


@router.get("/deferred")
async def list_deferred_events(tx: TxDep, who: Reader) -> list[DeferredEventView]:
    """Deferred events, and what they wait for."""
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
    """Skip a dead letter for good; what it would have done here has to be put right by hand."""
    await operations.skip(tx.session, stream, key, sequence, str(who.employee_id), body.reason)
    after.add_task(request.app.state.runtime.poller.wake)


@router.get("/outbox")
async def list_published_events(
    tx: TxDep,
    who: Reader,
    stream: Annotated[str, Query(description="`<department>.<aggregate>`, one of this department's")],
    key: Annotated[str, Query(description="id of the aggregate in that stream")],
) -> list[PublishedEventView]:
    """One aggregate's life: its events, as this department published them."""
    return [
        PublishedEventView.model_validate(row) for row in await operations.events_of(tx.session, stream, key)
    ]


@router.get("/timeline/{correlation}")
async def show_timeline(correlation: str, tx: TxDep, who: Reader) -> list[PublishedEventView]:
    """What this department published about one request, in the order it was recorded."""
    return [
        PublishedEventView.model_validate(row) for row in await operations.timeline(tx.session, correlation)
    ]
