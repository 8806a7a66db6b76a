"""What people ask for, on a real database: a case from the first word to the resolution, and its clocks."""

from uuid import UUID, uuid4

import pytest
from services.complaints.tests.builders import ADVISOR, ALL, FRIDAY, OFFICER, Story, hours
from sqlalchemy import select

from complaints.domain import Measure
from contracts.events.complaints import (
    ComplaintAnswered,
    ComplaintReceived,
    ComplaintReopened,
    ComplaintResolved,
    MeasureCompleted,
    MeasureDecided,
)


class TestACase:
    async def test_is_registered_with_its_owner_and_its_clocks(self, story: Story) -> None:
        await story.complaints.receives(story.registered(), story.opened())

        case = await story.open(text="Wait, my phone is 13812345678")

        received = story.complaints.published(ComplaintReceived)[0]
        assert received.complaint_no == case["complaint_no"] == "CP-250307-0001"
        assert received.request_id == story.request_id
        assert received.during_visit is True
        assert (received.respond_by, received.resolve_by) == (FRIDAY + hours(24), FRIDAY + hours(72))
        assert received.by == str(ADVISOR.employee_id)
        assert case["owner_name"] == "Wang Wei"
        assert case["customer"]["display_name"] == "陈静"
        assert "13812345678" not in case["text"]

    async def test_goes_all_the_way_to_resolved(self, story: Story) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()
        measure_id = await story.measure(case_id)

        too_early = await story.resolve(case_id)
        await story.complaints.receives(story.refunded(measure_id))
        notified = await story.contact(case_id, "notification")
        resolved = await story.resolve(case_id)

        assert (too_early.status_code, too_early.json()["code"]) == (409, "measure_open")
        assert too_early.json()["waiting_for"] == "billing.invoice"
        assert notified.json()["state"] == "notified"
        assert resolved.json()["state"] == "resolved"
        assert [t.split(".")[-1] for t in story.complaints.published_types] == [
            "received",
            "answered",
            "measure-decided",
            "measure-completed",
            "resolved",
        ]
        decided = story.complaints.published(MeasureDecided)[0]
        assert (decided.invoice_id, decided.visit_id) == (story.invoice_id, story.visit_id)
        assert decided.approved_by == str(OFFICER.employee_id)
        assert story.complaints.published(MeasureCompleted)[0].measure_id == measure_id
        assert story.complaints.published(ComplaintResolved)[0].confirmed_by_customer is True

    async def test_is_reopened_when_the_customer_is_not_content(self, story: Story) -> None:
        case_id = await story.answered()
        await story.contact(case_id, "notification")
        await story.complaints.passes(hours=10)

        reopened = await story.post(f"/complaints/{case_id}/reopening", {"reason": "That is no answer"})

        assert reopened.json()["state"] == "reopened"
        assert reopened.json()["allowed"] == ["answer", "assess", "feed_back", "hand_over"]
        event = story.complaints.published(ComplaintReopened)[0]
        assert (event.respond_by, event.resolve_by) == (FRIDAY + hours(34), FRIDAY + hours(82))

    async def test_about_a_visit_with_an_earlier_one_names_it(self, story: Story) -> None:
        await story.complaints.receives(story.opened())
        first = await story.open()
        again = await story.open(text="And now it rattles")

        assert again["earlier_case_id"] == first["id"]
        assert [one["complaint_no"] for one in again["linked"]] == ["CP-250307-0001"]
        shown = await story.show(first["id"])
        assert [one["id"] for one in shown["linked"]] == [again["id"]]

    async def test_about_the_rework_names_the_case_that_it_was_for(self, story: Story) -> None:
        await story.complaints.receives(story.opened())
        first = await story.open()
        second_visit = uuid4()
        again = story.opened(visit_id=second_visit, rework_of_visit_id=story.visit_id)
        await story.complaints.receives(again)

        case = await story.open(visit_id=str(second_visit))

        assert case["earlier_case_id"] == first["id"]

    @pytest.mark.req("COMP-14")
    async def test_keeps_what_the_customer_was_informed_of(self, story: Story) -> None:
        case_id = await story.answered()
        await story.contact(case_id, "feedback")
        await story.contact(case_id, "notification")

        entries = (await story.show(case_id))["entries"]

        assert [(e["kind"], e["channel"], e["by_name"]) for e in entries] == [
            ("received", None, "Wang Wei"),
            ("answered", "phone", "Li Na"),
            ("fed_back", "phone", "Li Na"),
            ("notified", "phone", "Li Na"),
        ]

    @pytest.mark.req("COMP-14")
    @pytest.mark.parametrize("channel", ["phone", "email", "app"])
    async def test_ends_with_a_word_to_the_customer_by_any_channel(self, story: Story, channel: str) -> None:
        case_id = await story.answered()

        await story.post(
            f"/complaints/{case_id}/notification", {"text": "Refunded today", "channel": channel}
        )

        notified = (await story.show(case_id))["entries"][-1]
        assert (notified["kind"], notified["channel"]) == ("notified", channel)

    @pytest.mark.req("COMP-08")
    async def test_is_classified_and_its_cause_named(self, story: Story) -> None:
        case_id = await story.answered()
        body = {"category": "attitude", "level": "major", "cause": "staff", "text": "Rude at the desk"}

        assessed = await story.complaints.call("PUT", f"/complaints/{case_id}/assessment", json=body, who=ALL)

        shown = assessed.json()
        assert (shown["state"], shown["category"], shown["level"]) == ("deciding", "attitude", "major")
        assert (shown["cause"], shown["cause_text"]) == ("staff", "Rude at the desk")


class TestAMeasure:
    async def test_of_money_names_the_invoice_of_the_visit(self, story: Story) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()

        await story.decide(case_id, "discount", line_ids=[str(story.line_id)])

        decided = story.complaints.published(MeasureDecided)[0]
        assert (decided.kind, decided.invoice_id, decided.currency) == ("discount", story.invoice_id, "CNY")
        assert decided.line_ids == (story.line_id,)

    async def test_may_be_a_discount_before_the_invoice(self, story: Story) -> None:
        await story.complaints.receives(story.opened())
        case_id = await story.answered()

        await story.decide(case_id, "discount")

        decided = story.complaints.published(MeasureDecided)[0]
        assert (decided.invoice_id, decided.visit_id) == (None, story.visit_id)

    async def test_cannot_refund_what_was_not_billed(self, story: Story) -> None:
        await story.complaints.receives(story.opened(), story.prepared())
        case_id = await story.answered()

        refused = await story.decide(case_id)

        assert refused.status_code == 409
        assert (refused.json()["code"], refused.json()["waiting_for"]) == (
            "nothing_to_refund",
            "billing.invoice",
        )
        assert story.complaints.published(MeasureDecided) == []

    async def test_cannot_refund_somebody_elses_invoice(self, story: Story) -> None:
        await story.invoice_is_paid()
        other = await story.answered(customer_id=str(uuid4()), visit_id=None)

        refused = await story.decide(other, invoice_id=str(story.invoice_id))

        assert refused.json()["code"] == "nothing_to_refund"

    async def test_of_money_goes_to_the_visit_of_the_named_invoice(self, story: Story) -> None:
        """The case is about one visit, the refund is for another of the same customer."""
        await story.invoice_is_paid()
        later = uuid4()
        await story.complaints.receives(story.opened(visit_id=later, request_id=uuid4()))
        case_id = await story.answered(visit_id=str(later))

        await story.decide(case_id, invoice_id=str(story.invoice_id))

        decided = story.complaints.published(MeasureDecided)[0]
        assert (decided.invoice_id, decided.visit_id) == (story.invoice_id, story.visit_id)

    async def test_before_the_invoice_is_known_by_its_visit_alone(self, story: Story) -> None:
        await story.complaints.receives(story.opened(), story.prepared())
        case_id = await story.answered(visit_id=None)

        await story.decide(case_id, "discount", invoice_id=str(story.invoice_id))

        decided = story.complaints.published(MeasureDecided)[0]
        assert (decided.invoice_id, decided.visit_id) == (None, story.visit_id)

    @pytest.mark.parametrize("kind", ["rework", "discount"])
    async def test_cannot_be_about_somebody_elses_visit(self, story: Story, kind: str) -> None:
        await story.complaints.receives(story.opened())
        other = await story.answered(customer_id=str(uuid4()), visit_id=None)
        own = await story.answered(visit_id=None)

        refused = await story.decide(other, kind, visit_id=str(story.visit_id))
        decided = await story.decide(own, kind, visit_id=str(story.visit_id))

        assert refused.json()["code"] == {"rework": "no_visit_to_redo"}.get(kind, "nothing_to_discount")
        assert (decided.status_code, decided.json()["visit_id"]) == (201, str(story.visit_id))

    async def test_above_the_limit_takes_an_approver(self, story: Story) -> None:
        await story.invoice_is_paid()
        case_id = await story.answered()

        refused = await story.decide(case_id, amount="600.00")
        approved = await story.decide(case_id, amount="600.00", who=ALL)

        assert (refused.status_code, refused.json()["code"]) == (403, "approval_needed")
        assert refused.json()["limit"] == "500.00"
        assert approved.status_code == 201

    async def test_is_one_row_with_its_state(self, story: Story) -> None:
        """Q8: each measure is open with a clock, or ended once."""
        await story.invoice_is_paid()
        case_id = await story.answered()
        done, waits = await story.measure(case_id), await story.measure(case_id, "discount")
        await story.complaints.receives(story.refunded(done))

        async with story.complaints.tx() as tx:
            rows = {m.measure_id: m for m in await tx.all(select(Measure))}

        assert (rows[done].state, rows[done].ended_at) == ("completed", FRIDAY)
        assert (rows[waits].state, rows[waits].ended_at) == ("decided", None)
        assert rows[waits].due_by == FRIDAY + hours(72)


class TestOwnership:
    async def test_of_a_case_passes_on(self, story: Story) -> None:
        case = await story.open()
        body = {"employee_id": str(OFFICER.employee_id), "employee_name": "Li Na", "reason": "On leave"}

        await story.post(f"/complaints/{case['id']}/handover", body, who=["complaints.record"], by=ADVISOR)
        refused = await story.contact(case["id"], "answer", who=["complaints.record"], by=ADVISOR)

        shown = await story.show(case["id"])
        assert shown["owner_id"] == str(OFFICER.employee_id)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_the_owner")
        assert story.complaints.published(ComplaintAnswered) == []

    async def test_is_taken_by_who_asks_for_it(self, story: Story) -> None:
        await story.complaints.receives(story.dissatisfied())
        case_id = str(story.complaints.published(ComplaintReceived)[0].complaint_id)

        taken = await story.post(f"/complaints/{case_id}/handover", {"reason": "Mine"})

        assert UUID(taken.json()["owner_id"]) == OFFICER.employee_id
