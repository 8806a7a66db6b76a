"""Routes of the complaint ledger as a file (投诉处理台账, COMP-07) and of the figures (F-12)."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import AwareDatetime

from complaints.queries.cases import Filters, ledger
from complaints.queries.kpis import kpis
from complaints.queries.ledger import ledger_as_csv
from complaints.queries.views import KpisView
from contracts.permissions import complaints as may_complaints
from servicekit import Invalid, Refusal
from servicekit.http import TxDep, Who, may, problems, router

routes = router(tags=["ledger"])

_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
_MOST_ROWS = 5000  # one file is made in memory


class LedgerTooLong(Refusal):
    """These are too many cases for one file: choose a shorter period."""


@routes.get(
    "/ledger.csv",
    response_class=Response,
    responses={**_CSV, **problems(LedgerTooLong)},
)
async def export_ledger(
    tx: TxDep, who: Annotated[Who, may(may_complaints.READ)], filters: Annotated[Filters, Depends()]
) -> Response:
    """The ledger with the filters of the list, one row per case, the oldest first (COMP-07)."""
    rows = await ledger(tx, filters, at_most=_MOST_ROWS)
    if len(rows) > _MOST_ROWS:
        raise LedgerTooLong(most=_MOST_ROWS)
    text = ledger_as_csv(rows, tx.settings.timezone)
    # With the mark at the beginning, spreadsheets read the Chinese as what it is.
    return Response(
        text.encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="complaint-ledger.csv"'},
    )


@routes.get("/kpis", responses=problems(Invalid))
async def show_kpis(
    tx: TxDep,
    who: Annotated[Who, may(may_complaints.READ)],
    since: Annotated[AwareDatetime, Query(description="begin of the period")],
    until: Annotated[
        AwareDatetime, Query(description="end of the period, not included; a year later at most")
    ],
) -> KpisView:
    """How well complaints were handled in a period (F-12, COMP-25)."""
    if until <= since or until - since > timedelta(days=366):
        raise Invalid("query.until", "later than since, by a year at most")
    return KpisView.of(await kpis(tx, since=since, until=until))
