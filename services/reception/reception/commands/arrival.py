"""A car comes: the visit is opened, the car received, the registration form signed."""

from datetime import datetime
from uuid import UUID

from contracts.values import FaultFacts
from reception.commands.work import NewWork, diagnosis_line, lines_of
from reception.domain import HouseRules, Visit
from reception.domain.car import FactsUnknown
from reception.domain.pricing import HandPrice
from reception.domain.registration import (
    Belonging,
    Condition,
    Expectation,
    IntendedOutcome,
    RegistrationForm,
)
from reception.domain.visit_states import VISIT, VisitState
from reception.domain.work import PriceUnknown
from reception.repository import load_appointment, load_file, load_work, lock_visit, price_list
from servicekit import NotFound, Refusal, Tx, new_id
from shopkit.numbers import normal_request_no, parse_request_no, request_id_of
from shopkit.numbers import request_no as number_of

WALK_IN = "W"
RECEPTION_DUE = "reception-delayed"


class VisitAlreadyOpen(Refusal):
    """A visit for this request is open already."""


async def open_visit(
    tx: Tx,
    *,
    request_no: str | None,
    customer_id: UUID | None,
    vehicle_id: UUID | None,
    plate: str | None,
    vin: str | None,
    make: str,
    model: str,
    model_year: int | None,
    arrived_at: datetime | None,
    urgent: bool,
) -> Visit:
    """A car is here. With the request's number it joins the booking, whether its events have come or not."""
    no = normal_request_no(request_no) if request_no else None
    visit = await _expected(tx, no) if no else None
    booked = await load_appointment(tx, request_id_of(tx.settings.shop_id, no)) if no else None
    known = visit or booked
    customer_id = customer_id or (known.customer_id if known else None)
    vehicle_id = vehicle_id or (known.vehicle_id if known else None)
    if customer_id is None or vehicle_id is None:
        raise FactsUnknown(missing=["customer_id", "vehicle_id"], waiting_for="booking.appointment")
    rules = await tx.rules(HouseRules)
    on_file, customer_class = await load_file(tx, vehicle_id=vehicle_id, customer_id=customer_id)
    new = visit is None
    if visit is None:
        visit = Visit(id=new_id(), begun_at=tx.now, walk_in=no is None)
    visit.customer_id, visit.vehicle_id = customer_id, vehicle_id
    visit.appointment_id = booked.id if booked else visit.appointment_id
    visit.car = (on_file or visit.car).corrected(
        plate=plate, vin=vin, make=make, model=model, model_year=model_year
    )
    urgent = urgent or (booked is not None and booked.urgency == "urgent")
    priority_class = _priority(visit, customer_class, urgent=urgent)
    if new:
        visit.request_no = no or await mint_request_no(tx)
        visit.request_id = request_id_of(tx.settings.shop_id, visit.request_no)
        tx.add(visit)
    opened = visit.arrive(
        arrived_at=arrived_at or tx.now,
        slot_start=booked.slot_start if booked else None,
        priority_class=priority_class,
        at=tx.now,
    )
    tx.publish(visit, opened)
    tx.schedule(RECEPTION_DUE, visit.id, visit.arrival.due_by(rules))
    return visit


async def _expected(tx: Tx, request_no: str) -> Visit | None:
    """The visit that waits for this car, if it is known by now. Raises ``VisitAlreadyOpen``, ``NotFound``."""
    visit = await tx.find_by(Visit, request_id=request_id_of(tx.settings.shop_id, request_no))
    if visit is not None and visit.state != VisitState.EXPECTED:
        raise VisitAlreadyOpen(state=visit.state, visit_id=str(visit.id))
    if visit is None and parse_request_no(request_no).prefix == WALK_IN:
        raise NotFound("visit", request_no)  # walk-ins' numbers are minted here: every one is known
    return await load_work(tx, visit) if visit is not None else None


async def receive_vehicle(
    tx: Tx, *, visit_id: UUID, advisor_id: UUID, reason: str | None, alternative: str | None
) -> Visit:
    """An advisor takes the car, within 15 minutes or with an explanation (RECP-01)."""
    visit = await lock_visit(tx, visit_id)
    rules = await tx.rules(HouseRules)
    received = visit.receive(
        advisor_id=advisor_id, reason=reason, alternative=alternative, rules=rules, at=tx.now
    )
    tx.publish(visit, received)
    tx.cancel(RECEPTION_DUE, visit.id)
    return visit


async def complete_intake(
    tx: Tx,
    *,
    visit_id: UUID,
    signed: bool,
    fault: FaultFacts,
    mileage_km: int | None,
    waiting_on_site: bool,
    special_requirements: tuple[str, ...],
    belongings: tuple[Belonging, ...],
    condition: Condition,
    expectation: Expectation,
    intended_outcome: IntendedOutcome,
    lines: tuple[NewWork, ...],
    drop_line_ids: tuple[UUID, ...],
    diagnosis_minutes: int | None,
    diagnosis_price: HandPrice,
) -> Visit:
    """The customer signs the registration form; what was booked and asked for goes to the workshop."""
    visit = await lock_visit(tx, visit_id)
    VISIT.check(visit.state, "complete_intake")
    rules = await tx.rules(HouseRules)
    booked = await load_appointment(tx, visit.request_id)
    zero = diagnosis_line(
        rules,
        payer="shop" if visit.rework_of_visit_id else "customer",
        labour_minutes=diagnosis_minutes,
    )
    before = [*(line.priced for line in visit.lines), *(booked.lines if booked else ())]
    wanted = [zero, *(booked.lines if booked else ()), *await lines_of(tx, lines, known=before)]
    prices = await price_list(tx, visit.customer_id, wanted)
    visit.work.propose(wanted, prices)
    visit.work.price_by_hand({zero.line_id: diagnosis_price}, prices)
    visit.work.withdraw(drop_line_ids)
    if visit.work.line(zero.line_id).priced.unpriced:
        raise PriceUnknown(state=visit.state, work_type=zero.work_type, waiting_for="billing.labour-rate")
    form = RegistrationForm(
        form_no=await _mint(tx, "F"),
        signed_at=tx.now,
        fault=fault,
        special_requirements=special_requirements,
        belongings=belongings,
        condition=condition,
        expectation=expectation,
        intended_outcome=intended_outcome,
    )
    completed = visit.complete_intake(
        form,
        signed=signed,
        mileage_km=mileage_km,
        waiting_on_site=waiting_on_site,
        currency=tx.settings.shop_currency,
    )
    tx.publish(visit, completed)
    return visit


async def take_over(tx: Tx, *, visit_id: UUID, advisor_id: UUID) -> Visit:
    """Another advisor looks after the visit from now on."""
    visit = await lock_visit(tx, visit_id)
    visit.advisor_id = advisor_id
    return visit


async def mint_request_no(tx: Tx) -> str:
    """The number of a request that begins here: ``W-250307-0007``."""
    return await _mint(tx, WALK_IN)


async def _mint(tx: Tx, prefix: str) -> str:
    return number_of(prefix, tx.today, await tx.next_number(f"{prefix}:{tx.today:%y%m%d}"))


def _priority(visit: Visit, customer_class: str | None, *, urgent: bool) -> str:
    """The class of F-36 that is known on arrival; waiting on site is stated at intake."""
    if urgent:
        return "urgent"
    if visit.rework_of_visit_id is not None:
        return "rework"
    return "vip" if customer_class == "vip" else "normal"
