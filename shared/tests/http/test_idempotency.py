"""A command that is sent twice takes effect once."""

import asyncio
from typing import Any

import httpx
from shared.tests.http import counter
from shared.tests.http.conftest import a_ticket
from shared.tests.http.counter import PAY, WRITE, Ticket
from sqlalchemy import func, select, text

from servicekit.http.idempotency import sweep
from testkit.department import Department, employee_id

KEY = {"Idempotency-Key": "pay-1"}


async def pay(desk: Department, note: str = "cash", **more: Any) -> httpx.Response:
    return await desk.call("POST", "/payments", json={"note": note}, **{"who": [PAY], "headers": KEY, **more})


async def tickets(desk: Department) -> int:
    async with desk.tx() as tx:
        return await tx.session.scalar(select(func.count()).select_from(Ticket)) or 0


class TestACommandWithAKey:
    async def test_is_answered_again_without_being_done_again(self, desk: Department) -> None:
        first = await pay(desk)
        again = await pay(desk)

        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again.headers["etag"] == first.headers["etag"]
        assert "idempotent-replay" not in first.headers
        assert await tickets(desk) == 1

    async def test_is_answered_again_where_a_rule_refuses_a_second_time(self, desk: Department) -> None:
        asked: dict[str, Any] = {"json": {"number": 5}, "who": [WRITE], "headers": KEY}

        first = await desk.call("POST", "/tickets", **asked)
        again = await desk.call("POST", "/tickets", **asked)
        other = await desk.call("POST", "/tickets", json={"number": 5}, who=[WRITE])

        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert (first.status_code, other.status_code) == (201, 409)
        assert await tickets(desk) == 1

    async def test_with_another_body_is_refused(self, desk: Department) -> None:
        await pay(desk)

        other = await pay(desk, note="card")

        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")

    async def test_of_another_employee_is_another_command(self, desk: Department) -> None:
        await pay(desk)

        other = await pay(desk, note="card", employee=employee_id("cashier"))

        assert other.status_code == 201
        assert await tickets(desk) == 2

    async def test_sent_twice_at_once_waits_for_its_twin(self, desk: Department) -> None:
        counter.gate.clear()
        twins = [asyncio.create_task(pay(desk)) for _ in range(2)]
        async with desk.runtime.engine.connect() as connection:
            while not await connection.scalar(
                text("select exists (select 1 from pg_locks where not granted)")
            ):
                await connection.rollback()
        counter.gate.set()

        answers = await asyncio.gather(*twins)

        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        assert await tickets(desk) == 1

    async def test_that_was_refused_may_be_sent_again(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)
        counter.failures[:] = ["57P01"]
        path = f"/tickets/{ticket_id}/contested"

        failed = await desk.call("POST", path, who=[WRITE], headers=KEY)
        again = await desk.call("POST", path, who=[WRITE], headers=KEY)

        assert (failed.status_code, again.status_code) == (503, 200)

    async def test_whose_answer_is_a_secret_is_not_kept(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)

        made = await desk.call("POST", f"/tickets/{ticket_id}/link", who=[WRITE], headers=KEY)

        assert made.status_code == 201
        async with desk.tx() as tx:
            assert await tx.session.scalar(text("select count(*) from idempotency_keys")) == 0

    async def test_that_is_too_long_is_malformed(self, desk: Department) -> None:
        answer = await pay(desk, headers={"Idempotency-Key": "x" * 201})

        assert answer.status_code == 422


async def test_money_does_not_move_without_a_key(desk: Department) -> None:
    answer = await desk.call("POST", "/payments", json={"note": "cash"}, who=[PAY])

    assert (answer.status_code, answer.json()["code"]) == (428, "idempotency_key_required")
    assert await tickets(desk) == 0


async def test_an_answer_is_forgotten_after_two_days(desk: Department) -> None:
    await pay(desk)
    aged = text("update idempotency_keys set kept_at = now() - make_interval(hours => :hours)")

    async with desk.tx() as tx:
        await tx.session.execute(aged, {"hours": 47})
        young = await sweep(tx.session)
        await tx.session.execute(aged, {"hours": 49})
        old = await sweep(tx.session)

    assert (young, old) == (0, 1)
