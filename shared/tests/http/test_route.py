"""One request is one transaction: committed before the answer, rolled back when refused, tried again."""

import asyncio
from uuid import uuid4

import structlog
from shared.tests.http import counter
from shared.tests.http.conftest import a_ticket
from shared.tests.http.counter import READ, WRITE, Ticket
from sqlalchemy import text

from testkit.department import Department


class TestARequest:
    async def test_is_committed_when_it_is_answered(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk, note="brakes")

        async with desk.tx() as tx:
            assert (await tx.get(Ticket, ticket_id)).note == "brakes"

    async def test_leaves_nothing_behind_when_it_is_refused(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk, note="as it was")

        answer = await desk.call("POST", f"/tickets/{ticket_id}/closing", who=[WRITE])

        assert answer.status_code == 409
        async with desk.tx() as tx:
            assert (await tx.get(Ticket, ticket_id)).note == "as it was"

    async def test_keeps_its_changes_when_it_returns_the_refusal(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)

        answer = await desk.call("POST", f"/tickets/{ticket_id}/attempts")

        assert answer.json()["code"] == "ticket_closed"
        async with desk.tx() as tx:
            assert (await tx.get(Ticket, ticket_id)).note == "attempted"

    async def test_has_let_its_transaction_go_when_a_stream_starts(self, desk: Department) -> None:
        answer = await desk.call("GET", "/stream")

        assert answer.text == "0"

    async def test_that_loses_a_race_is_done_again_once(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)
        counter.failures[:] = ["40001", "40P01"]

        answer = await desk.call("POST", f"/tickets/{ticket_id}/contested", who=[WRITE])

        assert answer.json()["note"] == "x"

    async def test_that_always_loses_gets_a_retry_after(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)
        counter.failures[:] = ["40001"] * 9

        answer = await desk.call("POST", f"/tickets/{ticket_id}/contested", who=[WRITE])

        assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
        assert answer.headers["retry-after"] == "1"
        assert len(counter.failures) == 4, "the first try and four more"

    async def test_gets_a_retry_after_while_the_database_is_away(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)
        counter.failures[:] = ["57P01"]

        answer = await desk.call("POST", f"/tickets/{ticket_id}/contested", who=[WRITE])

        assert (answer.status_code, answer.json()["code"]) == (503, "try_again")

    async def test_for_a_key_that_is_taken_for_good_is_refused(self, desk: Department) -> None:
        await a_ticket(desk, number=5)

        with structlog.testing.capture_logs() as lines:
            answer = await desk.call("POST", "/tickets", json={"number": 5}, who=[WRITE])

        assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
        (line,) = [line for line in lines if line["event"] == "unique key taken"]
        assert line["constraint"] == "uq_tickets_number"

    async def test_is_finished_even_when_the_caller_goes_away(self, desk: Department) -> None:
        counter.gate.clear()
        headers = {"Idempotency-Key": "gone"}
        call = asyncio.create_task(
            desk.call("POST", "/payments", json={"note": "cash"}, who=[counter.PAY], headers=headers)
        )
        async with desk.runtime.engine.connect() as connection:
            while not (await connection.scalar(text(_PAYING))):
                await connection.rollback()
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        counter.gate.set()

        again = await desk.call(
            "POST", "/payments", json={"note": "cash"}, who=[counter.PAY], headers=headers
        )

        assert again.headers["idempotent-replay"] == "true"
        assert again.json() == {"number": 1}


_PAYING = """select exists (select 1 from pg_locks join pg_class on relation = pg_class.oid
             where relname = 'counters' and mode = 'RowExclusiveLock' and granted)"""


class TestLooking:
    async def test_does_not_wait_for_who_is_changing_it(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)

        async with desk.tx() as tx:
            await tx.get(Ticket, ticket_id)
            async with asyncio.timeout(20):
                shown = await desk.call("GET", f"/tickets/{ticket_id}", who=[READ])

        assert (shown.status_code, shown.headers["etag"]) == (200, f'"{shown.json()["version"]}"')


class TestTheVersionOfAnAnswer:
    async def test_is_its_etag(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)

        changed = await desk.call("PUT", f"/tickets/{ticket_id}/note", json={"note": "new"}, who=[WRITE])

        assert changed.headers["etag"] == f'"{changed.json()["version"]}"'

    async def test_that_is_still_the_present_one_lets_a_change_through(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)
        etag = (await desk.call("GET", f"/tickets/{ticket_id}", who=[READ])).headers["etag"]

        changed = await desk.call(
            "PUT", f"/tickets/{ticket_id}/note", json={"note": "new"}, who=[WRITE], headers={"If-Match": etag}
        )

        assert changed.status_code == 200

    async def test_that_is_stale_gets_412_with_the_present_one(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)
        etag = (await desk.call("GET", f"/tickets/{ticket_id}", who=[READ])).headers["etag"]
        await desk.call("PUT", f"/tickets/{ticket_id}/note", json={"note": "mine"}, who=[WRITE])

        late = await desk.call(
            "PUT",
            f"/tickets/{ticket_id}/note",
            json={"note": "yours"},
            who=[WRITE],
            headers={"If-Match": etag},
        )

        assert late.status_code == 412
        assert f'"{late.json()["version"]}"' != etag

    async def test_must_be_one_of_ours(self, desk: Department) -> None:
        answer = await desk.call("GET", f"/tickets/{uuid4()}", who=[READ], headers={"If-Match": '"abc"'})

        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "header.If-Match")
