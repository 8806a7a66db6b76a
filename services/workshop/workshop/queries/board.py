"""The progress board and the dispatch queue."""

from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlalchemy.orm import selectinload

from servicekit import Tx
from servicekit.columns import Utc
from servicekit.http import Page, PageRequest, paginate
from shopkit.numbers import search_key
from workshop.domain import Bay, HouseRules, Job, JobLine, JobState, LineState, Visit
from workshop.domain.copies import Whereabouts
from workshop.queries.jobs import waiting_since
from workshop.queries.views import (
    BoardItem,
    QueueItem,
    QueueLine,
)

_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_HELD = (JobState.INTERRUPTED.value, JobState.AWAITING_ANSWER.value, JobState.AWAITING_PARTS.value)


async def board(
    tx: Tx,
    page: PageRequest,
    *,
    words: str | None,
    state: str | None,
    at_risk: bool | None,
    held: bool | None,
    promise_refused: bool | None,
) -> Page[BoardItem]:
    """All cars of the shop in the order of their arrival (WORK-14), or some of them."""
    cars = (
        select(Visit, Job, Bay.name)
        .outerjoin(Job, Job.visit_id == Visit.id)
        .outerjoin(Bay, Bay.id == Job.bay_id)
        .where(Visit.whereabouts.in_((Whereabouts.IN_SHOP.value, Whereabouts.AWAY.value)))
        .options(selectinload(Job.lines))
    )
    stmt = _filtered(cast(Select[Any], cars), words, state, held)
    if at_risk is not None:
        stmt = stmt.where(func.coalesce(Job.at_risk, False) == at_risk)
    if promise_refused is not None:
        stmt = stmt.where(Job.promise_refused.is_not(None) == promise_refused)
    return await paginate(tx, stmt, page, by=(Visit.arrived_at, Visit.id), view=_board_item)


def _filtered(stmt: Select[Any], words: str | None, state: str | None, held: bool | None) -> Select[Any]:
    if words:
        key = search_key(words)
        beginnings = (Visit.plate, key), (Visit.vin, key), (Visit.request_no, words.strip().upper())
        stmt = stmt.where(or_(*(column.startswith(text, autoescape=True) for column, text in beginnings)))
    if state == "awaiting_intake":
        stmt = stmt.where(Job.id.is_(None))
    elif state is not None:
        stmt = stmt.where(Job.state == state)
    if held is not None:
        is_held = func.coalesce(Job.state.in_(_HELD), False) | (Visit.whereabouts == Whereabouts.AWAY.value)
        stmt = stmt.where(is_held if held else ~is_held)
    return stmt


def _board_item(row: Any) -> BoardItem:
    visit, job, bay = row[0], row[1], row[2]
    facts: dict[str, Any] = {
        name: getattr(visit, name)
        for name in ("request_no", "plate", "make", "model", "whereabouts", "arrived_at", "priority_class")
    }
    facts |= {"visit_id": visit.id, "bay": bay}
    if job is not None:
        facts |= {name: getattr(job, name) for name in _OF_JOB}
        facts |= {
            "job_id": job.id,
            "waiting_since": waiting_since(job),
            "technicians": [*dict.fromkeys(x.technician_name for x in job.lines if x.technician_name)],
            "lines_open": sum(line.open for line in job.lines),
            "lines_done": sum(line.state == LineState.DONE for line in job.lines),
        }
    return BoardItem(**facts)


_OF_JOB = (
    "version",
    "state",
    "waiting_reason",
    "priority_class",
    "waiting_on_site",
    "parked",
    "promised_at",
    "promise_refused",
    "latest_start",
    "forecast_at",
    "at_risk",
)


async def queue(tx: Tx, page: PageRequest, *, skill: str | None) -> Page[QueueItem]:
    """Jobs that wait for a technician: class, then latest start, then arrival (F-36)."""
    rules = await tx.rules(HouseRules)
    classes = {name: rules.rank(name) for name in rules.dispatch_order}
    rank: ColumnElement[int] = case(
        classes, value=Job.priority_class, else_=literal(len(rules.dispatch_order))
    )
    latest = func.coalesce(Job.latest_start, literal(_FAR, Utc), type_=Utc())
    stmt = (
        select(Job, Visit.request_no, Visit.plate)
        .join(Visit, Visit.id == Job.visit_id)
        .where(Job.waits_for_dispatch)
        .options(selectinload(Job.lines), selectinload(Job.parts))
    )
    if skill is not None:
        wanted = (LineState.AUTHORISED.value, LineState.FAILED.value)
        skilled = select(JobLine.job_id).where(
            JobLine.skill == skill, JobLine.state.in_(wanted), JobLine.technician_id.is_(None)
        )
        stmt = stmt.where(Job.id.in_(skilled))
    return await paginate(tx, stmt, page, by=(rank, latest, Job.arrived_at, Job.id), view=_queue_item)


def _queue_item(row: Any) -> QueueItem:
    job: Job = row[0]
    lines = [line for line in job.lines if line.technician_id is None and job.can_start(line)]
    return QueueItem(
        job_id=job.id,
        version=job.version,
        visit_id=job.visit_id,
        request_no=row[1],
        plate=row[2],
        priority_class=job.priority_class,
        latest_start=job.latest_start,
        arrived_at=job.arrived_at,
        promised_at=job.promised_at,
        lines=[QueueLine.of(line) for line in lines],
    )
