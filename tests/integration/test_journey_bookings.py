"""Bookings that turn out otherwise: nobody comes, another time, not at all (E5)."""

from uuid import UUID

import pytest
from demo.desks import booking
from demo.repairs import OIL_SERVICE
from demo.visits.course import Course

from contracts.booking import AppointmentCancelled, AppointmentMissed, AppointmentRescheduled
from contracts.crm import FollowUpPlanned
from contracts.parts import PartsReleased, PartsReserved
from tests.integration.town import GONE, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def is_booked(course: Course) -> None:
    """An oil service has its slot, and parts are set aside for it."""
    await course.register()
    await course.book(services=(OIL_SERVICE,), words="")


async def _held(course: Course) -> set[str]:
    """How much of each part is set aside for the request."""
    return {line["held"] for line in (await course.reservation())["lines"]}


@pytest.mark.req("BOOK-37", "PART-15")
class TestANoShow:
    async def test_frees_slot_and_parts_and_plans_one_call(self, town: Town) -> None:
        course = town.course()
        await is_booked(course)
        await town.settled()
        request = UUID(course.request_id)
        assert len(town.said(PartsReserved, request_id=request)) == 1

        await town.passes(hours=26)

        appointment = await booking.appointment(town.doors, course.agent, course.appointment_id)
        assert appointment["state"] == "missed"
        assert len(town.said(AppointmentMissed, request_id=request)) == 1
        assert [one.reason for one in town.said(PartsReleased, request_id=request)] == ["missed"]
        assert await _held(course) == {"0.000"}
        calls = town.said(FollowUpPlanned, customer_id=UUID(course.customer_id))
        assert [call.kind for call in calls] == ["recovery"]


@pytest.mark.req("BOOK-07", "PART-15")
class TestACancelledBooking:
    async def test_frees_slot_and_parts(self, town: Town) -> None:
        course = town.course()
        await is_booked(course)
        await town.settled()

        await booking.cancel(town.doors, course.agent, course.appointment_id, reason="the car was sold")
        await town.settled()

        request = UUID(course.request_id)
        assert [one.cancelled_by for one in town.said(AppointmentCancelled, request_id=request)] == [
            "customer"
        ]
        assert [one.reason for one in town.said(PartsReleased, request_id=request)] == ["cancelled"]
        assert await _held(course) == {"0.000"}
        await town.passes(hours=26)
        assert town.said(AppointmentMissed, request_id=request) == []


class TestAChangedBooking:
    async def test_is_kept_at_its_new_slot(self, town: Town) -> None:
        course = town.course()
        await is_booked(course)

        await course.take_slot(6, instead_because="the customer is still on the road")
        await course.arrive()
        await course.diagnose()
        await course.repair(await course.agree())
        await course.inspect()
        await course.settle_and_leave()

        assert await town.states(course) == GONE | {"booking": "kept"}
        (moved,) = town.said(AppointmentRescheduled, request_id=UUID(course.request_id))
        assert moved.new_slot.start > moved.old_slot.start
        assert (moved.revision, moved.asked_by) == (2, "customer")
