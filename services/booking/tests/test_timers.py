"""A car that does not come: slot and grace go by (BOOK-37)."""

from datetime import timedelta

import pytest
from services.booking.tests.builders import GRACE, MONDAY_9, Desk, visit_opened

from contracts.events.booking import AppointmentMissed


@pytest.mark.req("BOOK-37")
class TestNobodyComes:
    async def test_and_after_the_grace_it_is_missed(self, desk: Desk) -> None:
        made = await desk.appointment_in("missed")

        events = desk.booking.published(AppointmentMissed)
        assert [(one.slot_start, one.grace_minutes) for one in events] == [(MONDAY_9, 30)]
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
