"""What booking does when a car comes, booked or not; in either order."""

from datetime import timedelta
from uuid import uuid4

import pytest
from services.booking.tests.builders import (
    FRIDAY,
    MONDAY_9,
    Desk,
    handover_promised,
    visit_closed,
    visit_opened,
)

from contracts.events import reception
from contracts.events.booking import AppointmentKept

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
        events = desk.booking.published(AppointmentKept)
        assert [(one.visit_id, one.after_missed) for one in events] == [(event.visit_id, state == "missed")]
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
    async def test_first_and_the_desk_is_refused(self, desk: Desk, command: str) -> None:
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
