"""The car goes back: acceptance, keys, record; or it drives on for a while until parts come."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from contracts.values import Check
from reception.commands.arrival import RECEPTION_DUE
from reception.commands.tasks import complete_tasks
from reception.domain import HouseRules, Visit
from reception.domain.acceptance import Acceptance, BelongingCheck
from reception.domain.car import FactsUnknown
from reception.domain.copies import Customer, JobLine
from reception.domain.record import Closing, service_type
from reception.domain.visit_states import VISIT
from reception.repository import load_papers, lock_visit
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
) -> Visit:
    """The customer inspected the car with the advisor, was explained work and cost, and signed."""
    visit = await lock_visit(tx, visit_id)
    accepted = visit.accept_work(
        Acceptance(invoice_revision, checks, belongings),
        papers=await load_papers(tx, visit_id),
        rules=await tx.rules(HouseRules),
        at=tx.now,
    )
    tx.publish(visit, accepted)
    await complete_tasks(tx, visit.id, "sign_again", "tell_ready")
    return visit


async def hand_over(tx: Tx, *, visit_id: UUID, mode: str, handed_over_at: datetime | None) -> Visit:
    """Release the keys, when work, signature and settlement are complete."""
    visit = await lock_visit(tx, visit_id)
    handed = visit.hand_over(
        papers=await load_papers(tx, visit_id),
        mode=mode,
        handed_over_at=handed_over_at or tx.now,
        at=tx.now,
    )
    tx.publish(visit, handed)
    await complete_tasks(tx, visit.id)  # the customer is here: nothing is left to tell
    rules = await tx.rules(HouseRules)
    tx.schedule(CLOSING_DUE, visit.id, tx.now + timedelta(hours=rules.closing_hours))
    return visit


async def close_visit(
    tx: Tx,
    *,
    visit_id: UUID,
    mileage_out_km: int | None = None,
    recommended_work: tuple[str, ...] = (),
    remind_on: date | None = None,
) -> Visit:
    """The papers are complete, or the car left before there were any; the record gets its number (F-28)."""
    visit = await lock_visit(tx, visit_id)
    VISIT.check(visit.state, "close")
    customer = await tx.session.get(Customer, visit.customer_id)
    if customer is None:
        raise FactsUnknown(state=visit.state, missing=["customer_no"], waiting_for="crm.customer")
    kind = service_type(visit.form, visit.readiness.job_outcome, visit.work.agreed)
    series = f"{customer.customer_no}-{kind}-{tx.today:%Y%m%d}"
    number = record_no(customer.customer_no, kind, tx.today, await tx.next_number(f"record:{series}"))
    papers = Closing(number, mileage_out_km, recommended_work, remind_on)
    closed = visit.close(papers, at=tx.now)
    tx.publish(visit, closed)
    await complete_tasks(tx, visit.id)
    tx.cancel(CLOSING_DUE, visit.id)
    tx.cancel(RECEPTION_DUE, visit.id)
    return visit


async def leave_with_vehicle(
    tx: Tx, *, visit_id: UUID, reason: str, return_expected_at: datetime | None
) -> Visit:
    """The car drives on, and comes back when the parts are here (E2)."""
    visit = await lock_visit(tx, visit_id)
    finished = select(JobLine.line_id).where(JobLine.visit_id == visit_id, JobLine.progress == "done")
    done = set((await tx.session.scalars(finished)).all())
    left = visit.leave(reason=reason, return_expected_at=return_expected_at, done_line_ids=done, at=tx.now)
    tx.publish(visit, left)
    return visit


async def return_vehicle(tx: Tx, *, visit_id: UUID) -> Visit:
    """The car is back to go on."""
    visit = await lock_visit(tx, visit_id)
    tx.publish(visit, visit.come_back(at=tx.now))
    return visit
