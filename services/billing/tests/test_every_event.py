"""Every event that billing subscribes to, in every state of an invoice."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.billing.tests.builders import Scene, a_rework_line, a_scene, done, pay
from sqlalchemy import func, select, text

from billing.domain import Account, Invoice, IssuedInvoice
from contracts.base import Event
from contracts.events.billing import InvoicePrepared
from contracts.events.parts import ForRevision, PartsReleased, PartsReserved
from contracts.values import ReservationLine
from servicekit.loading import load
from testkit.department import Department


async def dead_letters(billing: Department) -> int:
    """Reactions that failed for good or are failing."""
    async with billing.tx() as tx:
        found = await tx.session.execute(text("select count(*) from deferred where attempt > 0"))
        return int(found.scalar_one())


def reservation(scene: Scene, kind: type[PartsReserved] | type[PartsReleased]) -> Event:
    """A whole state of the reservation."""
    line = scene.lines[0]
    state = ReservationLine(
        part_line_id=line.parts[0].part_line_id,
        line_id=line.line_id,
        part_no="OF-01",
        wanted=Decimal(2),
        reserved=Decimal(2),
    )
    own: dict[str, Any] = (
        {"for_revision": ForRevision(source="estimate", revision=1)}
        if kind is PartsReserved
        else {"reason": "closed"}
    )
    return kind(reservation_id=scene.reservation_id, request_id=scene.request_id, lines=(state,), **own)


STATES = (
    "nothing",
    "opened",
    "prepared",
    "withdrawn",
    "issued",
    "part_paid",
    "settled",
    "refunded",
    "handed_over",
)


async def in_state(billing: Department, scene: Scene, state: str) -> UUID:
    """Bring the visit's invoice into a state; gives its id, made up if there is none yet."""
    if state == "nothing":
        return uuid4()
    if state == "opened":
        await billing.receives(*scene.all_reported())
        return uuid4()
    await billing.receives(*scene.all_reported(), scene.ready())
    invoice_id = billing.published(InvoicePrepared)[0].invoice_id
    steps: dict[str, Sequence[Event]] = {
        "prepared": [],
        "withdrawn": [scene.reopened()],
    }
    await billing.receives(*steps.get(state, [scene.accepted(invoice_id)]))
    amount = {"part_paid": "100.00", "settled": "616.10", "refunded": "616.10", "handed_over": "616.10"}
    if state in amount:
        await pay(billing, str(invoice_id), amount[state])
    if state == "refunded":
        await billing.receives(scene.measure("refund", "616.10", invoice_id=invoice_id))
    if state == "handed_over":
        await billing.receives(scene.handed_over())
    return invoice_id


class TestEveryEventInEveryState:
    @pytest.mark.parametrize("state", STATES)
    async def test_takes_effect_or_is_noted_but_never_refuses(self, billing: Department, state: str) -> None:
        scene = a_scene()
        invoice_id = await in_state(billing, scene, state)
        visit = [] if state == "nothing" else [
            scene.answered(2), scene.accepted(invoice_id, 9), scene.accepted(invoice_id, 1),
            scene.rework_ordered(a_rework_line()), scene.handed_over(), scene.closed(),
        ]  # fmt: skip
        complaint_id = uuid4()

        await billing.receives(
            scene.registered(credit_limit="100.00"),
            reservation(scene, PartsReserved),
            reservation(scene, PartsReleased),
            scene.rework_opened(*scene.lines, cause="inspection"),
            scene.reopened(),
            scene.complaint(complaint_id),
            scene.measure("refund", "10.00", invoice_id=invoice_id),
            scene.measure("discount", "10.00"),
            scene.measure("rework", "0.00"),
            scene.resolved(complaint_id),
            *visit,
        )
        await billing.receives(scene.ready(*(done(line) for line in scene.authorised), revision=1))

        assert await dead_letters(billing) == 0
        async with billing.tx() as tx:
            count = select(func.count()).select_from(Invoice).where(Invoice.visit_id == scene.visit_id)
            assert (await tx.session.execute(count)).scalar_one() == (0 if state == "nothing" else 1)

    async def test_a_replayed_event_changes_nothing(self, billing: Department) -> None:
        scene = a_scene()
        events = [*scene.all_reported(), scene.ready()]
        envelopes = [billing.envelope(event) for event in events]
        for envelope in (*envelopes, *envelopes):
            await billing.runtime.consumer.handle(envelope)
        await billing.until_quiet()

        assert len(billing.published(InvoicePrepared)) == 1
        async with billing.tx() as tx:
            account = await load(tx, await tx.get(Account, scene.visit_id), "lines")
            assert len(account.lines) == 3
            assert (await tx.all(select(IssuedInvoice))) == []
