"""The screen of a visit: everything that is known about it, by one statement, since many desks look often."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Numeric, Select, Text, Uuid, bindparam, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from reception.domain import Base, HouseRules, Visit
from reception.domain.acceptance import Papers
from reception.domain.copies import (
    Calendar,
    ComplaintMark,
    Customer,
    Invoice,
    Job,
    JobLine,
    PartAvailability,
)
from reception.domain.estimate import Estimate
from reception.domain.line import VisitLine
from reception.domain.task import Notice, Task
from servicekit import NotFound, Tx
from shopkit.calendar import WorkingCalendar, default_calendar

_MOST_COMPLAINTS = 50
_VISIT = Visit.__table__.c


async def screen_of(tx: Tx, visit_id: UUID) -> dict[str, Any]:
    """What the screen shows, by the names of its fields. Raises ``NotFound``."""
    row = (await tx.session.execute(_everything(), {"visit_id": visit_id})).one_or_none()
    if row is None:
        raise NotFound("visit", visit_id)
    screen: dict[str, Any] = dict(row._mapping)
    facts = {column.name: screen.pop(column.name) for column in _VISIT}
    lines, estimates, hours = (screen.pop(name) for name in ("lines", "estimates", "hours"))
    # Only asked what may be done; nobody saves it.
    visit = Visit(**facts, estimates=[Estimate(revision=e["revision"], state=e["state"]) for e in estimates])
    shown = {"lines": lines, "estimates": estimates, "is_ready": visit.is_ready, "allowed": visit.allowed}
    papers = Papers.model_validate(screen["invoice"], extra="ignore") if screen["invoice"] else None
    return screen | {
        "visit": facts | shown,
        "waiting_for": visit.missing_for_handover(papers) if visit.is_open and visit.form else [],
        "earliest_handover_at": await _earliest_handover(tx, visit, lines, screen["job_lines"], hours),
    }


@cache
def _everything() -> Select[*tuple[Any, ...]]:
    """Built once: making the statement costs more than running it."""
    visit_id = bindparam("visit_id", type_=Uuid())

    def of_visit(column: InstrumentedAttribute[Any]) -> Any:
        return select(column).where(Visit.id == visit_id).scalar_subquery()

    this, customer_id = Visit.id == visit_id, of_visit(Visit.customer_id)
    of_customer = (ComplaintMark.customer_id == customer_id) & (ComplaintMark.state != "resolved")
    complained = or_(ComplaintMark.visit_id == visit_id, of_customer)
    request_id = of_visit(Visit.request_id)
    return select(
        *_VISIT,
        _rows(VisitLine, VisitLine.visit_id == visit_id, VisitLine.position).label("lines"),
        _rows(Estimate, Estimate.visit_id == visit_id, Estimate.revision).label("estimates"),
        _row(Customer, Customer.id == customer_id).label("customer"),
        _row(Job, Job.visit_id == visit_id).label("job"),
        _rows(JobLine, JobLine.visit_id == visit_id, JobLine.since).label("job_lines"),
        _rows(PartAvailability, PartAvailability.request_id == request_id, PartAvailability.part_no).label(
            "parts"
        ),
        _row(Invoice, Invoice.visit_id == visit_id).label("invoice"),
        _rows(Task, Task.visit_id == visit_id, Task.created_at).label("tasks"),
        _rows(Notice, Notice.visit_id == visit_id, Notice.notified_at).label("notices"),
        _rows(ComplaintMark, complained, ComplaintMark.complaint_no, most=_MOST_COMPLAINTS).label(
            "complaints"
        ),
        select(Calendar.hours).where(Calendar.name == "shop").scalar_subquery().label("hours"),
    ).where(this)


def _rows(
    kind: type[Base], which: ColumnElement[bool], by: InstrumentedAttribute[Any], *, most: int | None = None
) -> Any:
    """The rows of a table as one JSON array."""
    found = select(*_columns(kind)).where(which).order_by(by).limit(most).subquery()
    array = func.coalesce(func.json_agg(found.table_valued()), func.json_build_array(), type_=JSON)
    return select(array).scalar_subquery()


def _row(kind: type[Base], which: ColumnElement[bool]) -> Any:
    """One row of a table as a JSON object; null when there is none."""
    found = select(*_columns(kind)).where(which).subquery()
    return select(func.row_to_json(found.table_valued(), type_=JSON)).scalar_subquery()


def _columns(kind: type[Base]) -> list[ColumnElement[Any]]:
    """Amounts as text: as a JSON number they would lose their places."""
    return [
        cast(column, Text).label(column.name) if isinstance(column.type, Numeric) else column
        for column in kind.__table__.c
    ]


async def _earliest_handover(
    tx: Tx,
    visit: Visit,
    lines: list[Mapping[str, Any]],
    job_lines: list[Mapping[str, Any]],
    hours: WorkingCalendar | None,
) -> datetime | None:
    """What can be promised at best: the agreed labour still to do, and the finishing, in working time."""
    if visit.answered_revision is None or not visit.is_open:
        return None
    rules = await tx.rules(HouseRules)
    done = {line["line_id"] for line in job_lines if line["progress"] == "done"}
    labour = [line["agreed"]["labour_minutes"] for line in lines if line["agreed"] and line["id"] not in done]
    calendar = hours or default_calendar(tx.settings.shop_timezone)
    return calendar.add_minutes(tx.now, sum(labour) + rules.finishing_minutes)
