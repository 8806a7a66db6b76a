"""What the workshop keeps of others: technicians, appointments, the calendar, cars that come and go."""

from uuid import uuid4

from services.workshop.tests.builders import Story
from sqlalchemy import select

from contracts.events.booking import (
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentMissed,
    AppointmentPrepared,
    AppointmentRescheduled,
    CalendarChanged,
)
from contracts.events.reception import PromiseRefused, ReworkAgreed, VehicleLeft, VehicleReturned, VisitClosed
from contracts.events.staff import EmployeeLeft
from contracts.values import Break, ClosedDay, Readiness, Slot, WeeklyHours
from workshop.domain import Job, PartLine


class TestCopies:
    async def test_who_left_loses_what_was_planned(self, story: Story) -> None:
        await story.in_shop()
        await story.done("/dispatch", {"technician_id": str(story.li)})

        await story.receives(EmployeeLeft(employee_id=story.li))

        queue = await story.workshop.call("GET", "/queue", who=["workshop.read"])
        refused = await story.asks("/dispatch", {"technician_id": str(story.li)})
        assert len(queue.json()["items"]) == 1
        assert (refused.json()["code"], refused.json()["active"]) == ("technician_absent", False)

    async def test_appointments_are_the_load_of_their_day(self, story: Story) -> None:
        ids = {
            "appointment_id": uuid4(),
            "request_id": story.request_id,
            "request_no": "B-250307-0001",
            "customer_id": story.customer_id,
            "vehicle_id": story.vehicle_id,
        }
        slot = Slot(start=story.in_minutes(60), end=story.in_minutes(120))
        later = Slot(start=story.in_minutes(1500), end=story.in_minutes(1560))
        yes = Readiness(ready=True)
        await story.hired()
        await story.receives(
            AppointmentConfirmed(
                **ids, revision=1, slot_start=slot.start, slot_end=slot.end, labour_minutes=60
            ),
            AppointmentPrepared(**ids, slot_start=slot.start, bay=yes, parts=yes, crew=yes, reception=yes),
        )
        first = (await story.workshop.call("GET", "/load", who=["workshop.read"])).json()[0]

        await story.receives(
            AppointmentRescheduled(
                **ids, revision=2, old_slot=slot, new_slot=later, labour_minutes=90, asked_by="customer"
            ),
            AppointmentMissed(**ids, slot_start=later.start, slot_end=later.end, grace_minutes=15),
            AppointmentKept(**ids, visit_id=story.visit_id, after_missed=True),
        )
        days = await story.workshop.call(
            "GET", "/load?first=2025-03-07&last=2025-03-08", who=["workshop.read"]
        )

        assert (first["planned_minutes"], first["bays_held"], first["capacity_minutes"]) == (60, 1, 1080)
        assert [(day["planned_minutes"], day["real_minutes"]) for day in days.json()] == [(0, 0), (90, 90)]

    async def test_the_calendar_moves_the_latest_start(self, story: Story) -> None:
        await story.in_shop()
        await story.agreed()
        await story.receives(story.promised(story.in_minutes(300)))
        before = (await story.job())["promise"]["latest_start"]

        await story.receives(
            CalendarChanged(
                timezone="Asia/Shanghai",
                weekly_hours=tuple(WeeklyHours(weekday=n, opens="08:00", closes="18:00") for n in range(7)),
                breaks=(Break(starts="12:00", ends="14:00"),),
                closed_days=(ClosedDay(on="2025-03-09"),),
            )
        )

        assert (await story.job())["promise"]["latest_start"] != before

    async def test_a_car_that_left_frees_its_bay_and_is_resumed_when_it_returns(self, story: Story) -> None:
        await story.in_shop()
        [repair] = await story.agreed()
        await story.begins(repair)
        vehicle = {"vehicle_id": story.vehicle_id}
        await story.receives(
            VehicleLeft(**story.ids, **vehicle, request_no="W-250307-0001", left_at=story.now)
        )
        away = await story.job()

        await story.receives(VehicleReturned(**story.ids, **vehicle, returned_at=story.now))
        again = await story.done(f"/lines/{repair.line_id}/start", {})

        assert (away["away"], away["bay_id"], away["waiting_reason"]) == (True, None, "vehicle_away")
        assert again["state"] == "repairing"

    async def test_a_car_that_is_gone_is_nobodys_next_work(self, story: Story) -> None:
        await story.in_shop()
        await story.done("/dispatch", {"technician_id": str(story.li)})
        path = f"/technicians/{story.li}"
        before = (await story.workshop.call("GET", path, who=["workshop.read"])).json()

        await story.receives(story.handed_over())

        after = (await story.workshop.call("GET", path, who=["workshop.read"])).json()
        assert before["next"]["line_id"] == str(story.zero.line_id)
        assert after["next"] is None

    async def test_a_replay_of_the_form_makes_no_second_job(self, story: Story) -> None:
        await story.in_shop()

        await story.receives(story.intake())

        async with story.workshop.tx() as tx:
            assert len(await tx.all(select(Job))) == 1
            assert await tx.all(select(PartLine)) == []


class TestVisitsWithoutAJob:
    async def test_agreed_rework_is_linked_to_the_first_order(self, story: Story) -> None:
        first, measure_id = uuid4(), uuid4()
        redo = story.a_line("rework", payer="shop")
        await story.receives(
            ReworkAgreed(
                **story.ids,
                request_no="W-250307-0001",
                vehicle_id=story.vehicle_id,
                rework_of_visit_id=first,
                measure_id=measure_id,
                complaint_id=uuid4(),
                lines=(redo,),
            )
        )
        board = await story.workshop.call("GET", "/board", who=["workshop.read"])
        await story.receives(story.opened(), story.intake(redo, authorised=[redo.line_id]))

        job = await story.job()

        assert board.json()["items"] == []
        assert job["vehicle"]["rework_of_visit_id"] == str(first)
        assert job["lines"][1]["measure_id"] == str(measure_id)

    async def test_a_car_that_left_before_the_form_was_signed_is_off_the_board(self, story: Story) -> None:
        await story.receives(
            story.opened(),
            VisitClosed(
                **story.ids,
                vehicle_id=story.vehicle_id,
                record_no="C000123-RP-20250307-001",
                outcome="left",
                closed_at=story.now,
            ),
        )

        board = await story.workshop.call("GET", "/board", who=["workshop.read"])

        assert board.json()["items"] == []

    async def test_a_refused_promise_is_on_the_supervisors_list_until_there_is_another(
        self, story: Story
    ) -> None:
        async def refused() -> int:
            found = await story.workshop.call("GET", "/board?promise_refused=true", who=["workshop.read"])
            return len(found.json()["items"])

        await story.in_shop()
        await story.receives(
            story.promised(story.in_minutes(300)),
            PromiseRefused(**story.ids, promise_revision=1, reason="needs the car"),
        )
        listed = await refused()

        await story.receives(story.promised(story.in_minutes(200), revision=2))

        assert (listed, await refused()) == (1, 0)
