"""Bookings that turn out otherwise: nobody comes, another time, not at all (E5)."""

from uuid import UUID

import pytest
from scenarios.desks import booking
from scenarios.repairs import OIL_SERVICE
from scenarios.visits.driver import VisitDriver

from contracts.events.booking import AppointmentCancelled, AppointmentMissed, AppointmentRescheduled
from contracts.events.crm import FollowUpPlanned
from contracts.events.parts import PartsReleased, PartsReserved
from tests.integration.story import GONE, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def is_booked(driver: VisitDriver) -> None:
    """An oil service has its slot, and parts are reserved for it."""
    await driver.register()
    await driver.book(services=(OIL_SERVICE,), words="")


async def _held(driver: VisitDriver) -> set[str]:
    """How much of each part lies on the shelf for the request."""
    return {line["held"] for line in (await driver.reservation())["lines"]}


@pytest.mark.req("BOOK-37", "PART-15")
class TestANoShow:
    async def test_frees_slot_and_parts_and_plans_one_call(self, story: Story) -> None:
        driver = story.new_visit()
        await is_booked(driver)
        await story.settled()
        request = UUID(driver.request_id)
        assert len(story.published(PartsReserved, request_id=request)) == 1

        await story.passes(hours=26)

        appointment = await booking.appointment(story.client, driver.agent, driver.appointment_id)
        assert appointment["state"] == "missed"
        assert len(story.published(AppointmentMissed, request_id=request)) == 1
        assert [one.reason for one in story.published(PartsReleased, request_id=request)] == ["missed"]
        assert await _held(driver) == {"0.000"}
        calls = story.published(FollowUpPlanned, customer_id=UUID(driver.customer_id))
        assert [call.kind for call in calls] == ["recovery"]


@pytest.mark.req("PART-15")
class TestACancelledBooking:
    async def test_frees_slot_and_parts(self, story: Story) -> None:
        driver = story.new_visit()
        await is_booked(driver)
        await story.settled()

        await booking.cancel(story.client, driver.agent, driver.appointment_id, reason="the car was sold")
        await story.settled()

        request = UUID(driver.request_id)
        assert [one.cancelled_by for one in story.published(AppointmentCancelled, request_id=request)] == [
            "customer"
        ]
        assert [one.reason for one in story.published(PartsReleased, request_id=request)] == ["cancelled"]
        assert await _held(driver) == {"0.000"}
        await story.passes(hours=26)
        assert story.published(AppointmentMissed, request_id=request) == []


class TestAChangedBooking:
    async def test_is_kept_at_its_new_slot(self, story: Story) -> None:
        driver = story.new_visit()
        await is_booked(driver)

        await driver.take_slot(6, instead_because="the customer is still on the road")
        await driver.arrive()
        await driver.diagnose()
        await driver.repair(await driver.agree())
        await driver.inspect()
        await driver.settle_and_leave()

        assert await story.states(driver) == GONE | {"booking": "kept"}
        (moved,) = story.published(AppointmentRescheduled, request_id=UUID(driver.request_id))
        assert moved.new_slot.start > moved.old_slot.start
        assert (moved.revision, moved.asked_by) == (2, "customer")
