"""What booking does when cars leave and return, and when parts reports; in either order."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from services.booking.tests.builders import (
    FRIDAY,
    MONDAY_9,
    Desk,
    a_line,
    handover_promised,
    reservation,
    rework_agreed,
    vehicle_left,
    vehicle_returned,
    visit_closed,
    visit_opened,
)

from contracts.events import parts
from contracts.events.booking import AppointmentCancelled, AppointmentConfirmed, AppointmentKept
from contracts.values import BackOrderedPart


class TestTheCarLeavesForParts:
    async def opened(self, desk: Desk) -> tuple[Any, Any]:
        """A kept appointment and its visit."""
        made = await desk.booked("BRAKES", start=FRIDAY + timedelta(hours=1))
        visit = visit_opened(made)
        await desk.booking.receives(visit)
        return made, visit

    async def returns(self, desk: Desk, visit: Any) -> list[Any]:
        """The appointments for the return, oldest first."""
        rows = (await desk.ask("GET", f"/appointments?visit_id={visit.visit_id}"))["items"]
        return [await desk.see(row) for row in reversed(rows)]

    async def test_and_gets_a_second_appointment_under_its_request(self, desk: Desk) -> None:
        made, visit = await self.opened(desk)
        line = a_line(parts_needed=1)

        await desk.booking.receives(vehicle_left(visit, line))

        (back,) = await self.returns(desk, visit)
        assert (back["request_id"], back["request_no"]) == (made["request_id"], made["request_no"])
        assert back["lines"][0]["line_id"] == str(line.line_id)
        assert (back["state"], back["calls"]) == ("requested", [])

    @pytest.mark.parametrize("arrived_first", [True, False])
    async def test_and_is_offered_a_slot_when_parts_arrive_in_either_order(
        self, desk: Desk, arrived_first: bool
    ) -> None:
        _, visit = await self.opened(desk)
        line, reservation_id = a_line(parts_needed=1), uuid4()
        arrived = reservation(parts.PartsArrived, visit.request_id, [line], reservation_id=reservation_id)
        left = vehicle_left(visit, line)

        await desk.booking.receives(*((arrived, left) if arrived_first else (left, arrived)))

        (back,) = await self.returns(desk, visit)
        assert [(call["kind"], call["done_at"]) for call in back["calls"]] == [("offer", None)]
        assert back["parts"]["ready"]
        due = (await desk.ask("GET", "/calls?kind=offer"))["items"]
        assert [one["appointment_id"] for one in due] == [back["id"]]
        await desk.confirm(back)
        assert desk.booking.published(AppointmentConfirmed)[-1].visit_id == visit.visit_id
        assert not (await desk.ask("GET", "/calls?kind=offer"))["items"]

    @pytest.mark.parametrize("confirmed", [True, False])
    async def test_and_returns(self, desk: Desk, confirmed: bool) -> None:
        _, visit = await self.opened(desk)
        await desk.booking.receives(vehicle_left(visit, a_line()))
        (back,) = await self.returns(desk, visit)
        if confirmed:
            await desk.confirm(back)

        await desk.booking.receives(vehicle_returned(visit, MONDAY_9))

        (back,) = await self.returns(desk, visit)
        assert (back["state"], back["kept_visit_id"]) == ("kept", str(visit.visit_id))
        await desk.agrees()

    async def test_after_a_cancelled_return_it_gets_another(self, desk: Desk) -> None:
        _, visit = await self.opened(desk)
        path = f"/visits/{visit.visit_id}/appointments"
        assert (await desk.ask("POST", path, {}, 409))["code"] == "visit_not_away"
        await desk.booking.receives(vehicle_left(visit, line := a_line(parts_needed=1)))
        assert (await desk.ask("POST", path, {}, 409))["code"] == "already_booked"
        (back,) = await self.returns(desk, visit)
        await desk.ask("POST", f"/appointments/{back['id']}/cancellation", {"reason": "busy"})

        again = await desk.ask("POST", path, {}, 201)
        assert again["lines"][0]["line_id"] == str(line.line_id)
        await desk.ask("POST", f"/appointments/{again['id']}/cancellation", {"reason": "busy"})
        await desk.booking.receives(reservation(parts.PartsArrived, visit.request_id, [line]))

        assert [one["state"] for one in await self.returns(desk, visit)] == [
            "cancelled",
            "cancelled",
            "requested",
        ]

    async def test_a_later_request_for_its_return_knows_that_the_parts_are_here(self, desk: Desk) -> None:
        _, visit = await self.opened(desk)
        line = a_line(parts_needed=1)
        await desk.booking.receives(
            vehicle_left(visit, line), reservation(parts.PartsArrived, visit.request_id, [line])
        )
        (back,) = await self.returns(desk, visit)
        await desk.ask("POST", f"/appointments/{back['id']}/cancellation", {"reason": "busy"})

        again = await desk.ask("POST", f"/visits/{visit.visit_id}/appointments", {}, 201)

        assert (again["parts"]["ready"], again["parts"]["by"]) == (True, "system")

    async def test_and_its_open_work_is_booked_once(self, desk: Desk) -> None:
        """A walk-in's labour is on the promised day; what is left goes with the return."""
        walk_in = visit_opened(
            {
                "request_id": uuid4(),
                "customer_id": uuid4(),
                "vehicle_id": uuid4(),
                "request_no": "W-250307-0001",
            },
            walk_in=True,
        )
        await desk.booking.receives(walk_in, handover_promised(walk_in, FRIDAY + timedelta(hours=6), 150))

        await desk.booking.receives(vehicle_left(walk_in, a_line(minutes=90)))
        (back,) = await self.returns(desk, walk_in)
        await desk.confirm(back)

        assert (await desk.capacity(FRIDAY))["walk_in_minutes"] == 60
        assert (await desk.capacity())["booked_minutes"] == 90

    async def test_and_is_no_contact_of_the_desk(self, desk: Desk) -> None:
        _, visit = await self.opened(desk)

        await desk.booking.receives(vehicle_left(visit, a_line()))

        figures = await desk.ask("GET", f"/key-figures?from_on={FRIDAY.date()}&to_on={FRIDAY.date()}")
        assert (figures["contacts"], figures["bookings"], figures["contact_success"]) == (1, 1, "1.0000")

    async def test_and_never_returns_so_the_appointment_is_given_up(self, desk: Desk) -> None:
        _, visit = await self.opened(desk)
        await desk.booking.receives(vehicle_left(visit, a_line()))
        (back,) = await self.returns(desk, visit)
        await desk.confirm(back)

        await desk.booking.receives(visit_closed(visit))

        assert desk.booking.published(AppointmentCancelled)[0].cancelled_by == "shop"
        await desk.agrees()


class TestReworkIsAgreed:
    @pytest.mark.parametrize("confirmed", [True, False])
    async def test_and_the_new_visit_keeps_its_appointment(self, desk: Desk, confirmed: bool) -> None:
        agreed = rework_agreed()
        await desk.booking.receives(agreed)
        row = (await desk.ask("GET", f"/appointments?visit_id={agreed.visit_id}"))["items"][0]
        made = await desk.see(row)
        assert (made["measure_id"], made["request_id"]) == (str(agreed.measure_id), str(agreed.request_id))
        assert made["calls"][0]["kind"] == "offer"
        if confirmed:
            await desk.confirm(made)

        await desk.booking.receives(visit_opened(made, visit_id=agreed.visit_id))

        assert (await desk.see(made))["state"] == "kept"
        assert desk.booking.published(AppointmentKept)[0].visit_id == agreed.visit_id
        await desk.agrees()


class TestParts:
    async def test_that_are_short_are_shown_and_cannot_be_ticked(self, desk: Desk) -> None:
        made = await desk.booked("BRAKES")
        held, needed = uuid4(), made["lines"][0]["parts"][0]["part_line_id"]
        await desk.booking.receives(
            reservation(
                parts.ShortageDetected, made["request_id"], made["lines"], short=True, reservation_id=held
            ),
            parts.PartsBackOrdered(
                reservation_id=held,
                request_id=made["request_id"],
                purchase_order_no="PO-1",
                lines=(
                    BackOrderedPart(
                        part_line_id=needed,
                        quantity="1.000",
                        eta=FRIDAY,
                    ),
                ),
            ),
        )

        now = await desk.see(made)
        assert (now["parts_short"], now["parts_on_order"]) == (True, True)
        assert now["reservation"][0]["eta"] == "2025-03-07T01:00:00Z"
        path = f"/appointments/{made['id']}/preparations/parts"
        assert (await desk.ask("PUT", path, {}, 409))["code"] == "parts_short"

        await desk.booking.receives(
            reservation(parts.PartsArrived, made["request_id"], made["lines"], reservation_id=held)
        )
        now = await desk.see(made)
        assert (now["parts"]["ready"], now["parts_short"], now["parts_on_order"]) == (True, False, False)
