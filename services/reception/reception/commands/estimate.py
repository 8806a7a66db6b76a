"""The estimate: drafted by hand, presented with frozen prices, answered per line."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from reception.commands.tasks import complete_tasks
from reception.commands.work import NewWork, lines_of
from reception.domain import HouseRules, Visit
from reception.domain.estimate import ESTIMATE, Answer, LineAnswer, one_of
from reception.domain.pricing import HandPrice
from reception.domain.visit_states import VISIT
from reception.repository import lock_visit, price_list
from servicekit import Invalid, Tx, links
from servicekit.links import NewLink

ESTIMATE_DUE = "estimate-expiry"


async def draft_estimate(
    tx: Tx,
    *,
    visit_id: UUID,
    add: tuple[NewWork, ...],
    by_hand: Mapping[UUID, HandPrice],
    drop_line_ids: tuple[UUID, ...],
) -> Visit:
    """The advisor makes the next revision: adds work, prices by hand, drops what is no longer offered."""
    visit = await lock_visit(tx, visit_id)
    VISIT.check(visit.state, "draft_estimate")
    lines = await lines_of(tx, add, known=[line.priced for line in visit.lines])
    offered = [line.offer for line in visit.lines if line.offer is not None]
    priced_by_hand = [visit.work.line(line_id).priced for line_id in by_hand if visit.work.knows(line_id)]
    prices = await price_list(tx, visit.customer_id, [*lines, *offered, *priced_by_hand])
    visit.work.propose(lines, prices)
    visit.work.price_by_hand(by_hand, prices)
    visit.work.withdraw(drop_line_ids)
    tx.publish(visit, visit.draft(prices=prices, currency=tx.settings.shop_currency, at=tx.now))
    return visit


async def present_estimate(
    tx: Tx, *, visit_id: UUID, revision: int, via: str, answer_by: datetime | None
) -> Visit:
    """Lay the revision before the customer; it stays open until ``answer_by``."""
    visit = await lock_visit(tx, visit_id)
    if answer_by is not None and answer_by <= tx.now:
        raise Invalid("body.answer_by", "an instant that lies ahead")
    rules = await tx.rules(HouseRules)
    until = answer_by or tx.now + timedelta(hours=rules.answer_hours)
    prices = await price_list(tx, visit.customer_id, visit.work.offered)
    presented = visit.present(
        revision, prices=prices, via=via, answer_by=until, currency=tx.settings.shop_currency, at=tx.now
    )
    tx.publish(visit, presented)
    tx.schedule(ESTIMATE_DUE, f"{visit.id}:{revision}", until)
    await complete_tasks(tx, visit.id, "present_estimate")
    return visit


async def answer_estimate(
    tx: Tx,
    *,
    visit_id: UUID,
    revision: int,
    answers: Iterable[LineAnswer],
    channel: str,
    promised_at: datetime | None = None,
    waiting_on_site: bool = False,
) -> Visit:
    """Take the customer's answer to every open line; a time may be promised with it."""
    visit = await lock_visit(tx, visit_id)
    answer = Answer(tuple(answers), channel=channel, by=tx.by, at=tx.now)
    answered = visit.answer(revision, answer, currency=tx.settings.shop_currency)
    tx.publish(visit, answered)
    if promised_at is not None:
        tx.publish(visit, visit.promise_handover(promised_at, waiting_on_site=waiting_on_site, at=tx.now))
    tx.cancel(ESTIMATE_DUE, f"{visit.id}:{revision}")
    return visit


async def link_to_estimate(tx: Tx, *, visit_id: UUID, revision: int) -> NewLink:
    """An address under which the customer answers the presented revision; given this once."""
    visit = await lock_visit(tx, visit_id)
    estimate = one_of(visit.estimates, revision)
    ESTIMATE.check(estimate.state, "answer")
    assert estimate.answer_by is not None  # presented
    return await links.create(
        tx, purpose="estimate", subject=visit.id, revision=revision, expires_at=estimate.answer_by
    )
