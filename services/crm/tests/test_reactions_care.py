"""Whom crm calls back, treats with care and counts as spending: missed slots, complaints, money."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from services.crm.tests.builders import (
    FRIDAY,
    Story,
    a_customer,
    ask,
    follow_ups,
    show,
)

from contracts.events.crm import FollowUpPlanned
from testkit.department import Department


@pytest.mark.req("BOOK-37")
class TestAMissedAppointment:
    async def test_plans_one_recovery_call(self, crm: Department) -> None:
        story = Story()

        await crm.receives(story.requested(), story.confirmed(), story.missed())

        (planned,) = crm.published(FollowUpPlanned)
        assert (planned.kind, planned.due_on) == ("recovery", date(2025, 3, 10))

    @pytest.mark.parametrize(
        "order",
        [
            ["missed", "kept", "opened"],
            ["missed", "opened", "kept"],
            ["opened", "missed", "kept"],
        ],
    )
    async def test_leaves_no_call_when_the_car_came(self, crm: Department, order: Sequence[str]) -> None:
        story = Story()

        await crm.receives(story.confirmed(), *(getattr(story, event)() for event in order))

        assert await follow_ups(crm, customer_id=story.customer_id, state="planned") == []

    async def test_of_a_car_that_had_left_is_called_back_until_it_returns(self, crm: Department) -> None:
        story = Story()
        await crm.receives(story.opened(), story.left(), story.missed())
        assert len(await follow_ups(crm, customer_id=story.customer_id, state="planned")) == 1

        await crm.receives(story.returned())

        assert await follow_ups(crm, customer_id=story.customer_id, state="planned") == []

    async def test_keeps_a_call_that_was_made(self, crm: Department) -> None:
        story = Story()
        await crm.receives(story.confirmed(), story.missed())
        (call,) = await follow_ups(crm, customer_id=story.customer_id)
        await ask(crm, f"/follow-ups/{call['id']}/completion", outcome="reached", text="comes tomorrow")

        await crm.receives(story.kept(), story.opened())

        (call,) = await follow_ups(crm, customer_id=story.customer_id)
        assert call["state"] == "done"


class TestAComplaint:
    async def test_marks_the_customer_and_what_is_planned(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        story = Story(customer_id=customer_id)
        await crm.receives(story.opened(), story.handed_over(), story.closed())

        await crm.receives(story.complained())

        shown = await show(crm, f"/customers/{customer_id}")
        assert shown["careful"]
        assert [complaint["complaint_no"] for complaint in shown["complaints"]] == ["T-1"]
        assert (await show(crm, "/directory?name=Wang"))["items"][0]["careful"]
        (call,) = await follow_ups(crm, visit_id=story.visit_id)
        assert (call["careful"], call["reasons"]) == (True, ["complaint"])

    async def test_before_the_visit_is_closed_makes_the_call_careful_as_well(self, crm: Department) -> None:
        story = Story()

        await crm.receives(story.complained(), story.opened(), story.handed_over(), story.closed())

        (call,) = await follow_ups(crm, visit_id=story.visit_id)
        assert call["reasons"] == ["complaint"]

    async def test_keeps_the_mark_for_a_time_after_its_end(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        story = Story(customer_id=customer_id)

        await crm.receives(story.complained(), story.complaint_answered(), story.resolved())
        assert (await show(crm, f"/customers/{customer_id}"))["careful"]
        await crm.passes(days=31)

        assert not (await show(crm, f"/customers/{customer_id}"))["careful"]

    async def test_whose_measure_is_done_makes_a_notice_due(self, crm: Department) -> None:
        story = Story()

        await crm.receives(story.complained(), story.measure_completed())

        (notice,) = (await show(crm, f"/notices?customer_id={story.customer_id}"))["items"]
        assert (notice["kind"], notice["due_at"]) == ("measure_completed", "2025-03-08T01:00:00Z")

    @pytest.mark.req("COMP-14")
    async def test_that_ended_is_asked_about_once_for_each_end(self, crm: Department) -> None:
        story = Story()

        await crm.receives(story.complained(), story.resolved(), story.reopened(), story.resolved())

        calls = await follow_ups(crm, customer_id=story.customer_id, kind="complaint_handling")
        assert sorted(call["state"] for call in calls) == ["cancelled", "planned"]

    async def test_knows_the_form_and_the_call_it_came_from(self, crm: Department) -> None:
        story, second = Story(), Story()
        await crm.receives(story.opened(), story.handed_over(), story.closed())
        (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]
        (call,) = await follow_ups(crm, visit_id=story.visit_id)

        await crm.receives(
            story.complained("survey", survey["id"]), second.complained("follow_up", call["id"])
        )

        assert (await show(crm, f"/surveys/{survey['id']}"))["complaint_id"] == str(story.complaint_id)
        assert (await show(crm, f"/follow-ups/{call['id']}"))["complaint_id"] == str(second.complaint_id)


class TestMoney:
    async def test_given_back_lowers_what_the_customer_spent(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        story = Story(customer_id=customer_id)

        await crm.receives(story.opened(), story.prepared(), story.issued(), story.paid(), story.refunded())

        life = (await show(crm, f"/customers/{customer_id}"))["life_cycle"]
        assert (life["stage"], life["visits"], life["spend"]) == ("new", 1, "162.00")

    async def test_of_a_discount_after_payment_goes_back(self, crm: Department) -> None:
        story = Story()

        await crm.receives(story.opened(), story.issued(), story.paid(), story.discounted())

        file = await show(crm, f"/visit-files/{story.visit_id}")
        assert (file["payable"], file["paid"]) == ("200.00", "200.00")

    async def test_of_a_withdrawn_invoice_is_not_owed(self, crm: Department) -> None:
        story = Story()

        await crm.receives(story.opened(), story.prepared(), story.withdrawn())

        file = await show(crm, f"/visit-files/{story.visit_id}")
        assert (file["total_gross"], file["payable"]) == (None, None)

    async def test_of_two_years_shows_a_declining_customer(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        first, second = Story(customer_id=customer_id), Story(customer_id=customer_id)
        last_year = FRIDAY - timedelta(days=400)

        await crm.receives(first.opened(), first.paid("3000.00", last_year))
        await crm.receives(second.opened(), second.paid("2100.00", FRIDAY - timedelta(days=5)))

        life = (await show(crm, f"/customers/{customer_id}"))["life_cycle"]
        assert life["stage"] == "declining"
        assert Decimal(life["spend_before"]) == 3000
