"""Refused and repeated requests change nothing, in every department, and answer with a problem document."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from scenarios.desks import booking
from scenarios.shop_client import Json, Person
from scenarios.visits.driver import VisitDriver
from tools.departments import DEPARTMENTS

from contracts.events.billing import PaymentReceived
from tests.integration.story import Story
from tests.integration.story_steps import is_repaired

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass(frozen=True)
class Command:
    """Something a person asks a department for, who may, and who may not."""

    method: str
    path: str
    body: Json
    may: str
    may_not: str


def _commands(driver: VisitDriver) -> dict[str, Command]:
    """One command for each department, on what this visit has there."""
    dispatch = {"technician_id": str(driver.supervisor.employee_id), "line_ids": [str(uuid4())]}
    rate = {"hourly_rate": "1.00", "tax_rate": "0.06"}
    case = {
        "customer_id": driver.customer_id,
        "visit_id": driver.visit_id,
        "category": "cost",
        "channel": "phone",
        "text": "too dear",
    }
    customer = {"display_name": "Ma Li", "phone": "13912345678"}
    cancellation = f"/appointments/{driver.appointment_id}/cancellation"
    return {
        "booking": Command("POST", cancellation, {"reason": "sold"}, "booking-agent", "technician"),
        "reception": Command(
            "POST", f"/visits/{driver.visit_id}/handover", {}, "service-advisor", "technician"
        ),
        "workshop": Command(
            "POST", f"/jobs/{driver.job_id}/dispatch", dispatch, "workshop-supervisor", "service-advisor"
        ),
        "parts": Command(
            "POST", "/parts/BP-1001/counts", {"counted": "7", "reason": "x"}, "parts-manager", "parts-keeper"
        ),
        "billing": Command("PUT", "/labour-rates/diagnosis/normal", rate, "finance", "cashier"),
        "crm": Command("POST", "/customers", customer, "booking-agent", "technician"),
        "complaints": Command("POST", "/complaints", case, "service-advisor", "technician"),
        "staff": Command("POST", "/employees", {"display_name": "Ma Li"}, "admin", "service-manager"),
    }


def _is_a_problem(answer: httpx.Response, status: int) -> Json:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: Json = answer.json()
    assert document["type"] == f"urn:bayline:problem:{document['code']}"
    assert document["status"] == status
    return document


@pytest.fixture(scope="module")
def waiting_car() -> dict[int, VisitDriver]:
    """The car that stands ready in a shop while requests about it are refused."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def ready(story: Story, waiting_car: dict[int, VisitDriver]) -> VisitDriver:
    """A booked car that is repaired, its invoice prepared, and every department quiet."""
    if id(story) not in waiting_car:
        waiting_car[id(story)] = await _is_ready(story)
    return waiting_car[id(story)]


async def _is_ready(story: Story) -> VisitDriver:
    driver = story.new_visit()
    await is_repaired(driver)
    await story.settled()
    return driver


class TestARefusedRequest:
    @pytest.mark.parametrize("department", DEPARTMENTS)
    async def test_changes_nothing(self, story: Story, ready: VisitDriver, department: str) -> None:
        command = _commands(ready)[department]
        published = len(story.shop[department].committed)
        malformed: list[tuple[Any, Any, int]] = [
            (None, command.body, 401),
            (story.person(command.may_not), command.body, 403),
            (story.person(command.may), command.body | {"nonsense": True}, 422),
            (story.person(command.may), ["no", "object"], 422),
        ]

        for who, body, status in malformed:
            answer = await story.client.send(department, command.method, command.path, who=who, json=body)
            _is_a_problem(answer, status)

        await story.settled()
        assert len(story.shop[department].committed) == published

    @pytest.mark.parametrize("amount", [12.5, "twelve", "-1.00", "0.001", "1e2000", None])
    async def test_about_money_is_malformed(self, story: Story, ready: VisitDriver, amount: Any) -> None:
        invoice = await story.invoice(ready)

        answer = await _pay(story, story.person("cashier"), invoice["id"], amount, key=str(uuid4()))

        _is_a_problem(answer, 422)

    async def test_has_an_instant_without_a_zone(self, story: Story, ready: VisitDriver) -> None:
        body = {"promised_at": "2025-03-07T17:00:00", "waiting_on_site": False}
        path = f"/visits/{ready.visit_id}/promise"

        answer = await story.client.send("reception", "POST", path, who=ready.advisor, json=body)

        _is_a_problem(answer, 422)


async def _pay(
    story: Story, who: Person, invoice_id: str, amount: Any, *, key: str | None = None
) -> httpx.Response:
    return await story.client.send(
        "billing",
        "POST",
        f"/invoices/{invoice_id}/payments",
        who=who,
        json={"amount": amount, "method": "cash"},
        key=key,
    )


class TestARepeatedPayment:
    async def test_is_taken_once_and_answered_alike(self, story: Story) -> None:
        paid = await _is_ready(story)
        await paid.sign()
        await story.settled()
        invoice = await story.invoice(paid)
        key, owed, who = str(uuid4()), invoice["balance"], story.person("cashier")

        twins = (_pay(story, who, invoice["id"], owed, key=key) for _ in range(3))
        answers = [*await asyncio.gather(*twins), await _pay(story, who, invoice["id"], owed, key=key)]
        other = await _pay(story, who, invoice["id"], "1.00", key=key)
        without = await _pay(story, who, invoice["id"], "1.00")
        await paid.leave()

        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["payment"]["payment_id"] for answer in answers}) == 1
        assert _is_a_problem(other, 409)["code"] == "idempotency_key_reused"
        assert _is_a_problem(without, without.status_code)["code"] == "idempotency_key_required"
        (payment,) = story.published(PaymentReceived, visit=paid.visit_id)
        assert payment.amount == Decimal(owed)


class TestACommand:
    async def test_on_a_stale_version_is_refused_with_the_current_one(
        self, story: Story, ready: VisitDriver
    ) -> None:
        path = f"/appointments/{ready.appointment_id}"
        agent = ready.agent
        shown = await story.client.send("booking", "GET", path, who=agent)
        stale = f'"{shown.json()["version"] - 1}"'

        answer = await story.client.send(
            "booking",
            "POST",
            f"{path}/cancellation",
            who=agent,
            json={"reason": "sold"},
            headers={"If-Match": stale},
        )

        assert _is_a_problem(answer, 412)["version"] == shown.json()["version"]
        assert (await booking.appointment(story.client, agent, ready.appointment_id))["state"] == "kept"

    async def test_that_the_state_forbids_names_the_state_and_what_is_allowed(
        self, story: Story, ready: VisitDriver
    ) -> None:
        cancelled = await story.client.send(
            "booking",
            "POST",
            f"/appointments/{ready.appointment_id}/cancellation",
            who=ready.agent,
            json={"reason": "sold"},
        )
        handed_over = await story.client.send(
            "reception", "POST", f"/visits/{ready.visit_id}/handover", who=ready.advisor, json={}
        )
        received = await story.client.send(
            "reception", "POST", f"/visits/{ready.visit_id}/reception", who=ready.advisor, json={}
        )

        kept = _is_a_problem(cancelled, 409)
        assert (kept["state"], "cancel" in kept["allowed"]) == ("kept", False)
        for answer in (handed_over, received):
            problem = _is_a_problem(answer, 409)
            assert problem["state"] == "ready"
            assert "accept_work" in problem["allowed"]
