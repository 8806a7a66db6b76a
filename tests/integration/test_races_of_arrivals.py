"""Races of journey 7 between a booking and the car that comes, each in both orders."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from uuid import UUID

import pytest
import pytest_asyncio
from demo.desks import booking, parts
from demo.repairs import OIL_SERVICE
from demo.visits.course import Course

from contracts.base import Event
from contracts.booking import (
    AppointmentCancelled,
    AppointmentKept,
    AppointmentMissed,
    AppointmentRescheduled,
)
from contracts.crm import FollowUpCancelled, FollowUpPlanned
from contracts.reception import VisitOpened
from tests.integration.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")

Change = Callable[[Town, Course], Awaitable[None]]


@pytest_asyncio.fixture(loop_scope="session")
async def course(town: Town) -> Course:
    """An oil service is booked, and everybody has heard of it."""
    booked = town.course()
    await booked.register()
    await booked.book(services=(OIL_SERVICE,), words="")
    await town.settled()
    return booked


async def _calls_off(town: Town, course: Course) -> None:
    await booking.cancel(town.doors, course.agent, course.appointment_id, reason="sold")


async def _asks_for_a_later_slot(_: Town, course: Course) -> None:
    await course.take_slot(8, instead_because="the customer is still on the road")


async def _is_kept_with_its_parts(town: Town, course: Course) -> None:
    """The visit won: the appointment is kept and the parts of the booked work are held for it."""
    states = await town.states(course)
    assert (states["booking"], states["parts"]) == ("kept", "attached")
    held = {line["part_no"]: Decimal(line["held"]) for line in (await course.reservation())["lines"]}
    assert held == {"OF-2001": 1, "OL-2002": Decimal("4.5")}


CHANGES = [
    pytest.param(_calls_off, AppointmentCancelled, id="cancelled"),
    pytest.param(_asks_for_a_later_slot, AppointmentRescheduled, id="rescheduled"),
]


@pytest.mark.parametrize(("change", "told"), CHANGES)
class TestABookingThatIsChangedWhoseCarArrivesOnTheOldSlot:
    async def test_changed_first(self, town: Town, course: Course, change: Change, told: type[Event]) -> None:
        await change(town, course)
        await town.settled()
        assert len(town.said(told, customer_id=UUID(course.customer_id))) == 1

        await course.arrive()

        await _is_kept_with_its_parts(town, course)

    async def test_arrived_first_and_booking_has_not_heard(
        self, town: Town, course: Course, change: Change, told: type[Event]
    ) -> None:
        with town.withheld("booking", VisitOpened):
            await course.arrive()
            await change(town, course)
            await town.doors.deliver()

        await _is_kept_with_its_parts(town, course)

    async def test_changed_first_and_parts_hears_it_last(
        self, town: Town, course: Course, change: Change, told: type[Event]
    ) -> None:
        with town.withheld("parts", told):
            await change(town, course)
            await course.arrive()
            await town.doors.deliver()

        await _is_kept_with_its_parts(town, course)


@pytest.mark.req("BOOK-37")
class TestAMissedBookingWhoseCarArrives:
    async def test_missed_first(self, town: Town, course: Course) -> None:
        await town.passes(hours=26)
        customer = UUID(course.customer_id)
        assert len(town.said(AppointmentMissed, customer_id=customer)) == 1

        await course.arrive()

        await _is_kept_with_its_parts(town, course)
        assert [one.after_missed for one in town.said(AppointmentKept, customer_id=customer)] == [True]
        (call,) = town.said(FollowUpPlanned, customer_id=customer)
        assert len(town.said(FollowUpCancelled, follow_up_id=call.follow_up_id)) == 1

    async def test_arrived_first_and_booking_has_not_heard(self, town: Town, course: Course) -> None:
        with town.withheld("booking", VisitOpened):
            await course.arrive()
            await town.doors.deliver()
            town.shop.clock.move(hours=26)
            await town.shop["booking"].runtime.alarms.ring()
            await town.doors.deliver()

        await _is_kept_with_its_parts(town, course)
        assert town.said(AppointmentMissed, customer_id=UUID(course.customer_id)) == []


class TestACarThatComesOnARequestWithoutASlot:
    async def test_has_its_parts_attached_once_booking_has_kept_the_request(self, town: Town) -> None:
        """Parts waits for a word on the slot, and the only one that ever comes follows from the visit."""
        course = town.course()
        await course.register()
        asked = await booking.request(
            town.doors,
            course.agent,
            customer_id=course.customer_id,
            vehicle_id=course.vehicle_id,
            fault_text=course.fault.words,
        )
        course.appointment_id, course.request_no = asked["id"], asked["request_no"]
        course.request_id = asked["request_id"]
        await town.settled()

        with town.withheld("parts", AppointmentKept):
            await course.arrive()
            await town.doors.deliver()
            before = await parts.reservation_of(town.doors, course.keeper, course.request_id)

        states = await town.states(course)
        assert before is None
        assert (states["booking"], states["parts"]) == ("kept", "attached")
        assert await town.waiting() == []
