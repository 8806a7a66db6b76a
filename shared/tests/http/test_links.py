"""Customers' links: one purpose, one subject, until they end; and never written down."""

from collections.abc import Mapping
from uuid import UUID

import httpx
import structlog
from shared.tests.http.conftest import a_ticket
from shared.tests.http.counter import WRITE
from sqlalchemy import text

from testkit.department import Department

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


async def a_link(desk: Department, ticket_id: UUID) -> str:
    """The path of a new link to a ticket."""
    made = await desk.call("POST", f"/tickets/{ticket_id}/link", who=[WRITE])
    assert made.headers["cache-control"] == "no-store"
    return str(made.json()["url"]).removeprefix("http://shop.test")


async def follow(
    desk: Department, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
) -> httpx.Response:
    return await desk.call(method, path, headers=headers, root=True)


class TestALink:
    async def test_begins_with_the_department_and_shows_its_subject_to_programs(
        self, desk: Department
    ) -> None:
        path = await a_link(desk, await a_ticket(desk, 7, price="1234.50"))

        answer = await follow(desk, path)

        assert path.startswith("/l/counter-")
        assert answer.json() == {
            "number": 7,
            "price": "1234.50",
            "made_at": "2025-03-07T01:00:00Z",
            "by": "customer",
        }

    async def test_shows_people_a_page_in_two_languages_that_needs_nothing_else(
        self, desk: Department
    ) -> None:
        path = await a_link(desk, await a_ticket(desk, 7, price="1234.50"))

        page = await follow(desk, path, headers=BROWSER)

        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["referrer-policy"] == "no-referrer"
        assert all(
            shown in page.text for shown in ("维修单", "Ticket", "1,234.50", "CNY", "2025-03-07 09:00")
        )
        assert not any(outside in page.text for outside in ("http:", "https:", "src=", "<script"))

    async def test_knows_the_revision_it_was_made_for(self, desk: Department) -> None:
        path = await a_link(desk, await a_ticket(desk))

        assert (await follow(desk, f"{path}/answer", "POST")).json() == {"revision": 2}

    async def test_that_is_wrong_is_not_found(self, desk: Department) -> None:
        path = await a_link(desk, await a_ticket(desk))

        answer = await follow(desk, f"{path[:-1]}{'A' if path[-1] != 'A' else 'B'}")

        assert (answer.status_code, answer.json()["code"]) == (404, "link_unknown")

    async def test_ends_at_its_time(self, desk: Department) -> None:
        path = await a_link(desk, await a_ticket(desk))

        desk.clock.move(days=3)

        assert (await follow(desk, path)).status_code == 410

    async def test_ends_when_it_is_used_up(self, desk: Department) -> None:
        path = await a_link(desk, await a_ticket(desk))
        await follow(desk, f"{path}/answer", "POST")

        answer = await follow(desk, path, headers=BROWSER)

        assert answer.status_code == 410
        assert "链接已失效" in answer.text
        assert "no longer valid" in answer.text

    async def test_ends_when_it_is_revoked(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)
        path = await a_link(desk, ticket_id)

        revoked = await desk.call("DELETE", f"/tickets/{ticket_id}/link", who=[WRITE])

        assert revoked.json() == 1
        assert (await follow(desk, path)).status_code == 410

    async def test_stands_in_no_table_and_no_line_of_the_log(self, desk: Department) -> None:
        with structlog.testing.capture_logs() as lines:
            path = await a_link(desk, await a_ticket(desk))
            await follow(desk, path)
            await follow(desk, f"{path}/unknown")
        token = path.removeprefix("/l/")

        assert [line["route"] for line in lines if line["event"] == "request"][-2:] == [
            "/l/{token}",
            "unmatched",
        ]
        assert token not in str(lines)
        async with desk.tx() as tx:
            row = (await tx.session.execute(text("select * from customer_links"))).one()
        assert token not in str(row)
