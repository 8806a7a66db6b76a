"""Reception's deadlines: a car that nobody receives, an estimate nobody answers, papers nobody closes."""

from datetime import timedelta
from uuid import UUID

from reception.commands.handover import CLOSING_DUE, close_visit
from reception.commands.tasks import set_task
from reception.domain import HouseRules, Visit
from reception.domain.copies import Customer
from reception.domain.visit_states import VisitState
from reception.repository import lock_visit
from servicekit import Timer, Tx

_LATER = timedelta(hours=1)


async def announce_delay(tx: Tx, timer: Timer) -> None:
    """Nobody received the car in time (RECP-01)."""
    visit = await tx.get(Visit, UUID(timer.key))
    delayed = visit.delay_reception(rules=await tx.rules(HouseRules))
    if delayed is not None:
        tx.publish(visit, delayed)


async def expire_estimate(tx: Tx, timer: Timer) -> None:
    """The revision is no longer open; its lines wait for a new one, and somebody must make it."""
    visit_id, _, revision = timer.key.partition(":")
    visit = await lock_visit(tx, UUID(visit_id))
    if visit.expire(int(revision)) and visit.is_open:
        await set_task(tx, visit.id, "present_estimate", reason="expired", due_at=tx.now)


async def close_papers(tx: Tx, timer: Timer) -> None:
    """Nobody closed the papers: they close by themselves, once the customer's number is known (RECP-35)."""
    visit = await tx.get(Visit, UUID(timer.key))
    if visit.state != VisitState.HANDED_OVER:
        return
    if await tx.session.get(Customer, visit.customer_id) is None:
        tx.schedule(CLOSING_DUE, visit.id, tx.now + _LATER)
        return
    await close_visit(tx, visit_id=visit.id)
