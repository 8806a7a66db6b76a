"""Commands of the workshop, as stories on a real database."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from services.workshop.tests.builders import Story

from contracts.events.workshop import (
    AdditionalWorkFound,
    InspectionFailed,
    JobCompleted,
    JobInterrupted,
    JobReady,
    JobReopened,
    JobResumed,
    ReworkOpened,
)
from servicekit.house_rules import change_rule
from workshop.domain import HouseRules


class TestARepair:
    async def test_goes_from_the_signed_form_to_ready(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["2.000"]))
        [need] = line.parts
        await story.receives(story.reserved(line), story.issued(line))

        await story.begins(line)
        await story.workshop.passes(minutes=45)
        await story.completes(line, {need.part_line_id: "2.000"})
        job = await story.passes_inspection()

        assert job["state"] == "ready"
        ready = story.workshop.published(JobReady)[0]
        assert (ready.outcome, ready.estimate_revision) == ("repaired", 1)
        assert {r.line_id: r.labour_minutes for r in ready.results} == {
            story.zero.line_id: 20,
            line.line_id: 45,
        }
        assert ready.results[-1].parts[0].used == Decimal("2.000")
        assert story.workshop.published_types == [
            "workshop.job.opened",
            "workshop.job.dispatched",
            "workshop.job.line-started",
            "workshop.job.line-completed",
            "workshop.job.diagnosed",
            "workshop.job.interrupted",
            "workshop.job.resumed",
            "workshop.job.dispatched",
            "workshop.job.line-started",
            "workshop.job.line-completed",
            "workshop.job.completed",
            "workshop.job.inspection-passed",
            "workshop.job.ready",
        ]

    async def test_masks_free_text_before_it_is_published(self, story: Story) -> None:
        await story.in_shop()

        [line] = await story.diagnosed(story.proposal())

        assert "13812345678" not in line.why

    async def test_frees_the_bay_when_ready(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed()
        await story.begins(line)
        occupied = await story.workshop.call("GET", "/bays?free=false", who=["workshop.read"])
        await story.completes(line)
        await story.passes_inspection()

        free = await story.workshop.call("GET", "/bays?free=true", who=["workshop.read"])

        assert len(occupied.json()["items"]) == 1
        assert len(free.json()["items"]) == 6

    @pytest.mark.req("WORK-30")
    async def test_is_washed_before_it_is_ready_if_the_house_rule_is_set(self, story: Story) -> None:
        async with story.workshop.tx() as tx:
            await change_rule(tx, HouseRules, "wash_required", True, "new brush")
        await story.in_shop()
        [line] = await story.agreed()
        await story.begins(line)
        await story.completes(line)

        washing = await story.passes_inspection()
        queue = await story.workshop.call("GET", "/board?state=washing", who=["workshop.read"])
        ready = await story.done("/wash")
        after = await story.workshop.call("GET", "/board?state=washing", who=["workshop.read"])

        assert (washing["state"], ready["state"]) == ("washing", "ready")
        assert [car["job_id"] for car in queue.json()["items"]] == [washing["id"]]
        assert after.json()["items"] == []


class TestParts:
    async def test_must_be_at_hand_before_the_line_starts(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["2.000"]))
        await story.done("/dispatch", {"technician_id": str(story.li)})

        refused = await story.asks(f"/lines/{line.line_id}/start", {})

        assert (refused.status_code, refused.json()["code"]) == (409, "parts_not_at_hand")
        assert refused.json()["waiting_for"] == "parts.reservation"

    async def test_cannot_be_used_beyond_what_was_issued(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["2.000"]))
        await story.receives(story.reserved(line), story.issued(line))
        await story.begins(line)
        used = {"part_line_id": str(line.parts[0].part_line_id), "used": "3.000"}

        refused = await story.asks(f"/lines/{line.line_id}/completion", {"parts": [used]})

        assert refused.json()["code"] == "used_more_than_issued"

    async def test_that_are_left_over_hold_ready_back_until_they_are_returned(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["3.000"]))
        await story.receives(story.reserved(line), story.issued(line))
        await story.begins(line)
        await story.completes(line, {line.parts[0].part_line_id: "2.000"})
        inspected = await story.passes_inspection()
        refused = await story.asks("/readiness")

        await story.receives(story.returned(line, "1.000"))

        assert (inspected["state"], inspected["waiting_reason"]) == ("completed", "parts_not_squared")
        assert refused.json()["code"] == "parts_not_squared"
        assert (await story.job())["state"] == "ready"

    async def test_usage_can_be_set_right(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed(story.proposal(parts=["3.000"]))
        await story.receives(story.reserved(line), story.issued(line))
        await story.begins(line)
        await story.completes(line, {line.parts[0].part_line_id: "2.000"})
        await story.passes_inspection()
        right = {"parts": [{"part_line_id": str(line.parts[0].part_line_id), "used": "3.000"}]}

        corrected = await story.asks(f"/lines/{line.line_id}/usage", right, method="PUT")

        assert corrected.json()["state"] == "ready"


class TestATechnician:
    @pytest.mark.req("WORK-09")
    async def test_has_one_active_job(self, story: Story) -> None:
        await story.in_shop()
        await story.begins(story.zero)
        first = await story.job()
        other = type(story)(story.workshop)
        await other.receives(other.opened(request_no="W-250307-0002"), other.intake())

        refused = await other.asks("/dispatch", {"technician_id": str(other.li)})

        assert (refused.status_code, refused.json()["code"]) == (409, "technician_busy")
        assert refused.json()["job_id"] == first["id"]

    @pytest.mark.req("WORK-09")
    async def test_may_have_a_next_job_but_not_start_it(self, story: Story) -> None:
        await story.in_shop()
        await story.begins(story.zero)
        other = type(story)(story.workshop)
        await other.receives(other.opened(), other.intake())
        later = (other.now + timedelta(hours=2)).isoformat()
        await other.done("/dispatch", {"technician_id": str(other.li), "planned_start": later})

        refused = await other.asks(f"/lines/{other.zero.line_id}/start", {})
        shown = await story.workshop.call("GET", f"/technicians/{story.li}", who=["workshop.read"])

        assert refused.json()["code"] == "technician_busy"
        assert shown.json()["status"] == "working"
        assert shown.json()["next"]["job_id"] == (await other.job())["id"]

    @pytest.mark.req("WORK-09")
    async def test_may_take_another_job_when_the_first_is_interrupted(self, story: Story) -> None:
        await story.in_shop()
        await story.begins(story.zero)
        await story.done("/interruption", {"reason": "lift defect", "moved_to_parking": True})
        other = type(story)(story.workshop)
        await other.receives(other.opened(), other.intake())

        await other.begins(other.zero)

        assert (await story.job())["state"] == "interrupted"
        assert (await other.job())["state"] == "diagnosing"

    async def test_needs_the_skill(self, story: Story) -> None:
        story.zero = story.a_line("diagnosis", skill="electrical")
        await story.in_shop()

        refused = await story.asks("/dispatch", {"technician_id": str(story.li)})

        assert refused.json()["code"] == "skill_missing"

    async def test_who_is_absent_gets_no_work(self, story: Story) -> None:
        await story.in_shop()
        path = f"/technicians/{story.li}"
        away = await story.workshop.call(
            "POST", f"{path}/absence", json={"reason": "ill"}, who=["workshop.resources"]
        )

        refused = await story.asks("/dispatch", {"technician_id": str(story.li)})
        back = await story.workshop.call("POST", f"{path}/presence", who=["workshop.resources"])

        assert refused.json()["code"] == "technician_absent"
        assert (away.json()["status"], back.json()["status"]) == ("absent", "idle")


class TestAdditionalWork:
    async def test_stops_what_it_blocks_until_the_customer_answers(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed()
        await story.begins(line)
        body = {"lines": [story.proposal()], "why": "disc cracked", "blocks_line_ids": [str(line.line_id)]}
        await story.done("/additional-work", body)
        [found] = story.workshop.published(AdditionalWorkFound)[0].lines
        await story.receives(story.presented(line, found, revision=2))
        waiting = await story.job()

        await story.receives(story.answered(line, declined=[found], revision=2))
        job = await story.job()

        assert waiting["state"] == "awaiting_answer"
        assert {x["id"]: x["state"] for x in job["lines"]}[str(line.line_id)] == "authorised"
        assert job["answered_revision"] == 2
        assert [e.cause for e in story.workshop.published(JobResumed)] == ["B", "B"]

    async def test_after_ready_withdraws_it(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed()
        await story.begins(line)
        await story.completes(line)
        await story.passes_inspection()

        await story.done("/additional-work", {"lines": [story.proposal()], "why": "seen while washing"})

        assert story.workshop.published(JobReopened)[0].withdraws_ready


class TestInspection:
    @pytest.mark.req("WORK-27")
    async def test_that_fails_opens_rework_with_points(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed()
        await story.begins(line)
        await story.completes(line)
        body = {"line_ids": [str(line.line_id)], "findings": ["pads rub"]}

        failed = await story.done("/inspection/failure", body, by=story.qian)
        await story.begins(line)
        await story.completes(line)
        ready = await story.passes_inspection()

        assert (failed["state"], failed["penalty_points"]) == ("rework", 1)
        assert story.workshop.published(InspectionFailed)[0].technician_id == story.li
        assert story.workshop.published(ReworkOpened)[0].cause == "inspection"
        assert ready["state"] == "ready"
        assert len(story.workshop.published(JobCompleted)) == 2

    async def test_is_not_done_by_who_worked_on_it(self, story: Story) -> None:
        await story.in_shop()
        [line] = await story.agreed()
        await story.begins(line)
        await story.completes(line)

        refused = await story.asks("/inspection/pass", {"items": [{"item": "brakes"}]}, by=story.li)

        assert refused.json()["code"] == "inspector_worked_on_it"


class TestTheDispatchOrder:
    @pytest.mark.req("WORK-10")
    async def test_is_rework_then_waiting_then_normal(self, story: Story) -> None:
        await story.hired()
        for n, (wanted, waits) in enumerate([("normal", False), ("normal", True), ("rework", False)]):
            one = type(story)(story.workshop)
            number = f"W-250307-000{n}"
            await one.receives(
                one.opened(request_no=number), one.intake(priority_class=wanted, waiting_on_site=waits)
            )

        queue = await story.workshop.call("GET", "/queue", who=["workshop.read"])
        first = await story.workshop.call("GET", "/queue?limit=2", who=["workshop.read"])
        rest = await story.workshop.call(
            "GET", f"/queue?limit=2&cursor={first.json()['next']}", who=["workshop.read"]
        )

        classes = [item["priority_class"] for item in queue.json()["items"]]
        assert classes == ["rework", "waiting", "normal"]
        assert [x["priority_class"] for x in first.json()["items"] + rest.json()["items"]] == classes

    @pytest.mark.req("F-36", "WORK-10")
    async def test_is_by_class_then_latest_start_then_arrival(self, story: Story) -> None:
        """Numbered in the order in which they are to be dispatched, and reported in another."""
        await story.hired()
        early, late = story.now - timedelta(minutes=30), story.now
        cars: dict[int, dict[str, Any]] = {
            7: {"priority_class": "normal", "arrived_at": late},
            5: {"priority_class": "normal", "arrived_at": late, "promised_minutes": 300},
            6: {"priority_class": "normal", "arrived_at": early},
            4: {"priority_class": "vip", "arrived_at": late},
            3: {"priority_class": "waiting", "arrived_at": late},
            2: {"priority_class": "rework", "arrived_at": late},
            1: {"priority_class": "urgent", "arrived_at": late},
        }
        for number, car in cars.items():
            one = type(story)(story.workshop)
            arrived = car["arrived_at"]
            opened = one.opened(request_no=f"W-250307-000{number}", arrived_at=arrived, clock_from=arrived)
            await one.receives(opened, one.intake(priority_class=car["priority_class"]))
            if "promised_minutes" in car:
                await one.receives(one.promised(one.in_minutes(car["promised_minutes"])))

        queue = await story.workshop.call("GET", "/queue", who=["workshop.read"])

        numbers = [item["request_no"] for item in queue.json()["items"]]
        assert numbers == [f"W-250307-000{number}" for number in range(1, 8)]


class TestABay:
    async def test_is_left_when_the_car_is_dispatched_to_another(self, story: Story) -> None:
        await story.in_shop()
        bays = (await story.workshop.call("GET", "/bays", who=["workshop.read"])).json()["items"]
        for bay in (bays[3], bays[0], bays[5]):
            body = {"technician_id": str(story.li), "bay_id": bay["id"]}
            await story.done("/dispatch", body | {"line_ids": [str(story.zero.line_id)]})

        after = await story.workshop.call("GET", "/bays?free=false", who=["workshop.read"])

        assert [bay["name"] for bay in after.json()["items"]] == ["Bay 6"]

    async def test_that_is_occupied_is_refused(self, story: Story) -> None:
        await story.in_shop()
        await story.begins(story.zero)
        other = type(story)(story.workshop)
        await other.receives(other.opened(), other.intake())
        bay_id = (await story.job())["bay_id"]

        refused = await other.asks("/dispatch", {"technician_id": str(story.wang), "bay_id": bay_id})

        assert refused.json()["code"] == "bay_occupied"
        assert refused.json()["job_id"] == (await story.job())["id"]

    async def test_is_free_when_the_car_is_moved_to_parking(self, story: Story) -> None:
        await story.in_shop()
        await story.begins(story.zero)

        parked = await story.done("/interruption", {"reason": "lift defect", "moved_to_parking": True})
        resumed = await story.done("/resumption", {"cause": "A"})
        again = await story.done(f"/lines/{story.zero.line_id}/start", {})

        [event] = story.workshop.published(JobInterrupted)
        assert (event.cause, event.reason, event.moved_to_parking) == ("A", "lift defect", True)
        assert (parked["bay"], resumed["state"]) == (None, "waiting")
        assert (again["bay"], again["parked"]) == ("Bay 1", False)
