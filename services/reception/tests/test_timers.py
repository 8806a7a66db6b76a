"""Reception's deadlines: each fires once, and not when the thing was done in time."""

import pytest
from services.reception.tests.conftest import Desk

from contracts.events.reception import ReceptionDelayed, VisitClosed


class TestReceptionDelayed:
    @pytest.mark.req("RECP-01")
    async def test_fifteen_minutes_unreceived_are_announced_once(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.open()

        await desk.department.passes(minutes=16)
        problem = await desk.refuses("reception")
        received = await desk.do("reception", {"reason": "busy", "alternative": "loan car"})

        assert problem["code"] == "late_reception_unexplained"
        assert (received["within_sla"], received["waited_minutes"]) == (False, 16)
        assert (received["late_reason"], received["late_alternative"]) == ("busy", "loan car")
        assert len(desk.department.published(ReceptionDelayed)) == 1

    async def test_received_in_time_announces_nothing(self, desk: Desk) -> None:
        await desk.registered()

        await desk.department.passes(minutes=30)

        assert desk.department.published(ReceptionDelayed) == []


class TestEstimateExpiry:
    async def test_an_unanswered_revision_expires(self, desk: Desk) -> None:
        await desk.estimated()
        await desk.do("estimates/1/presentation")

        await desk.department.passes(hours=25)
        (task,) = [t for t in (await desk.look())["tasks"] if not t["done_at"]]
        problem = await desk.refuses(
            "estimates/1/answer",
            {"answers": [{"line_id": desk.visit["estimates"][0]["open_line_ids"][0], "accept": True}]},
        )

        assert (problem["code"], problem["state"]) == ("illegal_transition", "expired")
        assert (task["purpose"], task["reason"]) == ("present_estimate", "expired")


class TestVisitClosing:
    async def test_closes_by_itself_when_nobody_does(self, desk: Desk) -> None:
        await desk.handed_over()

        await desk.department.passes(hours=24)

        assert desk.department.published(VisitClosed)[0].outcome == "repaired"
