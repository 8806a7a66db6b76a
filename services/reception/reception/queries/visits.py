"""The desk's screens: lists of visits, and one visit with everything that is known about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from chassis import NotFound, Tx
from chassis.calendar import default_calendar
from reception.domain import HouseRules, Visit
from reception.domain.copies import (
    Calendar,
    ComplaintMark,
    Customer,
    Invoice,
    Job,
    JobLine,
    PartAvailability,
)
from reception.domain.desk import Notice, Task
from reception.domain.handover import Papers


@dataclass(frozen=True, slots=True)
class Screen:
    """A visit and what every department told about it."""

    visit: Visit
    customer: Customer | None
    job: Job | None
    job_lines: Sequence[JobLine]
    parts: Sequence[PartAvailability]
    invoice: Invoice | None
    tasks: Sequence[Task]
    notices: Sequence[Notice]
    complaints: Sequence[ComplaintMark]
    waiting_for: Sequence[str]
    earliest_handover_at: datetime | None


async def visit_of(tx: Tx, visit_id: UUID) -> Visit:
    """The visit, to look at and not to change. Raises ``NotFound``."""
    visit = await tx.session.get(Visit, visit_id)
    if visit is None:
        raise NotFound("visit", visit_id)
    tx.subject = visit
    return visit


async def screen_of(tx: Tx, visit_id: UUID) -> Screen:
    """Everything that the visit's screen shows. Raises ``NotFound``."""
    visit = await visit_of(tx, visit_id)
    joined = (
        select(Customer, Job, Invoice)
        .select_from(Visit)
        .outerjoin(Customer, Customer.id == Visit.customer_id)
        .outerjoin(Job, Job.visit_id == Visit.id)
        .outerjoin(Invoice, Invoice.visit_id == Visit.id)
        .where(Visit.id == visit_id)
    )
    customer, job, invoice = (await tx.session.execute(joined)).one()
    papers = Papers.model_validate(invoice, from_attributes=True) if invoice else None
    marks = ComplaintMark.visit_id == visit_id
    others = (ComplaintMark.customer_id == visit.customer_id) & (ComplaintMark.state != "resolved")
    return Screen(
        visit=visit,
        customer=customer,
        job=job,
        job_lines=await tx.all(select(JobLine).where(JobLine.visit_id == visit_id)),
        parts=await parts_of(tx, visit.request_id),
        invoice=invoice,
        tasks=await tx.all(select(Task).where(Task.visit_id == visit_id).order_by(Task.created_at)),
        notices=await tx.all(select(Notice).where(Notice.visit_id == visit_id).order_by(Notice.told_at)),
        complaints=await tx.all(select(ComplaintMark).where(or_(marks, others)).limit(50)),
        waiting_for=visit.missing_for_handover(papers) if visit.is_open and visit.form else (),
        earliest_handover_at=await _earliest_handover(tx, visit),
    )


async def parts_of(tx: Tx, request_id: UUID) -> list[PartAvailability]:
    """How the request's parts stand in the store."""
    return await tx.all(select(PartAvailability).where(PartAvailability.request_id == request_id))


def listed(
    *,
    q: str | None,
    state: str | None,
    here: bool | None,
    advisor_id: UUID | None,
    customer_id: UUID | None,
    vehicle_id: UUID | None,
) -> Select[Visit, str]:
    """Visits with their customer's name; ``q`` is the beginning of a number, plate, VIN or name."""
    query = select(Visit, Customer.display_name).outerjoin(Customer, Customer.id == Visit.customer_id)
    if q:
        query = query.where(_begins(q.strip()))
    if state:
        query = query.where(Visit.state == state)
    if here is not None:
        query = query.where(Visit.closed_at.is_(None) if here else Visit.closed_at.is_not(None))
    for column, value in (
        (Visit.advisor_id, advisor_id),
        (Visit.customer_id, customer_id),
        (Visit.vehicle_id, vehicle_id),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


def begins(column: ColumnElement[str] | InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    """``column`` starts with ``text``, taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(f"{escaped}%")


def _begins(q: str) -> ColumnElement[bool]:
    upper = q.upper()
    return or_(
        begins(Visit.request_no, upper),
        begins(Visit.plate, upper),
        begins(Visit.vin, upper),
        Visit.customer_id.in_(
            select(Customer.id).where(begins(func.lower(Customer.display_name), q.lower()))
        ),
    )


async def _earliest_handover(tx: Tx, visit: Visit) -> datetime | None:
    """What can be promised at best: the agreed labour and the finishing, in working time (F-18)."""
    if visit.answered_revision is None or not visit.is_open:
        return None
    rules = await tx.rules(HouseRules)
    copy = await tx.session.get(Calendar, "shop")
    hours = copy.hours if copy else default_calendar(tx.settings.shop_timezone)
    minutes = sum(line.labour_minutes for line in visit.agreed) + rules.finishing_minutes
    return hours.add_minutes(tx.now, minutes)
