"""Races of journey 7 between a booking and the car that comes, each in both orders."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from uuid import UUID

import pytest
import pytest_asyncio
from scenarios.desks import booking, parts
from scenarios.repairs import OIL_SERVICE
from scenarios.visits.driver import VisitDriver

from contracts.base import Event
from contracts.events.booking import (
    AppointmentCancelled,
    AppointmentKept,
    AppointmentMissed,
    AppointmentRescheduled,
)
from contracts.events.crm import FollowUpCancelled, FollowUpPlanned
from contracts.events.reception import VisitOpened
from tests.integration.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")

Change = Callable[[Story, VisitDriver], Awaitable[None]]


@pytest_asyncio.fixture(loop_scope="session")
async def driver(story: Story) -> VisitDriver:
    """An oil service is booked, and all departments have applied it."""
    booked = story.new_visit()
    await booked.register()
    await booked.book(services=(OIL_SERVICE,), words="")
    await story.settled()
    return booked


async def _calls_off(story: Story, driver: VisitDriver) -> None:
    await booking.cancel(story.client, driver.agent, driver.appointment_id, reason="sold")


async def _asks_for_a_later_slot(_: Story, driver: VisitDriver) -> None:
    await driver.take_slot(8, instead_because="the customer is still on the road")


async def _is_kept_with_its_parts(story: Story, driver: VisitDriver) -> None:
    """The visit won: the appointment is kept and the parts of the booked work are held for it."""
    states = await story.states(driver)
    assert (states["booking"], states["parts"]) == ("kept", "attached")
    held = {line["part_no"]: Decimal(line["held"]) for line in (await driver.reservation())["lines"]}
    assert held == {"OF-2001": 1, "OL-2002": Decimal("4.5")}


CHANGES = [
    pytest.param(_calls_off, AppointmentCancelled, id="cancelled"),
    pytest.param(_asks_for_a_later_slot, AppointmentRescheduled, id="rescheduled"),
]


@pytest.mark.parametrize(("change", "event"), CHANGES)
class TestABookingThatIsChangedWhoseCarArrivesOnTheOldSlot:
    async def test_changed_first(
        self, story: Story, driver: VisitDriver, change: Change, event: type[Event]
    ) -> None:
        await change(story, driver)
        await story.settled()
        assert len(story.published(event, customer_id=UUID(driver.customer_id))) == 1

        await driver.arrive()

        await _is_kept_with_its_parts(story, driver)

    async def test_arrived_first_and_booking_does_not_know_it_yet(
        self, story: Story, driver: VisitDriver, change: Change, event: type[Event]
    ) -> None:
        with story.withheld("booking", VisitOpened):
            await driver.arrive()
            await change(story, driver)
            await story.client.deliver()

        await _is_kept_with_its_parts(story, driver)

    async def test_changed_first_and_parts_receives_it_last(
        self, story: Story, driver: VisitDriver, change: Change, event: type[Event]
    ) -> None:
        with story.withheld("parts", event):
            await change(story, driver)
            await driver.arrive()
            await story.client.deliver()

        await _is_kept_with_its_parts(story, driver)


@pytest.mark.req("BOOK-37")
class TestAMissedBookingWhoseCarArrives:
    async def test_missed_first(self, story: Story, driver: VisitDriver) -> None:
        await story.passes(hours=26)
        customer = UUID(driver.customer_id)
        assert len(story.published(AppointmentMissed, customer_id=customer)) == 1

        await driver.arrive()

        await _is_kept_with_its_parts(story, driver)
        assert [one.after_missed for one in story.published(AppointmentKept, customer_id=customer)] == [True]
        (call,) = story.published(FollowUpPlanned, customer_id=customer)
        assert len(story.published(FollowUpCancelled, follow_up_id=call.follow_up_id)) == 1

    async def test_arrived_first_and_booking_does_not_know_it_yet(
        self, story: Story, driver: VisitDriver
    ) -> None:
        with story.withheld("booking", VisitOpened):
            await driver.arrive()
            await story.client.deliver()
            story.shop.clock.move(hours=26)
            await story.shop["booking"].runtime.timers.run_due()
            await story.client.deliver()

        await _is_kept_with_its_parts(story, driver)
        assert story.published(AppointmentMissed, customer_id=UUID(driver.customer_id)) == []


class TestACarThatComesOnARequestWithoutASlot:
    async def test_has_its_parts_attached_once_booking_has_kept_the_request(self, story: Story) -> None:
        """Parts waits for a word on the slot, and the only one that ever comes follows from the visit."""
        driver = story.new_visit()
        await driver.register()
        asked = await booking.request(
            story.client,
            driver.agent,
            customer_id=driver.customer_id,
            vehicle_id=driver.vehicle_id,
            fault_text=driver.fault.words,
        )
        driver.appointment_id, driver.request_no = asked["id"], asked["request_no"]
        driver.request_id = asked["request_id"]
        await story.settled()

        with story.withheld("parts", AppointmentKept):
            await driver.arrive()
            await story.client.deliver()
            before = await parts.reservation_of(story.client, driver.keeper, driver.request_id)

        states = await story.states(driver)
        assert before is None
        assert (states["booking"], states["parts"]) == ("kept", "attached")
        assert await story.waiting() == []
