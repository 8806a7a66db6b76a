"""What crm does when others report: files, calls, surveys, marks; both orders of every race, no refusals."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from services.crm.tests.crm_builders import EVERYTHING, FRIDAY, SATISFIED, Story, a_customer, ask, show

from chassis.testing.department import Department
from contracts.base import Event
from contracts.booking import CalendarChanged
from contracts.crm import FollowUpCancelled, FollowUpPlanned, SurveySent
from contracts.values import ClosedDay, WeeklyHours
from crm.main import service


async def parked(crm: Department) -> Any:
    answer = await crm.call("GET", "/operations/parked", who=["operations.read"])
    assert answer.status_code == 200, answer.text
    return answer.json()


async def follow_ups(crm: Department, **filters: Any) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in filters.items())
    items: list[dict[str, Any]] = (await show(crm, f"/follow-ups?{asked}"))["items"]
    return items


def a_whole_visit(story: Story) -> list[Event]:
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


class TestAVisit:
    @pytest.mark.req("CRM-01", "COLL-22")
    async def test_leaves_a_file_with_what_every_department_knew(self, crm: Department) -> None:
        story = Story()

        await crm.hears(*a_whole_visit(story))

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

    async def test_has_the_same_file_when_the_departments_are_heard_in_another_order(
        self, department: Any
    ) -> None:
        story = Story()
        reception = [story.opened(), story.intake(), story.answered(), story.closed()]
        job, money = [story.job_opened(), story.ready()], [story.prepared(), story.issued(), story.paid()]

        files = []
        for order in permutations((reception, job, money)):
            crm = await department(service)
            await crm.hears(*(event for stream in order for event in stream))
            files.append(await show(crm, f"/visit-files/{story.visit_id}"))

        assert [file | {"version": 0} for file in files] == [files[0] | {"version": 0}] * len(files)

    @pytest.mark.req("CRM-08", "DATA-12")
    async def test_brings_the_mileage_into_the_vehicles_file(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        car = {"customer_id": str(customer_id), "plate": "粤A12345", "make": "VW", "model": "Lavida"}
        vehicle = await ask(crm, "/vehicles", **car)
        story = Story(customer_id=customer_id, vehicle_id=vehicle["id"])

        await crm.hears(*a_whole_visit(story))

        assert (await show(crm, f"/vehicles/{vehicle['id']}"))["mileage_km"] == 42_010

    @pytest.mark.req("CRM-33")
    async def test_leaves_a_log_of_contacts(self, crm: Department) -> None:
        story = Story()

        await crm.hears(story.requested(), story.confirmed(), *a_whole_visit(story))

        log = (await show(crm, f"/customers/{story.customer_id}/contacts"))["items"]
        assert {contact["topic"] for contact in log} == {
            "appointment_requested",
            "appointment_confirmed",
            "estimate_presented",
            "estimate_answered",
            "ready",
        }


class TestAHandover:
    @pytest.mark.req("RECP-35")
    async def test_makes_a_notice_due_within_a_day(self, crm: Department) -> None:
        story = Story()
        friday_evening = datetime(2025, 3, 7, 9, 40, tzinfo=UTC)

        await crm.hears(story.opened(), story.handed_over(friday_evening))

        (notice,) = (await show(crm, f"/notices?customer_id={story.customer_id}&state=due"))["items"]
        assert notice["due_at"] == "2025-03-08T09:40:00Z"

    @pytest.mark.req("CRM-12")
    async def test_sends_the_survey_on_the_third_working_day(self, crm: Department) -> None:
        story = Story()
        await crm.hears(story.opened(), story.handed_over())

        await crm.passes(days=4, hours=22)  # Wednesday 07:00
        assert crm.said(SurveySent) == []
        await crm.passes(hours=1)

        (sent,) = crm.said(SurveySent)
        assert sent.visit_id == story.visit_id
        assert sent.sent_at == datetime(2025, 3, 12, 0, 0, tzinfo=UTC)

    async def test_counts_the_working_days_of_the_shops_own_calendar(self, crm: Department) -> None:
        hours = [{"weekday": n, "opens": "09:00", "closes": "17:00"} for n in range(5)]
        closed = ClosedDay(on=date(2025, 3, 10))
        calendar = CalendarChanged(
            timezone="Asia/Shanghai",
            weekly_hours=tuple(WeeklyHours.model_validate(day) for day in hours),
            closed_days=(closed,),
        )
        story = Story()

        await crm.hears(calendar, story.opened(), story.handed_over())

        (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]
        assert survey["due_on"] == "2025-03-13"

    @pytest.mark.req("CRM-55")
    async def test_sends_no_survey_to_who_withdrew_consent(self, crm: Department) -> None:
        customer_id = await a_customer(crm, consents=["communication"])
        await ask(crm, f"/customers/{customer_id}/consents/communication/withdrawal")
        story = Story(customer_id=customer_id)

        await crm.hears(story.opened(), story.handed_over())
        await crm.passes(days=6)

        (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]
        assert (survey["state"], survey["expired_because"]) == ("expired", "consent_withdrawn")
        assert crm.said(SurveySent) == []

    @pytest.mark.req("CRM-55")
    @pytest.mark.parametrize("door", ["sending", "links"])
    async def test_refuses_an_agent_to_send_it_to_who_withdrew_consent(
        self, crm: Department, door: str
    ) -> None:
        customer_id = await a_customer(crm, consents=["communication"])
        await ask(crm, f"/customers/{customer_id}/consents/communication/withdrawal")
        story = Story(customer_id=customer_id)
        await crm.hears(story.opened(), story.handed_over())
        (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]

        refused = await crm.call("POST", f"/surveys/{survey['id']}/{door}", who=EVERYTHING)

        assert (refused.status_code, refused.json()["code"]) == (409, "consent_withdrawn")
        assert crm.said(SurveySent) == []

    async def test_ends_the_survey_when_nobody_answers(self, crm: Department) -> None:
        story = Story()
        await crm.hears(story.opened(), story.handed_over())
        await crm.passes(days=6)

        await crm.passes(days=31)

        (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]
        assert (survey["state"], survey["expired_because"]) == ("expired", "unanswered")

    async def test_later_than_promised_asks_for_care(self, crm: Department) -> None:
        story = Story()

        await crm.hears(story.opened(), story.promised(), story.handed_over(FRIDAY + timedelta(hours=7)))

        assert (await show(crm, f"/visit-files/{story.visit_id}"))["careful_reasons"] == ["handed_over_late"]


class TestAClosedVisit:
    @pytest.mark.req("CRM-10")
    async def test_plans_one_call(self, crm: Department) -> None:
        story = Story()

        await crm.hears(*a_whole_visit(story))

        (planned,) = crm.said(FollowUpPlanned)
        assert (planned.kind, planned.visit_id, planned.careful) == ("after_service", story.visit_id, False)
        assert planned.due_on == date(2025, 3, 12)
        (call,) = await follow_ups(crm, visit_id=story.visit_id)
        assert call["script"][0]["zh"]

    async def test_after_trouble_plans_a_careful_call(self, crm: Department) -> None:
        story = Story()

        await crm.hears(
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

    @pytest.mark.req("CRM-36")
    async def test_leaves_reminders_of_declined_and_recommended_work(self, crm: Department) -> None:
        story = Story()

        await crm.hears(*a_whole_visit(story))

        reminders = (await show(crm, f"/reminders?vehicle_id={story.vehicle_id}&state=open"))["items"]
        assert {(r["kind"], r["title_en"], r["reason"]) for r in reminders} == {
            ("declined", "Wiper blades", "next time"),
            ("recommended", "tyres in autumn", ""),
        }
        assert {r["remind_on"] for r in reminders} == {"2025-06-05"}

    @pytest.mark.req("CRM-47")
    async def test_that_is_the_last_for_a_year_plans_a_retention_call(self, crm: Department) -> None:
        story = Story()
        await crm.hears(*a_whole_visit(story))
        crm.clock.move(days=366)
        await crm.settle()
        assert [planned.kind for planned in crm.said(FollowUpPlanned)] == ["after_service"]

        await crm.publishers_have_told("reception")
        await crm.settle()

        assert [planned.kind for planned in crm.said(FollowUpPlanned)] == ["after_service", "retention"]

    @pytest.mark.req("CRM-47")
    @pytest.mark.parametrize("comes", ["requested", "opened"])
    async def test_needs_no_retention_call_when_the_customer_comes(self, crm: Department, comes: str) -> None:
        story = Story()
        await crm.hears(*a_whole_visit(story))
        crm.clock.move(days=366)
        await crm.publishers_have_told("reception")
        await crm.settle()

        again = Story(customer_id=story.customer_id, vehicle_id=story.vehicle_id)
        await crm.hears(getattr(again, comes)())

        assert [gone.kind for gone in crm.said(FollowUpCancelled)] == ["retention"]

    async def test_is_not_missed_by_who_came_again(self, crm: Department) -> None:
        story = Story()
        await crm.hears(*a_whole_visit(story))
        crm.clock.move(days=300)
        again = Story(customer_id=story.customer_id, vehicle_id=story.vehicle_id)
        opened = again.opened().model_copy(update={"arrived_at": crm.clock.now()})
        await crm.hears(opened)

        crm.clock.move(days=66)
        await crm.publishers_have_told("reception")
        await crm.settle()

        assert [planned.kind for planned in crm.said(FollowUpPlanned)] == ["after_service"]


class TestReminders:
    async def test_of_a_date_that_was_agreed(self, crm: Department) -> None:
        story = Story()

        await crm.hears(story.opened(), story.presented(), story.answered(remind_on=date(2025, 5, 1)))

        (due,) = (await show(crm, "/reminders?state=open&due_by=2025-05-01"))["items"]
        assert due["title_en"] == "Wiper blades"
        assert (await show(crm, "/reminders?state=open&due_by=2025-04-30"))["items"] == []

    async def test_end_when_the_work_is_agreed_to_after_all(self, crm: Department) -> None:
        story = Story()

        await crm.hears(story.opened(), story.presented(), story.answered(), story.answered_again())

        (reminder,) = (await show(crm, f"/reminders?customer_id={story.customer_id}"))["items"]
        assert reminder["state"] == "taken_up"

    @pytest.mark.parametrize(
        ("happens", "state"),
        [
            (["requested"], "taken_up"),
            (["requested", "cancelled"], "open"),
            (["requested", "confirmed", "missed"], "open"),
            (["requested", "confirmed", "missed", "kept"], "taken_up"),
        ],
    )
    async def test_are_closed_by_an_appointment_that_stands(
        self, crm: Department, happens: Sequence[str], state: str
    ) -> None:
        story = Story()
        await crm.hears(story.opened(), story.presented(), story.answered(), story.closed())
        again = Story(customer_id=story.customer_id, vehicle_id=story.vehicle_id)

        await crm.hears(*(getattr(again, event)() for event in happens))

        (reminder,) = (await show(crm, f"/reminders?customer_id={story.customer_id}"))["items"]
        assert reminder["state"] == state


@pytest.mark.req("BOOK-37")
class TestAMissedAppointment:
    async def test_plans_one_recovery_call(self, crm: Department) -> None:
        story = Story()

        await crm.hears(story.requested(), story.confirmed(), story.missed())

        (planned,) = crm.said(FollowUpPlanned)
        assert (planned.kind, planned.due_on) == ("recovery", date(2025, 3, 10))

    @pytest.mark.parametrize(
        "order",
        [
            ["missed", "kept", "opened"],
            ["missed", "opened", "kept"],
            ["opened", "missed", "kept"],
        ],
    )
    async def test_leaves_no_call_when_the_car_came(self, crm: Department, order: Sequence[str]) -> None:
        story = Story()

        await crm.hears(story.confirmed(), *(getattr(story, event)() for event in order))

        assert await follow_ups(crm, customer_id=story.customer_id, state="planned") == []

    async def test_of_a_car_that_had_left_is_called_back_until_it_returns(self, crm: Department) -> None:
        story = Story()
        await crm.hears(story.opened(), story.left(), story.missed())
        assert len(await follow_ups(crm, customer_id=story.customer_id, state="planned")) == 1

        await crm.hears(story.returned())

        assert await follow_ups(crm, customer_id=story.customer_id, state="planned") == []

    async def test_keeps_a_call_that_was_made(self, crm: Department) -> None:
        story = Story()
        await crm.hears(story.confirmed(), story.missed())
        (call,) = await follow_ups(crm, customer_id=story.customer_id)
        await ask(crm, f"/follow-ups/{call['id']}/completion", outcome="reached", text="comes tomorrow")

        await crm.hears(story.kept(), story.opened())

        (call,) = await follow_ups(crm, customer_id=story.customer_id)
        assert call["state"] == "done"


class TestAComplaint:
    @pytest.mark.req("CRM-52")
    async def test_marks_the_customer_and_what_is_planned(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        story = Story(customer_id=customer_id)
        await crm.hears(story.opened(), story.handed_over(), story.closed())

        await crm.hears(story.complained())

        shown = await show(crm, f"/customers/{customer_id}")
        assert shown["careful"]
        assert [complaint["complaint_no"] for complaint in shown["complaints"]] == ["T-1"]
        assert (await show(crm, "/directory?name=Wang"))["items"][0]["careful"]
        (call,) = await follow_ups(crm, visit_id=story.visit_id)
        assert (call["careful"], call["reasons"]) == (True, ["complaint"])

    @pytest.mark.req("CRM-52")
    async def test_before_the_visit_is_closed_makes_the_call_careful_as_well(self, crm: Department) -> None:
        story = Story()

        await crm.hears(story.complained(), story.opened(), story.handed_over(), story.closed())

        (call,) = await follow_ups(crm, visit_id=story.visit_id)
        assert call["reasons"] == ["complaint"]

    @pytest.mark.req("CRM-52")
    async def test_keeps_the_mark_for_a_time_after_its_end(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        story = Story(customer_id=customer_id)

        await crm.hears(story.complained(), story.complaint_answered(), story.resolved())
        assert (await show(crm, f"/customers/{customer_id}"))["careful"]
        await crm.passes(days=31)

        assert not (await show(crm, f"/customers/{customer_id}"))["careful"]

    async def test_whose_measure_is_done_is_told_to_the_customer(self, crm: Department) -> None:
        story = Story()

        await crm.hears(story.complained(), story.measure_completed())

        (notice,) = (await show(crm, f"/notices?customer_id={story.customer_id}"))["items"]
        assert (notice["kind"], notice["due_at"]) == ("measure_completed", "2025-03-08T01:00:00Z")

    async def test_that_ended_is_asked_about_once_for_each_end(self, crm: Department) -> None:
        story = Story()

        await crm.hears(story.complained(), story.resolved(), story.reopened(), story.resolved())

        calls = await follow_ups(crm, customer_id=story.customer_id, kind="complaint_handling")
        assert sorted(call["state"] for call in calls) == ["cancelled", "planned"]

    async def test_knows_the_form_and_the_call_it_came_from(self, crm: Department) -> None:
        story, second = Story(), Story()
        await crm.hears(story.opened(), story.handed_over(), story.closed())
        (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]
        (call,) = await follow_ups(crm, visit_id=story.visit_id)

        await crm.hears(story.complained("survey", survey["id"]), second.complained("follow_up", call["id"]))

        assert (await show(crm, f"/surveys/{survey['id']}"))["complaint_id"] == str(story.complaint_id)
        assert (await show(crm, f"/follow-ups/{call['id']}"))["complaint_id"] == str(second.complaint_id)


class TestMoney:
    @pytest.mark.req("CRM-04")
    async def test_given_back_lowers_what_the_customer_spent(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        story = Story(customer_id=customer_id)

        await crm.hears(story.opened(), story.prepared(), story.issued(), story.paid(), story.refunded())

        life = (await show(crm, f"/customers/{customer_id}"))["life_cycle"]
        assert (life["stage"], life["visits"], life["spend"]) == ("new", 1, "162.00")

    async def test_of_a_discount_after_payment_goes_back(self, crm: Department) -> None:
        story = Story()

        await crm.hears(story.opened(), story.issued(), story.paid(), story.discounted())

        file = await show(crm, f"/visit-files/{story.visit_id}")
        assert (file["payable"], file["paid"]) == ("200.00", "200.00")

    async def test_of_a_withdrawn_invoice_is_not_owed(self, crm: Department) -> None:
        story = Story()

        await crm.hears(story.opened(), story.prepared(), story.withdrawn())

        file = await show(crm, f"/visit-files/{story.visit_id}")
        assert (file["total_gross"], file["payable"]) == (None, None)

    @pytest.mark.req("CRM-04")
    async def test_of_two_years_tells_a_declining_customer(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        first, second = Story(customer_id=customer_id), Story(customer_id=customer_id)
        last_year = FRIDAY - timedelta(days=400)

        await crm.hears(first.opened(), first.paid("3000.00", last_year))
        await crm.hears(second.opened(), second.paid("2100.00", FRIDAY - timedelta(days=5)))

        life = (await show(crm, f"/customers/{customer_id}"))["life_cycle"]
        assert life["stage"] == "declining"
        assert Decimal(life["spend_before"]) == 3000


BOOKING = ("requested", "confirmed", "rescheduled", "cancelled", "missed", "kept")
RECEPTION = (
    *("opened", "received", "delayed", "intake", "presented", "answered", "promised", "promise_revised"),
    *("promise_refused", "notified", "left", "returned", "handed_over", "closed"),
)
WORKSHOP = ("job_opened", "inspection_failed", "endangered", "ready")
BILLING = ("prepared", "withdrawn", "issued", "paid", "settled", "refunded", "discounted", "not_possible")
COMPLAINTS = (
    *("complained", "complaint_answered", "complaint_overdue", "measure_completed"),
    *("resolved", "reopened"),
)
EVENTS = (*BOOKING, *RECEPTION, *WORKSHOP, *BILLING, *COMPLAINTS)


class TestEveryEvent:
    def test_that_is_heard_is_told_by_the_story(self) -> None:
        heard = {kind for kind, _ in service.reactions.values()} - {CalendarChanged}

        assert {type(getattr(Story(), event)()) for event in EVENTS} == heard

    async def test_takes_effect_or_is_noted_when_it_is_the_first_of_its_visit(self, crm: Department) -> None:
        await crm.hears(*(getattr(Story(), event)() for event in EVENTS))

        assert await parked(crm) == []
        assert crm.runtime.counts.applied == len(EVENTS)

    @pytest.mark.parametrize("state", ["planned", "done"])
    async def test_takes_effect_or_is_noted_when_all_is_over(self, crm: Department, state: str) -> None:
        story = Story()
        await crm.hears(*a_whole_visit(story))
        if state == "done":
            (call,) = await follow_ups(crm, visit_id=story.visit_id)
            await ask(crm, f"/follow-ups/{call['id']}/completion", outcome="reached")
            (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]
            await ask(crm, f"/surveys/{survey['id']}/answer", points=SATISFIED)
        before = crm.runtime.counts.applied
        once = {"opened", "handed_over", "closed"}
        late = [event for event in EVENTS if event not in once]

        await crm.hears(*(getattr(story, event)() for event in late))

        assert await parked(crm) == []
        assert crm.runtime.counts.applied == before + len(late)
