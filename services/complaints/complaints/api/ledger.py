"""Routes of the complaint ledger as a file (投诉处理台账, COMP-07) and of the figures (F-12)."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import AwareDatetime, Field

from complaints import queries
from complaints.domain import Complaint, Customer, Entry, EntryKind, Visit
from contracts.permissions import complaints as may_complaints
from servicekit import Invalid, Refusal
from servicekit.http import TxDep, View, Who, may, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["ledger"])

_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
_MOST_ROWS = 5000  # one file is made in memory
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SAID_BY_US = frozenset({EntryKind.ANSWERED, EntryKind.FED_BACK, EntryKind.TOLD})
_SAID_BY_CUSTOMER = frozenset({EntryKind.LINKED, EntryKind.COMPLAINED, EntryKind.REOPENED})
_COLUMNS = (
    "complaint_no",
    "received_at",
    "channel",
    "source",
    "category",
    "level",
    "customer",
    "plate",
    "request_no",
    "content",
    "owner",
    "respond_by",
    "answered_at",
    "resolve_by",
    "resolved_at",
    "handling",
    "measures",
    "result",
    "confirmed_by_customer",
    "customer_feedback",
    "state",
)


class LedgerTooLong(Refusal):
    """These are too many cases for one file: choose a shorter period."""


class KpisView(View):
    """Figures of the cases received in a period; rates in percent, null when there is nothing to rate."""

    received: int
    resolved: int
    resolved_in_time: int
    respond_due: int = Field(description="answered, or the respond clock has run out")
    answered_in_time: int
    reopened: int
    confirmed: int
    visits: int = Field(description="cars that arrived in the period")
    measures: int
    measures_completed: int
    resolution_rate: Decimal | None
    on_time_response_rate: Decimal | None
    complaint_rate: Decimal | None = Field(description="complaints per hundred visits")
    confirmed_rate: Decimal | None
    measures_rate: Decimal | None
    by_category: dict[str, int]
    by_source: dict[str, int]


@router.get(
    "/ledger.csv",
    response_class=Response,
    responses={**_CSV, **problems(LedgerTooLong)},
)
async def export_ledger(
    tx: TxDep, who: Annotated[Who, may(may_complaints.READ)], filters: Annotated[queries.Filters, Depends()]
) -> Response:
    """The ledger with the filters of the list, one row per case, the oldest first (COMP-07)."""
    rows = await queries.ledger(tx, filters, at_most=_MOST_ROWS)
    if len(rows) > _MOST_ROWS:
        raise LedgerTooLong(most=_MOST_ROWS)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    tz = tx.settings.timezone

    def local(at: datetime | None) -> str:
        return at.astimezone(tz).strftime("%Y-%m-%d %H:%M") if at else ""

    for complaint, customer, visit in rows:
        writer.writerow([_harmless(cell) for cell in _cells(complaint, customer, visit, local)])
    # With the mark at the beginning, spreadsheets read the Chinese as what it is.
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="complaint-ledger.csv"'},
    )


@router.get("/kpis", responses=problems(Invalid))
async def show_kpis(
    tx: TxDep,
    who: Annotated[Who, may(may_complaints.READ)],
    since: Annotated[AwareDatetime, Query()],
    until: Annotated[AwareDatetime, Query(description="not included")],
) -> KpisView:
    """How well complaints were handled in a period (F-12, COMP-25)."""
    if until <= since or until - since > timedelta(days=366):
        raise Invalid("query.until", "later than since, by a year at most")
    return KpisView.of(await queries.kpis(tx, since=since, until=until))


def _cells(
    complaint: Complaint,
    customer: Customer | None,
    visit: Visit | None,
    local: Callable[[datetime | None], str],
) -> list[str]:
    measures = [f"{m.kind} {m.amount or ''} {m.state}".replace("  ", " ") for m in complaint.measures]
    return [
        complaint.complaint_no,
        local(complaint.received_at),
        complaint.channel,
        complaint.source,
        complaint.category,
        complaint.level,
        customer.display_name if customer else str(complaint.customer_id),
        visit.plate if visit else "",
        visit.request_no if visit else "",
        complaint.text,
        complaint.owner_name or _text(complaint.owner_id),
        local(complaint.respond_by),
        local(complaint.answered_at),
        local(complaint.resolve_by),
        local(complaint.resolved_at),
        _told(complaint.entries, _SAID_BY_US, local),
        "; ".join(measures),
        complaint.resolution or "",
        _text(complaint.confirmed_by_customer),
        _told(complaint.entries, _SAID_BY_CUSTOMER, local),
        complaint.state,
    ]


def _told(entries: list[Entry], kinds: frozenset[EntryKind], local: Callable[[datetime | None], str]) -> str:
    return "; ".join(f"{local(e.at)} {e.kind}: {e.text}" for e in entries if e.kind in kinds)


def _text(value: UUID | bool | None) -> str:
    return "" if value is None else str(value)


def _harmless(cell: str) -> str:
    """A customer's words must not become a formula in somebody's spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
