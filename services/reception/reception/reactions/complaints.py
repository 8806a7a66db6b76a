"""Complaints' events: a mark on the customer, and rework that this desk alone can place."""

from uuid import UUID

import structlog

from contracts.events.complaints import (
    ComplaintAnswered,
    ComplaintOverdue,
    ComplaintReceived,
    ComplaintReopened,
    ComplaintResolved,
    MeasureCompleted,
    MeasureDecided,
)
from contracts.values import PricedLine
from reception.commands.arrival import mint_request_no
from reception.commands.work import diagnosis_line
from reception.domain import HouseRules, Visit
from reception.domain.copies import ComplaintMark
from reception.domain.readiness import Measure
from reception.domain.rework import Rework, rework_of
from reception.domain.visit_states import VisitState
from reception.repository import load_work, price_list
from servicekit import Tx, new_id
from shopkit.numbers import request_id_of

log = structlog.get_logger("reception")


async def mark_customer_on_received(tx: Tx, event: ComplaintReceived) -> None:
    """Whoever meets the customer knows of it."""
    mark = await _mark(tx, event.complaint_id, event.customer_id, event.visit_id)
    mark.complaint_no, mark.category, mark.level = event.complaint_no, event.category, event.level
    mark.respond_by, mark.resolve_by, mark.state = event.respond_by, event.resolve_by, "received"


async def show_answer_on_answered(tx: Tx, event: ComplaintAnswered) -> None:
    """The customer has had a first answer."""
    (await _mark(tx, event.complaint_id, event.customer_id, event.visit_id)).state = "answered"


async def show_clock_on_overdue(tx: Tx, event: ComplaintOverdue) -> None:
    """A clock of the case ran out."""
    mark = await _mark(tx, event.complaint_id, event.customer_id, event.visit_id)
    mark.overdue_clock = event.clock


async def count_measure_on_completed(tx: Tx, event: MeasureCompleted) -> None:
    """One of the case's measures is carried out."""
    mark = await _mark(tx, event.complaint_id, event.customer_id, event.visit_id)
    mark.measures_done += 1


async def clear_mark_on_resolved(tx: Tx, event: ComplaintResolved) -> None:
    """The mark ends."""
    (await _mark(tx, event.complaint_id, event.customer_id, event.visit_id)).state = "resolved"


async def mark_customer_on_reopened(tx: Tx, event: ComplaintReopened) -> None:
    """The customer is still not content."""
    mark = await _mark(tx, event.complaint_id, event.customer_id, event.visit_id)
    mark.state, mark.respond_by, mark.resolve_by = "reopened", event.respond_by, event.resolve_by


async def place_rework_on_measure_decided(tx: Tx, event: MeasureDecided) -> None:
    """Rework is done in the visit while the keys are here, else in a new visit that is expected (E8)."""
    if event.kind != "rework":
        return
    visit = await tx.find(Visit, event.visit_id) if event.visit_id else None
    if visit is None:
        log.error("rework without a visit", measure_id=str(event.measure_id))
        return
    await load_work(tx, visit)
    originals = visit.work.redone(event.line_ids)
    works = tuple(rework_of(work, new_id()) for work in originals) or (await _any_work(tx, visit),)
    measure = Measure(measure_id=event.measure_id, complaint_id=event.complaint_id)
    named = [work.line_id for work in originals]
    rework = Rework.of(measure, works, originals=named, reason=event.reason)
    if visit.is_open:
        tx.publish(visit, visit.order_rework(rework))
        return
    again = await _expected_visit(tx, visit, event.measure_id)
    tx.publish(again, again.agree_rework(rework))


async def _expected_visit(tx: Tx, visit: Visit, measure_id: UUID) -> Visit:
    no = await mint_request_no(tx)
    again = Visit(
        id=new_id(),
        request_id=request_id_of(tx.settings.shop_id, no),
        request_no=no,
        state=VisitState.EXPECTED,
        customer_id=visit.customer_id,
        vehicle_id=visit.vehicle_id,
        priority_class="rework",
        rework_of_visit_id=visit.id,
        measure_id=measure_id,
        begun_at=tx.now,
    )
    again.car = visit.car
    tx.add(again)
    return again


async def _any_work(tx: Tx, visit: Visit) -> PricedLine:
    """Nothing was authorised yet that could be redone: the shop looks at the car at its own cost."""
    look = diagnosis_line(await tx.rules(HouseRules), payer="shop", labour_minutes=None)
    prices = await price_list(tx, visit.customer_id, [look])
    return rework_of(prices.price(look), look.line_id)


async def _mark(tx: Tx, complaint_id: UUID, customer_id: UUID, visit_id: UUID | None) -> ComplaintMark:
    mark = await tx.find(ComplaintMark, complaint_id)
    if mark is None:
        mark = ComplaintMark()
        mark.complaint_id, mark.customer_id = complaint_id, customer_id
        tx.add(mark)
    mark.visit_id = visit_id or mark.visit_id
    if mark.visit_id is not None:
        tx.notify_watchers(Visit, mark.visit_id)
    return mark
