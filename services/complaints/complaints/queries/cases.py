"""Reading cases: the ledger with its filters, one case with the facts around it, measures, figures."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import raiseload

from complaints.domain import (
    OPEN,
    Complaint,
    Customer,
    Invoice,
    Job,
    Kpis,
    Measure,
    MeasureKind,
    MeasureState,
    Source,
    State,
    Visit,
)
from servicekit import NotFound, Tx
from shopkit.numbers import search_key

ListRow = tuple[Complaint, Customer | None, Visit | None]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of cases, or the ledger, can be narrowed by; ``until`` is not included."""

    state: State | None = None
    is_open: bool | None = None
    overdue: bool | None = None
    category: str | None = None
    level: str | None = None
    source: Source | None = None
    owner_id: UUID | None = None
    unowned: bool | None = None
    customer_id: UUID | None = None
    visit_id: UUID | None = None
    plate: str | None = None
    vin: str | None = None
    complaint_no: str | None = None
    customer_name: str | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


def complaints(filters: Filters) -> Select[Complaint, Customer, Visit]:
    """Cases with customer and visit for display, and without their history."""
    return (
        select(Complaint, Customer, Visit)
        .outerjoin(Customer, Customer.customer_id == Complaint.customer_id)
        .outerjoin(Visit, Visit.visit_id == Complaint.visit_id)
        .options(raiseload(Complaint.entries))
        .where(*_wanted(filters))
    )


def _wanted(filters: Filters) -> list[ColumnElement[bool]]:
    equal = {
        Complaint.state: filters.state,
        Complaint.category: filters.category,
        Complaint.level: filters.level,
        Complaint.source: filters.source,
        Complaint.owner_id: filters.owner_id,
        Complaint.customer_id: filters.customer_id,
        Complaint.visit_id: filters.visit_id,
        Complaint.complaint_no: filters.complaint_no and filters.complaint_no.strip().upper(),
        Visit.plate: filters.plate and search_key(filters.plate),
        Visit.vin: filters.vin and search_key(filters.vin),
    }
    wanted = [column == value for column, value in equal.items() if value is not None]
    overdue = or_(Complaint.respond_overdue_at.is_not(None), Complaint.resolve_overdue_at.is_not(None))
    for asked, holds in (
        (filters.is_open, Complaint.state != State.RESOLVED),
        (filters.overdue, overdue),
        (filters.unowned, Complaint.owner_id.is_(None)),
    ):
        if asked is not None:
            wanted.append(holds if asked else ~holds)
    if filters.customer_name:
        wanted.append(Customer.display_name.icontains(filters.customer_name.strip(), autoescape=True))
    if filters.since is not None:
        wanted.append(Complaint.received_at >= filters.since)
    if filters.until is not None:
        wanted.append(Complaint.received_at < filters.until)
    return wanted


async def ledger(tx: Tx, filters: Filters, *, at_most: int) -> list[ListRow]:
    """Whole cases with their history, the oldest first; a row beyond ``at_most`` tells of more."""
    query = (
        select(Complaint, Customer, Visit)
        .outerjoin(Customer, Customer.customer_id == Complaint.customer_id)
        .outerjoin(Visit, Visit.visit_id == Complaint.visit_id)
        .where(*_wanted(filters))
        .order_by(Complaint.received_at, Complaint.id)
        .limit(at_most + 1)
    )
    return [(row[0], row[1], row[2]) for row in await tx.session.execute(query)]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case and what other departments have told about its customer, visit, work and invoice."""

    complaint: Complaint
    customer: Customer | None
    visit: Visit | None
    job: Job | None
    invoice: Invoice | None


async def case_file(tx: Tx, complaint_id: UUID) -> CaseFile:
    """Everything that the screen of a case shows. Raises ``NotFound``."""
    query = (
        select(Complaint, Customer, Visit, Job, Invoice)
        .outerjoin(Customer, Customer.customer_id == Complaint.customer_id)
        .outerjoin(Visit, Visit.visit_id == Complaint.visit_id)
        .outerjoin(Job, Job.visit_id == Complaint.visit_id)
        .outerjoin(Invoice, Invoice.visit_id == Complaint.visit_id)
        .where(Complaint.id == complaint_id)
    )
    row = (await tx.session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("complaint", complaint_id)
    return CaseFile(*row)


async def linked_cases(tx: Tx, complaint: Complaint) -> list[tuple[UUID, str]]:
    """The earlier case of the same matter and the later ones: id and number (COMP-35)."""
    later = Complaint.earlier_case_id == complaint.id
    same = (
        later if complaint.earlier_case_id is None else or_(later, Complaint.id == complaint.earlier_case_id)
    )
    query = select(Complaint.id, Complaint.complaint_no).where(same).order_by(Complaint.received_at)
    return [(row[0], row[1]) for row in await tx.session.execute(query)]


async def visit(tx: Tx, visit_id: UUID | None) -> Visit | None:
    """What is known of a visit."""
    return None if visit_id is None else await tx.session.get(Visit, visit_id)


async def visit_of(tx: Tx, complaint: Complaint, visit_id: UUID | None) -> Visit | None:
    """The case's visit; of a case that names none, the given one if it is this customer's."""
    if complaint.visit_id is not None:
        return await visit(tx, complaint.visit_id)
    given = await visit(tx, visit_id)
    return given if given is not None and given.customer_id == complaint.customer_id else None


async def latest_case(tx: Tx, visit_ids: list[UUID]) -> UUID | None:
    """The last case about one of these visits."""
    query = select(Complaint.id).where(Complaint.visit_id.in_(visit_ids))
    return await tx.session.scalar(query.order_by(Complaint.received_at.desc(), Complaint.id.desc()).limit(1))


async def open_case(tx: Tx, visit_id: UUID) -> UUID | None:
    """The case about this visit that is still open, the latest if there are several."""
    query = select(Complaint.id).where(Complaint.visit_id == visit_id, Complaint.state.in_(OPEN))
    return await tx.session.scalar(query.order_by(Complaint.received_at.desc(), Complaint.id.desc()).limit(1))


async def invoice_of(tx: Tx, complaint: Complaint, invoice_id: UUID | None) -> Invoice | None:
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


async def cases_of_measures(tx: Tx, measure_ids: tuple[UUID, ...]) -> list[tuple[UUID, UUID]]:
    """Which case each of these measures belongs to, in the order in which cases are locked; billing's own
    measures, decided at its counter, belong to none."""
    query = select(Measure.complaint_id, Measure.measure_id).where(Measure.measure_id.in_(measure_ids))
    rows = await tx.session.execute(query.order_by(Measure.complaint_id, Measure.measure_id))
    return [(row[0], row[1]) for row in rows]


def measures(
    *, state: MeasureState | None, kind: MeasureKind | None, is_open: bool | None, overdue: bool | None
) -> Select[Measure, str]:
    """Measures with their case's number."""
    query = select(Measure, Complaint.complaint_no).join(Complaint, Complaint.id == Measure.complaint_id)
    running = Measure.state.in_((MeasureState.DECIDED, MeasureState.TAKEN_UP))
    if state is not None:
        query = query.where(Measure.state == state)
    if kind is not None:
        query = query.where(Measure.kind == kind)
    if is_open is not None:
        query = query.where(running if is_open else ~running)
    if overdue is not None:
        query = query.where(Measure.overdue_at.is_not(None) if overdue else Measure.overdue_at.is_(None))
    return query


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
