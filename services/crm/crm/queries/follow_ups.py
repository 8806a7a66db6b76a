"""Calls that are due, and the report of a day's calls, for reading."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import selectinload

from crm.domain import Call, Customer, FollowUp, FollowUpState, Outcome, ReportReview
from crm.queries.views import DailyReportView, FollowUpView
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from servicekit.loading import load


async def follow_ups(
    tx: Tx,
    page: PageRequest,
    *,
    state: str | None,
    kind: str | None,
    due_by: date | None,
    customer_id: UUID | None,
    visit_id: UUID | None,
) -> Page[FollowUpView]:
    """Calls, the most urgent first."""
    query = select(FollowUp).options(selectinload(FollowUp.calls))
    if state:
        query = query.where(FollowUp.state == state)
    if kind:
        query = query.where(FollowUp.kind == kind)
    if due_by is not None:
        query = query.where(FollowUp.due_on <= due_by)
    if customer_id is not None:
        query = query.where(FollowUp.customer_id == customer_id)
    if visit_id is not None:
        query = query.where(FollowUp.visit_id == visit_id)
    found = await paginate(tx, query, page, by=(FollowUp.due_on, FollowUp.id))
    names = await _names_of(tx, [due.customer_id for due in found.items])
    items = [FollowUpView.named(due, names.get(due.customer_id)) for due in found.items]
    return Page(items=items, next=found.next)


async def follow_up(tx: Tx, follow_up_id: UUID) -> FollowUpView:
    """One call with its script. Raises ``NotFound``."""
    found = await load(tx, await tx.read(FollowUp, follow_up_id), "calls")
    names = await _names_of(tx, [found.customer_id])
    return FollowUpView.named(found, names.get(found.customer_id))


async def _names_of(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, str]:
    query = select(Customer.id, Customer.display_name).where(Customer.id.in_(customer_ids))
    rows = (await tx.session.execute(query)).all()
    return {row.id: row.display_name for row in rows}


async def daily_report(tx: Tx, on: date) -> DailyReportView:
    """What was due on a day, or earlier and still open then; what was called and what came of it (CRM-11)."""
    was_due = and_(
        FollowUp.due_on <= on,
        or_(FollowUp.state == FollowUpState.PLANNED, FollowUp.done_on >= on),
    )
    due = select(func.count()).select_from(FollowUp).where(was_due).scalar_subquery()
    made = select(func.count()).select_from(Call).where(Call.called_on == on).scalar_subquery()
    results = select(
        due,
        made,
        func.count().filter(FollowUp.outcome == Outcome.UNREACHABLE),
        func.count().filter(FollowUp.satisfied.is_(True)),
        func.count().filter(FollowUp.problem_found),
        func.count().filter(FollowUp.problem_found, FollowUp.complaint_id.is_not(None)),
    ).where(FollowUp.done_on == on)
    figures = (await tx.session.execute(results)).one()
    review = await tx.session.get(ReportReview, on)
    return DailyReportView(
        on=on,
        due=figures[0],
        made=figures[1],
        unreachable=figures[2],
        satisfied=figures[3],
        problems_found=figures[4],
        handed_on=figures[5],
        comment=review.comment if review else None,
        reviewed_by=review.reviewed_by if review else None,
        reviewed_at=review.reviewed_at if review else None,
    )
