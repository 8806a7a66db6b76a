"""Accounts of visits, and visits that cannot be billed yet, for reading."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select

from billing.domain import (
    Account,
    Base,
    Customer,
    Dispute,
    Invoice,
    PartLine,
    Rework,
    unsquared,
)
from billing.queries.rows import (
    measures_of,
    visits_found,
)
from billing.queries.views import (
    AccountSummary,
    AccountView,
    Discrepancy,
    DisputeView,
    MeasureView,
    PartLineView,
    ReworkView,
    UnsquaredPart,
)
from contracts.values import LineResult
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from servicekit.loading import load

_RESULTS = TypeAdapter(tuple[LineResult, ...])
_DEFERRED = Base.metadata.tables["deferred"]


def _accounts() -> Any:
    return (
        select(Account, Customer.display_name, Invoice.id, Invoice.state)
        .join(Customer, Customer.customer_id == Account.customer_id, isouter=True)
        .join(Invoice, Invoice.visit_id == Account.visit_id, isouter=True)
    )


def _account_facts(row: Sequence[Any]) -> dict[str, Any]:
    account, name, invoice_id, invoice_state = row[:4]
    joined = {"customer_name": name, "invoice_id": invoice_id, "invoice_state": invoice_state}
    own = {f: getattr(account, f) for f in AccountSummary.model_fields if f not in joined}
    return own | joined


async def accounts(
    tx: Tx, page: PageRequest, *, is_open: bool | None, customer_id: UUID | None, search: str | None
) -> Page[AccountSummary]:
    """Accounts of visits, the latest opened first."""
    rows = _accounts()
    if is_open is not None:
        rows = rows.where(Account.closed_at.is_(None) if is_open else Account.closed_at.is_not(None))
    if customer_id is not None:
        rows = rows.where(Account.customer_id == customer_id)
    if search:
        rows = rows.where(Account.visit_id.in_(visits_found(search)))
    by = (Account.opened_at, Account.visit_id)
    return await paginate(
        tx, rows, page, by=by, view=lambda row: AccountSummary(**_account_facts(row)), descending=True
    )


async def account(tx: Tx, visit_id: UUID) -> AccountView:
    """What was authorised, handed out and done in a visit. Raises ``NotFound``."""
    held = await load(tx, await tx.read(Account, visit_id), "lines", "totals")
    row = (await tx.session.execute(_accounts().where(Account.visit_id == visit_id))).one()
    authorised = held.authorised_at(held.answered_revision)
    parts = select(PartLine).where(PartLine.request_id == held.request_id).order_by(PartLine.part_line_id)
    reworks = select(Rework).where(Rework.visit_id == visit_id).order_by(Rework.id)
    disputes = select(Dispute).where(Dispute.visit_id == visit_id, Dispute.is_open)
    return AccountView(
        **_account_facts(row),
        rework_of_visit_id=held.rework_of_visit_id,
        authorised=list(authorised.lines),
        authorised_gross=authorised.gross,
        results=list(held.results),
        parts=[PartLineView.of(part) for part in await tx.all(parts)],
        reworks=[ReworkView.of(rework) for rework in await tx.all(reworks)],
        measures=[MeasureView.of(measure) for measure in await measures_of(tx, visit_id)],
        disputes=[DisputeView.of(d) for d in await tx.all(disputes.order_by(Dispute.since))],
    )


async def discrepancies(tx: Tx, page: PageRequest) -> Page[Discrepancy]:
    """Visits that are ready and cannot be billed yet, the longest waiting first."""
    d = _DEFERRED.c
    waiting = select(d.event, d.waits_for, d.reason, d.deferred_at).where(
        d.stream == "workshop.job", d.waits_for.is_not(None), d.status == "waiting"
    )
    found = await paginate(tx, waiting, page, by=(d.deferred_at, d.key))
    jobs = {UUID(row.event["data"]["visit_id"]): row for row in found.items}
    known = select(Account.visit_id, Account.request_no, Account.plate).where(Account.visit_id.in_(jobs))
    names = {row.visit_id: row for row in (await tx.session.execute(known)).all()}
    requests = {UUID(row.event["data"]["request_id"]) for row in jobs.values()}
    parts = await tx.all(select(PartLine).where(PartLine.request_id.in_(requests)))
    items = [_discrepancy(visit_id, row, names.get(visit_id), parts) for visit_id, row in jobs.items()]
    return Page(items=items, next=found.next)


def _discrepancy(visit_id: UUID, row: Any, names: Any, parts: Iterable[PartLine]) -> Discrepancy:
    ready = row.event["data"]
    request_id = UUID(ready["request_id"])
    own = {part.part_line_id: part for part in parts if part.request_id == request_id}
    return Discrepancy(
        visit_id=visit_id,
        request_id=request_id,
        request_no=names.request_no if names else None,
        plate=names.plate if names else None,
        waiting_for=row.waits_for.split("|", 1)[0],
        reason=row.reason,
        since=row.deferred_at,
        parts=[UnsquaredPart.of(part) for part in unsquared(_RESULTS.validate_python(ready["results"]), own)],
    )
