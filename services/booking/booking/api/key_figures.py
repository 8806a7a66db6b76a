"""Routes of booking's key figures (BOOK-25, F-15)."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Query

from booking.api.services import Reader
from booking.queries import figures as queries
from booking.queries.views import KeyFiguresView
from servicekit import Invalid
from servicekit.http import TxDep
from servicekit.http import router as make_router

router = make_router(tags=["shop"])


@router.get("/key-figures")
async def key_figures(
    tx: TxDep,
    who: Reader,
    from_on: Annotated[date | None, Query(description="first day; absent: 29 days before the last")] = None,
    to_on: Annotated[date | None, Query(description="last day; absent: today")] = None,
) -> KeyFiguresView:
    """Booking's key figures of a period, both days included (BOOK-25, F-15); absent: the last 30 days."""
    last = to_on or tx.today
    first = from_on or last - timedelta(days=29)
    if first > last or last - first > timedelta(days=366):
        raise Invalid("query.from_on", "a day not after `to_on`, at most a year before it")
    return await queries.key_figures(tx, first, last)
