"""Live screens: what changed is sent once, in time, and only while someone listens."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from shared.tests.http.conftest import a_ticket
from shared.tests.http.counter import WRITE

from servicekit.http.changes import Changes
from testkit.department import Department


@pytest.fixture
async def changes(desk: Department) -> AsyncIterator[Changes]:
    lookout = Changes(desk.runtime.engine, every=0.01)
    yield lookout
    lookout.close()
    await lookout.ended()


def listen(changes: Changes, *kinds: str, seconds: float = 30) -> AsyncIterator[str]:
    return changes.listen(frozenset(kinds), datetime.now(UTC) + timedelta(seconds=seconds))


async def next_change(stream: AsyncIterator[str]) -> dict[str, Any]:
    """The next change."""
    async for sent in stream:
        if sent.startswith("event: change"):
            change: dict[str, Any] = json.loads(sent.split("data: ")[1])
            return change
    raise AssertionError("the stream ended")


async def test_a_change_is_sent_with_its_version(desk: Department, changes: Changes) -> None:
    stream = listen(changes)
    await anext(stream)

    ticket_id = await a_ticket(desk)
    await desk.call("PUT", f"/tickets/{ticket_id}/note", json={"note": "new"}, who=[WRITE])

    assert await next_change(stream) == {"kind": "ticket", "id": str(ticket_id), "version": 1}
    assert await next_change(stream) == {"kind": "ticket", "id": str(ticket_id), "version": 2}


async def test_a_change_that_commits_late_is_not_missed(desk: Department, changes: Changes) -> None:
    stream = listen(changes)
    await anext(stream)
    slow = desk.tx()
    async with slow:
        await slow.next_number("holds its transaction id")

        first = await a_ticket(desk, 1)
        async with desk.runtime.engine.connect() as other:
            assert await changes.fresh(other) == []
    second = await a_ticket(desk, 2)

    assert [(await next_change(stream))["id"] for _ in range(2)] == [str(first), str(second)]


async def test_only_the_wanted_kinds_are_sent(desk: Department, changes: Changes) -> None:
    invoices, everything = listen(changes, "invoice"), listen(changes)
    await anext(invoices)
    await anext(everything)

    await a_ticket(desk)
    await next_change(everything)
    changes.close()

    assert [sent async for sent in invoices] == []


async def test_a_listener_that_is_too_slow_has_to_fetch(desk: Department, changes: Changes) -> None:
    slow = listen(changes)
    await anext(slow)
    for version in range(600):
        changes.send({"kind": "ticket", "id": "1", "version": version})

    sent = [await anext(slow) for _ in range(501)]

    assert sent[-1].startswith("event: refetch")


async def test_nobody_looks_when_nobody_listens(changes: Changes) -> None:
    stream = listen(changes)
    await anext(stream)
    assert changes.looking

    await stream.aclose()  # type: ignore[attr-defined]
    await changes.ended()

    assert not changes.looking


async def test_the_stream_ends_with_the_token(changes: Changes) -> None:
    assert len([sent async for sent in listen(changes, seconds=0.05)]) <= 2


async def test_the_stream_needs_a_token(desk: Department) -> None:
    assert (await desk.call("GET", "/changes")).status_code == 401


async def test_a_screen_that_is_switched_off_is_noticed(desk: Department) -> None:
    async with served(desk) as address, httpx.AsyncClient(base_url=address) as browser:
        token = {"Authorization": f"Bearer {desk.keys.token([])}"}
        async with browser.stream("GET", "/api/counter/changes", headers=token) as answer:
            lines = answer.aiter_lines()
            assert await anext(lines) == "retry: 1000"
            ticket_id = await a_ticket(desk)
            lines_read = [line async for line in until(lines, "data:")]
            assert json.loads(lines_read[-1][6:])["id"] == str(ticket_id)

        await desk.app.state.changes.ended()


async def until(lines: AsyncIterator[str], beginning: str) -> AsyncIterator[str]:
    """The lines up to the first that begins like this."""
    async for line in lines:
        yield line
        if line.startswith(beginning):
            return


@asynccontextmanager
async def served(desk: Department) -> AsyncIterator[str]:
    """The counter on a real port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(desk.app, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve([listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving


async def test_the_stream_is_served(desk: Department) -> None:
    desk.app.state.changes.close()

    answer = await desk.call("GET", "/changes?kind=ticket", who=[])

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text == ""
