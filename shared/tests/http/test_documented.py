"""The test client fails when an answer is not in the operation's documented responses."""

import httpx
import pytest
from shared.tests.http.conftest import a_ticket
from shared.tests.http.counter import WRITE

from testkit.department import Department
from testkit.documented import Documented

PROBLEM = {"content-type": "application/problem+json"}


@pytest.fixture
def documented(desk: Department) -> Documented:
    return Documented(desk.app.openapi())


def refused(code: str, status: int = 409) -> httpx.Response:
    return httpx.Response(status, json={"code": code}, headers=PROBLEM)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/api/counter/tickets", httpx.Response(201, json={})),
        ("/api/counter/tickets", refused("ticket_closed")),
        ("/api/counter/tickets/1/note", refused("stale", 412)),
        ("/api/counter/nowhere", refused("not_found", 404)),
        ("/health/ready", httpx.Response(503, json={})),
    ],
)
def test_what_is_documented_or_no_operation_passes(
    documented: Documented, path: str, answer: httpx.Response
) -> None:
    documented.check("PUT" if path.endswith("note") else "POST", path, answer)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            refused("not_enough_stock"),
            "PUT /api/counter/tickets/{ticket_id}/note answered 409 with code 'not_enough_stock': "
            "documented are already_exists, idempotency_key_reused",
        ),
        (
            refused("link_expired", 410),
            "PUT /api/counter/tickets/{ticket_id}/note answered 410 with code 'link_expired': "
            "this status is not documented",
        ),
        (
            httpx.Response(202),
            "PUT /api/counter/tickets/{ticket_id}/note answered 202: this status is not documented",
        ),
    ],
)
def test_what_is_not_documented_fails_with_method_path_and_code(
    documented: Documented, answer: httpx.Response, message: str
) -> None:
    with pytest.raises(AssertionError) as failed:
        documented.check("PUT", "/api/counter/tickets/7/note", answer)

    assert str(failed.value) == message


def test_a_fixed_path_is_not_taken_for_one_with_a_parameter(documented: Documented) -> None:
    with pytest.raises(AssertionError, match="GET /api/counter/tickets/by-number answered 410"):
        documented.check("GET", "/api/counter/tickets/by-number", httpx.Response(410))


async def test_every_call_of_a_department_is_checked(
    desk: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/tickets/{await a_ticket(desk)}/closing"
    document = desk.app.openapi()
    del document["paths"]["/api/counter/tickets/{ticket_id}/closing"]["post"]["responses"]["409"]
    monkeypatch.setattr("testkit.department.documented_by", lambda *_: Documented(document))

    with pytest.raises(AssertionError, match="'ticket_closed': this status is not documented"):
        await desk.call("POST", path, who=[WRITE])
    assert (await desk.call("POST", path, who=[WRITE], undocumented=True)).status_code == 409
