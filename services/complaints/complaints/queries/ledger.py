"""The complaint ledger as a spreadsheet file (投诉处理台账, COMP-07)."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from complaints.domain import Complaint, Customer, Entry, EntryKind, Visit
from complaints.queries.cases import ListRow

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BY_US = frozenset({EntryKind.ANSWERED, EntryKind.FED_BACK, EntryKind.NOTIFIED})
_BY_CUSTOMER = frozenset({EntryKind.LINKED, EntryKind.COMPLAINED, EntryKind.REOPENED})
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


def ledger_as_csv(rows: Sequence[ListRow], timezone: ZoneInfo) -> str:
    """One row per case, times in the shop's time zone."""

    def local(at: datetime | None) -> str:
        return at.astimezone(timezone).strftime("%Y-%m-%d %H:%M") if at else ""

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for complaint, customer, visit in rows:
        writer.writerow([_harmless(cell) for cell in _cells(complaint, customer, visit, local)])
    return text.getvalue()


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
        _entries(complaint.entries, _BY_US, local),
        "; ".join(measures),
        complaint.resolution or "",
        _text(complaint.confirmed_by_customer),
        _entries(complaint.entries, _BY_CUSTOMER, local),
        complaint.state,
    ]


def _entries(
    entries: list[Entry], kinds: frozenset[EntryKind], local: Callable[[datetime | None], str]
) -> str:
    return "; ".join(f"{local(e.at)} {e.kind}: {e.text}" for e in entries if e.kind in kinds)


def _text(value: UUID | bool | None) -> str:
    return "" if value is None else str(value)


def _harmless(cell: str) -> str:
    """A customer's words must not become a formula in somebody's spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
