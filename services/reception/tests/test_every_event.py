"""Every event that the desk subscribes to has an outcome in every state of the visit."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.reception.tests.builders import (
    CUSTOMER,
    NOON,
    TECHNICIAN,
    VEHICLE,
    InvoiceOf,
    JobOf,
    a_line,
    a_visit,
    confirmed,
    customer_registered,
    part_listed,
    prices_known,
    rework_decided,
    service_offered,
    shortage,
    vehicle_registered,
)
from services.reception.tests.conftest import Desk
from sqlalchemy import text

from contracts.base import Event
from contracts.events import booking, complaints, parts
from contracts.values import BackOrderedPart, ChangedEta, IssuedPart, Readiness, Slot
from reception.domain import Visit
from reception.domain.visit_states import VisitState
from reception.main import service


def appointment_events(request_id: UUID) -> list[Event]:
    ids: dict[str, Any] = {
        "appointment_id": uuid4(),
        "request_id": request_id,
        "request_no": "B-250307-0042",
        "customer_id": CUSTOMER,
        "vehicle_id": VEHICLE,
    }
    slot, ready = Slot(start=NOON, end=NOON + timedelta(hours=1)), Readiness(ready=True)
    return [
        booking.AppointmentRequested(**ids, channel="phone", respond_by=NOON),
        confirmed(request_id, appointment_id=ids["appointment_id"], lines=[a_line()]),
        booking.AppointmentPrepared(
            **ids, slot_start=NOON, bay=ready, parts=ready, crew=ready, reception=ready
        ),
        booking.AppointmentRescheduled(
            **ids, revision=2, old_slot=slot, new_slot=slot, labour_minutes=60, asked_by="customer"
        ),
        booking.AppointmentMissed(**ids, slot_start=NOON, slot_end=NOON, grace_minutes=15),
        booking.AppointmentCancelled(**ids, cancelled_by="customer", in_time=True),
        booking.AppointmentKept(**ids, visit_id=uuid4()),
    ]


def reservation_events(request_id: UUID) -> list[Event]:
    line = a_line()
    short = shortage(request_id, line)
    ids: dict[str, Any] = {"reservation_id": short.reservation_id, "request_id": request_id}
    part = short.lines[0]
    issued = IssuedPart(
        part_line_id=part.part_line_id,
        line_id=part.line_id,
        part_no=part.part_no,
        quantity=Decimal(1),
        unit_cost=Decimal(1),
        issued_total=Decimal(1),
        returned_total=Decimal(0),
    )
    slip: dict[str, Any] = {
        "slip_no": "S",
        "technician_id": TECHNICIAN,
        "lines": (issued,),
        "currency": "CNY",
    }
    return [
        short,
        parts.PartsReserved(**ids, for_revision=short.for_revision, lines=short.lines),
        parts.ReservationAttached(**ids, lines=short.lines),
        parts.PartsBackOrdered(
            **ids,
            purchase_order_no="P-1",
            lines=(BackOrderedPart(part_line_id=part.part_line_id, quantity=Decimal(2), eta=NOON),),
        ),
        parts.EtaChanged(**ids, lines=(ChangedEta(part_line_id=part.part_line_id, new_eta=NOON),)),
        parts.PartsArrived(**ids, lines=short.lines),
        parts.PartsIssued(**ids, **slip),
        parts.PartsReturned(**ids, **slip),
        parts.PartsReleased(**ids, reason="closed", lines=short.lines),
    ]


def complaint_events(visit_id: UUID) -> list[Event]:
    ids: dict[str, Any] = {"complaint_id": uuid4(), "customer_id": CUSTOMER, "visit_id": visit_id}
    clocks: dict[str, Any] = {"respond_by": NOON, "resolve_by": NOON}
    return [
        complaints.ComplaintReceived(
            **ids,
            **clocks,
            complaint_no="K-1",
            source="person",
            category="quality",
            level="normal",
            received_at=NOON,
        ),
        complaints.ComplaintAnswered(**ids, answered_at=NOON, channel="phone"),
        complaints.ComplaintOverdue(**ids, clock="respond", due_at=NOON),
        rework_decided(visit_id, complaint_id=ids["complaint_id"]),
        complaints.MeasureCompleted(**ids, measure_id=uuid4(), kind="rework"),
        complaints.ComplaintResolved(**ids, resolution="done", confirmed_by_customer=True, resolved_at=NOON),
        complaints.ComplaintReopened(**ids, **clocks, reason="again"),
    ]


def billing_events(invoice: InvoiceOf) -> list[Event]:
    from contracts.events import billing

    measure: dict[str, Any] = {"measure_id": uuid4(), "amount": Decimal(10), "balance": Decimal(0)}
    return [
        invoice.prepared(),
        invoice.withdrawn(),
        invoice.prepared(2),
        invoice.issued(2),
        invoice.paid(),
        invoice.settled(),
        billing.InvoiceRefunded(**invoice.ids, **measure, refund_id=uuid4()),
        billing.InvoiceDiscounted(**invoice.ids, **measure, payable=Decimal(0)),
    ]


def directory_events() -> list[Event]:
    from contracts.events import crm

    customer, vehicle = customer_registered(), vehicle_registered()
    return [
        customer,
        crm.CustomerChanged(**customer.model_dump()),
        vehicle,
        crm.VehicleChanged(**vehicle.model_dump()),
        service_offered(),
        booking.ServiceWithdrawn(service_code="OIL-CHANGE"),
        booking.CalendarChanged(timezone="Asia/Shanghai", weekly_hours=()),
        *prices_known(),
        parts.PartChanged(**part_listed().model_dump()),
        parts.PartWithdrawn(part_no="OIL"),
    ]


def everything_about(visit: Visit) -> list[Event]:
    """One of every event that reception subscribes to, about one visit."""
    job = JobOf(visit.id, visit.request_id)
    line = a_line()
    return [
        *directory_events(),
        *appointment_events(visit.request_id),
        job.opened(),
        job.diagnosed(line),
        *job.everything_else(line.line_id),
        job.found(a_line()),
        job.endangered(1),
        job.ready(None, outcome="no_work"),
        job.reopened(),
        *reservation_events(visit.request_id),
        *billing_events(InvoiceOf(visit.id, visit.request_id)),
        *complaint_events(visit.id),
    ]


async def dead_letters(desk: Desk) -> list[Any]:
    async with desk.department.tx() as tx:
        return list((await tx.session.execute(text("select reason, event from deferred"))).all())


class TestEveryEvent:
    def test_is_among_those_tried(self) -> None:
        tried = {event.TYPE for event in everything_about(a_visit())}

        assert tried == {event.TYPE for event, _ in service.reactions.values()}

    @pytest.mark.parametrize("state", list(VisitState))
    async def test_has_an_outcome_in_every_state(self, desk: Desk, state: VisitState) -> None:
        ended = NOON if state in {VisitState.HANDED_OVER, VisitState.CLOSED} else None
        visit = a_visit(state, handed_over_at=ended)
        events = everything_about(visit)
        async with desk.department.tx() as tx:
            tx.add(visit)

        await desk.department.receives(*events)
        await desk.department.passes(minutes=1)

        assert await dead_letters(desk) == []
