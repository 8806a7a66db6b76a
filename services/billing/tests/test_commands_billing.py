"""What people ask of billing, on a real database: rates, payments, credit, refunds, discounts, screens."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.billing.tests.scene_billing import EVERYTHING, Scene, a_scene, done, pay

from billing.main import service
from contracts.events.billing import (
    InvoiceDiscounted,
    InvoicePrepared,
    InvoiceRefunded,
    InvoiceSettled,
    LabourRateSet,
    PaymentReceived,
)
from testkit.department import Department
from testkit.plugin import MakeDepartment


async def signed(billing: Department, scene: Scene, *, credit_limit: str | None = None) -> str:
    """Everything up to the issued invoice; gives its id."""
    await billing.receives(*scene.all_told()[1:], scene.registered(credit_limit=credit_limit), scene.ready())
    prepared = billing.published(InvoicePrepared)[-1]
    await billing.receives(scene.accepted(prepared.invoice_id))
    return str(prepared.invoice_id)


async def ask(billing: Department, path: str, **body: Any) -> Any:
    return await billing.call(
        "POST", path, json=body or None, who=EVERYTHING, headers={"Idempotency-Key": str(uuid4())}
    )


async def show(billing: Department, path: str) -> Any:
    answer = await billing.call("GET", path, who=EVERYTHING)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.req("BILL-04")
class TestLabourRates:
    async def test_setting_one_is_told_and_shown(self, department: MakeDepartment) -> None:
        billing = await department(service)
        body = {"hourly_rate": "200.00", "tax_rate": "0.06"}

        for price in ("200.00", "220.00"):
            answer = await billing.call(
                "PUT",
                "/labour-rates/mechanical/normal",
                json=body | {"hourly_rate": price},
                who=EVERYTHING,
            )
            assert answer.status_code == 200, answer.text

        told = billing.published(LabourRateSet)
        listed = (await show(billing, "/labour-rates?work_type=mechanical"))["items"]
        assert [(rate.rate, str(rate.hourly_rate)) for rate in told] == [
            ("mechanical:normal", "200.00"),
            ("mechanical:normal", "220.00"),
        ]
        assert listed[0]["in_force"]["hourly_rate"] == "220.00"
        assert len(listed[0]["steps"]) == 1

    async def test_one_of_a_later_day_is_not_yet_in_force(self, department: MakeDepartment) -> None:
        billing = await department(service)
        await billing.call(
            "PUT",
            "/labour-rates/paint/vip",
            json={"hourly_rate": "300.00", "tax_rate": "0.06", "valid_from": "2025-04-01"},
            who=EVERYTHING,
        )

        assert (await show(billing, "/labour-rates/paint/vip"))["in_force"] is None


@pytest.mark.req("BILL-07")
class TestPayments:
    async def test_several_methods_settle_together(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed(billing, scene)

        first = await pay(billing, invoice_id, "16.10", method="cash")
        second = await pay(billing, invoice_id, "600.00", method="alipay")

        assert first.json()["invoice"]["state"] == "part_paid"
        assert second.json()["invoice"]["state"] == "settled"
        assert [str(paid.balance) for paid in billing.published(PaymentReceived)] == ["600.00", "0.00"]
        assert billing.published(InvoiceSettled)[0].how == "paid"

    async def test_of_two_at_once_only_what_is_owed_is_taken(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed(billing, scene)

        answers = await asyncio.gather(*(pay(billing, invoice_id, "400.00") for _ in range(2)))

        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert (await show(billing, f"/invoices/{invoice_id}"))["balance"] == "216.10"

    async def test_too_much_is_refused(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed(billing, scene)

        answer = await pay(billing, invoice_id, "616.11")

        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["state"]) == (409, "overpayment", "issued")
        assert "take_payment" in problem["allowed"]
        assert billing.published(PaymentReceived) == []


@pytest.mark.req("BILL-20")
class TestCredit:
    async def test_lets_the_car_go_within_the_limit(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed(billing, scene, credit_limit="616.10")

        answer = await ask(billing, f"/invoices/{invoice_id}/credit")

        [settled] = billing.published(InvoiceSettled)
        assert (answer.status_code, answer.json()["credit"]) == (200, "616.10")
        assert (settled.how, str(settled.balance)) == ("credit", "616.10")

    async def test_counts_what_the_customer_owes_already(self, department: MakeDepartment) -> None:
        billing, scene, second = await department(service), a_scene(), a_scene()
        second.customer_id = scene.customer_id
        await ask(billing, f"/invoices/{await signed(billing, scene, credit_limit='1000.00')}/credit")
        invoice_id = await signed(billing, second, credit_limit="1000.00")

        answer = await ask(billing, f"/invoices/{invoice_id}/credit")

        assert (answer.status_code, answer.json()["code"]) == (409, "credit_limit_exceeded")
        assert answer.json()["free"] == "383.90"

    async def test_without_agreement_is_refused(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()

        answer = await ask(billing, f"/invoices/{await signed(billing, scene)}/credit")

        assert answer.json()["code"] == "credit_not_agreed"


class TestAtTheCounter:
    @pytest.mark.req("BILL-11")
    async def test_a_refund(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed(billing, scene)
        await pay(billing, invoice_id, "616.10")

        path = f"/invoices/{invoice_id}/refunds"
        answer = await ask(billing, path, amount="16.10", method="cash", reason="scratched")
        too_much = await ask(billing, path, amount="600.01", reason="all")

        assert (answer.status_code, answer.json()["invoice"]["net_paid"]) == (201, "600.00")
        assert str(billing.published(InvoiceRefunded)[0].amount) == "16.10"
        assert (too_much.status_code, too_much.json()["possible"]) == (409, "600.00")

    @pytest.mark.req("BILL-10")
    async def test_a_discount_before_the_signature_is_told_anew(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        await billing.receives(*scene.all_told(), scene.ready())
        invoice_id = billing.published(InvoicePrepared)[0].invoice_id

        answer = await ask(billing, f"/invoices/{invoice_id}/discounts", amount="16.10", reason="goodwill")

        assert (answer.status_code, answer.json()["invoice"]["payable"]) == (201, "600.00")
        assert [prepared.revision for prepared in billing.published(InvoicePrepared)] == [1, 2]
        assert len(billing.published(InvoiceDiscounted)) == 1

    @pytest.mark.req("BILL-10")
    async def test_a_discount_needs_a_reason(self, department: MakeDepartment) -> None:
        billing = await department(service)

        answer = await ask(billing, f"/invoices/{uuid4()}/discounts", amount="16.10", reason=" ")

        assert answer.status_code == 422


class TestScreens:
    @pytest.mark.req("BILL-01", "BILL-05")
    async def test_the_papers_show_labour_and_parts_apart(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed(billing, scene)

        papers = await show(billing, f"/invoices/{invoice_id}/settlement-papers")

        assert (papers["labour_net"], papers["parts_net"], papers["total_gross"]) == (
            "400.00",
            "170.00",
            "616.10",
        )
        assert papers["parts"][0] | {"part_line_id": ""} == {
            "part_line_id": "",
            "part_no": "OF-01",
            "title_zh": "机油滤清器",
            "title_en": "Oil filter",
            "quantity": "2.000",
            "unit_price": "85.00",
            "net": "170.00",
            "payer": "customer",
        }
        assert [tax["tax"] for tax in papers["taxes"]] == ["24.00", "22.10"]
        assert (papers["customer_name"], papers["plate"]) == ("Wang Fang", "沪A12345")

    @pytest.mark.req("BILL-21")
    async def test_an_issued_paper_by_its_number(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed(billing, scene)

        paper = await show(billing, "/issued-invoices/INV-2025-000001")

        assert (paper["invoice_id"], paper["total_gross"], len(paper["lines"])) == (invoice_id, "616.10", 3)

    @pytest.mark.parametrize("search", ["Wang", "沪a·12", "w-250307"])
    async def test_visits_are_found_by_name_plate_and_number(
        self, department: MakeDepartment, search: str
    ) -> None:
        billing, scene = await department(service), a_scene()
        await signed(billing, scene)

        for path in ("accounts", "invoices"):
            assert len((await show(billing, f"/{path}?search={search}"))["items"]) == 1
            assert (await show(billing, f"/{path}?search=nobody"))["items"] == []

    async def test_the_account_shows_authorised_issued_and_done(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        await signed(billing, scene)
        await billing.receives(scene.rework_opened(*scene.lines), scene.handed_over(), scene.closed())

        account = await show(billing, f"/accounts/{scene.visit_id}")

        assert account["authorised_gross"] == "616.10"
        assert [line["line_id"] for line in account["authorised"]] == [
            str(line.line_id) for line in scene.authorised
        ]
        assert (account["parts"][0]["kept"], account["invoice_state"]) == ("2.000", "issued")
        assert (len(account["results"]), len(account["reworks"])) == (2, 1)
        assert (await show(billing, "/accounts?status=open"))["items"] == []

    @pytest.mark.req("BILL-20")
    async def test_receivables_by_age(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        await signed(billing, scene)
        fresh = await show(billing, "/receivables/ageing")
        await billing.passes(days=32)

        groups = await show(billing, "/receivables/ageing")
        [owed] = (await show(billing, f"/receivables?customer_id={scene.customer_id}"))["items"]

        assert [group["from_days"] for group in groups] == [None, 0, 30, 60, 90]
        assert (fresh[0]["balance"], groups[2]["balance"]) == ("616.10", "616.10")
        assert owed["days_overdue"] == 31

    async def test_the_day_by_method(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed(billing, scene)
        await pay(billing, invoice_id, "500.00", method="cash")
        await pay(billing, invoice_id, "116.10", method="card")
        await ask(billing, f"/invoices/{invoice_id}/refunds", amount="6.10", method="cash", reason="late")

        day = await show(billing, "/day-ends/2025-03-07")

        sums = {row["method"]: (row["received"], row["refunded"], row["net"]) for row in day["methods"]}
        assert sums == {"card": ("116.10", "0.00", "116.10"), "cash": ("500.00", "6.10", "493.90")}
        assert (day["net"], day["invoices_issued"]) == ("610.00", 1)
        assert (await show(billing, "/day-ends/2025-03-08"))["methods"] == []

    async def test_what_was_paid_too_much_is_listed(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed(billing, scene)
        await pay(billing, invoice_id, "616.10")
        less = scene.ready(done(scene.diagnosis))
        await billing.receives(scene.reopened(), scene.back(scene.lines[0], "2.000"), less)
        await billing.receives(scene.accepted(UUID(invoice_id), 2))

        [surplus] = (await show(billing, "/invoices?surplus=true"))["items"]

        assert (surplus["balance"], surplus["state"]) == ("-510.10", "settled")
        back = await ask(billing, f"/invoices/{invoice_id}/refunds", amount="510.10", reason="less work")
        assert (back.json()["invoice"]["payable"], back.json()["invoice"]["balance"]) == ("106.00", "0.00")

    async def test_lists_page_without_repeating(self, department: MakeDepartment) -> None:
        billing = await department(service)
        for _ in range(3):
            await billing.receives(Scene().opened())
        first = await show(billing, "/accounts?limit=2")
        second = await show(billing, f"/accounts?limit=2&cursor={first['next']}")

        assert len({item["visit_id"] for item in (*first["items"], *second["items"])}) == 3
