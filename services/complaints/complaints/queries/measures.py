"""The list of measures of all cases."""

from sqlalchemy import Select, select

from complaints.domain import Complaint, Measure, MeasureKind, MeasureState


def measures(
    *, state: MeasureState | None, kind: MeasureKind | None, is_open: bool | None, overdue: bool | None
) -> Select[Measure, str]:
    """Measures with their case's number."""
    query = select(Measure, Complaint.complaint_no).join(Complaint, Complaint.id == Measure.complaint_id)
    running = Measure.state.in_((MeasureState.DECIDED, MeasureState.PLACED))
    if state is not None:
        query = query.where(Measure.state == state)
    if kind is not None:
        query = query.where(Measure.kind == kind)
    if is_open is not None:
        query = query.where(running if is_open else ~running)
    if overdue is not None:
        query = query.where(Measure.overdue_at.is_not(None) if overdue else Measure.overdue_at.is_(None))
    return query
