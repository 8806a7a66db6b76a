"""Every event that crm subscribes to takes effect or is noted, first of its visit or when all is over."""

import pytest
from services.crm.tests.builders import (
    SATISFIED,
    Story,
    a_whole_visit,
    ask,
    dead_letters,
    follow_ups,
    show,
)

from contracts.events.booking import CalendarChanged
from crm.main import service
from testkit.department import Department

BOOKING = ("requested", "confirmed", "rescheduled", "cancelled", "missed", "kept")


RECEPTION = (
    *("opened", "received", "delayed", "intake", "presented", "answered", "promised", "promise_revised"),
    *("promise_refused", "notified", "left", "returned", "handed_over", "closed"),
)


WORKSHOP = ("job_opened", "inspection_failed", "endangered", "ready")


BILLING = ("prepared", "withdrawn", "issued", "paid", "settled", "refunded", "discounted", "not_possible")


COMPLAINTS = (
    *("complained", "complaint_answered", "complaint_overdue", "measure_completed"),
    *("resolved", "reopened"),
)


EVENTS = (*BOOKING, *RECEPTION, *WORKSHOP, *BILLING, *COMPLAINTS)


class TestEveryEvent:
    def test_that_is_subscribed_to_has_a_builder(self) -> None:
        subscribed = {kind for kind, _ in service.reactions.values()} - {CalendarChanged}

        assert {type(getattr(Story(), event)()) for event in EVENTS} == subscribed

    async def test_takes_effect_or_is_noted_when_it_is_the_first_of_its_visit(self, crm: Department) -> None:
        await crm.receives(*(getattr(Story(), event)() for event in EVENTS))

        assert await dead_letters(crm) == []
        assert crm.runtime.counts.applied == len(EVENTS)

    @pytest.mark.parametrize("state", ["planned", "done"])
    async def test_takes_effect_or_is_noted_when_all_is_over(self, crm: Department, state: str) -> None:
        story = Story()
        await crm.receives(*a_whole_visit(story))
        if state == "done":
            (call,) = await follow_ups(crm, visit_id=story.visit_id)
            await ask(crm, f"/follow-ups/{call['id']}/completion", outcome="reached")
            (survey,) = (await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"]
            await ask(crm, f"/surveys/{survey['id']}/answer", points=SATISFIED)
        before = crm.runtime.counts.applied
        once = {"opened", "handed_over", "closed"}
        late = [event for event in EVENTS if event not in once]

        await crm.receives(*(getattr(story, event)() for event in late))

        assert await dead_letters(crm) == []
        assert crm.runtime.counts.applied == before + len(late)
