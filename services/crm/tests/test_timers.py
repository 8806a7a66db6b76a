"""What crm does when a deadline has passed: surveys go out and expire, customers are missed."""

from datetime import UTC, datetime

import pytest
from services.crm.tests.builders import Story, a_customer, a_whole_visit, ask, show

from contracts.events.crm import FollowUpCancelled, FollowUpPlanned, SurveySent
from testkit.department import Department


class TestASurvey:
    async def test_is_sent_on_the_third_working_day(self, crm: Department) -> None:
        story = Story()
        await crm.receives(story.opened(), story.handed_over())

        await crm.passes(days=4, hours=22)  # Wednesday 07:00
        assert crm.published(SurveySent) == []
        await crm.passes(hours=1)

        (sent,) = crm.published(SurveySent)
        assert sent.visit_id == story.visit_id
        assert sent.sent_at == datetime(2025, 3, 12, 0, 0, tzinfo=UTC)

    async def test_is_not_sent_to_who_withdrew_consent(self, crm: Department) -> None:
        customer_id = await a_customer(crm, consents=["communication"])
        await ask(crm, f"/customers/{customer_id}/consents/communication/withdrawal")
        story = Story(customer_id=customer_id)

        await crm.receives(story.opened(), story.handed_over())
        await crm.passes(days=6)

        (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]
        assert (survey["state"], survey["expired_because"]) == ("expired", "consent_withdrawn")
        assert crm.published(SurveySent) == []

    async def test_expires_when_nobody_answers(self, crm: Department) -> None:
        story = Story()
        await crm.receives(story.opened(), story.handed_over())
        await crm.passes(days=6)

        await crm.passes(days=31)

        (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]
        assert (survey["state"], survey["expired_because"]) == ("expired", "unanswered")


class TestTheAbsenceOfACustomer:
    async def test_for_a_year_plans_a_retention_call(self, crm: Department) -> None:
        story = Story()
        await crm.receives(*a_whole_visit(story))
        crm.clock.move(days=366)
        await crm.until_quiet()
        assert [planned.kind for planned in crm.published(FollowUpPlanned)] == ["after_service"]

        await crm.watermarks_complete("reception")
        await crm.until_quiet()

        assert [planned.kind for planned in crm.published(FollowUpPlanned)] == ["after_service", "retention"]

    @pytest.mark.parametrize("comes", ["requested", "opened"])
    async def test_that_ends_needs_no_call(self, crm: Department, comes: str) -> None:
        story = Story()
        await crm.receives(*a_whole_visit(story))
        crm.clock.move(days=366)
        await crm.watermarks_complete("reception")
        await crm.until_quiet()

        again = Story(customer_id=story.customer_id, vehicle_id=story.vehicle_id)
        await crm.receives(getattr(again, comes)())

        assert [gone.kind for gone in crm.published(FollowUpCancelled)] == ["retention"]

    async def test_is_counted_from_the_last_visit(self, crm: Department) -> None:
        story = Story()
        await crm.receives(*a_whole_visit(story))
        crm.clock.move(days=300)
        again = Story(customer_id=story.customer_id, vehicle_id=story.vehicle_id)
        opened = again.opened().model_copy(update={"arrived_at": crm.clock.now()})
        await crm.receives(opened)

        crm.clock.move(days=66)
        await crm.watermarks_complete("reception")
        await crm.until_quiet()

        assert [planned.kind for planned in crm.published(FollowUpPlanned)] == ["after_service"]
