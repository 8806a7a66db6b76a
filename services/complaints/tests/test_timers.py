"""Deadlines: the clocks of a case and of a measure."""

from services.complaints.tests.builders import ALL, FRIDAY, Story, hours

from complaints.domain import HouseRules
from contracts.events.complaints import (
    ComplaintOverdue,
    ComplaintReceived,
)
from servicekit.house_rules import change_rule


class TestTheClocks:
    async def test_run_out_when_nobody_does_anything(self, story: Story) -> None:
        await story.open()

        await story.complaints.passes(hours=23.9)
        assert story.complaints.published(ComplaintOverdue) == []
        await story.complaints.passes(hours=0.2)
        await story.complaints.passes(hours=72)

        overdue = story.complaints.published(ComplaintOverdue)
        assert [(o.clock, o.due_at) for o in overdue] == [
            ("respond", FRIDAY + hours(24)),
            ("resolve", FRIDAY + hours(72)),
        ]

    async def test_stop_when_it_is_answered_and_resolved(self, story: Story) -> None:
        case_id = await story.answered()
        await story.contact(case_id, "notification")
        await story.resolve(case_id)

        await story.complaints.passes(hours=100)

        assert story.complaints.published(ComplaintOverdue) == []

    async def test_start_again_when_it_is_reopened(self, story: Story) -> None:
        case_id = await story.answered()
        await story.contact(case_id, "notification")
        await story.resolve(case_id)
        await story.complaints.passes(hours=30)
        await story.post(f"/complaints/{case_id}/reopening", {"reason": "The noise is back"})

        await story.complaints.passes(hours=73)

        overdue = story.complaints.published(ComplaintOverdue)
        assert [(o.clock, o.due_at) for o in overdue] == [
            ("respond", FRIDAY + hours(54)),
            ("resolve", FRIDAY + hours(102)),
        ]

    async def test_follow_the_shops_own_numbers(self, story: Story) -> None:
        async with story.complaints.tx() as tx:
            await change_rule(tx, HouseRules, "respond_hours", 4, "a promise on the wall")

        await story.open()

        assert story.complaints.published(ComplaintReceived)[0].respond_by == FRIDAY + hours(4)

    async def test_start_when_it_was_received_not_when_it_was_noted(self, story: Story) -> None:
        await story.complaints.passes(hours=5)

        await story.open(received_at=FRIDAY.isoformat())

        assert story.complaints.published(ComplaintReceived)[0].respond_by == FRIDAY + hours(24)

    async def test_of_a_measure_run_out_only_after_the_watermarks_of_the_others(self, story: Story) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()
        await story.measure(case_id)

        await story.complaints.passes(hours=80)
        before = [o.clock for o in story.complaints.published(ComplaintOverdue)]
        await story.complaints.watermarks_complete("billing", "workshop")
        await story.complaints.until_quiet()

        assert before == ["resolve"]
        assert [o.clock for o in story.complaints.published(ComplaintOverdue)] == ["resolve", "measure"]
        rows = await story.complaints.call("GET", "/measures?is_open=true&overdue=true", who=ALL)
        assert len(rows.json()["items"]) == 1

    async def test_of_a_measure_that_was_carried_out_never_run_out(self, story: Story) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()
        await story.complaints.receives(story.refunded(await story.measure(case_id)))

        await story.complaints.passes(hours=80)
        await story.complaints.watermarks_complete("billing", "workshop")
        await story.complaints.until_quiet()

        assert "measure" not in [o.clock for o in story.complaints.published(ComplaintOverdue)]
