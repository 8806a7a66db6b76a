"""Events that crm subscribes to, and forms as customers fill them in: builders that have defaults."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts.base import Event
from contracts.events import billing, booking, complaints, reception, workshop
from contracts.permissions import crm as may_crm
from contracts.permissions import everywhere
from contracts.values import (
    DeclinedLine,
    FaultFacts,
    LineResult,
    PricedLine,
    Slot,
    Technician,
    Title,
)
from crm.domain import ITEMS
from testkit import builders
from testkit.department import Department

FRIDAY = datetime(2025, 3, 7, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai."""
EVERYTHING = (*may_crm.ALL, everywhere.PERSONAL_READ)
VIN = "1M8GDM9AXKP042788"
NIL = Decimal("0.00")


def grades(*points: int) -> dict[str, int]:
    """These grades for the first items of the form."""
    return dict(zip(ITEMS, points, strict=False))


SATISFIED = grades(10, 10, 10, 10, 8, 8, 8, 8, 5, 5)
"""82, the example of F-01."""


def a_line(title: str = "Brake pads") -> PricedLine:
    """A priced line."""
    return builders.priced(builders.a_line(title=Title(zh="更换刹车片", en=title)))


class Story:
    """One customer's visit, as the other departments report it."""

    def __init__(self, *, customer_id: UUID | None = None, vehicle_id: UUID | None = None) -> None:
        self.customer_id, self.vehicle_id = customer_id or uuid4(), vehicle_id or uuid4()
        self.visit_id, self.request_id, self.appointment_id = uuid4(), uuid4(), uuid4()
        self.job_id, self.invoice_id, self.complaint_id, self.measure_id = uuid4(), uuid4(), uuid4(), uuid4()
        self.technician_id, self.advisor_id = uuid4(), uuid4()
        self.line, self.other = a_line(), a_line("Wiper blades")
        self.slot = Slot(start=FRIDAY, end=FRIDAY + timedelta(hours=2))

    # --- booking

    def _appointment(self, **more: Any) -> dict[str, Any]:
        return {
            "appointment_id": self.appointment_id,
            "request_id": self.request_id,
            "request_no": "B-250307-0001",
            "customer_id": self.customer_id,
            "vehicle_id": self.vehicle_id,
        } | more

    def requested(self) -> booking.AppointmentRequested:
        return booking.AppointmentRequested(**self._appointment(channel="phone", respond_by=FRIDAY))

    def confirmed(self) -> booking.AppointmentConfirmed:
        slot = {"slot_start": self.slot.start, "slot_end": self.slot.end}
        return booking.AppointmentConfirmed(**self._appointment(revision=1, labour_minutes=60, **slot))

    def rescheduled(self) -> booking.AppointmentRescheduled:
        moved = {"old_slot": self.slot, "new_slot": self.slot, "asked_by": "customer"}
        return booking.AppointmentRescheduled(**self._appointment(revision=2, labour_minutes=60, **moved))

    def cancelled(self) -> booking.AppointmentCancelled:
        return booking.AppointmentCancelled(**self._appointment(cancelled_by="customer", in_time=True))

    def missed(self) -> booking.AppointmentMissed:
        slot = {"slot_start": self.slot.start, "slot_end": self.slot.end}
        return booking.AppointmentMissed(**self._appointment(grace_minutes=15, **slot))

    def kept(self) -> booking.AppointmentKept:
        return booking.AppointmentKept(**self._appointment(visit_id=self.visit_id, after_missed=True))

    # --- reception

    def _visit(self, **more: Any) -> dict[str, Any]:
        visit = {"visit_id": self.visit_id, "request_id": self.request_id}
        return visit | {"customer_id": self.customer_id} | more

    def opened(self) -> reception.VisitOpened:
        return reception.VisitOpened(
            **self._visit(request_no="B-250307-0001", vehicle_id=self.vehicle_id, plate="粤A12345"),
            arrived_at=FRIDAY,
            clock_from=FRIDAY,
            walk_in=False,
        )

    def received(self) -> reception.VehicleReceived:
        waited = {"received_at": FRIDAY, "waited_minutes": 4, "within_sla": True}
        return reception.VehicleReceived(**self._visit(advisor_id=self.advisor_id, **waited))

    def delayed(self) -> reception.ReceptionDelayed:
        return reception.ReceptionDelayed(**self._visit(due_at=FRIDAY))

    def intake(self, mileage_km: int | None = 42_000) -> reception.IntakeCompleted:
        return reception.IntakeCompleted(
            **self._visit(vehicle_id=self.vehicle_id, form_no="F-1", signed_at=FRIDAY, currency="CNY"),
            fault=FaultFacts(phenomenon="brakes squeal"),
            mileage_km=mileage_km,
            lines=(self.line,),
            authorised_line_ids=(),
        )

    def presented(self) -> reception.EstimatePresented:
        return reception.EstimatePresented(
            **self._visit(revision=1, currency="CNY", total_gross=Decimal("424.00"), via="desk"),
            lines=(self.line, self.other),
            presented_at=FRIDAY,
        )

    def answered(self, **declined: Any) -> reception.EstimateAnswered:
        return reception.EstimateAnswered(
            **self._visit(revision=1, currency="CNY", authorised_gross=Decimal("212.00"), channel="desk"),
            authorised_lines=(self.line,),
            declined=(DeclinedLine(line_id=self.other.line_id, reason="next time", **declined),),
            answered_at=FRIDAY,
            answered_by="customer",
        )

    def answered_again(self) -> reception.EstimateAnswered:
        """Revision 2: what was declined is wanted after all."""
        return reception.EstimateAnswered(
            **self._visit(revision=2, currency="CNY", authorised_gross=Decimal("424.00"), channel="desk"),
            authorised_lines=(self.line, self.other),
            answered_at=FRIDAY,
            answered_by="customer",
        )

    def promised(self) -> reception.HandoverPromised:
        promised_at = FRIDAY + timedelta(hours=6)
        return reception.HandoverPromised(**self._visit(promise_revision=1, promised_at=promised_at))

    def promise_revised(self) -> reception.PromiseRevised:
        return reception.PromiseRevised(
            **self._visit(promise_revision=2, reason="a part", agreed_by="customer", notified_at=FRIDAY),
            old_promise=FRIDAY + timedelta(hours=6),
            new_promise=FRIDAY + timedelta(hours=8),
        )

    def promise_refused(self) -> reception.PromiseRefused:
        return reception.PromiseRefused(**self._visit(promise_revision=1, reason="too late"))

    def notified(self) -> reception.CustomerNotified:
        return reception.CustomerNotified(**self._visit(topic="ready", channel="phone", notified_at=FRIDAY))

    def left(self) -> reception.VehicleLeft:
        return reception.VehicleLeft(
            **self._visit(vehicle_id=self.vehicle_id, request_no="B-250307-0001", left_at=FRIDAY)
        )

    def returned(self) -> reception.VehicleReturned:
        return reception.VehicleReturned(**self._visit(vehicle_id=self.vehicle_id, returned_at=FRIDAY))

    def handed_over(self, at: datetime | None = None) -> reception.VehicleHandedOver:
        at = at or FRIDAY + timedelta(hours=5)
        return reception.VehicleHandedOver(**self._visit(vehicle_id=self.vehicle_id, handed_over_at=at))

    def closed(self, **more: Any) -> reception.VisitClosed:
        return reception.VisitClosed(
            **self._visit(vehicle_id=self.vehicle_id, record_no="C000001-RP-20250307-001"),
            outcome="repaired",
            closed_at=FRIDAY + timedelta(hours=6),
            **more,
        )

    # --- workshop

    def _job(self, **more: Any) -> dict[str, Any]:
        return {"job_id": self.job_id, "visit_id": self.visit_id, "request_id": self.request_id} | more

    def job_opened(self) -> workshop.JobOpened:
        return workshop.JobOpened(**self._job(priority_class="normal", lines=()))

    def inspection_failed(self) -> workshop.InspectionFailed:
        return workshop.InspectionFailed(
            **self._job(inspector_id=uuid4(), findings=(), line_ids=(), penalty_points=1),
            technician_id=self.technician_id,
        )

    def endangered(self) -> workshop.PromiseEndangered:
        late = {"promised_at": FRIDAY, "forecast_at": FRIDAY, "late_minutes": 10, "cause": "not_started"}
        return workshop.PromiseEndangered(**self._job(promise_revision=1, **late))

    def ready(self) -> workshop.JobReady:
        who = Technician(technician_id=self.technician_id, technician_name="Chen Wei")
        results = (LineResult(line_id=self.line.line_id, outcome="done", labour_minutes=55),)
        return workshop.JobReady(
            **self._job(estimate_revision=1, outcome="repaired", results=results, technicians=(who,))
        )

    # --- billing

    def _invoice(self, **more: Any) -> dict[str, Any]:
        return self._visit(invoice_id=self.invoice_id, currency="CNY") | more

    def prepared(self) -> billing.InvoicePrepared:
        gross = {"total_gross": Decimal("212.00"), "payable": Decimal("212.00")}
        net = {"total_net": Decimal("200.00"), "total_tax": Decimal("12.00")}
        return billing.InvoicePrepared(**self._invoice(revision=1, lines=(), **gross, **net))

    def withdrawn(self) -> billing.InvoiceWithdrawn:
        return billing.InvoiceWithdrawn(**self._invoice(revision=1))

    def issued(self) -> billing.InvoiceIssued:
        amounts = dict.fromkeys(("total_gross", "payable", "balance"), Decimal("212.00"))
        number = {"invoice_no": "INV-000001", "issued_at": FRIDAY}
        return billing.InvoiceIssued(**self._invoice(revision=1, **number, **amounts))

    def paid(self, amount: str = "212.00", at: datetime = FRIDAY) -> billing.PaymentReceived:
        return billing.PaymentReceived(
            **self._invoice(payment_id=uuid4(), amount=Decimal(amount), method="cash"),
            received_at=at,
            balance=NIL,
        )

    def settled(self) -> billing.InvoiceSettled:
        amounts = dict.fromkeys(("total_gross", "payable", "paid"), Decimal("212.00"))
        return billing.InvoiceSettled(**self._invoice(how="paid", settled_at=FRIDAY, balance=NIL, **amounts))

    def refunded(self, amount: str = "50.00") -> billing.InvoiceRefunded:
        ids = {"measure_id": self.measure_id, "refund_id": uuid4()}
        return billing.InvoiceRefunded(**self._invoice(amount=Decimal(amount), balance=NIL, **ids))

    def discounted(self, *, refund: bool = True) -> billing.InvoiceDiscounted:
        amounts = {"amount": Decimal("12.00"), "payable": Decimal("200.00"), "balance": NIL}
        return billing.InvoiceDiscounted(
            **self._invoice(measure_id=self.measure_id, refund_id=uuid4() if refund else None, **amounts)
        )

    def not_possible(self) -> billing.MeasureNotPossible:
        return billing.MeasureNotPossible(
            **self._invoice(measure_id=self.measure_id, reason="more than paid", possible=NIL)
        )

    # --- complaints

    def _complaint(self, **more: Any) -> dict[str, Any]:
        return self._visit(complaint_id=self.complaint_id) | more

    def complained(
        self, source: str = "person", source_id: UUID | None = None
    ) -> complaints.ComplaintReceived:
        return complaints.ComplaintReceived(
            **self._complaint(complaint_no="T-1", source=source, source_id=source_id, category="quality"),
            level="normal",
            received_at=FRIDAY,
            respond_by=FRIDAY + timedelta(hours=24),
            resolve_by=FRIDAY + timedelta(hours=72),
        )

    def complaint_answered(self) -> complaints.ComplaintAnswered:
        return complaints.ComplaintAnswered(**self._complaint(answered_at=FRIDAY, channel="phone"))

    def complaint_overdue(self) -> complaints.ComplaintOverdue:
        return complaints.ComplaintOverdue(**self._complaint(clock="respond", due_at=FRIDAY))

    def measure_completed(self) -> complaints.MeasureCompleted:
        return complaints.MeasureCompleted(**self._complaint(measure_id=self.measure_id, kind="refund"))

    def resolved(self) -> complaints.ComplaintResolved:
        ended = {"resolution": "refunded", "confirmed_by_customer": True, "resolved_at": FRIDAY}
        return complaints.ComplaintResolved(**self._complaint(**ended))

    def reopened(self) -> complaints.ComplaintReopened:
        clocks = {"respond_by": FRIDAY + timedelta(days=1), "resolve_by": FRIDAY + timedelta(days=3)}
        return complaints.ComplaintReopened(**self._complaint(reason="again", **clocks))


async def ask(crm: Department, path: str, method: str = "POST", **body: Any) -> Any:
    """A command by somebody who may do everything; gives the answer's JSON."""
    answer = await crm.call(method, path, json=body or None, who=EVERYTHING)
    assert answer.status_code < 300, answer.text
    return answer.json()


async def show(crm: Department, path: str) -> Any:
    """What a screen of somebody who may do everything shows."""
    answer = await crm.call("GET", path, who=EVERYTHING)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def a_customer(crm: Department, phone: str = "138 0013 8000", **more: Any) -> UUID:
    """A customer on file."""
    body = {"display_name": "Wang Fang", "phone": phone} | more
    return UUID((await ask(crm, "/customers", **body))["id"])


async def dead_letters(crm: Department) -> Any:
    """Events that crm could not apply."""
    answer = await crm.call("GET", "/operations/dead-letters", who=["operations.read"])
    assert answer.status_code == 200, answer.text
    return answer.json()


async def follow_ups(crm: Department, **filters: Any) -> list[dict[str, Any]]:
    """The calls that the filters leave."""
    asked = "&".join(f"{name}={value}" for name, value in filters.items())
    items: list[dict[str, Any]] = (await show(crm, f"/follow-ups?{asked}"))["items"]
    return items


def a_whole_visit(story: Story) -> list[Event]:
    """From the arrival to the closed record."""
    return [
        story.opened(),
        story.received(),
        story.intake(),
        story.job_opened(),
        story.presented(),
        story.answered(),
        story.promised(),
        story.ready(),
        story.prepared(),
        story.notified(),
        story.issued(),
        story.paid(),
        story.settled(),
        story.handed_over(),
        story.closed(mileage_out_km=42_010, recommended_work=("tyres in autumn",)),
    ]


async def a_vehicle(crm: Department, customer_id: UUID, **more: Any) -> Any:
    """A vehicle on file."""
    facts = {"customer_id": str(customer_id), "plate": "粤A·12345", "make": "VW", "model": "Lavida"}
    return await ask(crm, "/vehicles", **facts | more)


async def a_closed_visit(crm: Department, **ids: Any) -> Story:
    """A visit from its opening to its end."""
    story = Story(**ids)
    await crm.receives(story.opened(), story.handed_over(), story.closed())
    return story


async def the_survey(crm: Department, story: Story) -> str:
    """The id of the visit's survey."""
    return str((await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"][0]["id"])


async def the_call(crm: Department, story: Story) -> str:
    """The id of the visit's call."""
    return str((await show(crm, f"/follow-ups?visit_id={story.visit_id}"))["items"][0]["id"])
