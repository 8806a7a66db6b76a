"""What the screens of the workshop show."""

from typing import Any

import pytest
from services.workshop.tests.builders import Story

from contracts.permissions import workshop as may_workshop


class TestScreens:
    @pytest.mark.req("DATA-15")
    async def test_the_record_has_time_content_who_did_it_and_who_reviewed_it(self, story: Story) -> None:
        await story.is_ready()

        record = await story.job()

        diagnosed, repaired = record["lines"]
        assert repaired["title"]["en"] == "Replace brake pads"
        assert (repaired["technician_id"], repaired["result_text"]) == (str(story.li), "done")
        assert repaired["started_at"] <= repaired["completed_at"] <= record["inspected_at"]
        assert record["inspector_id"] == str(story.qian)
        assert diagnosed["technician_id"] == record["diagnosis"]["technician_id"] == str(story.li)
        assert record["diagnosis"]["review"]["reviewer_id"] == str(story.wang)

    async def test_the_board_shows_every_car_and_why_it_waits(self, story: Story) -> None:
        await story.in_shop()
        await story.begins(story.zero)
        await story.workshop.passes(minutes=1)
        arrived = type(story)(story.workshop)
        await arrived.receives(arrived.opened(request_no="W-250307-0002", plate="沪B99999"))

        async def board(query: str) -> list[dict[str, Any]]:
            answer = await story.workshop.call("GET", f"/board{query}", who=[may_workshop.READ])
            items: list[dict[str, Any]] = answer.json()["items"]
            return items

        everything = await board("")
        await story.done("/interruption", {"reason": "lift defect", "moved_to_parking": True})
        held = await board("?held=true")

        assert [(x["state"], x["technicians"]) for x in everything] == [
            ("diagnosing", ["Technician 0"]),
            ("awaiting_intake", []),
        ]
        assert [(x["waiting_reason"], x["parked"]) for x in held] == [("lift defect", True)]
        assert [x["request_no"] for x in await board("?q=沪b·9")] == ["W-250307-0002"]
        assert len(await board("?state=interrupted")) == 1

    async def test_technicians_are_shown_with_the_time_in_their_status(self, story: Story) -> None:
        await story.in_shop()
        await story.begins(story.zero)
        await story.workshop.passes(minutes=25)

        shown = await story.workshop.call("GET", "/technicians", who=[may_workshop.READ])

        status = {x["name"]: (x["status"], x["minutes_in_status"]) for x in shown.json()["items"]}
        assert status == {"Technician 0": ("working", 25), "Technician 1": ("idle", 25)}

    async def test_a_schedule_flags_gaps_and_late_work(self, story: Story) -> None:
        booked = story.a_line("rework", payer="shop")
        await story.in_shop(booked, authorised=[booked.line_id])
        for line, start, end in ((story.zero, 0, 60), (booked, 90, 120)):
            body = {
                "technician_id": str(story.li),
                "line_ids": [str(line.line_id)],
                "planned_start": story.in_minutes(start).isoformat(),
                "planned_end": story.in_minutes(end).isoformat(),
            }
            await story.done("/dispatch", body)
        await story.workshop.passes(minutes=60)

        day = await story.workshop.call("GET", f"/technicians/{story.li}/schedule", who=[may_workshop.READ])

        shown = [(x["idle_minutes_before"], x["idle_flagged"], x["late"]) for x in day.json()]
        assert shown == [(0, False, True), (30, True, False)]

    async def test_a_tag_carries_number_status_and_promise(self, story: Story) -> None:
        await story.in_shop()
        await story.receives(story.promised(story.in_minutes(300)))

        tag = (await story.asks("/tag", method="GET")).json()

        assert (tag["request_no"], tag["state"]) == ("W-250307-0001", "waiting")
        assert tag["promised_at"] == story.in_minutes(300).isoformat().replace("+00:00", "Z")

    async def test_trouble_codes_are_found_by_code_and_by_words(self, story: Story) -> None:
        async def found(query: str) -> Any:
            return (
                await story.workshop.call("GET", f"/trouble-codes{query}", who=[may_workshop.READ])
            ).json()

        by_code, by_words = await found("?q=P030"), await found("?q=cylinder misfire&limit=1")
        second = await found(f"?q=cylinder misfire&limit=1&cursor={by_words['next']}")

        assert "P0301" in [x["code"] for x in by_code["items"]]
        assert second["items"][0]["code"] > by_words["items"][0]["code"]
        assert (await found("/P0301"))["code"] == "P0301"

    async def test_bays_are_added_changed_and_not_closed_under_a_car(self, story: Story) -> None:
        async def bay(method: str, path: str, **body: Any) -> Any:
            return await story.workshop.call(method, f"/bays{path}", json=body, who=[may_workshop.RESOURCES])

        await story.in_shop()
        made = await bay("POST", "", name="Lift 7", equipment=["lift"])
        path = f"/{made.json()['id']}"
        again = await bay("POST", "", name="Lift 7")
        await story.done("/dispatch", {"technician_id": str(story.li), "bay_id": made.json()["id"]})
        closed = await bay("PUT", path, name="Lift 7", in_use=False)

        assert (made.status_code, made.json()["state"]) == (201, "free")
        assert again.json()["code"] == "bay_name_taken"
        assert closed.json()["code"] == "bay_in_use"
