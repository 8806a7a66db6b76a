"""Builders of events, visits and prices for the tests of reception; everything has a default."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts.events import billing, booking, complaints, crm, parts, workshop
from contracts.values import Check, Line, ReservationLine, Title, UsedPart
from reception.domain import HouseRules, Visit
from reception.domain.acceptance import Papers
from reception.domain.estimate import Answer, LineAnswer
from reception.domain.pricing import LabourPrice, PartPrice, PriceList
from reception.domain.visit_states import VisitState
from testkit import builders

NOON = datetime(2025, 3, 7, 4, 0, tzinfo=UTC)
RULES = HouseRules()
CHECKS = tuple(Check(check=name, ok=True) for name in RULES.handover_checks)
"""All that is looked at before the keys go out, and well."""
CUSTOMER, VEHICLE, ADVISOR, TECHNICIAN = (UUID(int=n) for n in (101, 102, 103, 104))

PRICES = PriceList(
    parts={
        "OIL": PartPrice(unit_price=Decimal("85.00"), tax_rate=Decimal("0.13")),
        "PAD": PartPrice(unit_price=Decimal("40.00"), tax_rate=Decimal("0.13")),
    },
    labour={
        "mechanical": LabourPrice(hourly_rate=Decimal("200.00"), tax_rate=Decimal("0.06")),
        "diagnosis": LabourPrice(hourly_rate=Decimal("120.00"), tax_rate=Decimal("0.06")),
    },
)


def a_line(*, minutes: int = 90, part: tuple[str, str] | None = ("OIL", "2"), **own: Any) -> Line:
    """Work that somebody proposes."""
    needs = (builders.a_need(*part),) if part else ()
    return builders.a_line(*needs, labour_minutes=minutes, **own)


def a_visit(state: VisitState = VisitState.IN_WORKSHOP, **own: Any) -> Visit:
    """A visit in a state, without any work."""
    facts: dict[str, Any] = {
        "id": uuid4(),
        "request_id": uuid4(),
        "request_no": "W-250307-0001",
        "customer_id": CUSTOMER,
        "vehicle_id": VEHICLE,
        "plate": "沪A12345",
        "state": state,
        "begun_at": NOON,
        "arrived_at": NOON,
        "clock_from": NOON,
    }
    return Visit(**(facts | own))


def papers(**own: object) -> Papers:
    """The invoice that lies on the desk, not settled yet."""
    facts = {
        "invoice_id": UUID(int=9),
        "revision": 1,
        "estimate_revision": 1,
        "state": "prepared",
        "settled": False,
        "balance": Decimal("540.00"),
    }
    return Papers.model_validate(facts | own)


def an_estimated_visit(*lines: Line, present: bool = True) -> Visit:
    """A visit whose customer has revision 1 in hand."""
    visit = a_visit()
    visit.work.propose(lines or (a_line(),), PRICES)
    visit.draft(prices=PRICES, currency="CNY", at=NOON)
    if present:
        present_latest(visit)
    return visit


def present_latest(visit: Visit) -> Any:
    """Lay the newest revision before the customer."""
    return visit.present(
        visit.estimates[-1].revision,
        prices=PRICES,
        via="desk",
        answer_by=NOON + timedelta(hours=24),
        currency="CNY",
        at=NOON,
    )


def answer_latest(visit: Visit, *, accept: bool = True, **own: Any) -> Any:
    """The customer gives the same answer to every open line."""
    estimate = visit.estimates[-1]
    answers = [LineAnswer(line_id=i, accept=accept, **own) for i in estimate.open_line_ids]
    answer = Answer(tuple(answers), channel="desk", by=str(ADVISOR), at=NOON)
    return visit.answer(estimate.revision, answer, currency="CNY")


# --- what others report


def customer_registered(**own: Any) -> crm.CustomerRegistered:
    """The customer of all tests."""
    facts: dict[str, Any] = {
        "customer_id": CUSTOMER,
        "customer_no": "C000123",
        "display_name": "Li Lei",
        "customer_class": "normal",
    }
    return crm.CustomerRegistered(**(facts | own))


def vehicle_registered(**own: Any) -> crm.VehicleRegistered:
    """The vehicle of all tests."""
    facts: dict[str, Any] = {
        "vehicle_id": VEHICLE,
        "customer_id": CUSTOMER,
        "plate": "沪A12345",
        "vin": "LSVAA4187E2123456",
        "make": "VW",
        "model": "Lavida",
        "model_year": 2019,
    }
    return crm.VehicleRegistered(**(facts | own))


def rate_set(work_type: str = "mechanical", price: str = "200.00", **own: Any) -> billing.LabourRateSet:
    """What an hour costs."""
    customer_class = own.pop("customer_class", "normal")
    return billing.LabourRateSet(
        rate=f"{work_type}:{customer_class}",
        work_type=work_type,
        customer_class=customer_class,
        hourly_rate=Decimal(price),
        currency="CNY",
        tax_rate=Decimal("0.06"),
        valid_from=own.pop("valid_from", NOON.date()),
    )


def part_listed(part_no: str = "OIL", price: str = "85.00") -> parts.PartListed:
    """A part with its price."""
    return parts.PartListed(
        part_no=part_no,
        title=Title(zh="机油", en="Oil"),
        kind="oem",
        unit="piece",
        unit_price=Decimal(price),
        currency="CNY",
        tax_rate=Decimal("0.13"),
    )


def prices_known() -> list[Any]:
    """Everything that pricing needs."""
    return [rate_set(), rate_set("diagnosis", "120.00"), part_listed(), part_listed("PAD", "40.00")]


def service_offered() -> booking.ServiceOffered:
    """An oil change on the menu."""
    from contracts.values import ServicePart

    return booking.ServiceOffered(
        service_code="OIL-CHANGE",
        title=Title(zh="换机油", en="Oil change"),
        work_type="mechanical",
        skill="service",
        labour_minutes=30,
        parts=(ServicePart(part_no="OIL", quantity=Decimal(1)),),
    )


def confirmed(
    request_id: UUID,
    *,
    no: str = "B-250307-0042",
    slot: datetime = NOON,
    lines: Iterable[Line] = (),
    **own: Any,
) -> booking.AppointmentConfirmed:
    """A slot was promised."""
    facts: dict[str, Any] = {
        "appointment_id": uuid4(),
        "request_id": request_id,
        "request_no": no,
        "customer_id": CUSTOMER,
        "vehicle_id": VEHICLE,
        "revision": 1,
        "slot_start": slot,
        "slot_end": slot + timedelta(hours=1),
        "labour_minutes": 60,
        "lines": tuple(lines),
    }
    return booking.AppointmentConfirmed(**(facts | own))


class JobOf:
    """The workshop's reports about one visit."""

    def __init__(self, visit_id: UUID, request_id: UUID) -> None:
        self.ids: dict[str, Any] = {"job_id": uuid4(), "visit_id": visit_id, "request_id": request_id}

    def opened(self) -> workshop.JobOpened:
        """The job is opened."""
        return workshop.JobOpened(**self.ids, priority_class="normal", lines=())

    def diagnosed(self, *lines: Line) -> workshop.JobDiagnosed:
        """Work is proposed."""
        return workshop.JobDiagnosed(**self.ids, technician_id=TECHNICIAN, findings=("worn",), lines=lines)

    def found(self, *lines: Line) -> workshop.AdditionalWorkFound:
        """More work is proposed."""
        return workshop.AdditionalWorkFound(**self.ids, lines=lines, why="leaks", benefit="safe")

    def ready(self, revision: int | None, **own: Any) -> workshop.JobReady:
        """Nothing is left to do."""
        outcome = own.pop("outcome", "repaired")
        return workshop.JobReady(**self.ids, estimate_revision=revision, outcome=outcome, results=(), **own)

    def reopened(self) -> workshop.JobReopened:
        """Work goes on."""
        return workshop.JobReopened(**self.ids, reason="rework", withdraws_ready=True)

    def endangered(self, revision: int) -> workshop.PromiseEndangered:
        """The promise cannot be kept."""
        return workshop.PromiseEndangered(
            **self.ids,
            promise_revision=revision,
            promised_at=NOON + timedelta(hours=4),
            forecast_at=NOON + timedelta(hours=5),
            late_minutes=60,
            cause="awaiting_parts",
        )

    def interrupted(self) -> workshop.JobInterrupted:
        """Work has stopped."""
        return workshop.JobInterrupted(**self.ids, cause="C", reason="no part", since=NOON)

    def completed(self, line_id: UUID) -> workshop.LineCompleted:
        """A line is done."""
        return workshop.LineCompleted(
            **self.ids,
            line_id=line_id,
            technician_id=TECHNICIAN,
            completed_at=NOON,
            labour_minutes=60,
            parts=(UsedPart(part_line_id=uuid4(), used=Decimal(1)),),
        )

    def everything_else(self, line_id: UUID) -> list[Any]:
        """One of each report that only changes what the desk sees."""
        ids, now = self.ids, NOON
        return [
            workshop.JobDispatched(
                **ids,
                line_ids=(line_id,),
                technician_id=TECHNICIAN,
                technician_name="Wang",
                bay="1",
                planned_start=now,
                planned_end=now,
            ),
            workshop.LineStarted(**ids, line_id=line_id, technician_id=TECHNICIAN, started_at=now),
            self.interrupted(),
            workshop.JobResumed(**ids, cause="C", resumed_at=now),
            self.completed(line_id),
            workshop.JobCompleted(**ids, estimate_revision=1, results=()),
            workshop.InspectionFailed(
                **ids,
                inspector_id=ADVISOR,
                findings=("noise",),
                line_ids=(line_id,),
                technician_id=TECHNICIAN,
                penalty_points=1,
            ),
            workshop.ReworkOpened(**ids, line_ids=(line_id,), cause="inspection"),
            workshop.InspectionPassed(**ids, inspector_id=ADVISOR, items=(), test_drive=True),
        ]


class InvoiceOf:
    """Billing's reports about one visit."""

    def __init__(self, visit_id: UUID, request_id: UUID, total: str = "540.00") -> None:
        self.total = Decimal(total)
        self.ids: dict[str, Any] = {
            "invoice_id": uuid4(),
            "visit_id": visit_id,
            "request_id": request_id,
            "customer_id": CUSTOMER,
            "currency": "CNY",
        }

    def prepared(self, revision: int = 1, estimate_revision: int | None = 1) -> billing.InvoicePrepared:
        """The papers are there."""
        return billing.InvoicePrepared(
            **self.ids,
            revision=revision,
            estimate_revision=estimate_revision,
            lines=(),
            total_net=self.total,
            total_tax=Decimal(0),
            total_gross=self.total,
            payable=self.total,
        )

    def withdrawn(self, revision: int = 1) -> billing.InvoiceWithdrawn:
        """The papers are void."""
        return billing.InvoiceWithdrawn(**self.ids, revision=revision)

    def issued(self, revision: int = 1) -> billing.InvoiceIssued:
        """The invoice has its number."""
        return billing.InvoiceIssued(
            **self.ids,
            revision=revision,
            invoice_no="I-1",
            issued_at=NOON,
            total_gross=self.total,
            payable=self.total,
            balance=self.total,
        )

    def paid(self) -> billing.PaymentReceived:
        """Money came."""
        return billing.PaymentReceived(
            **self.ids,
            payment_id=uuid4(),
            amount=self.total,
            method="cash",
            received_at=NOON,
            balance=Decimal(0),
        )

    def settled(self) -> billing.InvoiceSettled:
        """Nothing is open."""
        return billing.InvoiceSettled(
            **self.ids,
            how="paid",
            settled_at=NOON,
            total_gross=self.total,
            payable=self.total,
            paid=self.total,
            balance=Decimal(0),
        )


def rework_decided(visit_id: UUID | None, *line_ids: UUID, **own: Any) -> complaints.MeasureDecided:
    """A complaint is answered by doing the work again."""
    facts: dict[str, Any] = {
        "complaint_id": uuid4(),
        "customer_id": CUSTOMER,
        "visit_id": visit_id,
        "measure_id": uuid4(),
        "kind": "rework",
        "line_ids": line_ids,
        "reason": "still squeaks",
        "approved_by": str(ADVISOR),
    }
    return complaints.MeasureDecided(**(facts | own))


def shortage(request_id: UUID, line: Line, **own: Any) -> parts.ShortageDetected:
    """A part of the line is not in stock."""
    need = line.parts[0]
    state = ReservationLine(
        part_line_id=need.part_line_id,
        line_id=line.line_id,
        part_no=need.part_no,
        wanted=need.quantity,
        reserved=Decimal(0),
        short=need.quantity,
        eta=NOON + timedelta(days=2),
    )
    return parts.ShortageDetected(
        reservation_id=own.pop("reservation_id", uuid4()),
        request_id=request_id,
        for_revision=parts.ForRevision(source="estimate", revision=1),
        lines=(state,),
    )
