"""Calls, notices, reminders and surveys that are due; the day's report of the calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from crm.domain import (
    Call,
    Customer,
    FollowUp,
    FollowUpState,
    Notice,
    Outcome,
    Reminder,
    ReportReview,
    Survey,
)
from servicekit import Aggregate, NotFound, Tx

T = TypeVar("T", bound=Aggregate)


async def one(tx: Tx, kind: type[T], id: UUID) -> T:
    """One of its kind, for reading; its version is the answer's ETag. Raises ``NotFound``."""
    found = await tx.session.get(kind, id)
    if found is None:
        raise NotFound(kind.__name__, id)
    tx.set_subject(found)
    return found


async def names_of(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of customers that are on file, by one query."""
    query = select(Customer.id, Customer.display_name).where(Customer.id.in_(customer_ids))
    rows = (await tx.session.execute(query)).all()
    return {row.id: row.display_name for row in rows}


def follow_ups(
    *,
    state: str | None,
    kind: str | None,
    due_by: date | None,
    customer_id: UUID | None,
    visit_id: UUID | None,
) -> Select[FollowUp]:
    """Calls, the most urgent first."""
    query = select(FollowUp)
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
    return query


def notices(*, state: str | None, due_by: datetime | None, customer_id: UUID | None) -> Select[Notice]:
    """What customers must be told, the most urgent first."""
    query = select(Notice)
    if state:
        query = query.where(Notice.state == state)
    if due_by is not None:
        query = query.where(Notice.due_at <= due_by)
    if customer_id is not None:
        query = query.where(Notice.customer_id == customer_id)
    return query


def reminders(
    *, state: str | None, due_by: date | None, customer_id: UUID | None, vehicle_id: UUID | None
) -> Select[Reminder]:
    """Work to offer again, the earliest first."""
    query = select(Reminder)
    if state:
        query = query.where(Reminder.state == state)
    if due_by is not None:
        query = query.where(Reminder.remind_on <= due_by)
    if customer_id is not None:
        query = query.where(Reminder.customer_id == customer_id)
    if vehicle_id is not None:
        query = query.where(Reminder.vehicle_id == vehicle_id)
    return query


def surveys(
    *,
    state: str | None,
    due_by: date | None,
    customer_id: UUID | None,
    visit_id: UUID | None,
    dissatisfied: bool | None,
) -> Select[Survey]:
    """Forms, the most urgent first."""
    query = select(Survey)
    if state:
        query = query.where(Survey.state == state)
    if due_by is not None:
        query = query.where(Survey.due_on <= due_by)
    if customer_id is not None:
        query = query.where(Survey.customer_id == customer_id)
    if visit_id is not None:
        query = query.where(Survey.visit_id == visit_id)
    if dissatisfied is not None:
        query = query.where(Survey.dissatisfied == dissatisfied)
    return query


@dataclass(frozen=True, slots=True)
class DailyReport:
    """The calls of a day (CRM-11)."""

    on: date
    due: int
    made: int
    unreachable: int
    satisfied: int
    problems_found: int
    handed_on: int
    comment: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None


async def daily_report(tx: Tx, on: date) -> DailyReport:
    """What was due on a day, or earlier and still open then; what was called and what came of it."""
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
    return DailyReport(
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
