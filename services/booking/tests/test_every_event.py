"""Every event in every state of an appointment is applied, and breaks nothing."""

from uuid import UUID, uuid4

import pytest
from services.booking.tests.builders import (
    FRIDAY,
    MONDAY_9,
    Desk,
    a_line,
    customer_registered,
    handover_promised,
    part_listed,
    reservation,
    vehicle_left,
    vehicle_registered,
    vehicle_returned,
    visit_closed,
    visit_opened,
)

from booking.domain.appointment_states import AppointmentState
from contracts.events import parts
from contracts.values import ChangedEta

STATES = list(AppointmentState)


class TestAnEvent:
    @pytest.mark.parametrize("state", STATES)
    async def test_of_parts_changes_no_state(self, desk: Desk, state: str) -> None:
        made = await desk.appointment_in(state)
        held, lines = uuid4(), [a_line(parts_needed=1)]
        etas = (ChangedEta(part_line_id=lines[0].parts[0].part_line_id, new_eta=FRIDAY),)
        kinds = (
            parts.PartsReserved,
            parts.ShortageDetected,
            parts.ReservationAttached,
            parts.PartsArrived,
            parts.PartsReleased,
        )

        await desk.booking.receives(
            *(reservation(kind, made["request_id"], lines, reservation_id=held) for kind in kinds),
            parts.EtaChanged(reservation_id=held, request_id=UUID(made["request_id"]), lines=etas),
        )

        assert (await desk.see(made))["state"] == state
        assert await self.all_applied(desk, "parts.reservation", held) == 6

    @pytest.mark.parametrize("state", STATES)
    async def test_of_reception_is_applied(self, desk: Desk, state: str) -> None:
        made = await desk.appointment_in(state)
        visit = visit_opened(made)

        await desk.booking.receives(
            visit,
            handover_promised(visit, MONDAY_9, 60),
            vehicle_left(visit),
            vehicle_returned(visit, MONDAY_9),
            vehicle_left(visit),
            visit_closed(visit),
        )

        assert await self.all_applied(desk, "reception.visit", visit.visit_id) == 6
        await desk.agrees()

    async def test_of_a_change_replaces_the_copy(self, desk: Desk) -> None:
        customer = customer_registered()
        vehicle = vehicle_registered(customer.customer_id)

        await desk.booking.receives(
            customer, vehicle, vehicle_registered(customer.customer_id, vehicle.vehicle_id, "京B·99999")
        )
        await desk.booking.receives(
            part_listed("X-1"), parts.PartWithdrawn(part_no="X-1"), part_listed("X-1")
        )

        found = await desk.ask("GET", "/directory?query=京B9")
        assert [one["customer"]["display_name"] for one in found["items"]] == ["李雷"]
        assert not (await desk.ask("GET", "/directory?query=沪A1"))["items"]

    async def all_applied(self, desk: Desk, stream: str, key: UUID) -> int:
        """Up to which sequence booking has applied an aggregate."""
        async with desk.booking.tx() as tx:
            return await tx.applied(stream, key)
