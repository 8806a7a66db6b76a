"""The car goes back: acceptance, keys, record; or it drives on for a while until parts come."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from contracts.values import Check
from reception.commands.arrival import RECEPTION_DUE
from reception.commands.tasks import complete_tasks
from reception.domain import HouseRules, Visit
from reception.domain.copies import Customer, Invoice, JobLine
from reception.domain.handover import BelongingCheck, Papers
from reception.domain.refusals import FactsNotHeard
from reception.domain.states import VISIT
from reception.queries.work import with_work
from servicekit import Tx
from shopkit.numbers import record_no

CLOSING_DUE = "visit-closing"


async def accept_work(
    tx: Tx,
    *,
    visit_id: UUID,
    invoice_revision: int,
    checks: tuple[Check, ...],
    belongings: tuple[BelongingCheck, ...],
    at: datetime,
) -> Visit:
    """The customer inspected the car with the advisor, was explained work and cost, and signed."""
    visit = await with_work(tx, visit_id)
    accepted = visit.accept_work(
        papers=await papers_of(tx, visit_id),
        invoice_revision=invoice_revision,
        checks=checks,
        belongings=belongings,
        rules=await tx.rules(HouseRules),
        at=at,
    )
    tx.publish(visit, accepted)
    await complete_tasks(tx, visit.id, "sign_again", "tell_ready", at=at)
    return visit


async def hand_over(
    tx: Tx, *, visit_id: UUID, mode: str, handed_over_at: datetime | None, at: datetime
) -> Visit:
    """Release the keys, when work, signature and settlement are complete."""
    visit = await with_work(tx, visit_id)
    handed = visit.hand_over(
        papers=await papers_of(tx, visit_id), mode=mode, handed_over_at=handed_over_at or at, at=at
    )
    tx.publish(visit, handed)
    await complete_tasks(tx, visit.id, at=at)  # the customer is here: nobody has to be told any more
    rules = await tx.rules(HouseRules)
    tx.schedule(CLOSING_DUE, visit.id, at + timedelta(hours=rules.closing_hours))
    return visit


async def close_visit(
    tx: Tx,
    *,
    visit_id: UUID,
    mileage_out_km: int | None = None,
    recommended_work: tuple[str, ...] = (),
    remind_on: date | None = None,
    at: datetime,
) -> Visit:
    """The papers are complete, or the car left before there were any; the record gets its number (F-28)."""
    visit = await with_work(tx, visit_id)
    VISIT.check(visit.state, "close")
    customer = await tx.session.get(Customer, visit.customer_id)
    if customer is None:
        raise FactsNotHeard(state=visit.state, missing=["customer_no"], waiting_for="crm.customer")
    series = f"{customer.customer_no}-{visit.record_kind}-{tx.today:%Y%m%d}"
    number = record_no(
        customer.customer_no, visit.record_kind, tx.today, await tx.next_number(f"record:{series}")
    )
    closed = visit.close(
        record_no=number,
        mileage_out_km=mileage_out_km,
        recommended_work=recommended_work,
        remind_on=remind_on,
        at=at,
    )
    tx.publish(visit, closed)
    await complete_tasks(tx, visit.id, at=at)
    tx.cancel(CLOSING_DUE, visit.id)
    tx.cancel(RECEPTION_DUE, visit.id)
    return visit


async def leave_with_vehicle(
    tx: Tx, *, visit_id: UUID, reason: str, return_expected_at: datetime | None, at: datetime
) -> Visit:
    """The car drives on, and comes back when the parts are here (E2)."""
    visit = await with_work(tx, visit_id)
    finished = select(JobLine.line_id).where(JobLine.visit_id == visit_id, JobLine.progress == "done")
    done = set((await tx.session.scalars(finished)).all())
    left = visit.leave(reason=reason, return_expected_at=return_expected_at, done_line_ids=done, at=at)
    tx.publish(visit, left)
    return visit


async def return_vehicle(tx: Tx, *, visit_id: UUID, at: datetime) -> Visit:
    """The car is back to go on."""
    visit = await with_work(tx, visit_id)
    tx.publish(visit, visit.come_back(at=at))
    return visit


async def papers_of(tx: Tx, visit_id: UUID) -> Papers | None:
    """What the desk knows of the visit's invoice; ask while you hold the visit."""
    invoice = await tx.session.get(Invoice, visit_id)
    return None if invoice is None else Papers.model_validate(invoice, from_attributes=True)
