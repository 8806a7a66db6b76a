"""Workshop's events: progress on the desk's screens, work to estimate, and the car that is ready."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ARRAY, func, literal, select
from sqlalchemy.dialects.postgresql import Insert, insert

from contracts.events.workshop import (
    AdditionalWorkFound,
    InspectionFailed,
    InspectionPassed,
    JobCompleted,
    JobDiagnosed,
    JobDispatched,
    JobInterrupted,
    JobOpened,
    JobReady,
    JobReopened,
    JobResumed,
    LineCompleted,
    LineStarted,
    PromiseEndangered,
    ReworkOpened,
)
from contracts.values import Line
from reception.commands.tasks import set_task
from reception.domain import HouseRules, Visit
from reception.domain.copies import Job, JobLine
from reception.domain.pricing import PriceList
from reception.domain.promise import PromiseState
from reception.repository import lock_visit, price_list
from servicekit import NotYet, Tx
from servicekit.copies import Columns, amend, keep

_JobEvent = (
    JobOpened
    | JobDispatched
    | JobDiagnosed
    | LineStarted
    | JobInterrupted
    | JobResumed
    | JobCompleted
    | InspectionPassed
    | InspectionFailed
    | ReworkOpened
    | JobReady
    | JobReopened
)

log = structlog.get_logger("reception")

INTERRUPTED = {"A": "interrupted", "B": "awaiting_answer", "C": "awaiting_parts"}


async def enter_workshop_on_job_opened(tx: Tx, event: JobOpened) -> None:
    """The car is in the workshop's hands."""
    await _show(tx, event, {Job.status: "waiting", Job.priority_class: event.priority_class})
    (await tx.get(Visit, event.visit_id)).enter_workshop()


async def show_technician_on_dispatched(tx: Tx, event: JobDispatched) -> None:
    """The desk sees who works on it, where, and until when."""
    columns: Columns = {
        Job.status: "dispatched",
        Job.technician_name: event.technician_name,
        Job.bay: event.bay,
        Job.planned_end: event.planned_end,
    }
    lines = _lines(event.visit_id, event.line_ids, "dispatched", since=tx.now)
    await _show(tx, event, columns, lines=lines)


async def draft_estimate_on_diagnosed(tx: Tx, event: JobDiagnosed) -> None:
    """The advisor finds a priced revision of what the technician proposes and what was booked."""
    await _show(tx, event, {Job.status: "diagnosed", Job.findings: event.findings})
    await _estimate(tx, event.visit_id, event.lines)


async def draft_estimate_on_additional_work(tx: Tx, event: AdditionalWorkFound) -> None:
    """The next revision asks the customer for what was found while working (E1, RECP-24)."""
    explained = [
        line.model_copy(update={"why": line.why or event.why, "benefit": line.benefit or event.benefit})
        for line in event.lines
    ]
    await _estimate(tx, event.visit_id, explained)


async def show_progress_on_line_started(tx: Tx, event: LineStarted) -> None:
    """Somebody works on the line."""
    running = _lines(event.visit_id, [event.line_id], "running", since=event.started_at)
    await _show(tx, event, {Job.status: "repairing"}, lines=running)


async def show_progress_on_line_completed(tx: Tx, event: LineCompleted) -> None:
    """The line is done, and the desk sees what was done."""
    text = event.result_text
    done = _lines(event.visit_id, [event.line_id], "done", since=event.completed_at, result_text=text)
    if done is not None:
        await tx.session.execute(done)
        tx.notify_watchers(Visit, event.visit_id)


async def notify_customer_on_interrupted(tx: Tx, event: JobInterrupted) -> None:
    """Work has stopped: the advisor sees why, and must notify the customer."""
    status = INTERRUPTED.get(event.cause, "interrupted")
    await _show(tx, event, {Job.status: status, Job.reason: event.reason})
    await set_task(
        tx,
        event.visit_id,
        "tell_interruption",
        subject=event.cause,
        reason=event.reason,
        due_at=tx.now,
    )


async def show_progress_on_resumed(tx: Tx, event: JobResumed) -> None:
    """Work goes on."""
    await _show(tx, event, {Job.status: "repairing", Job.reason: ""})


async def show_progress_on_completed(tx: Tx, event: JobCompleted) -> None:
    """Inspection follows."""
    await _show(tx, event, {Job.status: "completed"})


async def show_progress_on_inspection_passed(tx: Tx, event: InspectionPassed) -> None:
    """Wash and papers follow."""
    await _show(tx, event, {Job.status: "inspected"})


async def show_rework_on_inspection_failed(tx: Tx, event: InspectionFailed) -> None:
    """Some lines are done again: the promise may be in danger (E3)."""
    again = _lines(event.visit_id, event.line_ids, "rework", since=tx.now)
    reason = "; ".join(event.findings)
    await _show(tx, event, {Job.status: "rework", Job.reason: reason}, lines=again)


async def show_rework_on_rework_opened(tx: Tx, event: ReworkOpened) -> None:
    """The shop's own work is on the board."""
    again = _lines(event.visit_id, event.line_ids, "rework", since=tx.now)
    columns: Columns = {Job.status: "rework", Job.priority_class: event.priority_class}
    await _show(tx, event, columns, lines=again)


async def take_back_on_ready(tx: Tx, event: JobReady) -> None:
    """The car can be taken back and the customer notified, if this is ready for the latest answer."""
    await _show(tx, event, {Job.status: "ready", Job.reason: ""})
    visit = await tx.get(Visit, event.visit_id)
    visit.declare_ready(
        estimate_revision=event.estimate_revision,
        outcome=event.outcome,
        done_measure_ids=event.done_measure_ids,
    )
    if visit.is_ready:
        await set_task(tx, visit.id, "tell_ready", due_at=tx.now)


async def shut_gate_on_reopened(tx: Tx, event: JobReopened) -> None:
    """Work goes on after all: not ready, and what was signed is void (E3, E8)."""
    await _show(tx, event, {Job.status: "reopened", Job.reason: event.reason})
    visit = await lock_visit(tx, event.visit_id)
    visit.reopen()
    if visit.has_work_to_ask_for and visit.may("draft_estimate"):
        await _draft(tx, visit, await price_list(tx, visit.customer_id, visit.work.offered))


async def warn_on_promise_endangered(tx: Tx, event: PromiseEndangered) -> None:
    """Somebody contacts the customer before the promised time; older promises are only logged (E4)."""
    visit = await tx.get(Visit, event.visit_id)
    holds = visit.promise.revision == event.promise_revision and visit.is_open
    if not holds or visit.promise.state == PromiseState.NONE:
        log.info("alarm for an older promise", visit_id=str(visit.id), of=event.promise_revision)
        return
    await amend(tx, Job, {Job.visit_id: event.visit_id}, {Job.forecast_at: event.forecast_at})
    await set_task(
        tx,
        visit.id,
        "contact_before",
        subject=f"{event.promise_revision}:{event.cause}",
        reason=f"{event.cause}: {event.late_minutes} min",
        due_at=event.promised_at,
    )


async def _estimate(tx: Tx, visit_id: UUID, lines: Iterable[Line]) -> None:
    visit = await lock_visit(tx, visit_id)
    if not visit.is_open:
        return  # the keys are out: what was found is for another visit
    wanted = list(lines)
    prices = await price_list(tx, visit.customer_id, [*wanted, *visit.work.offered])
    await _wait_for_prices(tx, visit, wanted, prices)
    visit.work.propose(wanted, prices)
    if visit.has_work_to_ask_for and visit.may("draft_estimate"):
        await _draft(tx, visit, prices)


async def _draft(tx: Tx, visit: Visit, prices: PriceList) -> None:
    tx.publish(visit, visit.draft(prices=prices, currency=tx.settings.shop_currency, at=tx.now))
    await set_task(tx, visit.id, "present_estimate", due_at=tx.now)


async def _wait_for_prices(tx: Tx, visit: Visit, lines: list[Line], prices: PriceList) -> None:
    """An unknown price is waited for, but not for long: then the line is drafted without it."""
    missing = visit.work.missing_prices(lines, prices)
    if not missing or tx.cause is None:
        return
    rules = await tx.rules(HouseRules)
    if tx.now - tx.cause.time < timedelta(seconds=rules.price_wait_seconds):
        wait = missing[0]
        key = f"{wait.key}:normal" if wait.stream == "billing.labour-rate" else wait.key
        raise NotYet(wait.stream, key, at="a price")


async def _show(tx: Tx, event: _JobEvent, columns: Columns, *, lines: Insert | None = None) -> None:
    """What the desk shows of the job, and of how far its ``lines`` are, by one statement."""
    shown: dict[Any, Any] = {Job.job_id: event.job_id, Job.updated_at: tx.now}
    shown.update(columns)
    await keep(tx, Job, {Job.visit_id: event.visit_id}, shown, also=lines)
    tx.notify_watchers(Visit, event.visit_id)


def _lines(
    visit_id: UUID, line_ids: Collection[UUID], progress: str, *, since: datetime, result_text: str = ""
) -> Insert | None:
    """How far the workshop is with some lines."""
    if not line_ids:
        return None
    columns = {JobLine.progress: progress, JobLine.since: since, JobLine.result_text: result_text}
    # Not by rows of values: a statement with those is put together anew each time.
    rows = select(
        func.unnest(literal(list(line_ids), ARRAY(JobLine.line_id.type))),
        literal(visit_id),
        *(literal(value, column.type) for column, value in columns.items()),
    )
    new = insert(JobLine).from_select([JobLine.line_id, JobLine.visit_id, *columns], rows)
    taken = {column.key: new.excluded[column.key] for column in columns}
    return new.on_conflict_do_update(index_elements=[JobLine.line_id], set_=taken)
