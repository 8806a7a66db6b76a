"""The OpenAPI document that a front end is built from: what every operation has in common is in it."""

from typing import Any

import pytest
from shared.tests.http.counter import WRITE

from servicekit.http import router
from servicekit.http.openapi import refuse_duplicates
from testkit.department import Department

TICKETS = "/api/counter/tickets"


@pytest.fixture
async def document(desk: Department) -> dict[str, Any]:
    made: dict[str, Any] = (await desk.call("GET", "/openapi.json")).json()
    return made


def codes(document: dict[str, Any], path: str, method: str) -> dict[str, list[str]]:
    """The codes of each status that an operation can refuse with."""
    found = {}
    for status, response in document["paths"][path][method]["responses"].items():
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        if status >= "400":
            content = response["content"]["application/problem+json"]
            found[status] = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
            assert content["schema"]["allOf"][0] == {"$ref": "#/components/schemas/Problem"}
            assert sorted(content["examples"]) == found[status]
    return found


class TestAnOperation:
    def test_is_named_like_its_function(self, document: dict[str, Any]) -> None:
        assert document["paths"][TICKETS]["post"]["operationId"] == "make_ticket"
        assert document["paths"]["/l/{token}"]["get"]["operationId"] == "show_link"

    def test_names_its_permissions(self, document: dict[str, Any]) -> None:
        operation = document["paths"][TICKETS]["post"]

        assert operation["security"] == [{"employee": []}]
        assert operation["x-permissions"] == [WRITE]

    def test_that_changes_something_can_refuse_for_many_reasons(self, document: dict[str, Any]) -> None:
        assert codes(document, TICKETS, "post") == {
            "400": ["bad_request"],
            "401": ["unauthorised"],
            "403": ["forbidden"],
            "409": ["already_exists", "idempotency_key_reused", "ticket_closed"],
            "412": ["stale"],
            "413": ["content_too_large", "event_too_large"],
            "422": ["invalid"],
            "500": ["internal_error"],
            "503": ["try_again"],
        }

    def test_that_reads_can_refuse_for_few(self, document: dict[str, Any]) -> None:
        assert codes(document, "/api/counter/who", "get").keys() == {"401", "500", "503"}
        assert codes(document, TICKETS + "/{ticket_id}", "get")["404"] == ["not_found"]

    def test_of_a_customers_link_documents_the_token(self, document: dict[str, Any]) -> None:
        (token,) = document["paths"]["/l/{token}"]["get"]["parameters"]

        assert (token["name"], token["in"], token["required"]) == ("token", "path", True)
        assert "secret" in token["description"]
        assert codes(document, "/l/{token}", "get")["404"] == ["link_unknown"]
        assert codes(document, "/l/{token}", "get")["410"] == ["link_expired"]

    def test_requires_the_headers_that_are_required(self, document: dict[str, Any]) -> None:
        shown = document["components"]["parameters"]
        refs = {
            path: [p["$ref"].rsplit("/", 1)[1] for p in document["paths"][path]["post"]["parameters"]]
            for path in (TICKETS, "/api/counter/payments")
        }

        assert refs[TICKETS] == ["IdempotencyKey", "IfMatch"]
        assert refs["/api/counter/payments"] == ["IdempotencyKeyRequired", "IfMatch"]
        assert [shown[name]["required"] for name in ("IdempotencyKey", "IdempotencyKeyRequired")] == [
            False,
            True,
        ]
        assert codes(document, "/api/counter/payments", "post")["428"] == ["idempotency_key_required"]

    def test_describes_the_parameters_of_its_path(self, document: dict[str, Any]) -> None:
        (ticket_id,) = document["paths"][TICKETS + "/{ticket_id}"]["get"]["parameters"]

        assert ticket_id["description"] == "id of the ticket"


class TestValues:
    def test_decimals_are_text_of_digits(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]

        taken, shown = (schemas[name]["properties"]["price"] for name in ("NewTicket", "TicketView"))
        assert taken["anyOf"] == [{"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}, {"type": "integer"}]
        assert (shown["type"], shown["pattern"]) == ("string", r"^-?\d+(\.\d+)?$")

    def test_bounds_of_decimals_are_described(self, document: dict[str, Any]) -> None:
        quantity = document["components"]["schemas"]["TicketLine"]["properties"]["quantity"]

        assert quantity["anyOf"][0]["pattern"] == r"^\d+(\.\d+)?$"
        assert quantity["description"] == "how many, more than 0"

    def test_instants_have_their_format(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]

        assert schemas["TicketView"]["properties"]["made_at"]["format"] == "date-time"
        assert schemas["NewTicket"]["properties"]["wanted_at"]["anyOf"][0]["format"] == "date-time"


def test_machinery_is_not_in_it(document: dict[str, Any]) -> None:
    assert not any(path.startswith(("/health", "/metrics")) for path in document["paths"])


def test_the_kinds_that_screens_can_watch_are_listed(document: dict[str, Any]) -> None:
    (kind,) = document["paths"]["/api/counter/changes"]["get"]["parameters"]

    assert kind["schema"]["items"]["enum"] == ["ticket"]


async def test_two_functions_of_one_name_are_refused(desk: Department) -> None:
    more = router()

    @more.post("/elsewhere")
    async def make_ticket() -> None:
        """A second function with this name."""

    desk.app.include_router(more, prefix="/api/counter")

    with pytest.raises(ValueError, match="make_ticket"):
        refuse_duplicates(desk.app)
