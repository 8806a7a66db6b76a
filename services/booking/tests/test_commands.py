"""What the booking desk does, on a real database: slots, capacity, calls, the menu and the calendar."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from services.booking.tests.builders import (
    BRAKES,
    FRIDAY,
    MONDAY_9,
    OIL_SERVICE,
    PADS,
    Desk,
    customer_registered,
    part_listed,
    reservation,
    vehicle_registered,
)

from booking.domain.menu import ServiceType
from contracts.events import parts
from contracts.events.booking import (
    AppointmentConfirmed,
    AppointmentMissed,
    AppointmentPrepared,
    AppointmentRequested,
    AppointmentRescheduled,
    CalendarChanged,
    ServiceOffered,
    ServiceWithdrawn,
)
from shopkit.numbers import request_id_of
from testkit.department import SHOP_ID


class TestRequests:
    @pytest.mark.req("BOOK-05")
    async def test_are_known_by_a_number_from_which_the_id_is_made(self, desk: Desk) -> None:
        first, second = await desk.request("OIL"), await desk.request("OIL")

        assert [first["request_no"], second["request_no"]] == ["B-250307-0001", "B-250307-0002"]
        settings = desk.booking.runtime.settings
        assert settings.shop_id == SHOP_ID
        assert UUID(first["request_id"]) == request_id_of(settings.shop_id, "B-250307-0001")
        event = desk.booking.published(AppointmentRequested)[0]
        assert event.lines[0].service_code == "OIL"
        assert event.respond_by == FRIDAY + timedelta(hours=24)
        assert desk.booking.committed[-1].correlation == second["request_id"]

    async def test_that_nobody_answered_are_visible(self, desk: Desk) -> None:
        answered, forgotten = await desk.request("OIL"), await desk.request("OIL")
        await desk.ask("POST", f"/appointments/{answered['id']}/response", {"note": "calls back"})
        await desk.booking.passes(hours=24, seconds=1)

        overdue = await desk.ask("GET", "/unanswered-requests?overdue=true")

        assert [row["id"] for row in overdue["items"]] == [forgotten["id"]]
        assert overdue["items"][0]["response_overdue"]

    async def test_show_names_when_crm_has_published_them(self, desk: Desk) -> None:
        customer = customer_registered(name="韩 梅梅")
        vehicle = vehicle_registered(customer.customer_id)
        made = await desk.request(
            "OIL", customer_id=str(customer.customer_id), vehicle_id=str(vehicle.vehicle_id)
        )
        assert made["customer"]["display_name"] is None

        await desk.booking.receives(customer, vehicle)

        assert (await desk.see(made))["customer"]["display_name"] == "韩 梅梅"
        row = (await desk.ask("GET", f"/appointments?vehicle_id={vehicle.vehicle_id}"))["items"][0]
        assert (row["customer_name"], row["plate"]) == ("韩 梅梅", "沪A·12345")
        for typed in ("韩梅", "沪a1234", "LSVAA4182"):
            found = await desk.ask("GET", f"/directory?query={typed}")
            assert [e["vehicle"]["plate"] for e in found["items"]] == ["沪A·12345"], typed


class TestConfirming:
    async def test_promises_the_slot_and_books_the_labour(self, desk: Desk) -> None:
        made = await desk.booked("BRAKES")

        assert made["state"] == "confirmed"
        event = desk.booking.published(AppointmentConfirmed)[0]
        assert (event.revision, event.labour_minutes) == (1, 90)
        assert event.slot_end - event.slot_start == timedelta(minutes=90)
        assert event.lines[0].parts[0].part_no == PADS
        assert event.lines[0].parts[0].title is not None
        day = await desk.capacity()
        assert (day["booked_minutes"], day["maintenance_minutes"]) == (90, 0)
        await desk.agrees()

    async def test_is_refused_when_the_day_is_full(self, desk: Desk) -> None:
        await desk.ask("PUT", f"/capacity-days/{MONDAY_9.date()}", {"technicians": 1})
        await desk.booked("BRAKES")  # of 162 minutes for repair

        problem = await desk.confirm(await desk.request("BRAKES"), MONDAY_9 + timedelta(hours=4), status=409)

        assert problem["code"] == "capacity_exceeded"
        assert (problem["limit_minutes"], problem["left_minutes"]) == (162, 72)
        await desk.agrees()

    async def test_is_refused_when_the_hour_is_full(self, desk: Desk) -> None:
        await desk.ask("PUT", f"/capacity-days/{MONDAY_9.date()}", {"technicians": 1})
        await desk.booked("OIL")

        problem = await desk.confirm(await desk.request("OIL"), MONDAY_9 + timedelta(minutes=30), status=409)

        assert problem["code"] == "slot_full"

    async def test_can_be_overridden_by_a_supervisor(self, desk: Desk) -> None:
        await desk.ask("PUT", f"/capacity-days/{MONDAY_9.date()}", {"technicians": 0})

        made = await desk.confirm(await desk.request("OIL"), overbook=True)

        assert made["overbooked_by"]
        assert "overbooked" in made["warnings"]
        await desk.agrees()

    async def test_of_the_same_car_twice_is_refused(self, desk: Desk) -> None:
        vehicle_id = str(uuid4())
        first = await desk.booked("OIL", vehicle_id=vehicle_id)

        problem = await desk.confirm(await desk.request("BRAKES", vehicle_id=vehicle_id), status=409)

        assert problem["code"] == "vehicle_already_booked"
        assert problem["appointment_id"] == first["id"]

    async def test_by_two_desks_at_once_does_not_overbook(self, desk: Desk) -> None:
        await desk.ask("PUT", f"/capacity-days/{MONDAY_9.date()}", {"technicians": 1})
        wanted = [await desk.request("OIL") for _ in range(4)]

        answers = await asyncio.gather(
            *(
                desk.booking.call(
                    "POST",
                    f"/appointments/{one['id']}/confirmation",
                    json={"slot_start": MONDAY_9.isoformat()},
                    who=["booking.book"],
                )
                for one in wanted
            )
        )

        assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
        await desk.agrees()

    async def test_of_the_same_car_by_two_desks_at_once_is_refused(self, desk: Desk) -> None:
        """One slot runs over into a day on which it takes no labour; the other is on that day."""
        vehicle_id, tuesday = str(uuid4()), MONDAY_9 + timedelta(days=1)
        long, short = [await desk.request("OIL", vehicle_id=vehicle_id) for _ in range(2)]
        wanted = {
            long["id"]: {
                "slot_start": MONDAY_9.isoformat(),
                "slot_end": (tuesday + timedelta(hours=3)).isoformat(),
            },
            short["id"]: {"slot_start": tuesday.isoformat()},
        }

        answers = await asyncio.gather(
            *(
                desk.booking.call("POST", f"/appointments/{id}/confirmation", json=body, who=["booking.book"])
                for id, body in wanted.items()
            )
        )

        assert sorted(a.status_code for a in answers) == [200, 409]
        await desk.agrees()

    async def test_is_refused_in_the_past_and_when_closed(self, desk: Desk) -> None:
        made = await desk.request("OIL")

        assert (await desk.confirm(made, FRIDAY - timedelta(hours=1), 409))["code"] == "slot_in_the_past"
        night = MONDAY_9 + timedelta(hours=12)
        assert (await desk.confirm(made, night, 409))["code"] == "shop_closed"

    async def test_a_second_time_names_the_state(self, desk: Desk) -> None:
        made = await desk.booked("OIL")

        problem = await desk.confirm(made, status=409)

        assert (problem["state"], problem["code"]) == ("confirmed", "illegal_transition")
        assert "reschedule" in problem["allowed"]


class TestMoving:
    async def test_frees_the_old_day_and_takes_the_new(self, desk: Desk) -> None:
        made = await desk.booked("OIL")
        tuesday = MONDAY_9 + timedelta(days=1)

        moved = await desk.ask(
            "POST",
            f"/appointments/{made['id']}/rescheduling",
            {"slot_start": tuesday.isoformat(), "reason": "travels", "service_codes": ["OIL", "BRAKES"]},
        )

        event = desk.booking.published(AppointmentRescheduled)[0]
        assert (event.revision, event.old_slot.start, event.new_slot.start) == (
            2,
            MONDAY_9,
            tuesday,
        )
        assert event.lines[0].line_id == UUID(made["lines"][0]["line_id"])  # kept work keeps its ids
        assert moved["labour_minutes"] == event.labour_minutes == 150
        assert (await desk.capacity())["booked_minutes"] == 0
        assert (await desk.capacity(tuesday))["booked_minutes"] == 150
        await desk.agrees()

    async def test_within_a_full_day_does_not_count_itself(self, desk: Desk) -> None:
        await desk.ask("PUT", f"/capacity-days/{MONDAY_9.date()}", {"technicians": 1})
        made = await desk.booked("OIL")

        await desk.ask(
            "POST",
            f"/appointments/{made['id']}/rescheduling",
            {"slot_start": (MONDAY_9 + timedelta(minutes=30)).isoformat(), "reason": "later"},
        )
        await desk.agrees()

    async def test_to_a_full_day_leaves_everything_as_it_was(self, desk: Desk) -> None:
        made = await desk.booked("OIL")
        tuesday = MONDAY_9 + timedelta(days=1)
        await desk.ask("PUT", f"/capacity-days/{tuesday.date()}", {"technicians": 0})

        body = {"slot_start": tuesday.isoformat(), "reason": "travels"}
        await desk.ask("POST", f"/appointments/{made['id']}/rescheduling", body, 409)

        assert (await desk.see(made))["slot_start"] == made["slot_start"]
        assert (await desk.capacity())["booked_minutes"] == 60
        assert not desk.booking.published(AppointmentRescheduled)

    async def test_cancelling_gives_the_labour_back(self, desk: Desk) -> None:
        made = await desk.booked("OIL")

        after = await desk.ask("POST", f"/appointments/{made['id']}/cancellation", {"reason": "sold"})

        assert (after["state"], after["cancelled_in_time"]) == ("cancelled", True)
        assert (await desk.capacity())["booked_minutes"] == 0
        await desk.booking.watermarks_complete("reception", upto=MONDAY_9 + timedelta(days=2))
        await desk.booking.passes(days=4)
        assert not desk.booking.published(AppointmentMissed)
        await desk.agrees()


class TestPreparing:
    @pytest.mark.req("BOOK-17", "BOOK-18", "BOOK-24")
    async def test_takes_three_people_and_the_parts(self, desk: Desk) -> None:
        made, path = await desk.booked("BRAKES"), f"/day-lists/{MONDAY_9.date()}"
        for check in ("bay", "crew", "reception"):
            await desk.ask("PUT", f"/appointments/{made['id']}/preparations/{check}", {})
        assert not desk.booking.published(AppointmentPrepared)
        (open_row,) = (await desk.ask("GET", f"{path}?prepared=false"))["items"]
        flags = {check: open_row[check]["ready"] for check in ("bay", "parts", "crew", "reception")}
        assert flags == {"bay": True, "parts": False, "crew": True, "reception": True}

        await desk.booking.receives(reservation(parts.PartsReserved, made["request_id"], made["lines"]))

        event = desk.booking.published(AppointmentPrepared)[0]
        assert event.parts.by == "system"
        assert event.bay.by != "system"
        assert {event.bay.at, event.crew.at, event.reception.at, event.parts.at} == {FRIDAY}
        (row,) = (await desk.ask("GET", f"{path}?prepared=true"))["items"]
        assert (row["id"], row["bay"]["by"], row["parts"]["by"]) == (made["id"], event.bay.by, "system")
        assert not (await desk.ask("GET", f"{path}?prepared=false"))["items"]


class TestCalls:
    @pytest.mark.req("BOOK-11")
    async def test_are_listed_when_due_and_gone_when_completed(self, desk: Desk) -> None:
        made = await desk.booked("OIL", start=MONDAY_9 + timedelta(days=4))
        assert not (await desk.ask("GET", "/calls"))["items"]
        await desk.booking.passes(days=4, hours=1)

        due = (await desk.ask("GET", "/calls"))["items"]

        assert [(one["call"]["kind"], one["appointment_id"]) for one in due] == [("notice", made["id"])]
        path = f"/appointments/{made['id']}/calls/{due[0]['call']['id']}/outcome"
        await desk.ask("POST", path, {"outcome": "continues"})
        assert (await desk.ask("GET", "/calls"))["items"][0]["call"]["attempts"] == 1
        await desk.ask("POST", path, {"outcome": "completed"})
        assert not (await desk.ask("GET", "/calls"))["items"]
        assert (await desk.ask("POST", path, {"outcome": "completed"}, 409))["code"] == "call_closed"

    @pytest.mark.req("BOOK-35")
    async def test_have_scripts_that_can_be_edited(self, desk: Desk) -> None:
        assert len(await desk.ask("GET", "/scripts")) == 4

        await desk.ask("PUT", "/scripts/reminder", {"text": {"zh": "您好", "en": "Hello"}})

        texts = {s["call_type"]: s["text"]["en"] for s in await desk.ask("GET", "/scripts")}
        assert texts["reminder"] == "Hello"

    @pytest.mark.req("BOOK-35")
    @pytest.mark.parametrize(
        ("state", "script"),
        [("requested", "confirmation"), ("confirmed", "change"), ("missed", "no_show"), ("cancelled", None)],
    )
    async def test_are_read_from_the_script_for_their_occasion(
        self, desk: Desk, state: str, script: str | None
    ) -> None:
        made = await desk.appointment_in(state)

        assert made["script"] == script
        assert {call["script"] for call in made["calls"]} <= {"reminder"}


class TestTheShop:
    async def test_offers_and_withdraws_services(self, desk: Desk) -> None:
        events = desk.booking.published(ServiceOffered)
        assert [event.service_code for event in events] == ["OIL", "BRAKES"]

        await desk.ask("POST", "/services/OIL/withdrawal")

        assert desk.booking.published(ServiceWithdrawn)[0].service_code == "OIL"
        body = {"customer_id": str(uuid4()), "vehicle_id": str(uuid4()), "service_codes": ["OIL"]}
        assert (await desk.ask("POST", "/appointments", body, 409))["code"] == "service_not_offered"
        again = await desk.ask("POST", "/services/OIL/withdrawal", None, 409)
        assert (again["state"], again["allowed"]) == ("withdrawn", ["offer"])
        await desk.ask("PUT", "/services/OIL", OIL_SERVICE)
        await desk.request("OIL")

    @pytest.mark.req("BOOK-30")
    @pytest.mark.parametrize("service_type", list(ServiceType))
    async def test_books_each_type_of_service(self, desk: Desk, service_type: ServiceType) -> None:
        await desk.ask("PUT", "/services/ANY", OIL_SERVICE | {"service_type": service_type})

        made = await desk.booked("ANY")

        offered = {s["service_code"]: s for s in (await desk.ask("GET", "/services"))["items"]}
        assert offered["ANY"]["terms"]["service_type"] == service_type
        assert (made["state"], made["lines"][0]["service_code"]) == ("confirmed", "ANY")

    async def test_checks_the_menu_against_the_catalogue(self, desk: Desk) -> None:
        unknown = BRAKES | {"parts": [{"part_no": "NEW-1", "quantity": "1.000"}]}
        problem = await desk.ask("PUT", "/services/NEW", unknown, 409)
        assert (problem["code"], problem["waiting_for"]) == ("part_unknown", "parts.part")

        await desk.booking.receives(part_listed("NEW-1"), parts.PartWithdrawn(part_no=PADS))

        await desk.ask("PUT", "/services/NEW", unknown)
        menu = {s["service_code"]: s for s in (await desk.ask("GET", "/services"))["items"]}
        assert menu["BRAKES"]["unavailable_parts"] == [PADS]
        assert menu["NEW"]["unavailable_parts"] == []

    @pytest.mark.req("BOOK-34")
    async def test_publishes_its_calendar_once_and_when_it_changes(self, desk: Desk) -> None:
        assert len(desk.booking.published(CalendarChanged)) == 1
        made = await desk.booked("OIL")
        closed = {
            "weekly_hours": [{"weekday": n, "opens": "08:00", "closes": "18:00"} for n in range(7)],
            "closed_days": [{"on": str(MONDAY_9.date()), "reason": "stock-taking"}],
        }

        view = await desk.ask("PUT", "/calendar", closed)

        assert view["appointments_outside"] == [made["id"]]
        assert desk.booking.published(CalendarChanged)[1].closed_days[0].on == MONDAY_9.date()
        assert (await desk.capacity())["available_minutes"] == 0
        problem = await desk.confirm(await desk.request("OIL"), status=409)
        assert problem["code"] == "shop_closed"
        bad = closed | {"breaks": [{"starts": "13:00", "ends": "12:00"}]}
        await desk.ask("PUT", "/calendar", bad, 422)

    @pytest.mark.req("BOOK-34")
    async def test_opens_at_other_hours_on_each_day_of_the_week(self, desk: Desk) -> None:
        hours = [{"weekday": 0, "opens": "10:00", "closes": "14:00"}]
        hours += [{"weekday": 1, "opens": "08:00", "closes": "20:00"}]

        await desk.ask("PUT", "/calendar", {"weekly_hours": hours})

        early = await desk.confirm(await desk.request("OIL"), MONDAY_9, 409)
        assert early["code"] == "shop_closed"
        await desk.booked("OIL", start=MONDAY_9 + timedelta(hours=1))
        await desk.booked("OIL", start=MONDAY_9 + timedelta(hours=33))  # Tuesday at 18:00

    @pytest.mark.req("BOOK-18", "BOOK-20")
    async def test_shows_what_is_left_and_offers_it(self, desk: Desk) -> None:
        await desk.ask("PUT", f"/capacity-days/{MONDAY_9.date()}", {"technicians": 1})
        made = await desk.booked("OIL")

        day = await desk.capacity()
        assert (day["available_minutes"], day["left_minutes"]) == (540, 480)
        assert day["left_maintenance_minutes"] == 378 - 60
        assert [hour["load"] for hour in day["hours"]][:2] == ["0.0000", "1.0000"]
        free = await desk.ask("GET", f"/slots?service_code=OIL&from_on={MONDAY_9.date()}")
        starts = [slot["slot_start"] for slot in free]
        assert starts[0] == "2025-03-10T00:00:00Z"
        assert "2025-03-10T01:00:00Z" not in starts
        own = await desk.ask("GET", f"/appointments/{made['id']}/slots?from_on={MONDAY_9.date()}")
        assert "2025-03-10T01:00:00Z" in [slot["slot_start"] for slot in own]
