"""What a caller gets when the answer is a refusal."""

import json
from collections.abc import AsyncIterator

import pytest
import structlog
from shared.tests.http.conftest import a_ticket
from shared.tests.http.counter import READ, WRITE

from contracts.permissions import everywhere
from servicekit.http.problems import field_errors
from servicekit.refusal import NotFound
from testkit.department import Department


class TestARefusal:
    async def test_is_a_problem_document_with_its_facts(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)

        answer = await desk.call("POST", f"/tickets/{ticket_id}/closing", who=[WRITE])

        assert answer.status_code == 409
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {
            "type": "urn:bayline:problem:ticket_closed",
            "title": "The ticket is closed.",
            "status": 409,
            "code": "ticket_closed",
            "state": "closed",
            "allowed": ["reopen"],
            "waiting_for": "billing.invoice",
            "ticket_id": str(ticket_id),
        }

    async def test_for_what_is_not_there_names_kind_and_id(self, desk: Department) -> None:
        answer = await desk.call("GET", "/tickets/00000000-0000-0000-0000-000000000000", who=[READ])

        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.json()["kind"] == "ticket"

    async def test_of_an_unknown_path_is_a_problem_too(self, desk: Department) -> None:
        answer = await desk.call("GET", "/nowhere")

        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    async def test_of_a_wrong_method_names_the_right_ones(self, desk: Department) -> None:
        answer = await desk.call("PATCH", "/who")

        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
        assert answer.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        ({"number": 1, "wanted_at": "2025-03-07T10:30:00"}, "body.wanted_at", "an instant with its offset"),
        ({"number": 1, "price": 12.5}, "body.price", "a decimal string"),
        ({"number": 1, "lines": [{"quantity": 0.1}]}, "body.lines.0.quantity", "a decimal string"),
        ({"number": 1, "colour": "red"}, "body.colour", "no such field"),
        ({}, "body.number", "this field is required"),
    ],
)
async def test_malformed_input_names_the_field(
    desk: Department, body: dict[str, object], field: str, expected: str
) -> None:
    answer = await desk.call("POST", "/tickets", json=body, who=[WRITE])

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert problem["errors"][0]["field"] == field
    assert expected in problem["errors"][0]["expected"]


@pytest.mark.parametrize(
    "body",
    [
        {"note": "a\0b"},
        {"price": "99999999999999.00"},
        {"number": 2**40},
        {"wanted_at": "0001-01-01T00:00:00+08:00"},
    ],
)
async def test_what_nothing_can_be_done_with_is_malformed(desk: Department, body: dict[str, object]) -> None:
    answer = await desk.call("POST", "/tickets", json={"number": 1} | body, who=[WRITE])

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert (await desk.call("GET", "/tickets", who=[READ])).json()["items"] == []


@pytest.mark.parametrize("length_is_stated", [True, False])
async def test_a_body_that_is_too_large_is_refused(desk: Department, length_is_stated: bool) -> None:
    body = b'{"number": 1, "note": "' + b"x" * 2**21 + b'"}'

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 2**16):
            yield body[start : start + 2**16]

    with structlog.testing.capture_logs() as lines:
        answer = await desk.call(
            "POST", "/tickets", content=body if length_is_stated else parts(), who=[WRITE]
        )

    assert (answer.status_code, answer.json()["code"]) == (413, "content_too_large")
    assert [line for line in lines if line["log_level"] == "error"] == []


async def test_an_unknown_error_is_logged_once_and_shows_no_detail(desk: Department) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = await desk.call("GET", "/broken")

    assert answer.status_code == 500
    assert answer.json() == {
        "type": "urn:bayline:problem:internal_error",
        "title": "Something went wrong on our side.",
        "status": 500,
        "code": "internal_error",
    }
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["request failed"]


@pytest.mark.parametrize(
    ("field", "method", "path", "located"),
    [
        ("body.number", "GET", "/tickets/by-number?number=x", "query.number"),
        ("ticket_id", "GET", "/tickets/none", "path.ticket_id"),
        ("limit", "GET", "/tickets?limit=0", "query.limit"),
        ("reason", "PUT", "/house-rules/patience_minutes", "body.reason"),
    ],
)
async def test_a_fault_is_named_by_where_the_value_came_from(
    desk: Department, field: str, method: str, path: str, located: str
) -> None:
    body = {"value": 20, "reason": " "} if method == "PUT" else None

    answer = await desk.call(method, path, json=body, who=[READ, everywhere.HOUSE_RULES_CHANGE])

    assert answer.status_code == 422, field
    assert answer.json()["errors"][0]["field"] == located


@pytest.mark.parametrize("kind", ["PartLine", "part_line", "part line", "part-line"])
def test_what_is_not_there_is_named_in_one_form(kind: str) -> None:
    assert NotFound(kind, 1).details == {"kind": "part-line", "id": "1"}


def test_a_large_value_is_not_sent_back() -> None:
    errors = field_errors([{"loc": ("body", "note"), "type": "x", "msg": "Bad", "input": {"secret": "y"}}])

    assert json.loads(json.dumps(errors)) == [{"field": "body.note", "expected": "bad"}]
