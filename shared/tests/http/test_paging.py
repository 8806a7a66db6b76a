"""Lists in pages: nothing skipped, nothing twice."""

import pytest
from shared.tests.http.conftest import a_ticket
from shared.tests.http.counter import READ

from testkit.department import Department


async def test_pages_hold_every_row_once_in_order(desk: Department) -> None:
    made = [
        str(await a_ticket(desk, number)) for number in range(7)
    ]  # all at the same instant: the id decides
    desk.clock.move(minutes=1)
    made.append(str(await a_ticket(desk, 7)))

    seen: list[str] = []
    path = "/tickets?limit=3"
    while path:
        page = (await desk.call("GET", path, who=[READ])).json()
        seen += [item["id"] for item in page["items"]]
        path = f"/tickets?limit=3&cursor={page['next']}" if page["next"] else ""

    assert seen == made


async def test_a_list_may_run_downwards_over_plain_columns(desk: Department) -> None:
    for number, price in enumerate(["2.00", "10.00", "2.00"]):
        await a_ticket(desk, number, price=price)

    first = (await desk.call("GET", "/tickets/prices?limit=2", who=[READ])).json()
    second = (await desk.call("GET", f"/tickets/prices?limit=2&cursor={first['next']}", who=[READ])).json()

    assert first["items"] + second["items"] == ["1:10.00", "2:2.00", "0:2.00"]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["x", "!!!", "WzFd", "bnVsbA", "WzEsWyJ0Iiwibm8iXV0"])
async def test_a_cursor_that_is_none_is_malformed(desk: Department, cursor: str) -> None:
    answer = await desk.call("GET", f"/tickets?cursor={cursor}", who=[READ])

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.cursor")


async def test_a_cursor_of_another_list_is_malformed(desk: Department) -> None:
    for number in range(2):
        await a_ticket(desk, number)
    other = (await desk.call("GET", "/tickets/prices?limit=1", who=[READ])).json()["next"]

    answer = await desk.call("GET", f"/tickets?cursor={other}", who=[READ])

    assert answer.status_code == 422


@pytest.mark.parametrize("limit", [0, 201])
async def test_a_page_has_1_to_200_rows(desk: Department, limit: int) -> None:
    assert (await desk.call("GET", f"/tickets?limit={limit}", who=[READ])).status_code == 422
