"""What every department is given: docs, health, house rules, operations, metrics, one line per request."""

import re
from typing import Any

import pytest
import structlog
from shared.tests.http.conftest import a_ticket
from shared.tests.http.counter import READ, WRITE

from contracts.permissions import everywhere
from testkit.department import EMPLOYEE, Department


class TestTheDocumentation:
    async def test_needs_no_other_server(self, desk: Department) -> None:
        page = await desk.call("GET", "/docs")

        assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(assets) == 3
        for asset in assets:
            assert asset.startswith("/api/counter/docs/assets/")
            assert (await desk.call("GET", asset, root=True)).status_code == 200

    async def test_shows_a_version_of_openapi_that_its_assets_can_read(self, desk: Department) -> None:
        document = (await desk.call("GET", "/openapi.json")).json()
        script = await desk.call("GET", "/docs/assets/swagger-ui-bundle.js")

        assert document["openapi"].startswith("3.1")
        assert "spec.openapis.org/oas/3.1" in script.text


class TestHealth:
    async def test_is_ready(self, desk: Department) -> None:
        answer = await desk.call("GET", "/health/ready", root=True)

        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
        assert (await desk.call("GET", "/health/live", root=True)).status_code == 200

    @pytest.mark.parametrize(
        ("facts", "status", "shown"),
        [
            ({"database": True, "broker": False}, 200, "degraded"),
            ({"database": False, "broker": True}, 503, "unready"),
            ({"database": True, "broker": True, "migrations": False}, 503, "unready"),
            ({"database": True, "broker": True, "draining": True}, 503, "unready"),
        ],
    )
    async def test_names_what_is_away(
        self,
        desk: Department,
        monkeypatch: pytest.MonkeyPatch,
        facts: dict[str, Any],
        status: int,
        shown: str,
    ) -> None:
        async def ready() -> dict[str, Any]:
            return facts

        monkeypatch.setattr(desk.runtime, "ready", ready)

        answer = await desk.call("GET", "/health/ready", root=True)

        assert (answer.status_code, answer.json()["status"]) == (status, shown)

    async def test_is_not_ready_when_the_database_is_away(
        self, desk: Department, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away() -> dict[str, Any]:
            raise ConnectionRefusedError

        monkeypatch.setattr(desk.runtime, "ready", away)

        assert (await desk.call("GET", "/health/ready", root=True)).status_code == 503


class TestARequest:
    async def test_leaves_one_line_with_its_ids(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)

        with structlog.testing.capture_logs() as lines:
            await desk.call("POST", f"/tickets/{ticket_id}/closing", who=[WRITE])

        (line,) = [line for line in lines if line["event"] == "request"]
        assert line.pop("ms") > 0
        assert line == {
            "event": "request",
            "origin": "servicekit.http",
            "log_level": "info",
            "method": "POST",
            "route": "/api/counter/tickets/{ticket_id}/closing",
            "status": 409,
            "ticket_id": str(ticket_id),
            "employee": str(EMPLOYEE),
            "outcome": "ticket_closed",
        }

    async def test_is_counted_by_its_route(self, desk: Department) -> None:
        await a_ticket(desk)

        metrics = (await desk.call("GET", "/metrics", root=True)).text

        assert (
            'bayline_http_requests_total{method="POST",route="/api/counter/tickets",status="201"} 1.0'
            in metrics
        )


class TestHouseRules:
    async def test_are_listed_with_their_requirement(self, desk: Department) -> None:
        rules = (await desk.call("GET", "/house-rules", who=[])).json()

        assert rules == [
            {
                "name": "patience_minutes",
                "requirement": "BOOK-37",
                "description": "minutes of patience",
                "default": 15,
                "value": 15,
            }
        ]

    async def test_are_changed_with_a_reason_that_is_kept(self, desk: Department) -> None:
        change = {"value": 20, "reason": "Spring Festival"}
        may_change = [everywhere.HOUSE_RULES_CHANGE]

        changed = await desk.call("PUT", "/house-rules/patience_minutes", json=change, who=may_change)
        history = (await desk.call("GET", "/house-rules/history", who=[])).json()

        assert changed.json()["value"] == 20
        assert (history[0]["changed_by"], history[0]["reason"]) == (str(EMPLOYEE), "Spring Festival")

    async def test_are_not_changed_by_everybody(self, desk: Department) -> None:
        change = {"value": 20, "reason": "why not"}

        answer = await desk.call("PUT", "/house-rules/patience_minutes", json=change, who=[READ])

        assert (answer.status_code, answer.json()["permission"]) == (403, everywhere.HOUSE_RULES_CHANGE)

    async def test_keep_within_their_limits(self, desk: Department) -> None:
        change = {"value": -1, "reason": "a slip"}

        answer = await desk.call(
            "PUT", "/house-rules/patience_minutes", json=change, who=[everywhere.HOUSE_RULES_CHANGE]
        )

        assert answer.status_code == 422


class TestOperations:
    async def test_show_whether_it_is_quiet(self, desk: Department) -> None:
        quiet = (await desk.call("GET", "/operations/quiet", who=[everywhere.OPERATIONS_READ])).json()

        assert (quiet["unpublished"], quiet["dead_letters"], quiet["timers_due"]) == (0, 0, 0)

    @pytest.mark.parametrize(
        "path", ["/dead-letters", "/deferred", "/outbox?stream=a.b&key=c", "/timeline/none"]
    )
    async def test_list_what_there_is(self, desk: Department, path: str) -> None:
        answer = await desk.call("GET", f"/operations{path}", who=[everywhere.OPERATIONS_READ])

        assert (answer.status_code, answer.json()) == (200, [])

    async def test_act_only_on_dead_letters(self, desk: Department) -> None:
        act = [everywhere.OPERATIONS_ACT]

        replay = await desk.call("POST", "/operations/dead-letters/a.b/c/1/replay", who=act)
        skip = await desk.call(
            "POST", "/operations/dead-letters/a.b/c/1/skip", json={"reason": "poison"}, who=act
        )

        assert (replay.status_code, skip.status_code) == (404, 404)

    async def test_are_not_for_everybody(self, desk: Department) -> None:
        reader = [everywhere.OPERATIONS_READ]

        assert (
            await desk.call("POST", "/operations/dead-letters/a.b/c/1/replay", who=reader)
        ).status_code == 403
        assert (await desk.call("GET", "/operations/quiet", who=[READ])).status_code == 403
