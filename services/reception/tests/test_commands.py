"""What people ask the desk for, on a real database: from arrival to the record, with its events."""

from datetime import timedelta
from decimal import Decimal

import pytest
from services.reception.tests.builders import CUSTOMER, a_line, confirmed, service_offered
from services.reception.tests.conftest import CHECKS, Desk

from contracts.events.reception import (
    CustomerNotified,
    EstimateAnswered,
    EstimatePresented,
    IntakeCompleted,
    PromiseRefused,
    PromiseRevised,
    VehicleLeft,
    VisitOpened,
    WorkAccepted,
)
from shopkit.numbers import request_id_of


class TestOneVisit:
    async def test_goes_from_arrival_to_the_record(self, desk: Desk) -> None:
        await desk.handed_over()

        closed = await desk.do("closure", {"recommended_work": ["front tyres"], "mileage_out_km": 52001})

        assert closed["record_no"] == "C000123-RP-20250307-001"
        assert closed["state"] == "closed"
        assert desk.department.published_types == [
            f"reception.visit.{name}"
            for name in (
                "opened",
                "received",
                "intake-completed",
                "estimate-drafted",
                "estimate-presented",
                "estimate-answered",
                "work-accepted",
                "handed-over",
                "closed",
            )
        ]

    async def test_sums_up_what_was_authorised(self, desk: Desk) -> None:
        (line,) = await desk.estimated()
        await desk.answered()

        answered = desk.department.published(EstimateAnswered)[0]

        assert [a.kind for a in answered.authorised_lines] == ["diagnosis", "repair"]
        assert answered.authorised_lines[1].line_id == line.line_id
        assert answered.authorised_gross == Decimal("63.60") + Decimal("318.00") + Decimal("192.10")

    async def test_sequences_have_no_gaps(self, desk: Desk) -> None:
        await desk.handed_over()

        assert [e.sequence for e in desk.department.committed] == list(range(1, 9))

    @pytest.mark.req("F-28")
    async def test_two_records_of_a_day_are_numbered_on(self, desk: Desk) -> None:
        await desk.handed_over()
        await desk.do("closure")
        desk.visit = {}
        await desk.open()

        left = await desk.do("closure")
        desk.visit = {}
        await desk.open()
        again = await desk.do("closure")

        assert (left["outcome"], left["record_no"]) == ("left", "C000123-NS-20250307-001")
        assert again["record_no"] == "C000123-NS-20250307-002"


class TestArriving:
    @pytest.mark.req("BOOK-32")
    async def test_a_walk_in_gets_a_number_of_the_day(self, desk: Desk) -> None:
        await desk.knows_the_shop()

        first = await desk.open()
        second = await desk.open()

        assert [first["request_no"], second["request_no"]] == ["W-250307-0001", "W-250307-0002"]
        assert desk.department.published(VisitOpened)[0].plate == "沪A12345"

    async def test_a_booked_car_may_come_before_its_appointment_is_known(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        line = a_line()
        opened = await desk.open(request_no="b-250307-0042")

        await desk.department.receives(confirmed(desk.request_id, lines=[line]))
        await desk.do("reception")
        done = await desk.do("intake", {"signed": True})

        assert opened["appointment_id"] is None
        assert done["appointment_id"] is not None
        assert desk.request_id == request_id_of(desk.department.settings.shop_id, "B-250307-0042")
        assert [x["id"] for x in done["lines"]][1] == str(line.line_id)

    async def test_a_booked_car_brings_its_customer_and_its_slot(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        request_id = request_id_of(desk.department.settings.shop_id, "B-250307-0042")
        slot = desk.department.clock.now() + timedelta(minutes=10)
        await desk.department.receives(confirmed(request_id, slot=slot))

        await desk.open(request_no="B-250307-0042", customer_id=None, vehicle_id=None)

        opened = desk.department.published(VisitOpened)[0]
        assert (opened.customer_id, opened.clock_from) == (CUSTOMER, slot)
        assert opened.walk_in is False

    async def test_one_request_has_one_visit(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.open(request_no="B-250307-0042")

        again = await desk.ask(
            "POST", "/visits", {"request_no": "B-250307-0042", "customer_id": str(CUSTOMER)}
        )

        assert (again.status_code, again.json()["code"]) == (409, "visit_already_open")
        assert again.json()["visit_id"] == str(desk.visit_id)

    async def test_nobody_known_must_be_given_by_hand(self, desk: Desk) -> None:
        refused = await desk.ask("POST", "/visits", {"request_no": "B-250307-0042"})

        assert refused.status_code == 409
        assert refused.json()["waiting_for"] == "booking.appointment"

    async def test_of_a_car_not_on_file_keeps_its_plate_in_one_spelling(self, desk: Desk) -> None:
        await desk.open(plate="沪b·12 345")

        assert desk.department.published(VisitOpened)[0].plate == "沪B12345"

    async def test_line_zero_without_a_rate_is_priced_by_hand(self, desk: Desk) -> None:
        await desk.open(plate="沪B1")
        await desk.do("reception")

        problem = await desk.refuses("intake", {"signed": True})
        by_hand = {"hourly_rate": "100.00", "tax_rate": "0.06"}
        done = await desk.do("intake", {"signed": True, "diagnosis_price": by_hand})

        assert (problem["code"], problem["waiting_for"]) == ("price_unknown", "billing.labour-rate")
        assert done["lines"][0]["agreed"]["gross"] == "53.00"


class TestTheForm:
    @pytest.mark.req("RECP-05", "RECP-08", "RECP-11")
    async def test_keeps_what_the_customer_describes_and_how_the_car_came(self, desk: Desk) -> None:
        fault = {
            "phenomenon": "squeals when braking",
            "occurs_when": "in the rain",
            "affects_use": True,
            "noise": True,
            "smell": False,
        }
        interview = {
            "engine": "cold",
            "speed": "low",
            "load": "empty",
            "road": "paved",
            "added_equipment": "tow bar",
            "last_maintenance": "in May",
            "parts_repaired_before": "rear pads",
            "since": "a week ago",
            "frequency": "occasional",
        }
        parts = ("exterior", "interior", "engine", "chassis")
        condition = {part: f"{part} as seen" for part in parts}
        belongings = [{"item": "umbrella", "note": "boot"}]

        done = await desk.registered(fault=fault | interview, condition=condition, belongings=belongings)

        form = (await desk.look())["visit"]["form"]
        assert form == done["form"]
        assert (form["fault"], form["condition"]) == (fault | interview, condition)
        assert form["belongings"] == belongings
        (intake,) = desk.department.published(IntakeCompleted)
        assert intake.fault.model_dump() == fault | interview
        assert intake.belongings_noted

    @pytest.mark.req("RECP-06")
    async def test_takes_each_item_that_is_asked_for(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.department.receives(service_offered())
        await desk.open()
        battery = {
            "kind": "repair",
            "title": {"zh": "更换蓄电池", "en": "New battery"},
            "work_type": "mechanical",
            "skill": "electrical",
            "labour_minutes": 30,
        }

        await desk.registered(lines=[{"service_code": "OIL-CHANGE"}, battery])

        titles = [line["offer"]["title"]["en"] for line in (await desk.look())["visit"]["lines"][1:]]
        assert titles == ["Oil change", "New battery"]


class TestEstimatingByHand:
    async def test_makes_lines_from_the_menu(self, desk: Desk) -> None:
        await desk.registered()
        await desk.department.receives(service_offered())

        drafted = await desk.do("estimates", {"add": [{"service_code": "OIL-CHANGE"}]}, status=201)

        lines = drafted["estimates"][0]["lines"]
        assert [line["kind"] for line in lines] == ["diagnosis", "maintenance"]
        assert lines[1]["gross"] == "202.05"

    async def test_a_service_that_is_not_offered_is_refused(self, desk: Desk) -> None:
        await desk.registered()

        problem = await desk.refuses("estimates", {"add": [{"service_code": "WAX"}]})

        assert problem["code"] == "service_not_offered"

    async def test_drops_and_prices_lines(self, desk: Desk) -> None:
        keep, drop = await desk.estimated(a_line(), a_line())

        drafted = await desk.do(
            "estimates",
            {
                "drop_line_ids": [str(drop.line_id)],
                "by_hand": {str(keep.line_id): {"discount_net": "30.00"}},
            },
            status=201,
        )

        latest = drafted["estimates"][-1]
        assert latest["open_line_ids"] == [str(keep.line_id)]
        assert latest["lines"][1]["discount_net"] == "30.00"
        assert drafted["estimates"][0]["state"] == "superseded"

        await desk.do("estimates/2/presentation")

        (presented,) = desk.department.published(EstimatePresented)
        assert presented.dropped_line_ids == (drop.line_id,)

    async def test_a_line_that_is_changed_keeps_its_parts_ids(self, desk: Desk) -> None:
        (line,) = await desk.estimated()
        await desk.answered()
        change = {
            "line_id": str(line.line_id),
            "kind": "repair",
            "title": {"zh": "更换刹车片", "en": "Replace brake pads"},
            "work_type": "mechanical",
            "skill": "brakes",
            "labour_minutes": 120,
            "parts": [{"part_no": "OIL", "quantity": "3"}, {"part_no": "PAD", "quantity": "1"}],
        }

        drafted = await desk.do("estimates", {"add": [change]}, status=201)

        oil, pad = drafted["estimates"][-1]["lines"][1]["parts"]
        assert (oil["part_line_id"], oil["quantity"]) == (str(line.parts[0].part_line_id), "3.000")
        assert pad["part_line_id"] != oil["part_line_id"]

    async def test_a_line_of_another_visit_is_refused(self, desk: Desk) -> None:
        (elsewhere,) = await desk.estimated()
        await desk.open()
        await desk.do("reception")

        by_id = {"line_id": str(elsewhere.line_id), "service_code": "OIL-CHANGE"}
        problem = await desk.refuses("intake", {"signed": True, "lines": [by_id]})

        assert problem["code"] == "line_unknown"


class TestPromising:
    @pytest.mark.req("RECP-23")
    async def test_a_promise_is_given_endangered_and_revised(self, desk: Desk) -> None:
        await desk.estimated()
        await desk.answered()
        at = desk.department.clock.now()
        await desk.do("promise", {"promised_at": (at + timedelta(hours=4)).isoformat()})

        await desk.department.receives(desk.job.endangered(1), desk.job.endangered(2))
        warned = await desk.look()
        await desk.do(
            "promise/revisions",
            {
                "promised_at": (at + timedelta(hours=6)).isoformat(),
                "reason": "part late",
                "solution": "loan car",
            },
        )
        calm = await desk.look()

        assert [t["purpose"] for t in warned["tasks"] if not t["done_at"]].count("contact_before") == 1
        assert not [t for t in calm["tasks"] if t["purpose"] == "contact_before" and not t["done_at"]]
        (revised,) = desk.department.published(PromiseRevised)
        assert (revised.promise_revision, revised.reason, revised.agreed_by) == (2, "part late", "customer")
        assert revised.new_promise == at + timedelta(hours=6)
        assert calm["visit"]["promise_changes"][-1]["solution"] == "loan car"

    @pytest.mark.req("RECP-23")
    @pytest.mark.parametrize("missing", ["reason", "promised_at", "agreed_by"])
    async def test_another_time_needs_a_reason_and_somebody_who_agrees(
        self, desk: Desk, missing: str
    ) -> None:
        await desk.estimated()
        await desk.answered()
        at = desk.department.clock.now()
        await desk.do("promise", {"promised_at": (at + timedelta(hours=4)).isoformat()})
        later = {
            "promised_at": (at + timedelta(hours=6)).isoformat(),
            "reason": "part late",
            "solution": "loan car",
            "agreed_by": "customer",
        }

        answer = await desk.ask("POST", f"/visits/{desk.visit_id}/promise/revisions", later | {missing: ""})

        assert answer.status_code == 422
        assert desk.department.published(PromiseRevised) == []

    async def test_a_refusal_goes_to_complaints(self, desk: Desk) -> None:
        await desk.estimated()
        await desk.answered()
        at = desk.department.clock.now() + timedelta(hours=4)
        await desk.do("promise", {"promised_at": at.isoformat()})

        await desk.do("promise/refusal", {"reason": "too late, 13812345678"})

        assert "138" not in desk.department.published(PromiseRefused)[0].reason


class TestHandingOver:
    @pytest.mark.req("RECP-29")
    async def test_begins_with_a_word_to_the_customer_and_the_papers(self, desk: Desk) -> None:
        await desk.ready()
        before = await desk.look()

        await desk.do("notices", {"topic": "ready", "channel": "phone"})

        assert [task["purpose"] for task in before["tasks"] if not task["done_at"]] == ["tell_ready"]
        assert (before["invoice"]["state"], before["invoice"]["total_gross"]) == ("prepared", "540.00")
        assert not [task for task in (await desk.look())["tasks"] if not task["done_at"]]
        (notified,) = desk.department.published(CustomerNotified)
        assert (notified.topic, notified.channel) == ("ready", "phone")

    async def test_leaves_no_task_for_the_customer(self, desk: Desk) -> None:
        await desk.estimated()
        await desk.answered()
        await desk.department.receives(desk.job.interrupted(), desk.job.ready(1), desk.invoice.prepared())
        await desk.do("acceptance", {"invoice_revision": 1, "checks": CHECKS})
        await desk.department.receives(desk.invoice.settled())
        before = (await desk.ask("GET", "/tasks")).json()["items"]

        await desk.do("handover")

        assert [task["purpose"] for task in before] == ["tell_interruption"]
        assert (await desk.ask("GET", "/tasks")).json()["items"] == []

    async def test_waits_for_the_settlement(self, desk: Desk) -> None:
        await desk.accepted()

        problem = await desk.refuses("handover")

        assert (problem["code"], problem["waiting_for"]) == ("handover_not_possible", "billing.invoice")

    async def test_a_changed_invoice_is_signed_again(self, desk: Desk) -> None:
        await desk.accepted()
        await desk.department.receives(desk.invoice.prepared(2))

        shut = await desk.refuses("handover")
        await desk.do("acceptance", {"invoice_revision": 2, "checks": CHECKS})

        assert "reception.visit" in shut["missing"]
        assert [a.invoice_revision for a in desk.department.published(WorkAccepted)] == [1, 2]

    async def test_the_car_may_drive_on_until_parts_come(self, desk: Desk) -> None:
        (line,) = await desk.estimated()
        await desk.answered()

        await desk.do("departure")
        back = await desk.do("return")

        left = desk.department.published(VehicleLeft)[0]
        assert [open_line.line_id for open_line in left.open_lines] == [line.line_id]
        assert back["state"] == "in_workshop"
