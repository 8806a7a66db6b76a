"""The promise of a time, its changes, and what the customer was told."""

from datetime import datetime
from uuid import UUID

from reception.commands.tasks import complete_tasks
from reception.domain import Visit
from reception.domain.desk import TASKS_OF_TOPIC, Notice
from reception.domain.facts import said
from reception.queries.work import with_work
from servicekit import Tx, new_id


async def promise_handover(
    tx: Tx, *, visit_id: UUID, promised_at: datetime, waiting_on_site: bool, at: datetime
) -> Visit:
    """Give the customer a time."""
    visit = await with_work(tx, visit_id)
    tx.publish(visit, visit.promise(promised_at, waiting_on_site=waiting_on_site, at=at))
    return visit


async def revise_promise(
    tx: Tx,
    *,
    visit_id: UUID,
    promised_at: datetime,
    reason: str,
    solution: str,
    agreed_by: str,
    notified_at: datetime | None,
    at: datetime,
) -> Visit:
    """The customer was told beforehand and agreed to another time (RECP-22, RECP-23)."""
    visit = await with_work(tx, visit_id)
    revised = visit.revise_promise(
        promised_at,
        reason=reason,
        solution=solution,
        agreed_by=agreed_by,
        notified_at=notified_at or at,
        at=at,
    )
    tx.publish(visit, revised)
    await complete_tasks(tx, visit.id, "contact_before", at=at)
    return visit


async def refuse_promise(tx: Tx, *, visit_id: UUID, reason: str, at: datetime) -> Visit:
    """The customer does not accept a later time."""
    visit = await with_work(tx, visit_id)
    tx.publish(visit, visit.refuse_promise(reason=reason, at=at))
    await complete_tasks(tx, visit.id, "contact_before", at=at)
    return visit


async def notify_customer(
    tx: Tx, *, visit_id: UUID, topic: str, channel: str, note: str, notified_at: datetime | None, at: datetime
) -> Visit:
    """Note what the customer was told, and when (RECP-27, RECP-29)."""
    visit = await with_work(tx, visit_id)
    when = notified_at or at
    tx.publish(visit, visit.notify(topic=topic, channel=channel, notified_at=when, at=at))
    tx.add(
        Notice(
            id=new_id(),
            visit_id=visit.id,
            topic=topic,
            channel=channel,
            note=said(note),
            notified_at=when,
            notified_by=tx.by,
        )
    )
    if topic in TASKS_OF_TOPIC:
        await complete_tasks(tx, visit.id, TASKS_OF_TOPIC[topic], at=at)
    return visit
