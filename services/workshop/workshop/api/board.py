"""Routes of the shop's screens: progress board, dispatch queue, load."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Query

from contracts.permissions import workshop as may_workshop
from servicekit import Invalid
from servicekit.http import Page, PageQuery, TxDep, Who, may, problems, router
from workshop.queries import board, load
from workshop.queries.views import BoardItem, BoardState, DayLoad, QueueItem

routes = router(tags=["shop floor"])

Reader = Annotated[Who, may(may_workshop.READ)]

_LONGEST = timedelta(days=62)


@routes.get("/board")
async def show_board(
    tx: TxDep,
    who: Reader,
    page: PageQuery,
    q: Annotated[str | None, Query(max_length=40, description="begin of plate, number or VIN")] = None,
    state: Annotated[BoardState | None, Query(description="a job's state, or awaiting_intake")] = None,
    at_risk: Annotated[bool | None, Query(description="the promise is in danger (F-19)")] = None,
    held: Annotated[bool | None, Query(description="interrupted, waiting or away (WORK-32)")] = None,
    promise_refused: Annotated[
        bool | None, Query(description="the customer refused a later promise (E4)")
    ] = None,
) -> Page[BoardItem]:
    """All cars of the shop with status, technician, bay, promise and risk (WORK-14)."""
    return await board.board(
        tx, page, words=q, state=state, at_risk=at_risk, held=held, promise_refused=promise_refused
    )


@routes.get("/queue")
async def show_queue(
    tx: TxDep,
    who: Reader,
    page: PageQuery,
    skill: Annotated[str | None, Query(description="only jobs with work that needs this skill")] = None,
) -> Page[QueueItem]:
    """Jobs that wait for a technician, in the dispatch order (F-36)."""
    return await board.queue(tx, page, skill=skill)


@routes.get("/load", responses=problems(Invalid))
async def show_load(
    tx: TxDep,
    who: Reader,
    first: Annotated[date | None, Query(description="shop-local date; left out: today")] = None,
    last: Annotated[
        date | None, Query(description="shop-local date, at most 62 days later; left out: the first")
    ] = None,
) -> list[DayLoad]:
    """Planned and real work against capacity, day by day."""
    begin = first or tx.today
    end = last or begin
    if not begin <= end <= begin + _LONGEST:
        raise Invalid("query.last", "a day not before the first, at most 62 days later")
    return await load.load(tx, begin, end)
