"""What the desk does when others report: every event in every state, and races in both orders."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.reception.tests.desk import Desk
from services.reception.tests.reception_builders import (
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
    prices_heard,
    rate_set,
    rework_decided,
    service_offered,
    shortage,
    vehicle_registered,
)
from sqlalchemy import select, text

from contracts import booking, complaints, parts
from contracts import reception as says
from contracts.base import Event
from contracts.values import BackOrderedPart, ChangedEta, IssuedPart, Readiness, Slot
from reception.domain import Visit
from reception.domain.copies import Appointment
from reception.domain.states import VisitState
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
    from contracts import billing

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
    from contracts import crm

    customer, vehicle = customer_registered(), vehicle_registered()
    return [
        customer,
        crm.CustomerChanged(**customer.model_dump()),
        vehicle,
        crm.VehicleChanged(**vehicle.model_dump()),
        service_offered(),
        booking.ServiceWithdrawn(service_code="OIL-CHANGE"),
        booking.CalendarChanged(timezone="Asia/Shanghai", weekly_hours=()),
        *prices_heard(),
        parts.PartChanged(**part_listed().model_dump()),
        parts.PartWithdrawn(part_no="OIL"),
    ]


def everything_about(visit: Visit) -> list[Event]:
    """One of every event that reception hears, about one visit."""
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


async def parked(desk: Desk) -> list[Any]:
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

        await desk.department.hears(*events)
        await desk.department.passes(minutes=1)

        assert await parked(desk) == []


class TestDraftingOnADiagnosis:
    @pytest.mark.req("RECP-14")
    async def test_prices_what_the_technician_proposes(self, desk: Desk) -> None:
        (line,) = await desk.estimated()

        drafted = desk.department.said(says.EstimateDrafted)[0]

        assert [x.line_id for x in drafted.lines][1:] == [line.line_id]
        assert drafted.total_gross == Decimal("573.70")
        assert [t["purpose"] for t in (await desk.look())["tasks"]] == ["present_estimate"]

    async def test_drafts_nothing_when_there_is_nothing_to_ask(self, desk: Desk) -> None:
        await desk.registered()
        await desk.department.hears(desk.job.opened(), desk.job.diagnosed())

        assert desk.department.said(says.EstimateDrafted) == []

    async def test_waits_for_a_price_that_is_on_its_way(self, desk: Desk) -> None:
        await desk.registered()
        line = a_line(part=("NEW", "1"))
        await desk.department.hears(desk.job.opened(), desk.job.diagnosed(line))
        before = desk.department.said(says.EstimateDrafted)

        await desk.department.hears(part_listed("NEW", "10.00"))

        assert before == []
        assert desk.department.said(says.EstimateDrafted)[0].lines[1].unpriced is False

    async def test_does_not_wait_when_the_price_came_first(self, desk: Desk) -> None:
        await desk.registered()
        await desk.department.hears(part_listed("NEW", "10.00"), desk.job.opened())

        await desk.department.hears(desk.job.diagnosed(a_line(part=("NEW", "1"))))

        assert desk.department.said(says.EstimateDrafted)[0].lines[1].unpriced is False

    async def test_waits_for_a_labour_rate_too(self, desk: Desk) -> None:
        await desk.registered()
        line = a_line(part=None, work_type="body")
        await desk.department.hears(desk.job.opened(), desk.job.diagnosed(line))
        before = desk.department.said(says.EstimateDrafted)

        await desk.department.hears(rate_set("body", "300.00"))

        assert before == []
        assert desk.department.said(says.EstimateDrafted)[0].lines[1].labour_net == Decimal("450.00")

    async def test_never_blocks_the_visit_for_a_price(self, desk: Desk) -> None:
        await desk.registered()
        await desk.department.hears(desk.job.opened(), desk.job.diagnosed(a_line(part=("GONE", "1"))))

        await desk.department.passes(seconds=31)
        await desk.look()
        problem = await desk.refuses("estimates/1/presentation")

        assert desk.department.said(says.EstimateDrafted)[0].lines[1].unpriced is True
        assert problem["code"] == "price_unknown"

    @pytest.mark.req("RECP-24")
    async def test_additional_work_is_asked_for_in_the_next_revision(self, desk: Desk) -> None:
        await desk.estimated()
        await desk.answered()

        await desk.department.hears(desk.job.found(more := a_line()))
        await desk.look()
        await desk.answered(accept=False)

        answered = desk.department.said(says.EstimateAnswered)[1]
        assert desk.department.said(says.EstimateDrafted)[1].lines[-1].why == "leaks"
        assert [d.line_id for d in answered.declined] == [more.line_id]
        assert len(answered.authorised_lines) == 2


class TestRatesByClass:
    async def test_the_customers_own_class_comes_first(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.department.hears(
            rate_set("diagnosis", "90.00", customer_class="vip"),
            rate_set("diagnosis", "1.00", customer_class="fleet"),
        )
        await desk.department.hears(customer_registered(customer_id=UUID(int=7), customer_class="vip"))

        await desk.open(customer_id=str(UUID(int=7)))
        done = await desk.registered()

        assert done["priority_class"] == "vip"
        assert done["lines"][0]["agreed"]["hourly_rate"] == "90.00"

    async def test_a_rate_of_tomorrow_is_not_taken_today(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.department.hears(rate_set("diagnosis", "1.00", valid_from=NOON.date() + timedelta(days=1)))

        done = await desk.registered()

        assert done["lines"][0]["agreed"]["hourly_rate"] == "120.00"


class TestReady:
    async def test_for_the_latest_answer_opens_the_way_to_handover(self, desk: Desk) -> None:
        await desk.ready()

        assert desk.visit["state"] == "ready"
        assert "accept_work" in desk.visit["allowed"]

    async def test_for_an_older_answer_waits_for_the_next(self, desk: Desk) -> None:
        await desk.estimated()
        await desk.answered()
        await desk.department.hears(desk.job.found(a_line()))
        await desk.look()
        await desk.answered()

        await desk.department.hears(desk.job.ready(1))
        early = (await desk.look())["visit"]["state"]
        await desk.department.hears(desk.job.reopened(), desk.job.ready(2))

        assert early == "in_workshop"
        assert (await desk.look())["visit"]["state"] == "ready"

    async def test_reopened_voids_the_signature(self, desk: Desk) -> None:
        await desk.accepted()

        await desk.department.hears(desk.job.reopened())
        problem = await desk.refuses("handover")

        assert problem["missing"] == ["workshop.job", "reception.visit", "billing.invoice"]

    async def test_additional_work_found_after_signing_is_asked_for_when_reopened(self, desk: Desk) -> None:
        await desk.accepted()

        await desk.department.hears(desk.job.found(a_line()))
        before = len(desk.department.said(says.EstimateDrafted))
        await desk.department.hears(desk.job.reopened())

        assert before == 1
        assert len(desk.department.said(says.EstimateDrafted)) == 2


class TestRework:
    async def test_is_done_in_the_visit_while_the_keys_are_here(self, desk: Desk) -> None:
        await desk.accepted()
        line_id = UUID(desk.visit["lines"][1]["id"])
        decided = rework_decided(desk.visit_id, line_id)

        await desk.department.hears(decided)
        await desk.department.hears(desk.job.ready(1))
        stale = (await desk.look())["visit"]["state"]
        await desk.department.hears(desk.job.ready(1, done_measure_ids=(decided.measure_id,)))

        ordered = desk.department.said(says.ReworkOrdered)[0]
        assert (ordered.original_line_ids, ordered.lines[0].payer) == ((line_id,), "shop")
        assert (stale, (await desk.look())["visit"]["state"]) == ("in_workshop", "ready")
        assert desk.department.said(says.ReworkAgreed) == []

    async def test_becomes_a_new_visit_after_the_keys_are_out(self, desk: Desk) -> None:
        await desk.handed_over()
        first = desk.visit_id
        await desk.department.hears(rework_decided(first))

        agreed = desk.department.said(says.ReworkAgreed)[0]
        await desk.open(request_no=agreed.request_no, customer_id=None, vehicle_id=None)
        await desk.do("reception")
        done = await desk.do("intake", {"signed": True})

        opened = desk.department.said(says.VisitOpened)[-1]
        intake = desk.department.said(says.IntakeCompleted)[-1]
        assert desk.department.said(says.ReworkOrdered) == []
        assert (opened.visit_id, opened.rework_of_visit_id) == (agreed.visit_id, first)
        assert (opened.priority_class, done["state"]) == ("rework", "registered")
        assert {line.gross for line in intake.lines} == {Decimal("0.00")}
        assert len(intake.authorised_line_ids) == 2


class TestAppointments:
    async def test_the_arrival_list_follows_booking(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        request_id = uuid4()
        events = appointment_events(request_id)
        await desk.department.hears(*events[:3])

        answer = await desk.ask("GET", "/appointments?state=confirmed&on=2025-03-07")

        (row,) = answer.json()["items"]
        assert (row["customer_name"], row["bay_ready"], row["plate"]) == ("Li Lei", True, "沪A12345")

    async def test_a_kept_appointment_stays_kept_after_a_late_change(self, desk: Desk) -> None:
        events = appointment_events(uuid4())
        await desk.department.hears(events[1], events[6], events[3])

        async with desk.department.tx() as tx:
            (row,) = await tx.all(select(Appointment))
            assert row.state == "kept"


class TestParts:
    async def test_a_shortage_is_shown_and_the_customer_asked(self, desk: Desk) -> None:
        (line,) = await desk.estimated()
        await desk.department.hears(shortage(desk.request_id, line))
        await desk.do("estimates/1/presentation")

        screen = await desk.look()
        asked = [{"line_id": str(line.line_id), "accept": True, "order_back": True}]
        await desk.do("estimates/1/answer", {"answers": asked})

        assert screen["parts"][0]["short"] == "2.000"
        assert "tell_parts" in [t["purpose"] for t in screen["tasks"]]
        assert desk.department.said(says.EstimateAnswered)[0].back_order_line_ids == (line.line_id,)


class TestComplaintMarks:
    async def test_are_seen_by_whoever_meets_the_customer(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.department.hears(complaint_events(uuid4())[0])

        await desk.open()

        assert (await desk.look())["complaints"][0]["complaint_no"] == "K-1"


class TestTheSameMeasureTwice:
    async def test_leads_to_one_rework(self, desk: Desk) -> None:
        await desk.handed_over()
        decided = rework_decided(desk.visit_id)
        envelope = desk.department.envelope(decided)

        await desk.department.runtime.listener.receive(envelope)
        await desk.department.runtime.listener.receive(envelope)

        assert len(desk.department.said(says.ReworkAgreed)) == 1
