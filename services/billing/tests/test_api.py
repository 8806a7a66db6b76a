"""Billing's endpoints: who may pass, what is malformed, what a repeated or a stale request gets."""

from typing import Any
from uuid import uuid4

import pytest
from services.billing.tests.builders import EVERYTHING, Scene, a_line, invoice_of, pay

from billing.main import service
from contracts.events.billing import InvoicePrepared, PaymentReceived
from contracts.permissions import billing as may_billing
from testkit.department import Department

ID = "0195f0c0-0000-7000-8000-000000000001"
RATE = {"hourly_rate": "200.00", "tax_rate": "0.06"}
ENDPOINTS: list[tuple[str, str, dict[str, Any] | None, str]] = [
    ("GET", "/labour-rates", None, may_billing.READ),
    ("GET", "/labour-rates/mechanical/normal", None, may_billing.READ),
    ("PUT", "/labour-rates/mechanical/normal", RATE, may_billing.RATES),
    ("GET", "/invoices", None, may_billing.READ),
    ("GET", f"/invoices/{ID}", None, may_billing.READ),
    ("GET", f"/invoices/{ID}/settlement-papers", None, may_billing.READ),
    ("GET", "/issued-invoices/INV-2025-000001", None, may_billing.READ),
    ("POST", f"/invoices/{ID}/payments", {"amount": "1.00", "method": "cash"}, may_billing.TAKE_PAYMENT),
    ("POST", f"/invoices/{ID}/credit", None, may_billing.APPROVE_CREDIT),
    ("POST", f"/invoices/{ID}/refunds", {"amount": "1.00", "reason": "x"}, may_billing.REFUND),
    ("POST", f"/invoices/{ID}/discounts", {"amount": "1.00", "reason": "x"}, may_billing.DISCOUNT),
    ("GET", "/measures", None, may_billing.READ),
    ("GET", "/receivables", None, may_billing.READ),
    ("GET", "/receivables/ageing", None, may_billing.READ),
    ("GET", "/day-ends/2025-03-07", None, may_billing.DAY_END),
    ("GET", "/accounts", None, may_billing.READ),
    ("GET", f"/accounts/{ID}", None, may_billing.READ),
    ("GET", "/discrepancies", None, may_billing.READ),
]


async def issued(billing: Department) -> str:
    """An issued invoice of 106 for the diagnosis and 318 for a repair; gives its id."""
    scene = Scene(a_line())
    await billing.receives(*scene.all_reported(), scene.ready())
    invoice_id = billing.published(InvoicePrepared)[0].invoice_id
    await billing.receives(scene.accepted(invoice_id))
    return str(invoice_id)


@pytest.mark.req("BILL-18")
async def test_every_endpoint_asks_for_its_own_permission(billing: Department) -> None:
    for method, path, body, needed in ENDPOINTS:
        key = {"Idempotency-Key": str(uuid4())}
        nobody = await billing.call(method, path, json=body, headers=key)
        others = [right for right in EVERYTHING if right != needed]
        wrong = await billing.call(method, path, json=body, who=others, headers=key)
        right = await billing.call(method, path, json=body, who=[needed], headers=key)

        assert (nobody.status_code, wrong.status_code) == (401, 403), (method, path)
        assert wrong.json()["permission"] == needed
        assert right.status_code in {200, 404}, (method, path, right.text)
    assert billing.published_types == ["billing.labour-rate.set"]


async def test_no_endpoint_is_left_out() -> None:
    served = {
        (method, route.path)
        for router in service.routers
        for route in router.routes
        for method in route.methods  # type: ignore[attr-defined]
    }
    assert len(served) == len(ENDPOINTS)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"amount": "0.00", "method": "cash"},
        {"amount": "-1.00", "method": "cash"},
        {"amount": 1.5, "method": "cash"},
        {"amount": "1.005", "method": "cash"},
        {"amount": "1.00", "method": "shells"},
        {"amount": "1.00", "method": "cash", "discount": "1.00"},
    ],
)
async def test_a_malformed_payment_changes_nothing(billing: Department, body: dict[str, Any]) -> None:
    path = f"/invoices/{await issued(billing)}/payments"

    answer = await billing.call("POST", path, json=body, who=EVERYTHING, headers={"Idempotency-Key": "k"})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert billing.published(PaymentReceived) == []


class TestIdempotency:
    @pytest.mark.req("BILL-07")
    async def test_a_payment_sent_twice_is_taken_once(self, billing: Department) -> None:
        invoice_id = await issued(billing)

        first = await pay(billing, invoice_id, "100.00", key="k-1")
        again = await pay(billing, invoice_id, "100.00", key="k-1")
        other = await pay(billing, invoice_id, "100.01", key="k-1")

        assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
        assert again.content == first.content
        assert len(billing.published(PaymentReceived)) == 1

    @pytest.mark.parametrize("what", ["payments", "refunds", "discounts"])
    async def test_moving_money_needs_a_key(self, billing: Department, what: str) -> None:
        body = {
            "payments": {"amount": "1.00", "method": "cash"},
            "refunds": {"amount": "1.00", "reason": "x"},
            "discounts": {"amount": "1.00", "reason": "x"},
        }
        path = f"/invoices/{await issued(billing)}/{what}"

        answer = await billing.call("POST", path, json=body[what], who=EVERYTHING)

        assert answer.status_code == 428


async def test_a_stale_version_is_answered_with_the_current_one(billing: Department) -> None:
    path = f"/invoices/{await issued(billing)}"
    tag = (await billing.call("GET", path, who=EVERYTHING)).headers["etag"]
    body = {"amount": "100.00", "method": "cash"}

    answers = [
        await billing.call(
            "POST",
            f"{path}/payments",
            json=body,
            who=EVERYTHING,
            headers={"If-Match": tag, "Idempotency-Key": key},
        )
        for key in ("a", "b")
    ]

    assert [answer.status_code for answer in answers] == [201, 412]
    assert f'"{answers[1].json()["version"]}"' == answers[0].headers["etag"]


@pytest.mark.req("BILL-08")
async def test_an_illegal_transition_names_state_and_what_is_allowed(billing: Department) -> None:
    scene = Scene(a_line())
    await billing.receives(*scene.all_reported(), scene.ready())
    invoice = await invoice_of(billing, scene)

    answer = await pay(billing, invoice["id"], "1.00")

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["state"]) == (409, "illegal_transition", "prepared")
    assert "issue" in problem["allowed"]
    assert invoice["allowed"] == ["discount"]
