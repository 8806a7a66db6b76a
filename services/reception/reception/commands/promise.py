"""The promise of a time, its changes, and the notices to the customer."""

from datetime import datetime
from uuid import UUID

from reception.commands.tasks import complete_tasks
from reception.domain import Visit
from reception.domain.promise import NewPromise
from reception.domain.task import TASKS_OF_TOPIC, Notice
from reception.repository import lock_visit
from servicekit import Tx, new_id
from servicekit.personal_data import mask


async def promise_handover(tx: Tx, *, visit_id: UUID, promised_at: datetime, waiting_on_site: bool) -> Visit:
    """Give the customer a time."""
    visit = await lock_visit(tx, visit_id)
    tx.publish(visit, visit.promise_handover(promised_at, waiting_on_site=waiting_on_site, at=tx.now))
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
) -> Visit:
    """The customer was notified beforehand and agreed to another time (RECP-22, RECP-23)."""
    visit = await lock_visit(tx, visit_id)
    agreed = NewPromise(
        promised_at,
        notified_at=notified_at or tx.now,
        reason=reason,
        solution=solution,
        agreed_by=agreed_by,
    )
    revised = visit.revise_promise(agreed, at=tx.now)
    tx.publish(visit, revised)
    await complete_tasks(tx, visit.id, "contact_before")
    return visit


async def refuse_promise(tx: Tx, *, visit_id: UUID, reason: str) -> Visit:
    """The customer does not accept a later time."""
    visit = await lock_visit(tx, visit_id)
    tx.publish(visit, visit.refuse_promise(reason=reason, at=tx.now))
    await complete_tasks(tx, visit.id, "contact_before")
    return visit


async def notify_customer(
    tx: Tx, *, visit_id: UUID, topic: str, channel: str, note: str, notified_at: datetime | None
) -> Visit:
    """Note what the customer was notified of, and when (RECP-27, RECP-29)."""
    visit = await lock_visit(tx, visit_id)
    when = notified_at or tx.now
    tx.publish(visit, visit.notify(topic=topic, channel=channel, notified_at=when, at=tx.now))
    tx.add(
        Notice(
            id=new_id(),
            visit_id=visit.id,
            topic=topic,
            channel=channel,
            note=mask(note),
            notified_at=when,
            notified_by=tx.by,
        )
    )
    if topic in TASKS_OF_TOPIC:
        await complete_tasks(tx, visit.id, TASKS_OF_TOPIC[topic])
    return visit
