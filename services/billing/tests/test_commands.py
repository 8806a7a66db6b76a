"""What people ask of billing, on a real database: rates, payments, credit, refunds, discounts."""

import asyncio
from uuid import uuid4

import pytest
from services.billing.tests.builders import EVERYTHING, a_scene, ask, pay, show, signed

from contracts.events.billing import (
    InvoiceDiscounted,
    InvoicePrepared,
    InvoiceRefunded,
    InvoiceSettled,
    LabourRateSet,
    PaymentReceived,
)
from testkit.department import Department


class TestLabourRates:
    async def test_setting_one_is_published_and_shown(self, billing: Department) -> None:
        body = {"hourly_rate": "200.00", "tax_rate": "0.06"}

        for price in ("200.00", "220.00"):
            answer = await billing.call(
                "PUT",
                "/labour-rates/mechanical/normal",
                json=body | {"hourly_rate": price},
                who=EVERYTHING,
            )
            assert answer.status_code == 200, answer.text

        published = billing.published(LabourRateSet)
        listed = (await show(billing, "/labour-rates?work_type=mechanical"))["items"]
        assert [(rate.rate, str(rate.hourly_rate)) for rate in published] == [
            ("mechanical:normal", "200.00"),
            ("mechanical:normal", "220.00"),
        ]
        assert listed[0]["in_force"]["hourly_rate"] == "220.00"
        assert len(listed[0]["steps"]) == 1

    async def test_one_of_a_later_day_is_not_yet_in_force(self, billing: Department) -> None:
        await billing.call(
            "PUT",
            "/labour-rates/paint/vip",
            json={"hourly_rate": "300.00", "tax_rate": "0.06", "valid_from": "2025-04-01"},
            who=EVERYTHING,
        )

        assert (await show(billing, "/labour-rates/paint/vip"))["in_force"] is None


@pytest.mark.req("BILL-07")
class TestPayments:
    @pytest.mark.req("BILL-08")
    async def test_several_methods_settle_together(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed(billing, scene)

        first = await pay(billing, invoice_id, "16.10", method="cash")
        second = await pay(billing, invoice_id, "600.00", method="alipay")

        assert first.json()["invoice"]["state"] == "part_paid"
        assert second.json()["invoice"]["state"] == "settled"
        assert [str(paid.balance) for paid in billing.published(PaymentReceived)] == ["600.00", "0.00"]
        methods = [(p["method"], p["received_at"]) for p in second.json()["invoice"]["payments"]]
        now = billing.clock.now().isoformat().replace("+00:00", "Z")
        assert methods == [("cash", now), ("alipay", now)]
        assert billing.published(InvoiceSettled)[0].how == "paid"

    async def test_of_two_at_once_only_what_is_owed_is_taken(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed(billing, scene)

        answers = await asyncio.gather(*(pay(billing, invoice_id, "400.00") for _ in range(2)))

        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert (await show(billing, f"/invoices/{invoice_id}"))["balance"] == "216.10"

    async def test_too_much_is_refused(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed(billing, scene)

        answer = await pay(billing, invoice_id, "616.11")

        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["state"]) == (409, "overpayment", "issued")
        assert "take_payment" in problem["allowed"]
        assert billing.published(PaymentReceived) == []


class TestCredit:
    async def test_lets_the_car_go_within_the_limit(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed(billing, scene, credit_limit="616.10")

        answer = await ask(billing, f"/invoices/{invoice_id}/credit")

        [settled] = billing.published(InvoiceSettled)
        assert (answer.status_code, answer.json()["credit"]) == (200, "616.10")
        assert (settled.how, str(settled.balance)) == ("credit", "616.10")

    async def test_counts_what_the_customer_owes_already(self, billing: Department) -> None:
        scene, second = a_scene(), a_scene()
        second.customer_id = scene.customer_id
        await ask(billing, f"/invoices/{await signed(billing, scene, credit_limit='1000.00')}/credit")
        invoice_id = await signed(billing, second, credit_limit="1000.00")

        answer = await ask(billing, f"/invoices/{invoice_id}/credit")

        assert (answer.status_code, answer.json()["code"]) == (409, "credit_limit_exceeded")
        assert answer.json()["free"] == "383.90"

    async def test_without_agreement_is_refused(self, billing: Department) -> None:
        scene = a_scene()

        answer = await ask(billing, f"/invoices/{await signed(billing, scene)}/credit")

        assert answer.json()["code"] == "credit_not_agreed"


class TestAtTheCounter:
    async def test_a_refund(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed(billing, scene)
        await pay(billing, invoice_id, "616.10")

        path = f"/invoices/{invoice_id}/refunds"
        answer = await ask(billing, path, amount="16.10", method="cash", reason="scratched")
        too_much = await ask(billing, path, amount="600.01", reason="all")

        assert (answer.status_code, answer.json()["invoice"]["net_paid"]) == (201, "600.00")
        assert str(billing.published(InvoiceRefunded)[0].amount) == "16.10"
        assert (too_much.status_code, too_much.json()["possible"]) == (409, "600.00")

    @pytest.mark.req("BILL-10")
    async def test_a_discount_before_the_signature_makes_a_new_revision(self, billing: Department) -> None:
        scene = a_scene()
        await billing.receives(*scene.all_reported(), scene.ready())
        invoice_id = billing.published(InvoicePrepared)[0].invoice_id

        answer = await ask(billing, f"/invoices/{invoice_id}/discounts", amount="16.10", reason="goodwill")

        assert (answer.status_code, answer.json()["invoice"]["payable"]) == (201, "600.00")
        assert [prepared.revision for prepared in billing.published(InvoicePrepared)] == [1, 2]
        assert len(billing.published(InvoiceDiscounted)) == 1

    @pytest.mark.req("BILL-10")
    async def test_a_discount_needs_a_reason(self, billing: Department) -> None:

        answer = await ask(billing, f"/invoices/{uuid4()}/discounts", amount="16.10", reason=" ")

        assert answer.status_code == 422
