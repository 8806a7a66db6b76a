"""The figures of a period (F-12)."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from complaints.domain import Complaint, Kpis, Measure, MeasureState, State, Visit
from servicekit import Tx


async def kpis(tx: Tx, *, since: datetime, until: datetime) -> Kpis:
    """Figures of the cases received from ``since`` up to ``until`` (F-12)."""
    period = (Complaint.received_at >= since, Complaint.received_at < until)
    resolved = Complaint.state == State.RESOLVED
    answered = Complaint.first_answered_at.is_not(None)

    def cases(holds: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(holds)

    visits = select(func.count()).where(Visit.arrived_at >= since, Visit.arrived_at < until).scalar_subquery()
    figures = select(
        func.count().label("received"),
        cases(resolved).label("resolved"),
        cases(resolved & (Complaint.resolved_at <= Complaint.resolve_by)).label("resolved_in_time"),
        cases(answered | (Complaint.first_respond_by <= tx.now)).label("respond_due"),
        cases(Complaint.first_answered_at <= Complaint.first_respond_by).label("answered_in_time"),
        cases(Complaint.reopenings > 0).label("reopened"),
        cases(resolved & Complaint.confirmed_by_customer.is_(True)).label("confirmed"),
        visits.label("visits"),
    ).where(*period)
    of_cases = (
        select(func.count().label("measures"), cases(Measure.state == MeasureState.COMPLETED).label("done"))
        .select_from(Measure)
        .join(Complaint, Complaint.id == Measure.complaint_id)
        .where(*period)
    )
    split = (
        select(Complaint.category, Complaint.source, func.count())
        .where(*period)
        .group_by(Complaint.category, Complaint.source)
    )
    counted = (await tx.session.execute(figures)).mappings().one()
    decided, done = (await tx.session.execute(of_cases)).one()
    by_category: dict[str, int] = {}
    by_source: dict[str, int] = {}
    for category, source, n in await tx.session.execute(split):
        by_category[category] = by_category.get(category, 0) + n
        by_source[source] = by_source.get(source, 0) + n
    return Kpis(
        **counted, measures=decided, measures_completed=done, by_category=by_category, by_source=by_source
    )
