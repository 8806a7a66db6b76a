"""What parts does when others report: the exceptions and the races."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from services.parts.tests.builders import (
    ALL,
    OIL,
    PADS,
    SLOT,
    Story,
    a_line,
    qty,
    reservation_of,
    stock_of,
    stocked,
)

from contracts.base import Event
from contracts.events import booking
from contracts.events.parts import (
    ForRevision,
    PartsArrived,
    PartsBackOrdered,
    PartsReleased,
    PartsReserved,
    ReservationAttached,
    ShortageDetected,
)
from contracts.values import WeeklyHours
from testkit.department import Department

TECHNICIAN = str(uuid4())


@pytest.fixture
async def parts(parts: Department) -> Department:
    """Parts with ten sets of brake pads."""
    await stocked(parts)
    return parts


async def _issue(parts: Department, story: Story, quantity: str, line: Any) -> Any:
    reservation = await reservation_of(parts, story)
    body = {
        "technician_id": TECHNICIAN,
        "lines": [{"part_line_id": str(line.parts[0].part_line_id), "quantity": quantity}],
    }
    return await parts.call("POST", f"/reservations/{reservation['id']}/issues", json=body, who=ALL)


class TestABooking:
    @pytest.mark.req("PART-15")
    async def test_has_its_parts_set_aside(self, parts: Department) -> None:
        story = Story()

        await parts.receives(story.confirmed(a_line((PADS, "2"))))

        (event,) = parts.published(PartsReserved)
        assert event.for_revision == ForRevision(source="appointment", revision=1)
        assert event.appointment_id == story.appointment_id
        assert event.lines[0].reserved == 2
        assert await stock_of(parts) == ("10.000", "2.000", "8.000")

    async def test_gets_a_shortage_event(self, parts: Department) -> None:
        await parts.receives(Story().confirmed(a_line((PADS, "12"))))

        (event,) = parts.published(ShortageDetected)
        assert (event.lines[0].reserved, event.lines[0].short) == (qty("10"), qty("2"))

    async def test_without_parts_gets_an_event_too(self, parts: Department) -> None:
        await parts.receives(Story().confirmed(a_line()))

        assert parts.published(PartsReserved)[0].lines == ()

    @pytest.mark.req("PART-15")
    @pytest.mark.parametrize("ends", [Story.cancelled, Story.missed])
    async def test_that_comes_to_nothing_frees_them(
        self, parts: Department, ends: Callable[[Story], Event]
    ) -> None:
        story = Story()
        await parts.receives(story.confirmed(a_line((PADS, "2"))), ends(story))

        (event,) = parts.published(PartsReleased)
        assert event.reason in {"cancelled", "missed"}
        assert await stock_of(parts) == ("10.000", "0.000", "10.000")

    async def test_that_moved_takes_another_set(self, parts: Department) -> None:
        story = Story()
        await parts.receives(story.confirmed(a_line((PADS, "2"))), story.rescheduled(a_line((PADS, "3"))))

        assert parts.published(PartsReserved)[-1].for_revision.revision == 2
        assert (await stock_of(parts))[1] == "3.000"

    async def test_that_is_freed_serves_the_next_who_waits(self, parts: Department) -> None:
        first, second = Story(), Story()
        await parts.receives(first.confirmed(a_line((PADS, "10"))), second.confirmed(a_line((PADS, "4"))))

        await parts.receives(first.cancelled())

        (event,) = parts.published(PartsArrived)
        assert event.request_id == second.request_id
        assert event.lines[0].short == 0
        assert (await stock_of(parts))[1] == "4.000"


class TestACarThatComes:
    async def test_gets_its_parts_attached(self, parts: Department) -> None:
        story = Story()
        await parts.receives(story.confirmed(a_line((PADS, "2"))), story.opened())

        (event,) = parts.published(ReservationAttached)
        assert (event.visit_id, event.lines[0].reserved) == (story.visit_id, qty("2"))

    async def test_before_the_news_of_its_slot_waits_for_it(self, parts: Department) -> None:
        story = Story()
        await parts.receives(story.opened())
        assert parts.published(ReservationAttached) == []

        await parts.receives(story.confirmed(a_line((PADS, "2"))))

        (event,) = parts.published(ReservationAttached)
        assert event.lines[0].reserved == 2

    async def test_whose_slot_was_never_confirmed_is_attached_when_booking_kept_it(
        self, parts: Department
    ) -> None:
        story = Story()
        await parts.receives(story.requested(), story.opened())
        assert parts.published(ReservationAttached) == []

        await parts.receives(story.kept())

        assert len(parts.published(ReservationAttached)) == 1

    @pytest.mark.parametrize("ends", [Story.cancelled, Story.missed])
    async def test_wins_over_the_end_of_its_slot_in_both_orders(
        self, parts: Department, ends: Callable[[Story], Event]
    ) -> None:
        early, late = Story(), Story()

        await parts.receives(early.confirmed(a_line((PADS, "2"))), early.opened(), ends(early))
        await parts.receives(late.confirmed(a_line((PADS, "2"))), ends(late), late.opened())

        for story in (early, late):
            shown = await reservation_of(parts, story)
            assert shown["state"] == "attached"
            assert shown["lines"][0]["held"] == "2.000"
        assert (await stock_of(parts))[1] == "4.000"

    async def test_without_a_known_slot_joins_by_its_request(self, parts: Department) -> None:
        story = Story()
        await parts.receives(story.opened(booked=False), story.confirmed(a_line((PADS, "2"))))

        shown = await reservation_of(parts, story)
        assert (shown["state"], shown["lines"][0]["held"]) == ("attached", "2.000")
        assert shown["appointment_id"] == str(story.appointment_id)

    async def test_and_has_an_estimate_is_not_touched_by_a_second_slot(self, parts: Department) -> None:
        story = Story()
        line = a_line((PADS, "2"))
        await parts.receives(story.opened(booked=False), story.drafted(line), story.answered(line))
        before = len(parts.published_types)

        await parts.receives(story.confirmed(line, appointment_id=uuid4()))

        assert parts.published_types[before:] == []


class TestAnEstimate:
    async def test_reserves_what_is_new_and_frees_what_is_gone(self, parts: Department) -> None:
        await stocked(parts, OIL)
        story = Story()
        booked, found = a_line((PADS, "2")), a_line((OIL, "4"))

        await parts.receives(story.confirmed(booked), story.opened(), story.drafted(found))

        event = parts.published(PartsReserved)[-1]
        assert event.for_revision == ForRevision(source="estimate", revision=1)
        assert (await stock_of(parts))[1] == "0.000"
        assert (await stock_of(parts, OIL))[1] == "4.000"

    @pytest.mark.req("PART-15")
    async def test_that_is_declined_frees_its_parts(self, parts: Department) -> None:
        story = Story()
        yes, no = a_line((PADS, "2")), a_line((PADS, "3"))

        await parts.receives(
            story.opened(booked=False), story.drafted(yes, no), story.answered(yes, declined=[no])
        )

        assert parts.published(PartsReleased)[0].reason == "declined"
        assert (await stock_of(parts))[1] == "2.000"

    async def test_that_is_agreed_orders_what_is_short(self, parts: Department) -> None:
        story = Story()
        line = a_line((PADS, "12"))

        await parts.receives(
            story.opened(booked=False), story.drafted(line), story.answered(line, back_order=[line])
        )

        (event,) = parts.published(PartsBackOrdered)
        assert event.lines[0].quantity == 2
        assert event.lines[0].eta is not None
        orders = (await parts.call("GET", "/purchase-orders", who=ALL)).json()["items"]
        assert [(o["order_no"], o["state"]) for o in orders] == [(event.purchase_order_no, "requested")]

    async def test_that_is_agreed_without_waiting_orders_nothing(self, parts: Department) -> None:
        story = Story()
        line = a_line((PADS, "12"))

        await parts.receives(story.opened(booked=False), story.drafted(line), story.answered(line))

        assert parts.published(PartsBackOrdered) == []


class TestRework:
    async def test_in_the_open_visit_is_set_aside_and_may_be_issued(self, parts: Department) -> None:
        story = Story()
        line = a_line((PADS, "1"), payer="shop", kind="rework")

        await parts.receives(story.opened(booked=False), story.rework_ordered(line))

        assert parts.published(PartsReserved)[-1].for_revision.source == "rework"
        assert (await _issue(parts, story, "1", line)).status_code == 201

    async def test_that_is_short_is_ordered_without_asking(self, parts: Department) -> None:
        story = Story()

        await parts.receives(
            story.opened(booked=False), story.rework_ordered(a_line((PADS, "11"), payer="shop"))
        )

        assert parts.published(PartsBackOrdered)[0].lines[0].quantity == 1

    async def test_in_a_visit_to_come_keeps_its_parts_through_booking(self, parts: Department) -> None:
        story = Story()
        line = a_line((PADS, "1"), payer="shop", kind="rework")

        await parts.receives(story.rework_agreed(line), story.confirmed(line), story.opened())

        shown = await reservation_of(parts, story)
        assert (shown["state"], shown["lines"][0]["authorised"]) == ("attached", True)
        assert (await stock_of(parts))[1] == "1.000"


class TestTheEnd:
    async def test_ready_frees_what_was_not_issued(self, parts: Department) -> None:
        story = Story()
        line = a_line((PADS, "4"))
        await parts.receives(story.opened(booked=False), story.drafted(line), story.answered(line))
        await _issue(parts, story, "3", line)

        await parts.receives(story.ready(line, used="3"))

        assert await stock_of(parts) == ("7.000", "0.000", "7.000")

    async def test_ready_and_a_later_estimate_agree_in_both_orders(self, parts: Department) -> None:
        for ready_first in (True, False):
            story = Story()
            done, more = a_line((PADS, "1")), a_line((PADS, "2"))
            await parts.receives(story.opened(booked=False), story.drafted(done), story.answered(done))
            events = [story.ready(done), story.drafted(done, more, revision=2)]
            await parts.receives(*(events if ready_first else reversed(events)))
            await parts.receives(story.answered(done, more, revision=2), story.reopened())

            shown = await reservation_of(parts, story)
            held = {row["line_id"]: row["held"] for row in shown["lines"]}
            assert held[str(more.line_id)] == "2.000"

    @pytest.mark.req("PART-15")
    async def test_closed_holds_nothing(self, parts: Department) -> None:
        story = Story()
        line = a_line((PADS, "4"))
        await parts.receives(story.opened(booked=False), story.drafted(line), story.closed())

        assert parts.published(PartsReleased)[-1].reason == "closed"
        assert (await reservation_of(parts, story))["state"] == "closed"
        assert (await stock_of(parts))[1] == "0.000"


class TestTheCalendar:
    async def test_is_copied_for_expected_deliveries(self, parts: Department) -> None:
        hours = tuple(WeeklyHours(weekday=day, opens="08:00", closes="17:00") for day in range(7))
        await parts.receives(booking.CalendarChanged(timezone="Asia/Shanghai", weekly_hours=hours))
        story, line = Story(), a_line((PADS, "11"))

        await parts.receives(
            story.opened(booked=False), story.drafted(line), story.answered(line, back_order=[line])
        )

        eta = parts.published(PartsBackOrdered)[0].lines[0].eta
        assert eta is not None
        assert (eta.hour, eta.minute) == (9, 0)  # 17:00 in Shanghai
        assert eta > SLOT + timedelta(days=1)
