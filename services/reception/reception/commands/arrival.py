"""A car comes: the visit is opened, the car received, the registration form signed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from contracts.values import FaultFacts
from reception.commands.work import NewWork, diagnosis_line, lines_of
from reception.domain import HouseRules, Visit
from reception.domain.arrival import Belonging, Condition, Expectation, RegistrationForm
from reception.domain.copies import Appointment, Customer, Vehicle
from reception.domain.pricing import HandPrice
from reception.domain.refusals import FactsNotHeard, PriceUnknown, VisitAlreadyOpen
from reception.domain.states import VISIT, VisitState
from reception.queries.prices import price_list
from reception.queries.work import load_work, with_work
from servicekit import NotFound, Tx, new_id
from shopkit.numbers import normal_request_no, parse_request_no, request_id_of, search_key
from shopkit.numbers import request_no as number_of

WALK_IN = "W"
RECEPTION_DUE = "reception-delayed"


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
    at: datetime,
) -> Visit:
    """A car is here. With the number the customer was told it joins the booking, heard of or not."""
    no = normal_request_no(request_no) if request_no else None
    visit = await _expected(tx, no) if no else None
    booked = await appointment_of(tx, request_id_of(tx.settings.shop_id, no)) if no else None
    known = visit or booked
    customer_id = customer_id or (known.customer_id if known else None)
    vehicle_id = vehicle_id or (known.vehicle_id if known else None)
    if customer_id is None or vehicle_id is None:
        raise FactsNotHeard(missing=["customer_id", "vehicle_id"], waiting_for="booking.appointment")
    rules = await tx.rules(HouseRules)
    vehicle, customer_class = await _on_file(tx, vehicle_id, customer_id)
    new = visit is None
    if visit is None:
        visit = Visit(id=new_id(), begun_at=at, walk_in=no is None)
    visit.customer_id, visit.vehicle_id = customer_id, vehicle_id
    visit.appointment_id = booked.id if booked else visit.appointment_id
    _describe(visit, vehicle, plate=plate, vin=vin, make=make, model=model, model_year=model_year)
    urgent = urgent or (booked is not None and booked.urgency == "urgent")
    priority_class = _priority(visit, customer_class, urgent=urgent)
    if new:
        visit.request_no = no or await mint_request_no(tx)
        visit.request_id = request_id_of(tx.settings.shop_id, visit.request_no)
        tx.add(visit)
    opened = visit.arrive(
        arrived_at=arrived_at or at,
        slot_start=booked.slot_start if booked else None,
        priority_class=priority_class,
        at=at,
    )
    tx.publish(visit, opened)
    tx.schedule(RECEPTION_DUE, visit.id, visit.due_by(rules))
    return visit


async def _expected(tx: Tx, request_no: str) -> Visit | None:
    """The visit that waits for this car, if it is known by now. Raises ``VisitAlreadyOpen``, ``NotFound``."""
    visit = await tx.find_by(Visit, request_id=request_id_of(tx.settings.shop_id, request_no))
    if visit is not None and visit.state != VisitState.EXPECTED:
        raise VisitAlreadyOpen(state=visit.state, visit_id=str(visit.id))
    if visit is None and parse_request_no(request_no).prefix == WALK_IN:
        raise NotFound("visit", request_no)  # walk-ins' numbers are minted here, so that we know every one
    return await load_work(tx, visit) if visit is not None else None


async def receive_vehicle(
    tx: Tx, *, visit_id: UUID, advisor_id: UUID, reason: str | None, alternative: str | None, at: datetime
) -> Visit:
    """An advisor takes the car, within 15 minutes or with an explanation (RECP-01)."""
    visit = await with_work(tx, visit_id)
    rules = await tx.rules(HouseRules)
    received = visit.receive(
        advisor_id=advisor_id, reason=reason, alternative=alternative, rules=rules, at=at
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
    intended_outcome: str,
    lines: tuple[NewWork, ...],
    drop_line_ids: tuple[UUID, ...],
    diagnosis_minutes: int | None,
    diagnosis_price: HandPrice,
    at: datetime,
) -> Visit:
    """The customer signs the registration form; what was booked and asked for goes to the workshop."""
    visit = await with_work(tx, visit_id)
    VISIT.check(visit.state, "complete_intake")
    rules = await tx.rules(HouseRules)
    booked = await appointment_of(tx, visit.request_id)
    zero = diagnosis_line(
        rules,
        payer="shop" if visit.rework_of_visit_id else "customer",
        labour_minutes=diagnosis_minutes,
    )
    before = [*(line.work for line in visit.lines), *(booked.lines if booked else ())]
    wanted = [zero, *(booked.lines if booked else ()), *await lines_of(tx, lines, known=before)]
    prices = await price_list(tx, visit.customer_id, wanted)
    visit.propose(wanted, prices)
    visit.price_by_hand({zero.line_id: diagnosis_price}, prices)
    visit.withdraw(drop_line_ids)
    if visit.line(zero.line_id).work.unpriced:
        raise PriceUnknown(state=visit.state, work_type=zero.work_type, waiting_for="billing.labour-rate")
    form = RegistrationForm(
        form_no=await _mint(tx, "F"),
        signed_at=at,
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
    visit.waiting_on_site = waiting_on_site
    tx.publish(visit, completed)
    return visit


async def take_over(tx: Tx, *, visit_id: UUID, advisor_id: UUID) -> Visit:
    """Another advisor looks after the visit from now on."""
    visit = await with_work(tx, visit_id)
    visit.advisor_id = advisor_id
    return visit


async def mint_request_no(tx: Tx) -> str:
    """The number of a request that begins here: ``W-250307-0007``."""
    return await _mint(tx, WALK_IN)


async def appointment_of(tx: Tx, request_id: UUID) -> Appointment | None:
    """The request's appointment: a confirmed one before any other, the earliest slot first."""
    query = (
        select(Appointment)
        .where(Appointment.request_id == request_id)
        .order_by((Appointment.state == "confirmed").desc(), Appointment.slot_start.asc().nulls_last())
        .limit(1)
    )
    found: Appointment | None = await tx.session.scalar(query)
    return found


async def _mint(tx: Tx, prefix: str) -> str:
    return number_of(prefix, tx.today, await tx.next_number(f"{prefix}:{tx.today:%y%m%d}"))


async def _on_file(tx: Tx, vehicle_id: UUID, customer_id: UUID) -> tuple[Vehicle | None, str | None]:
    """The vehicle and the customer's class, as far as they were told."""
    its_class = select(Customer.customer_class).where(Customer.id == customer_id).scalar_subquery()
    one = select(its_class.label("its_class")).subquery()
    found = select(Vehicle, one.c.its_class).select_from(one)
    row = (await tx.session.execute(found.outerjoin(Vehicle, Vehicle.id == vehicle_id))).one()
    return row[0], row[1]


def _describe(
    visit: Visit,
    vehicle: Vehicle | None,
    *,
    plate: str | None,
    vin: str | None,
    make: str,
    model: str,
    model_year: int | None,
) -> None:
    visit.plate = search_key(plate) if plate else vehicle.plate if vehicle else visit.plate
    visit.vin = search_key(vin) if vin else vehicle.vin if vehicle else visit.vin
    visit.make = make or (vehicle.make if vehicle else visit.make)
    visit.model = model or (vehicle.model if vehicle else visit.model)
    visit.model_year = model_year or (vehicle.model_year if vehicle else visit.model_year)
    if not visit.plate:
        raise FactsNotHeard(missing=["plate"], waiting_for="crm.vehicle")


def _priority(visit: Visit, customer_class: str | None, *, urgent: bool) -> str:
    """The class of F-36 that is known on arrival; waiting on site is told at intake."""
    if urgent:
        return "urgent"
    if visit.rework_of_visit_id is not None:
        return "rework"
    return "vip" if customer_class == "vip" else "normal"
