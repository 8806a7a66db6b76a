"""Builders of what parts holds and of the events it handles; everything has a default."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from fastapi.routing import APIRoute
from sqlalchemy import text

from contracts.events import booking, reception, workshop
from contracts.permissions import parts as may_parts
from contracts.values import DeclinedLine, Line, LineResult, PricedLine, Slot, UsedPart
from parts import main
from parts.domain import Movement, Reservation, Shelf, Stock
from testkit import builders
from testkit.department import Department

FRIDAY = datetime(2025, 3, 7, 1, 0, tzinfo=UTC)
SLOT = FRIDAY + timedelta(hours=2)
PADS, OIL = "BRK-100", "OIL-5W30"
ALL = sorted(may_parts.ALL)
TECHNICIAN = UUID(int=7)


def qty(text: str) -> Decimal:
    """A quantity."""
    return Decimal(text).quantize(Decimal("0.001"))


def a_line(*needs: tuple[str, str], **own: Any) -> Line:
    """A line of work that needs (part number, quantity)."""
    return builders.a_line(*(builders.a_need(part_no, n) for part_no, n in needs), **own)


def priced(line: Line) -> PricedLine:
    """The line at prices that do not matter here."""
    return builders.priced(line)


@dataclass
class Story:
    """The ids of one customer's request, and the events that other departments publish about it."""

    request_id: UUID = made(default_factory=uuid4)
    appointment_id: UUID = made(default_factory=uuid4)
    visit_id: UUID = made(default_factory=uuid4)
    job_id: UUID = made(default_factory=uuid4)
    customer_id: UUID = made(default_factory=uuid4)
    vehicle_id: UUID = made(default_factory=uuid4)
    request_no: str = "B-250307-0042"

    @property
    def _booked(self) -> dict[str, Any]:
        names = ("appointment_id", "request_id", "request_no", "customer_id", "vehicle_id")
        return {name: getattr(self, name) for name in names}

    @property
    def _visit(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("visit_id", "request_id", "customer_id")}

    def confirmed(self, *lines: Line, revision: int = 1, **own: Any) -> booking.AppointmentConfirmed:
        """A slot is promised."""
        slot = {"slot_start": SLOT, "slot_end": SLOT + timedelta(hours=1), "labour_minutes": 60}
        return booking.AppointmentConfirmed(**{**self._booked, **slot, **own}, revision=revision, lines=lines)

    def requested(self) -> booking.AppointmentRequested:
        """A slot is asked for."""
        return booking.AppointmentRequested(
            **self._booked, channel="phone", respond_by=FRIDAY + timedelta(minutes=15)
        )

    def rescheduled(self, *lines: Line, revision: int = 2) -> booking.AppointmentRescheduled:
        """The slot moved by a day."""
        old = Slot(start=SLOT, end=SLOT + timedelta(hours=1))
        new = Slot(start=SLOT + timedelta(days=1), end=SLOT + timedelta(days=1, hours=1))
        moved = {"old_slot": old, "new_slot": new, "labour_minutes": 60, "asked_by": "customer"}
        return booking.AppointmentRescheduled(**self._booked, **moved, revision=revision, lines=lines)

    def cancelled(self) -> booking.AppointmentCancelled:
        """The customer does not come."""
        return booking.AppointmentCancelled(**self._booked, cancelled_by="customer", in_time=True)

    def missed(self) -> booking.AppointmentMissed:
        """The customer did not come."""
        slot = {"slot_start": SLOT, "slot_end": SLOT + timedelta(hours=1), "grace_minutes": 15}
        return booking.AppointmentMissed(**self._booked, **slot)

    def kept(self) -> booking.AppointmentKept:
        """The car came."""
        return booking.AppointmentKept(**self._booked, visit_id=self.visit_id)

    def opened(self, *, booked: bool = True) -> reception.VisitOpened:
        """The car is here."""
        return reception.VisitOpened(
            **self._visit,
            request_no=self.request_no,
            appointment_id=self.appointment_id if booked else None,
            vehicle_id=self.vehicle_id,
            plate="沪A12345",
            arrived_at=SLOT,
            clock_from=SLOT,
            walk_in=not booked,
        )

    def drafted(self, *lines: Line, revision: int = 1) -> reception.EstimateDrafted:
        """Reception priced the lines."""
        money = {"total_gross": "213.13", "currency": "CNY"}
        rows = tuple(priced(line) for line in lines)
        return reception.EstimateDrafted(**self._visit, **money, revision=revision, lines=rows)

    def answered(
        self,
        *lines: Line,
        declined: Sequence[Line] = (),
        back_order: Sequence[Line] = (),
        revision: int = 1,
    ) -> reception.EstimateAnswered:
        """The customer answered; ``lines`` are all that is authorised."""
        return reception.EstimateAnswered(
            **self._visit,
            revision=revision,
            authorised_lines=tuple(priced(line) for line in lines),
            declined=tuple(DeclinedLine(line_id=line.line_id) for line in declined),
            back_order_line_ids=tuple(line.line_id for line in back_order),
            authorised_gross=Decimal("213.13"),
            currency="CNY",
            channel="desk",
            answered_at=FRIDAY,
            answered_by="customer",
        )

    def rework_ordered(self, *lines: Line) -> reception.ReworkOrdered:
        """A complaint's rework in the open visit."""
        return reception.ReworkOrdered(
            **self._visit, measure_id=uuid4(), complaint_id=uuid4(), lines=lines, estimate_revision=1
        )

    def rework_agreed(self, *lines: Line) -> reception.ReworkAgreed:
        """A complaint's rework in a visit to come."""
        return reception.ReworkAgreed(
            **self._visit,
            request_no=self.request_no,
            vehicle_id=self.vehicle_id,
            rework_of_visit_id=uuid4(),
            measure_id=uuid4(),
            complaint_id=uuid4(),
            lines=lines,
        )

    def closed(self) -> reception.VisitClosed:
        """The papers are complete."""
        return reception.VisitClosed(
            **self._visit, vehicle_id=self.vehicle_id, record_no="C000123-RP-20250307-001",
            outcome="repaired", closed_at=FRIDAY,
        )  # fmt: skip

    def ready(self, *lines: Line, used: str = "0", revision: int | None = 1) -> workshop.JobReady:
        """Nothing is left to do on these lines; of each part ``used`` stays in the car."""
        results = tuple(
            LineResult(
                line_id=line.line_id,
                outcome="done",
                parts=tuple(UsedPart(part_line_id=p.part_line_id, used=qty(used)) for p in line.parts),
            )
            for line in lines
        )
        ids = {"job_id": self.job_id, "visit_id": self.visit_id, "request_id": self.request_id}
        return workshop.JobReady(**ids, estimate_revision=revision, outcome="repaired", results=results)

    def reopened(self) -> workshop.JobReopened:
        """The job goes on."""
        ids = {"job_id": self.job_id, "visit_id": self.visit_id, "request_id": self.request_id}
        return workshop.JobReopened(**ids, reason="rework", withdraws_ready=True)


def a_part(part_no: str = PADS, **own: Any) -> dict[str, Any]:
    """The body that lists a part."""
    body = {
        "part_no": part_no,
        "title": {"zh": "刹车片", "en": "Brake pads"},
        "kind": "oem",
        "unit": "set",
        "unit_price": "320.00",
        "tax_rate": "0.13",
    }
    return body | own


def a_stock(part_no: str = PADS, on_hand: str = "10", reserved: str = "0") -> Stock:
    """Stock of one part."""
    return Stock(part_no=part_no, on_hand=qty(on_hand), reserved=qty(reserved))


def a_shelf(*stocks: Stock) -> Shelf:
    """Locked stocks."""
    return Shelf(stocks, at=FRIDAY, by="system")


def a_reservation(**own: Any) -> Reservation:
    """A reservation without lines."""
    return Reservation(**{"request_id": uuid4(), "opened_at": FRIDAY, "lines": []} | own)


def ledger(shelf: Shelf) -> list[Movement]:
    """What was written into the ledger."""
    return shelf.movements


async def stocked(parts: Department, part_no: str = PADS, quantity: str = "10", **own: Any) -> None:
    """A listed part, with stock."""
    listed = await parts.call("POST", "/parts", json=a_part(part_no, **own), who=ALL)
    assert listed.status_code == 201, listed.text
    if qty(quantity) > 0:
        body = {"quantity": quantity, "unit_cost": "200.00"}
        received = await parts.call("POST", f"/parts/{part_no}/receipts", json=body, who=ALL)
        assert received.status_code == 201, received.text


async def reservation_of(parts: Department, story: Story) -> dict[str, Any]:
    """The reservation as its screen shows it."""
    found = await parts.call("GET", f"/reservations?request_id={story.request_id}", who=ALL)
    (row,) = found.json()["items"]
    shown: dict[str, Any] = (await parts.call("GET", f"/reservations/{row['id']}", who=ALL)).json()
    return shown


async def stock_of(parts: Department, part_no: str = PADS) -> tuple[str, str, str]:
    """On hand, reserved, available."""
    shown = (await parts.call("GET", f"/parts/{part_no}", who=ALL)).json()
    return shown["on_hand"], shown["reserved"], shown["available"]


_Q6 = text("""
    select s.part_no, s.on_hand, s.reserved, coalesce(m.moved, 0), coalesce(l.held, 0)
      from stocks s
      left join (select part_no, sum(quantity) moved from movements group by 1) m using (part_no)
      left join (select part_no, sum(reserved - issued) held
                   from reservation_lines group by 1) l using (part_no)
     where s.on_hand <> coalesce(m.moved, 0) or s.reserved <> coalesce(l.held, 0)
    union all
    select 'closed ' || l.part_no, l.reserved, l.issued, 0, 0
      from reservation_lines l join reservations r on r.id = l.reservation_id
     where r.state = 'closed' and l.reserved > l.issued
""")


async def stock_differs(parts: Department) -> list[Any]:
    """Parts whose ledger, shelf and reservations do not agree (Q6)."""
    async with parts.tx() as tx:
        return list((await tx.session.execute(_Q6)).all())


async def post(parts: Department, path: str, body: Any = None) -> dict[str, Any]:
    """What a person with every permission does, and the answer."""
    answer = await parts.call("POST", path, json=body, who=ALL)
    assert answer.status_code in {200, 201}, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def agreed(parts: Department, line: Line, *, wait: bool = False) -> Story:
    """A walk-in who agreed to the line, and to waiting for its parts if asked."""
    story = Story()
    await parts.receives(story.opened(booked=False), story.drafted(line))
    await parts.receives(story.answered(line, back_order=[line] if wait else ()))
    return story


def asked_for(line: Line, quantity: str, **own: Any) -> dict[str, Any]:
    """So much of the line's first part, as a technician asks for it."""
    rows = [{"part_line_id": str(line.parts[0].part_line_id), "quantity": quantity} | own]
    return {"technician_id": str(TECHNICIAN), "lines": rows}


async def a_supplier(parts: Department, **own: Any) -> str:
    """A new supplier's id."""
    body = {"name": "Bosch", "qualified": True, "lead_working_days": 2}
    return str((await post(parts, "/suppliers", body | own))["id"])


def routes() -> list[tuple[str, str]]:
    """Method and path of every endpoint of the department."""
    return [
        (method, route.path)
        for router in main.service.routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]
