"""Builders of what booking holds and of the events it handles; everything has a default."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from booking.domain.appointment import Appointment
from booking.domain.capacity import CapacityDay, Load, SlotPlan, plan_slot
from booking.domain.copies import Reservation
from booking.domain.diary import Diary
from booking.domain.rules import HouseRules
from booking.domain.wish import Wish
from contracts.events import crm, parts, reception
from contracts.events.parts import ForRevision
from contracts.permissions import booking as may_booking
from contracts.values import Line, ReservationLine, Title
from shopkit.calendar import DEFAULT_CALENDAR
from testkit import builders
from testkit.department import Department

FRIDAY = datetime(2025, 3, 7, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai, when stories begin."""
MONDAY_9 = FRIDAY + timedelta(days=3)
RULES = HouseRules()
GRACE = timedelta(minutes=RULES.grace_minutes)
ALL = sorted(may_booking.ALL)
PADS = "BRK-100"


def a_line(*, kind: Any = "repair", minutes: int = 60, parts_needed: int = 0) -> Line:
    """A line of work that needs so many parts."""
    needs = (builders.a_need(PADS) for _ in range(parts_needed))
    return builders.a_line(*needs, kind=kind, labour_minutes=minutes)


def a_wish(**own: Any) -> Wish:
    """A customer's wish."""
    fields: dict[str, Any] = {
        "customer_id": uuid4(),
        "vehicle_id": uuid4(),
        "channel": "phone",
        "fault_text": "brakes squeal",
        "lines": (a_line(),),
    }
    return Wish(**fields | own)


def a_request(at: datetime = FRIDAY, **own: Any) -> Appointment:
    """An appointment as it was requested."""
    made, _ = Appointment.request(
        a_wish(**own),
        request_id=uuid4(),
        request_no="B-250307-0001",
        rules=RULES,
        by="zhao",
        at=at,
    )
    return made


def a_plan(appointment: Appointment, start: datetime = MONDAY_9) -> SlotPlan:
    """A slot for an appointment."""
    return plan_slot(DEFAULT_CALENDAR, start, appointment.work, rules=RULES)


def a_confirmed(start: datetime = MONDAY_9, **own: Any) -> Appointment:
    """A confirmed appointment."""
    made = a_request(**own)
    made.confirm(a_plan(made, start), overbooked_by=None, rules=RULES, by="zhao", at=FRIDAY)
    return made


def in_state(state: str, **own: Any) -> Appointment:
    """An appointment that came into this state by its own commands."""
    if state == "requested":
        return a_request(**own)
    made = a_confirmed(**own)
    if state == "cancelled":
        made.cancel(reason="holiday", cancelled_by="customer", rules=RULES, by="zhao", at=FRIDAY)
    elif state == "missed":
        made.miss(rules=RULES, at=MONDAY_9 + timedelta(hours=1))
    elif state == "kept":
        made.keep(uuid4(), arrived_on=MONDAY_9.date(), slot_days=made.load, at=MONDAY_9)
    assert made.state == state
    return made


def a_reservation(appointment: Appointment, *, short: bool = False) -> Reservation:
    """The copy of the appointment's reservation: all reserved, or all missing."""
    event = reservation(parts.PartsReserved, appointment.request_id, appointment.lines, short=short)
    return Reservation(
        reservation_id=event.reservation_id, request_id=event.request_id, lines=event.lines, updated_at=FRIDAY
    )


def a_diary(
    *, booked: Load = Load(0), walk_in: int = 0, taken: Any = (), technicians: int = 2, days: int = 1
) -> Diary:
    """Monday (and days after) with some labour booked on it."""
    rows = {}
    for n in range(days):
        day = (MONDAY_9 + timedelta(days=n)).date()
        rows[day] = CapacityDay(day=day, technicians=technicians)
    first = rows[MONDAY_9.date()]
    first.take(booked)
    first.walk_in_minutes = walk_in
    return Diary(rows, taken, DEFAULT_CALENDAR, RULES)


# --- what other departments report


def customer_registered(customer_id: UUID | None = None, name: str = "李雷") -> crm.CustomerRegistered:
    """A customer on file."""
    return crm.CustomerRegistered(
        customer_id=customer_id or uuid4(), customer_no="C000001", display_name=name
    )


def vehicle_registered(
    customer_id: UUID, vehicle_id: UUID | None = None, plate: str = "沪A·12345"
) -> crm.VehicleRegistered:
    """A vehicle on file."""
    return crm.VehicleRegistered(
        vehicle_id=vehicle_id or uuid4(),
        customer_id=customer_id,
        plate=plate,
        vin="LSVAA4182E2123456",
        make="VW",
        model="Passat",
    )


def part_listed(part_no: str = PADS) -> parts.PartListed:
    """A part in the catalogue."""
    return parts.PartListed(
        part_no=part_no,
        title=Title(zh="刹车片", en="Brake pads"),
        kind="oem",
        unit="set",
        unit_price=Decimal("320.00"),
        currency="CNY",
        tax_rate=Decimal("0.13"),
    )


def visit_opened(appointment: dict[str, Any], *, visit_id: UUID | None = None, **own: Any) -> Any:
    """The car of an appointment (as its view) arrived."""
    fields: dict[str, Any] = {
        "visit_id": visit_id or uuid4(),
        "request_id": appointment["request_id"],
        "customer_id": appointment["customer_id"],
        "request_no": appointment["request_no"],
        "vehicle_id": appointment["vehicle_id"],
        "plate": "沪A12345",
        "arrived_at": FRIDAY,
        "clock_from": FRIDAY,
        "walk_in": False,
    }
    return reception.VisitOpened(**fields | own)


def vehicle_left(visit: reception.VisitOpened, *lines: Line) -> reception.VehicleLeft:
    """The car drives on until parts arrive."""
    return reception.VehicleLeft(
        visit_id=visit.visit_id,
        request_id=visit.request_id,
        customer_id=visit.customer_id,
        vehicle_id=visit.vehicle_id,
        request_no=visit.request_no,
        left_at=FRIDAY,
        open_lines=lines,
    )


def vehicle_returned(visit: reception.VisitOpened, at: datetime) -> reception.VehicleReturned:
    """The car is back."""
    return reception.VehicleReturned(
        visit_id=visit.visit_id,
        request_id=visit.request_id,
        customer_id=visit.customer_id,
        vehicle_id=visit.vehicle_id,
        returned_at=at,
    )


def visit_closed(visit: Any, outcome: Any = "repaired") -> reception.VisitClosed:
    """The papers of a visit are complete."""
    return reception.VisitClosed(
        visit_id=visit.visit_id,
        request_id=visit.request_id,
        customer_id=visit.customer_id,
        vehicle_id=visit.vehicle_id,
        record_no="C000001-RP-20250307-001",
        outcome=outcome,
        closed_at=FRIDAY,
    )


def rework_agreed() -> reception.ReworkAgreed:
    """A rework becomes a new visit that is expected."""
    return reception.ReworkAgreed(
        visit_id=uuid4(),
        request_id=uuid4(),
        customer_id=uuid4(),
        request_no="W-250307-0009",
        vehicle_id=uuid4(),
        rework_of_visit_id=uuid4(),
        measure_id=uuid4(),
        complaint_id=uuid4(),
        lines=(a_line(kind="rework"),),
    )


def handover_promised(visit: reception.VisitOpened, at: datetime, minutes: int) -> reception.HandoverPromised:
    """A time for the handover was promised."""
    return reception.HandoverPromised(
        visit_id=visit.visit_id,
        request_id=visit.request_id,
        customer_id=visit.customer_id,
        promise_revision=1,
        promised_at=at,
        authorised_labour_minutes=minutes,
    )


def reservation(
    kind: Any, request_id: UUID | str, lines: Any, *, short: bool = False, reservation_id: UUID | None = None
) -> Any:
    """What parts reserved for these lines (as contracts or as JSON): all of it, or none of it."""
    rows = []
    for line in (Line.model_validate(one) for one in lines):
        for need in line.parts:
            rows.append(
                ReservationLine(
                    part_line_id=need.part_line_id,
                    line_id=line.line_id,
                    part_no=need.part_no,
                    wanted=need.quantity,
                    reserved=Decimal(0) if short else need.quantity,
                    short=need.quantity if short else Decimal(0),
                )
            )
    own: dict[str, Any] = {}
    if kind in (parts.PartsReserved, parts.ShortageDetected):
        own["for_revision"] = ForRevision(source="appointment", revision=1)
    if kind is parts.PartsReleased:
        own["reason"] = "cancelled"
    return kind(reservation_id=reservation_id or uuid4(), request_id=request_id, lines=tuple(rows), **own)


# --- a department at work


OIL_SERVICE = {
    "title": {"zh": "机油保养", "en": "Oil service"},
    "service_type": "maintenance",
    "work_type": "maintenance",
    "skill": "service",
    "labour_minutes": 60,
    "parts": [],
}
BRAKES = OIL_SERVICE | {
    "title": {"zh": "更换刹车片", "en": "Brake pads"},
    "service_type": "repair",
    "labour_minutes": 90,
    "parts": [{"part_no": PADS, "quantity": "1.000"}],
}


class Desk:
    """The booking desk: asks the department for things and insists on the answer."""

    def __init__(self, booking: Department) -> None:
        self.booking = booking

    async def ask(self, method: str, path: str, json: Any = None, status: int = 200) -> Any:
        """A request with every permission of booking."""
        answer = await self.booking.call(method, path, json=json, who=ALL)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def menu(self) -> None:
        """An oil service (60 minutes) and brakes (90 minutes, one part)."""
        await self.booking.receives(part_listed())
        await self.ask("PUT", "/services/OIL", OIL_SERVICE)
        await self.ask("PUT", "/services/BRAKES", BRAKES)

    async def request(self, *services: str, **own: Any) -> Any:
        """A request for these services."""
        body = {
            "customer_id": str(uuid4()),
            "vehicle_id": str(uuid4()),
            "fault_text": "squeals",
            "service_codes": list(services),
        }
        return await self.ask("POST", "/appointments", body | own, 201)

    async def confirm(
        self, appointment: Any, start: datetime = MONDAY_9, status: int = 200, **own: Any
    ) -> Any:
        """Promise a slot."""
        body = {"slot_start": start.isoformat()} | own
        return await self.ask("POST", f"/appointments/{appointment['id']}/confirmation", body, status)

    async def booked(self, *services: str, start: datetime = MONDAY_9, **own: Any) -> Any:
        """A confirmed appointment."""
        return await self.confirm(await self.request(*services, **own), start)

    async def appointment_in(self, state: str) -> Any:
        """An appointment that got into this state."""
        made = await (self.request("OIL") if state == "requested" else self.booked("OIL"))
        if state == "cancelled":
            await self.ask("POST", f"/appointments/{made['id']}/cancellation", {"reason": "sold"})
        elif state == "missed":
            await self.nobody_comes()
        elif state == "kept":
            await self.booking.receives(visit_opened(made, appointment_id=made["id"]))
        made = await self.see(made)
        assert made["state"] == state
        return made

    async def nobody_comes(self) -> None:
        """Slot and grace go by, and reception's watermark is beyond them."""
        due = MONDAY_9 + GRACE
        await self.booking.watermarks_complete("reception", upto=due + timedelta(seconds=1))
        await self.booking.passes(seconds=(due - self.booking.clock.now()).total_seconds())

    async def see(self, appointment: Any) -> Any:
        """The appointment as it is now."""
        return await self.ask("GET", f"/appointments/{appointment['id']}")

    async def capacity(self, day: datetime = MONDAY_9) -> Any:
        """One day's capacity."""
        return (await self.ask("GET", f"/capacity-days?from_on={day.date()}&days=1"))[0]

    async def agrees(self) -> None:
        """Q10: each day's booked labour is the sum of its confirmed and kept appointments."""
        query = text("""
            select c.day, c.booked_minutes, coalesce(sum(d.labour_minutes) filter
                   (where a.state in ('confirmed', 'kept')), 0) as held
            from capacity_days c
            left join appointment_days d on d.day = c.day
            left join appointments a on a.id = d.appointment_id
            group by c.day, c.booked_minutes
        """)
        async with self.booking.tx() as tx:
            for row in await tx.session.execute(query):
                assert row.booked_minutes == row.held, row
