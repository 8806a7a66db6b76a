"""The workshop's endpoints: permissions, problems, validation, repeated and stale commands, screens."""

import asyncio

import pytest
from services.workshop.tests.builders import Story

from contracts.events.workshop import JobDispatched
from contracts.permissions import workshop as may_workshop
from workshop import main


class TestPermissions:
    async def test_no_route_is_open(self, story: Story) -> None:
        open_routes = []
        for router in main.service.routers:
            for route in router.routes:
                path = route.path  # type: ignore[attr-defined]
                for name in ("job_id", "line_id", "technician_id", "bay_id"):
                    path = path.replace(f"{{{name}}}", str(story.visit_id))
                for method in route.methods:  # type: ignore[attr-defined]
                    path = path.replace("{code}", "P0301")
                    answer = await story.workshop.call(method, path, json={})
                    if answer.status_code != 401:
                        open_routes.append((method, path, answer.status_code))
        assert open_routes == []

    async def test_who_may_only_read_changes_nothing(self, story: Story) -> None:
        await story.in_shop()

        refused = await story.asks("/dispatch", {"technician_id": str(story.li)}, who=[may_workshop.READ])

        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert story.workshop.published(JobDispatched) == []

    async def test_a_technician_works_only_for_himself(self, story: Story) -> None:
        await story.in_shop()
        await story.done("/dispatch", {"technician_id": str(story.wang)})
        path, own = f"/lines/{story.zero.line_id}/start", [may_workshop.READ, may_workshop.WORK]

        for_another = await story.asks(path, {"technician_id": str(story.wang)}, who=own)
        by_another = await story.asks(path, {}, who=own)

        assert for_another.status_code == 403
        assert by_another.json()["code"] == "dispatched_to_another"


class TestCommands:
    @pytest.mark.req("RECP-24")
    async def test_work_that_is_not_authorised_is_refused(self, story: Story) -> None:
        booked = story.a_line("maintenance")
        await story.in_shop(booked)

        refused = await story.asks(f"/lines/{booked.line_id}/start", {})

        assert (refused.status_code, refused.json()["code"]) == (409, "work_not_authorised")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["waiting_for"] == "reception.visit"

    async def test_an_illegal_one_names_the_state_and_what_is_allowed(self, story: Story) -> None:
        await story.in_shop()

        refused = await story.asks("/inspection", by=story.qian)

        assert refused.json()["state"] == "waiting"
        assert "dispatch" in refused.json()["allowed"]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"technician_id": "nobody"},
            {"technician_id": "{li}", "colour": "red"},
            {"technician_id": "{li}", "planned_start": "2025-03-07T10:00:00"},
        ],
    )
    async def test_a_malformed_one_changes_nothing(self, story: Story, body: dict[str, str]) -> None:
        await story.in_shop()
        body = {name: value.replace("{li}", str(story.li)) for name, value in body.items()}

        refused = await story.asks("/dispatch", body)

        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
        assert story.workshop.published(JobDispatched) == []

    async def test_a_quantity_is_a_decimal_string(self, story: Story) -> None:
        await story.in_shop()
        part = {"part_line_id": str(story.visit_id), "used": 1.5}

        refused = await story.asks(f"/lines/{story.zero.line_id}/completion", {"parts": [part]})

        assert refused.status_code == 422

    async def test_a_repeated_one_gives_the_first_answer(self, story: Story) -> None:
        await story.in_shop()
        key = {"Idempotency-Key": "once"}
        body = {"technician_id": str(story.li)}
        first = await story.asks("/dispatch", body, headers=key)

        again = await story.asks("/dispatch", body, headers=key)
        other = await story.asks("/dispatch", {"technician_id": str(story.wang)}, headers=key)

        assert again.json() == first.json()
        assert other.status_code == 409
        assert len(story.workshop.published(JobDispatched)) == 1

    async def test_a_stale_one_is_refused(self, story: Story) -> None:
        await story.in_shop()
        body = {"technician_id": str(story.li)}
        first = await story.asks("/dispatch", body)

        stale = await story.asks("/dispatch", body, headers={"If-Match": '"1"'})
        fresh = await story.asks("/dispatch", body, headers={"If-Match": first.headers["ETag"]})

        assert first.headers["ETag"] == f'"{first.json()["version"]}"'
        assert stale.status_code == 412
        assert fresh.status_code == 409  # it is given out already: only the version was right

    @pytest.mark.req("WORK-09")
    async def test_two_starts_at_once_leave_one_running(self, story: Story) -> None:
        await story.in_shop()
        other = type(story)(story.workshop)
        await other.receives(other.opened(), other.intake())
        for one in (story, other):
            await one.done("/dispatch", {"technician_id": str(story.li)})

        answers = await asyncio.gather(
            *(one.asks(f"/lines/{one.zero.line_id}/start", {}) for one in (story, other))
        )

        assert sorted(answer.status_code for answer in answers) == [200, 409]
