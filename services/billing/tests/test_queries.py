"""What billing's screens show, on a real database."""

from uuid import UUID

import pytest
from services.billing.tests.builders import Scene, a_scene, ask, done, pay, show, signed

from testkit.department import Department


class TestScreens:
    @pytest.mark.req("PART-17")
    async def test_the_papers_show_labour_and_parts_apart(self, billing: Department) -> None:
        scene = a_scene()
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

    async def test_an_issued_paper_by_its_number(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed(billing, scene)

        paper = await show(billing, "/issued-invoices/INV-2025-000001")

        assert (paper["invoice_id"], paper["total_gross"], len(paper["lines"])) == (invoice_id, "616.10", 3)

    @pytest.mark.parametrize("search", ["Wang", "沪a·12", "w-250307"])
    async def test_visits_are_found_by_name_plate_and_number(self, billing: Department, search: str) -> None:
        scene = a_scene()
        await signed(billing, scene)

        for path in ("accounts", "invoices"):
            assert len((await show(billing, f"/{path}?search={search}"))["items"]) == 1
            assert (await show(billing, f"/{path}?search=nobody"))["items"] == []

    async def test_the_account_shows_authorised_issued_and_done(self, billing: Department) -> None:
        scene = a_scene()
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

    async def test_receivables_by_age(self, billing: Department) -> None:
        scene = a_scene()
        await signed(billing, scene)
        fresh = await show(billing, "/receivables/ageing")
        await billing.passes(days=32)

        groups = await show(billing, "/receivables/ageing")
        [owed] = (await show(billing, f"/receivables?customer_id={scene.customer_id}"))["items"]

        assert [group["from_days"] for group in groups] == [None, 0, 30, 60, 90]
        assert (fresh[0]["balance"], groups[2]["balance"]) == ("616.10", "616.10")
        assert owed["days_overdue"] == 31

    async def test_the_day_by_method(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed(billing, scene)
        await pay(billing, invoice_id, "500.00", method="cash")
        await pay(billing, invoice_id, "116.10", method="card")
        await ask(billing, f"/invoices/{invoice_id}/refunds", amount="6.10", method="cash", reason="late")

        day = await show(billing, "/day-ends/2025-03-07")

        sums = {row["method"]: (row["received"], row["refunded"], row["net"]) for row in day["methods"]}
        assert sums == {"card": ("116.10", "0.00", "116.10"), "cash": ("500.00", "6.10", "493.90")}
        assert (day["net"], day["invoices_issued"]) == ("610.00", 1)
        assert (await show(billing, "/day-ends/2025-03-08"))["methods"] == []

    async def test_what_was_paid_too_much_is_listed(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed(billing, scene)
        await pay(billing, invoice_id, "616.10")
        less = scene.ready(done(scene.diagnosis))
        await billing.receives(scene.reopened(), scene.back(scene.lines[0], "2.000"), less)
        await billing.receives(scene.accepted(UUID(invoice_id), 2))

        [surplus] = (await show(billing, "/invoices?surplus=true"))["items"]

        assert (surplus["balance"], surplus["state"]) == ("-510.10", "settled")
        back = await ask(billing, f"/invoices/{invoice_id}/refunds", amount="510.10", reason="less work")
        assert (back.json()["invoice"]["payable"], back.json()["invoice"]["balance"]) == ("106.00", "0.00")

    async def test_lists_page_without_repeating(self, billing: Department) -> None:
        for _ in range(3):
            await billing.receives(Scene().opened())
        first = await show(billing, "/accounts?limit=2")
        second = await show(billing, f"/accounts?limit=2&cursor={first['next']}")

        assert len({item["visit_id"] for item in (*first["items"], *second["items"])}) == 3
