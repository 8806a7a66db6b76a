"""Loading and locking: the open case of a visit, and the copies that a decision is about."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from complaints.domain import OPEN, Complaint, Invoice, Measure, Visit
from servicekit import Tx


async def find_visit(tx: Tx, visit_id: UUID | None) -> Visit | None:
    """What is known of a visit."""
    return None if visit_id is None else await tx.session.get(Visit, visit_id)


async def find_visit_of(tx: Tx, complaint: Complaint, visit_id: UUID | None) -> Visit | None:
    """The case's visit; of a case that names none, the given one if it is this customer's."""
    if complaint.visit_id is not None:
        return await find_visit(tx, complaint.visit_id)
    given = await find_visit(tx, visit_id)
    return given if given is not None and given.customer_id == complaint.customer_id else None


async def find_latest_case(tx: Tx, visit_ids: list[UUID]) -> UUID | None:
    """The last case about one of these visits."""
    query = select(Complaint.id).where(Complaint.visit_id.in_(visit_ids))
    return await tx.session.scalar(query.order_by(Complaint.received_at.desc(), Complaint.id.desc()).limit(1))


async def lock_open_case(tx: Tx, visit_id: UUID | None) -> Complaint | None:
    """The visit's case that is still open, the latest if there are several, locked; the caller holds the
    visit's lock."""
    if visit_id is None:
        return None
    query = select(Complaint.id).where(Complaint.visit_id == visit_id, Complaint.state.in_(OPEN))
    latest = query.order_by(Complaint.received_at.desc(), Complaint.id.desc()).limit(1)
    found = await tx.session.scalar(latest)
    complaint = await tx.find(Complaint, found) if found else None
    # It may have been resolved while we waited for its lock.
    return complaint if complaint is not None and complaint.is_open else None


async def lock_visit(tx: Tx, visit_id: UUID | None) -> None:
    """One at a time opens a case about a visit, so that two reports of one matter find each other."""
    if visit_id is not None:
        await tx.lock(f"cases of visit {visit_id}")


async def find_invoice_of(tx: Tx, complaint: Complaint, invoice_id: UUID | None) -> Invoice | None:
    """The named invoice, if it is of this case's visit or customer; unnamed, the one of the visit."""
    query = select(Invoice)
    if invoice_id is None:
        if complaint.visit_id is None:
            return None
        query = query.where(Invoice.visit_id == complaint.visit_id)
    else:
        ours = or_(Invoice.visit_id == complaint.visit_id, Invoice.customer_id == complaint.customer_id)
        query = query.where(Invoice.invoice_id == invoice_id, ours)
    return (await tx.session.scalars(query)).one_or_none()


async def find_cases_of_measures(tx: Tx, measure_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Which case each of these measures belongs to, in the order in which cases are locked; billing's own
    measures, decided at its counter, belong to none."""
    query = select(Measure.complaint_id, Measure.measure_id).where(Measure.measure_id.in_(measure_ids))
    rows = await tx.session.execute(query.order_by(Measure.complaint_id, Measure.measure_id))
    return [(row[0], row[1]) for row in rows]
