"""What crm does when others report of a visit: files, notices, surveys, calls, reminders."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from services.crm.tests.builders import (
    EVERYTHING,
    FRIDAY,
    Story,
    a_customer,
    a_whole_visit,
    ask,
    follow_ups,
    show,
)

from contracts.base import Event
from contracts.events.booking import CalendarChanged
from contracts.events.crm import FollowUpPlanned, SurveySent
from contracts.values import ClosedDay, WeeklyHours
from crm.main import service
from testkit.department import Department


class TestAVisit:
    @pytest.mark.req("DATA-02", "DATA-12")
    async def test_leaves_a_file_with_what_every_department_knew(self, crm: Department) -> None:
        story = Story()

        await crm.receives(*a_whole_visit(story))

        file = await show(crm, f"/visit-files/{story.visit_id}")
        assert file["request_no"] == "B-250307-0001"
        assert (file["waited_minutes"], file["within_sla"]) == (4, True)
        assert (file["mileage_in_km"], file["mileage_out_km"]) == (42_000, 42_010)
        assert [(work["title_en"], work["done"]) for work in file["work"]] == [("Brake pads", True)]
        assert file["technicians"][0]["technician_name"] == "Chen Wei"
        assert (file["total_gross"], file["paid"], file["settled"]) == ("212.00", "212.00", "paid")
        assert file["record_no"] == "C000001-RP-20250307-001"
        assert not file["careful"]
        by_car = await show(crm, f"/vehicles/{story.vehicle_id}/history")
        by_customer = await show(crm, f"/customers/{story.customer_id}/history")
        assert by_car == by_customer
        assert [visit["visit_id"] for visit in by_car["items"]] == [str(story.visit_id)]

    async def test_has_the_same_file_when_the_departments_report_in_another_order(
        self, department: Any
    ) -> None:
        story = Story()
        reception: list[Event] = [story.opened(), story.intake(), story.answered(), story.closed()]
        job: list[Event] = [story.job_opened(), story.ready()]
        money: list[Event] = [story.prepared(), story.issued(), story.paid()]

        files = []
        for order in permutations((reception, job, money)):
            crm = await department(service)
            await crm.receives(*(event for stream in order for event in stream))
            files.append(await show(crm, f"/visit-files/{story.visit_id}"))

        assert [file | {"version": 0} for file in files] == [files[0] | {"version": 0}] * len(files)

    @pytest.mark.req("DATA-12")
    async def test_brings_the_mileage_into_the_vehicles_file(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        car = {"customer_id": str(customer_id), "plate": "粤A12345", "make": "VW", "model": "Lavida"}
        vehicle = await ask(crm, "/vehicles", **car)
        story = Story(customer_id=customer_id, vehicle_id=vehicle["id"])

        await crm.receives(*a_whole_visit(story))

        assert (await show(crm, f"/vehicles/{vehicle['id']}"))["mileage_km"] == 42_010

    async def test_leaves_a_log_of_contacts(self, crm: Department) -> None:
        story = Story()

        await crm.receives(story.requested(), story.confirmed(), *a_whole_visit(story))

        log = (await show(crm, f"/customers/{story.customer_id}/contacts"))["items"]
        assert {contact["topic"] for contact in log} == {
            "appointment_requested",
            "appointment_confirmed",
            "estimate_presented",
            "estimate_answered",
            "ready",
        }


class TestAHandover:
    @pytest.mark.req("F-14")
    async def test_makes_a_notice_due_within_a_day(self, crm: Department) -> None:
        story = Story()
        friday_evening = datetime(2025, 3, 7, 9, 40, tzinfo=UTC)

        await crm.receives(story.opened(), story.handed_over(friday_evening))

        (notice,) = (await show(crm, f"/notices?customer_id={story.customer_id}&state=due"))["items"]
        assert notice["due_at"] == "2025-03-08T09:40:00Z"

    @pytest.mark.req("F-13")
    async def test_counts_the_working_days_of_the_shops_own_calendar(self, crm: Department) -> None:
        hours = [{"weekday": n, "opens": "09:00", "closes": "17:00"} for n in range(5)]
        closed = ClosedDay(on=date(2025, 3, 10))
        calendar = CalendarChanged(
            timezone="Asia/Shanghai",
            weekly_hours=tuple(WeeklyHours.model_validate(day) for day in hours),
            closed_days=(closed,),
        )
        story = Story()

        await crm.receives(calendar, story.opened(), story.handed_over())

        (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]
        assert survey["due_on"] == "2025-03-13"

    @pytest.mark.parametrize("endpoint", ["sending", "links"])
    async def test_refuses_an_agent_to_send_it_to_who_withdrew_consent(
        self, crm: Department, endpoint: str
    ) -> None:
        customer_id = await a_customer(crm, consents=["communication"])
        await ask(crm, f"/customers/{customer_id}/consents/communication/withdrawal")
        story = Story(customer_id=customer_id)
        await crm.receives(story.opened(), story.handed_over())
        (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]

        refused = await crm.call("POST", f"/surveys/{survey['id']}/{endpoint}", who=EVERYTHING)

        assert (refused.status_code, refused.json()["code"]) == (409, "consent_withdrawn")
        assert crm.published(SurveySent) == []

    async def test_later_than_promised_asks_for_care(self, crm: Department) -> None:
        story = Story()

        await crm.receives(story.opened(), story.promised(), story.handed_over(FRIDAY + timedelta(hours=7)))

        assert (await show(crm, f"/visit-files/{story.visit_id}"))["careful_reasons"] == ["handed_over_late"]


class TestAClosedVisit:
    @pytest.mark.req("CRM-10")
    async def test_plans_one_call(self, crm: Department) -> None:
        story = Story()

        await crm.receives(*a_whole_visit(story))

        (planned,) = crm.published(FollowUpPlanned)
        assert (planned.kind, planned.visit_id, planned.careful) == ("after_service", story.visit_id, False)
        assert planned.due_on == date(2025, 3, 12)
        (call,) = await follow_ups(crm, visit_id=story.visit_id)
        assert call["script"][0]["zh"]

    async def test_after_trouble_plans_a_careful_call(self, crm: Department) -> None:
        story = Story()

        await crm.receives(
            story.opened(),
            story.delayed(),
            story.job_opened(),
            story.endangered(),
            story.promised(),
            story.promise_revised(),
            story.handed_over(),
            story.closed(),
        )

        (call,) = await follow_ups(crm, visit_id=story.visit_id)
        assert call["careful"]
        assert call["reasons"] == ["reception_delayed", "promise_endangered", "promise_revised"]

    async def test_leaves_reminders_of_declined_and_recommended_work(self, crm: Department) -> None:
        story = Story()

        await crm.receives(*a_whole_visit(story))

        reminders = (await show(crm, f"/reminders?vehicle_id={story.vehicle_id}&state=open"))["items"]
        assert {(r["kind"], r["title_en"], r["reason"]) for r in reminders} == {
            ("declined", "Wiper blades", "next time"),
            ("recommended", "tyres in autumn", ""),
        }
        assert {r["remind_on"] for r in reminders} == {"2025-06-05"}


class TestReminders:
    async def test_of_a_date_that_was_agreed(self, crm: Department) -> None:
        story = Story()

        await crm.receives(story.opened(), story.presented(), story.answered(remind_on=date(2025, 5, 1)))

        (due,) = (await show(crm, "/reminders?state=open&due_by=2025-05-01"))["items"]
        assert due["title_en"] == "Wiper blades"
        assert (await show(crm, "/reminders?state=open&due_by=2025-04-30"))["items"] == []

    async def test_end_when_the_work_is_agreed_to_after_all(self, crm: Department) -> None:
        story = Story()

        await crm.receives(story.opened(), story.presented(), story.answered(), story.answered_again())

        (reminder,) = (await show(crm, f"/reminders?customer_id={story.customer_id}"))["items"]
        assert reminder["state"] == "accepted"

    @pytest.mark.parametrize(
        ("happens", "state"),
        [
            (["requested"], "accepted"),
            (["requested", "cancelled"], "open"),
            (["requested", "confirmed", "missed"], "open"),
            (["requested", "confirmed", "missed", "kept"], "accepted"),
        ],
    )
    async def test_are_closed_by_an_appointment_until_it_falls_through(
        self, crm: Department, happens: Sequence[str], state: str
    ) -> None:
        story = Story()
        await crm.receives(story.opened(), story.presented(), story.answered(), story.closed())
        again = Story(customer_id=story.customer_id, vehicle_id=story.vehicle_id)

        await crm.receives(*(getattr(again, event)() for event in happens))

        (reminder,) = (await show(crm, f"/reminders?customer_id={story.customer_id}"))["items"]
        assert reminder["state"] == state
