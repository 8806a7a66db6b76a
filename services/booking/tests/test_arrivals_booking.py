"""What booking does when a car comes, booked or not, or stays away; in either order."""

from datetime import timedelta
from uuid import uuid4

import pytest
from services.booking.tests.booking_builders import (
    FRIDAY,
    GRACE,
    MONDAY_9,
    Desk,
    handover_promised,
    visit_closed,
    visit_opened,
)

from contracts.events import reception
from contracts.events.booking import AppointmentKept, AppointmentMissed

STATES = ["requested", "confirmed", "missed", "cancelled"]


class TestTheCarComes:
    @pytest.mark.parametrize("named", [True, False])
    @pytest.mark.parametrize("state", STATES)
    async def test_and_the_appointment_is_kept_whatever_it_was(
        self, desk: Desk, state: str, named: bool
    ) -> None:
        made = await desk.appointment_in(state)
        arrived = desk.booking.clock.now()
        event = visit_opened(made, arrived_at=arrived, **({"appointment_id": made["id"]} if named else {}))

        await desk.booking.receives(event)

        now = await desk.see(made)
        assert (now["state"], now["kept_visit_id"]) == ("kept", str(event.visit_id))
        said = desk.booking.published(AppointmentKept)
        assert [(one.visit_id, one.after_missed) for one in said] == [(event.visit_id, state == "missed")]
        assert (await desk.capacity(arrived))["booked_minutes"] == 60
        await desk.agrees()

    async def test_on_another_day_and_the_slot_is_free(self, desk: Desk) -> None:
        made = await desk.booked("OIL")

        await desk.booking.receives(visit_opened(made))

        assert (await desk.capacity())["booked_minutes"] == 0
        assert (await desk.capacity(FRIDAY))["booked_minutes"] == 60
        assert not any(float(hour["load"]) for hour in (await desk.capacity())["hours"])
        await desk.agrees()

    async def test_on_the_old_slot_after_a_change_and_the_new_one_is_freed(self, desk: Desk) -> None:
        made = await desk.booked("OIL")
        tuesday = MONDAY_9 + timedelta(days=1)
        body = {"slot_start": tuesday.isoformat(), "reason": "travels"}
        await desk.ask("POST", f"/appointments/{made['id']}/rescheduling", body)

        await desk.booking.receives(visit_opened(made, arrived_at=MONDAY_9))

        assert (await desk.capacity(tuesday))["booked_minutes"] == 0
        assert (await desk.capacity())["booked_minutes"] == 60
        await desk.agrees()

    @pytest.mark.parametrize("command", ["rescheduling", "cancellation"])
    async def test_first_and_the_desk_is_told(self, desk: Desk, command: str) -> None:
        made = await desk.appointment_in("kept")
        body = {"reason": "travels"}
        if command == "rescheduling":
            body["slot_start"] = (MONDAY_9 + timedelta(days=1)).isoformat()

        problem = await desk.ask("POST", f"/appointments/{made['id']}/{command}", body, 409)

        assert (problem["state"], problem["allowed"]) == ("kept", [])
        await desk.agrees()

    async def test_unbooked_and_counts_on_the_promised_day(self, desk: Desk) -> None:
        walk_in = visit_opened(
            {
                "request_id": uuid4(),
                "customer_id": uuid4(),
                "vehicle_id": uuid4(),
                "request_no": "W-250307-0001",
            },
            walk_in=True,
        )
        await desk.booking.receives(walk_in, handover_promised(walk_in, FRIDAY + timedelta(hours=6), 120))
        assert (await desk.capacity(FRIDAY))["walk_in_minutes"] == 120

        await desk.booking.receives(
            reception.PromiseRevised(
                visit_id=walk_in.visit_id,
                request_id=walk_in.request_id,
                customer_id=walk_in.customer_id,
                promise_revision=2,
                old_promise=FRIDAY + timedelta(hours=6),
                new_promise=MONDAY_9,
                reason="parts",
                agreed_by="customer",
                notified_at=FRIDAY,
            )
        )

        assert (await desk.capacity(FRIDAY))["walk_in_minutes"] == 0
        assert (await desk.capacity())["walk_in_minutes"] == 120
        await desk.booking.receives(visit_closed(walk_in, "declined"))
        assert (await desk.capacity())["walk_in_minutes"] == 0

    @pytest.mark.req("BOOK-25")
    async def test_and_the_key_figures_count_it(self, desk: Desk) -> None:
        made = await desk.booked("OIL", start=FRIDAY + timedelta(hours=1), fault_occurred="mornings")
        await desk.booking.receives(
            opened := visit_opened(made),
            reception.VehicleReceived(
                visit_id=opened.visit_id,
                request_id=opened.request_id,
                customer_id=opened.customer_id,
                advisor_id=uuid4(),
                received_at=FRIDAY,
                waited_minutes=4,
                within_sla=True,
            ),
            visit_opened(
                {
                    "request_id": uuid4(),
                    "customer_id": uuid4(),
                    "vehicle_id": uuid4(),
                    "request_no": "W-250307-0001",
                },
                walk_in=True,
            ),
        )

        figures = await desk.ask("GET", f"/key-figures?from_on={FRIDAY.date()}&to_on={FRIDAY.date()}")

        assert (figures["arrivals"], figures["booked_arrivals"]) == (2, 1)
        assert (figures["booking_share"], figures["show_rate"]) == ("0.5000", "1.0000")


@pytest.mark.req("BOOK-37")
class TestNobodyComes:
    async def test_and_after_the_grace_it_is_missed(self, desk: Desk) -> None:
        made = await desk.appointment_in("missed")

        said = desk.booking.published(AppointmentMissed)
        assert [(one.slot_start, one.grace_minutes) for one in said] == [(MONDAY_9, 30)]
        assert made["script"] == "no_show"
        assert (await desk.capacity())["booked_minutes"] == 0
        await desk.agrees()

    async def test_but_nothing_is_concluded_while_reception_is_silent(self, desk: Desk) -> None:
        made = await desk.booked("OIL")
        await desk.booking.passes(days=4)
        assert (await desk.see(made))["state"] == "confirmed"

        await desk.booking.receives(visit_opened(made, arrived_at=MONDAY_9))
        await desk.booking.watermarks_complete("reception")
        await desk.booking.until_quiet()

        assert (await desk.see(made))["state"] == "kept"
        assert not desk.booking.published(AppointmentMissed)

    async def test_and_a_slot_that_moved_is_watched_at_its_new_time(self, desk: Desk) -> None:
        made = await desk.booked("OIL")
        tuesday = MONDAY_9 + timedelta(days=1)
        body = {"slot_start": tuesday.isoformat(), "reason": "travels"}
        await desk.ask("POST", f"/appointments/{made['id']}/rescheduling", body)

        await desk.nobody_comes()
        assert (await desk.see(made))["state"] == "confirmed"
        await desk.booking.watermarks_complete("reception", upto=tuesday + 2 * GRACE)
        await desk.booking.passes(days=1)

        assert (await desk.see(made))["state"] == "missed"

    async def test_and_a_longer_grace_is_waited_for(self, desk: Desk) -> None:
        made = await desk.booked("OIL")
        changed = await desk.booking.call(
            "PUT",
            "/house-rules/grace_minutes",
            json={"value": 90, "reason": "rain"},
            who=["house-rules.change"],
        )
        assert changed.status_code == 200, changed.text

        await desk.nobody_comes()
        assert (await desk.see(made))["state"] == "confirmed"
        await desk.booking.watermarks_complete("reception", upto=MONDAY_9 + timedelta(hours=3))
        await desk.booking.passes(hours=1)

        assert (await desk.see(made))["state"] == "missed"
