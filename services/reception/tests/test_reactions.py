"""What the desk does when others report; races in both orders."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from services.reception.tests.builders import (
    NOON,
    a_line,
    confirmed,
    customer_registered,
    part_listed,
    rate_set,
    rework_decided,
    shortage,
)
from services.reception.tests.conftest import Desk
from services.reception.tests.test_every_event import appointment_events, complaint_events
from sqlalchemy import select, text

from contracts.base import Event
from contracts.events import crm
from contracts.events.booking import AppointmentRequested
from contracts.events.reception import (
    EstimateAnswered,
    EstimateDrafted,
    IntakeCompleted,
    ReworkAgreed,
    ReworkOrdered,
    VisitOpened,
)
from reception.domain.copies import Appointment

_WOKEN = text("select version from changes where kind = 'Visit' and id = :id")


class TestDraftingOnADiagnosis:
    @pytest.mark.req("RECP-14")
    async def test_prices_what_the_technician_proposes(self, desk: Desk) -> None:
        (line,) = await desk.estimated()

        drafted = desk.department.published(EstimateDrafted)[0]

        assert [x.line_id for x in drafted.lines][1:] == [line.line_id]
        assert drafted.total_gross == Decimal("573.70")
        assert [t["purpose"] for t in (await desk.look())["tasks"]] == ["present_estimate"]

    async def test_drafts_nothing_when_there_is_nothing_to_ask(self, desk: Desk) -> None:
        await desk.registered()
        await desk.department.receives(desk.job.opened(), desk.job.diagnosed())

        assert desk.department.published(EstimateDrafted) == []

    async def test_waits_for_a_price_that_is_on_its_way(self, desk: Desk) -> None:
        await desk.registered()
        line = a_line(part=("NEW", "1"))
        await desk.department.receives(desk.job.opened(), desk.job.diagnosed(line))
        before = desk.department.published(EstimateDrafted)

        await desk.department.receives(part_listed("NEW", "10.00"))

        assert before == []
        assert desk.department.published(EstimateDrafted)[0].lines[1].unpriced is False

    async def test_does_not_wait_when_the_price_came_first(self, desk: Desk) -> None:
        await desk.registered()
        await desk.department.receives(part_listed("NEW", "10.00"), desk.job.opened())

        await desk.department.receives(desk.job.diagnosed(a_line(part=("NEW", "1"))))

        assert desk.department.published(EstimateDrafted)[0].lines[1].unpriced is False

    async def test_waits_for_a_labour_rate_too(self, desk: Desk) -> None:
        await desk.registered()
        line = a_line(part=None, work_type="body")
        await desk.department.receives(desk.job.opened(), desk.job.diagnosed(line))
        before = desk.department.published(EstimateDrafted)

        await desk.department.receives(rate_set("body", "300.00"))

        assert before == []
        assert desk.department.published(EstimateDrafted)[0].lines[1].labour_net == Decimal("450.00")

    async def test_never_blocks_the_visit_for_a_price(self, desk: Desk) -> None:
        await desk.registered()
        await desk.department.receives(desk.job.opened(), desk.job.diagnosed(a_line(part=("GONE", "1"))))

        await desk.department.passes(seconds=31)
        await desk.look()
        problem = await desk.refuses("estimates/1/presentation")

        assert desk.department.published(EstimateDrafted)[0].lines[1].unpriced is True
        assert problem["code"] == "price_unknown"

    @pytest.mark.req("RECP-24")
    async def test_additional_work_is_asked_for_in_the_next_revision(self, desk: Desk) -> None:
        await desk.estimated()
        await desk.answered()

        await desk.department.receives(desk.job.found(more := a_line()))
        await desk.look()
        await desk.answered(accept=False)

        answered = desk.department.published(EstimateAnswered)[1]
        assert desk.department.published(EstimateDrafted)[1].lines[-1].why == "leaks"
        assert [d.line_id for d in answered.declined] == [more.line_id]
        assert len(answered.authorised_lines) == 2


class TestRatesByClass:
    async def test_the_customers_own_class_comes_first(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.department.receives(
            rate_set("diagnosis", "90.00", customer_class="vip"),
            rate_set("diagnosis", "1.00", customer_class="fleet"),
        )
        await desk.department.receives(customer_registered(customer_id=UUID(int=7), customer_class="vip"))

        await desk.open(customer_id=str(UUID(int=7)))
        done = await desk.registered()

        assert done["priority_class"] == "vip"
        assert done["lines"][0]["agreed"]["hourly_rate"] == "90.00"

    async def test_a_rate_of_tomorrow_is_not_taken_today(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.department.receives(
            rate_set("diagnosis", "1.00", valid_from=NOON.date() + timedelta(days=1))
        )

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
        await desk.department.receives(desk.job.found(a_line()))
        await desk.look()
        await desk.answered()

        await desk.department.receives(desk.job.ready(1))
        early = (await desk.look())["visit"]["state"]
        await desk.department.receives(desk.job.reopened(), desk.job.ready(2))

        assert early == "in_workshop"
        assert (await desk.look())["visit"]["state"] == "ready"

    async def test_reopened_voids_the_signature(self, desk: Desk) -> None:
        await desk.accepted()

        await desk.department.receives(desk.job.reopened())
        problem = await desk.refuses("handover")

        assert problem["missing"] == ["workshop.job", "reception.visit", "billing.invoice"]

    async def test_additional_work_found_after_signing_is_asked_for_when_reopened(self, desk: Desk) -> None:
        await desk.accepted()

        await desk.department.receives(desk.job.found(a_line()))
        before = len(desk.department.published(EstimateDrafted))
        await desk.department.receives(desk.job.reopened())

        assert before == 1
        assert len(desk.department.published(EstimateDrafted)) == 2


class TestRework:
    async def test_is_done_in_the_visit_while_the_keys_are_here(self, desk: Desk) -> None:
        await desk.accepted()
        line_id = UUID(desk.visit["lines"][1]["id"])
        decided = rework_decided(desk.visit_id, line_id)

        await desk.department.receives(decided)
        await desk.department.receives(desk.job.ready(1))
        stale = (await desk.look())["visit"]["state"]
        await desk.department.receives(desk.job.ready(1, done_measure_ids=(decided.measure_id,)))

        ordered = desk.department.published(ReworkOrdered)[0]
        assert (ordered.original_line_ids, ordered.lines[0].payer) == ((line_id,), "shop")
        assert (stale, (await desk.look())["visit"]["state"]) == ("in_workshop", "ready")
        assert desk.department.published(ReworkAgreed) == []

    async def test_becomes_a_new_visit_after_the_keys_are_out(self, desk: Desk) -> None:
        await desk.handed_over()
        first = desk.visit_id
        await desk.department.receives(rework_decided(first))

        agreed = desk.department.published(ReworkAgreed)[0]
        await desk.open(request_no=agreed.request_no, customer_id=None, vehicle_id=None)
        await desk.do("reception")
        done = await desk.do("intake", {"signed": True})

        opened = desk.department.published(VisitOpened)[-1]
        intake = desk.department.published(IntakeCompleted)[-1]
        assert desk.department.published(ReworkOrdered) == []
        assert (opened.visit_id, opened.rework_of_visit_id) == (agreed.visit_id, first)
        assert (opened.priority_class, done["state"]) == ("rework", "registered")
        assert {line.gross for line in intake.lines} == {Decimal("0.00")}
        assert len(intake.authorised_line_ids) == 2


class TestAppointments:
    async def test_the_arrival_list_follows_booking(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        request_id = uuid4()
        events = appointment_events(request_id)
        await desk.department.receives(*events[:3])

        answer = await desk.ask("GET", "/appointments?state=confirmed&on=2025-03-07")

        (row,) = answer.json()["items"]
        assert (row["customer_name"], row["bay_ready"], row["plate"]) == ("Li Lei", True, "沪A12345")

    async def test_a_car_that_came_first_gets_what_was_only_asked_for(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.open(request_no="B-250307-0042")
        await desk.registered()
        requested, *_, kept = appointment_events(desk.request_id)
        assert isinstance(requested, AppointmentRequested)
        asked = a_line()

        await desk.department.receives(requested.model_copy(update={"lines": (asked,)}), kept)

        visit = (await desk.look())["visit"]
        assert visit["appointment_id"] == str(requested.appointment_id)
        assert visit["lines"][1]["id"] == str(asked.line_id)

    async def test_a_walk_in_that_comes_back_for_parts_was_not_booked(self, desk: Desk) -> None:
        await desk.registered()

        await desk.department.receives(confirmed(desk.request_id, lines=[a_line()]))

        visit = (await desk.look())["visit"]
        assert (visit["appointment_id"], len(visit["lines"])) == (None, 1)

    async def test_a_kept_appointment_stays_kept_after_a_late_change(self, desk: Desk) -> None:
        events = appointment_events(uuid4())
        await desk.department.receives(events[1], events[6], events[3])

        async with desk.department.tx() as tx:
            (row,) = await tx.all(select(Appointment))
            assert row.state == "kept"


class TestPapers:
    async def test_that_are_withdrawn_are_not_settled(self, desk: Desk) -> None:
        await desk.accepted()
        paid = [desk.invoice.issued(), desk.invoice.paid(), desk.invoice.settled()]

        await desk.department.receives(*paid, desk.job.reopened(), desk.invoice.withdrawn())

        assert "billing.invoice" in (await desk.look())["waiting_for"]

    async def test_that_are_prepared_anew_count_what_was_paid(self, desk: Desk) -> None:
        await desk.accepted()
        paid = [desk.invoice.issued(), desk.invoice.paid(), desk.invoice.settled()]

        await desk.department.receives(*paid, desk.job.reopened(), desk.invoice.withdrawn())
        await desk.department.receives(desk.invoice.prepared(2))

        assert (await desk.look())["invoice"]["balance"] == "0.00"


class TestParts:
    async def test_a_shortage_is_shown_and_the_customer_asked(self, desk: Desk) -> None:
        (line,) = await desk.estimated()
        await desk.department.receives(shortage(desk.request_id, line))
        await desk.do("estimates/1/presentation")

        screen = await desk.look()
        asked = [{"line_id": str(line.line_id), "accept": True, "order_back": True}]
        await desk.do("estimates/1/answer", {"answers": asked})

        assert screen["parts"][0]["short"] == "2.000"
        assert "tell_parts" in [t["purpose"] for t in screen["tasks"]]
        assert desk.department.published(EstimateAnswered)[0].back_order_line_ids == (line.line_id,)


class TestComplaintMarks:
    async def test_are_seen_by_whoever_meets_the_customer(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.department.receives(complaint_events(uuid4())[0])

        await desk.open()

        assert (await desk.look())["complaints"][0]["complaint_no"] == "K-1"


class TestScreensThatWatch:
    """What a visit's screen shows from elsewhere wakes it, and leaves the visit's own version alone."""

    async def test_are_woken_by_each_report_of_the_workshop(self, desk: Desk) -> None:
        (line,) = await desk.estimated()
        for event in desk.job.everything_else(line.line_id):
            await _wakes_the_screen(desk, event)

    async def test_are_woken_by_parts(self, desk: Desk) -> None:
        (line,) = await desk.estimated()
        await _wakes_the_screen(desk, shortage(desk.request_id, line))

    async def test_are_woken_by_papers_and_money(self, desk: Desk) -> None:
        await desk.accepted()
        for event in (desk.invoice.issued(), desk.invoice.paid(), desk.invoice.settled()):
            await _wakes_the_screen(desk, event)

    async def test_are_woken_by_complaints(self, desk: Desk) -> None:
        await desk.registered()
        await _wakes_the_screen(desk, complaint_events(desk.visit_id)[0])

    async def test_are_woken_by_their_customers_new_name(self, desk: Desk) -> None:
        await desk.registered()
        renamed = customer_registered(display_name="Chen Mei")

        await _wakes_the_screen(desk, crm.CustomerChanged(**renamed.model_dump()))


async def _wakes_the_screen(desk: Desk, event: Event) -> None:
    version = (await desk.look())["visit"]["version"]
    async with desk.department.tx() as tx:
        await tx.session.execute(text("delete from changes"))

    await desk.department.receives(event)

    async with desk.department.tx() as tx:
        woken = (await tx.session.execute(_WOKEN, {"id": str(desk.visit_id)})).scalars().all()
    assert woken == [0], event.TYPE
    assert (await desk.look())["visit"]["version"] == version


class TestTheSameMeasureTwice:
    async def test_leads_to_one_rework(self, desk: Desk) -> None:
        await desk.handed_over()
        decided = rework_decided(desk.visit_id)
        envelope = desk.department.envelope(decided)

        await desk.department.runtime.consumer.handle(envelope)
        await desk.department.runtime.consumer.handle(envelope)

        assert len(desk.department.published(ReworkAgreed)) == 1
