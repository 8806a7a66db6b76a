"""What complaints and silence do to money: refunds, discounts, dunning and its rest."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from services.billing.tests.scene_billing import (
    AT,
    EVERYTHING,
    Scene,
    a_scene,
    invoice_of,
    pay,
    signed_invoice,
)

from billing.main import service
from contracts.events.billing import (
    InvoiceDiscounted,
    InvoicePrepared,
    InvoiceRefunded,
    MeasureNotPossible,
)
from contracts.events.complaints import ComplaintReopened
from testkit.department import Department
from testkit.plugin import MakeDepartment


class TestMeasures:
    @pytest.mark.req("BILL-10", "COMP-24")
    async def test_a_discount_before_or_after_preparing_lowers_the_same_invoice(
        self, department: MakeDepartment
    ) -> None:
        payables = []
        for early in (True, False):
            billing, scene = await department(service), a_scene()
            told = [scene.measure("discount", "16.10"), scene.ready()]
            await billing.receives(*scene.all_told(), *(told if early else reversed(told)))
            payables.append(billing.published(InvoicePrepared)[-1].payable)
            assert len(billing.published(InvoiceDiscounted)) == 1

        assert payables == [Decimal("600.00"), Decimal("600.00")]

    @pytest.mark.req("BILL-11")
    async def test_a_refund_is_carried_out_once_per_measure(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed_invoice(billing, scene)
        await pay(billing, str(invoice_id), "616.10", method="wechat")
        once = scene.measure("refund", "50.00", invoice_id=invoice_id)

        await billing.receives(once, once.model_copy(update={"complaint_id": uuid4()}))

        [refunded] = billing.published(InvoiceRefunded)
        invoice = await invoice_of(billing, scene)
        assert refunded.balance == 0
        assert [(r["amount"], r["method"]) for r in invoice["refunds"]] == [("50.00", "wechat")]
        assert invoice["payable"] == "566.10"

    @pytest.mark.req("BILL-11")
    async def test_more_than_was_paid_goes_back_to_complaints(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()
        invoice_id = await signed_invoice(billing, scene)

        await billing.receives(scene.measure("refund", "50.00", invoice_id=invoice_id))

        assert billing.published(MeasureNotPossible)[0].possible == 0

    async def test_payment_and_discount_in_both_orders_end_alike(self, department: MakeDepartment) -> None:
        ends = []
        for payment_first in (True, False):
            billing, scene = await department(service), a_scene()
            invoice_id = await signed_invoice(billing, scene)
            if payment_first:
                await pay(billing, str(invoice_id), "616.10")
            await billing.receives(scene.measure("discount", "100.00", invoice_id=invoice_id))
            if not payment_first:
                await pay(billing, str(invoice_id), "516.10")
            invoice = await invoice_of(billing, scene)
            ends.append((invoice["payable"], invoice["net_paid"], invoice["balance"]))

        assert ends[0] == ends[1] == ("516.10", "516.10", "0.00")

    async def test_for_a_visit_nobody_heard_of_waits(self, department: MakeDepartment) -> None:
        billing, scene = await department(service), a_scene()

        await billing.receives(scene.measure("refund", "50.00"))

        listed = await billing.call("GET", "/measures?state=pending", who=EVERYTHING)
        assert len(listed.json()["items"]) == 1


@pytest.mark.req("BILL-20")
class TestDunning:
    async def _unpaid(self, department: MakeDepartment) -> tuple[Department, Scene]:
        billing, scene = await department(service), a_scene()
        await signed_invoice(billing, scene)
        return billing, scene

    async def _overdue(self, billing: Department) -> list[Any]:
        return list((await billing.call("GET", "/receivables?overdue=true", who=EVERYTHING)).json()["items"])

    async def test_begins_when_the_grace_is_over_and_reception_was_heard(
        self, department: MakeDepartment
    ) -> None:
        billing, _ = await self._unpaid(department)
        await billing.passes(hours=25)
        before = await self._overdue(billing)

        await billing.watermarks_complete("reception")
        await billing.until_quiet()

        assert before == []
        assert len(await self._overdue(billing)) == 1

    async def test_ends_with_the_payment(self, department: MakeDepartment) -> None:
        billing, scene = await self._unpaid(department)
        await billing.passes(hours=25)
        await billing.watermarks_complete("reception")
        await billing.until_quiet()

        await pay(billing, (await invoice_of(billing, scene))["id"], "616.10")

        assert await self._overdue(billing) == []

    @pytest.mark.parametrize("about_visit", [True, False])
    async def test_rests_while_a_complaint_is_open(
        self, department: MakeDepartment, about_visit: bool
    ) -> None:
        billing, scene = await self._unpaid(department)
        complaint_id = uuid4()
        await billing.receives(scene.complaint(complaint_id, about_visit=about_visit))
        await billing.passes(hours=25)
        await billing.watermarks_complete("reception")
        await billing.until_quiet()
        disputed = (await billing.call("GET", "/receivables?disputed=true", who=EVERYTHING)).json()["items"]
        before = await self._overdue(billing)

        await billing.receives(scene.resolved(complaint_id))

        assert (before, len(disputed)) == ([], 1)
        assert len(await self._overdue(billing)) == 1

    async def test_stops_when_the_complaint_is_reopened(self, department: MakeDepartment) -> None:
        billing, scene = await self._unpaid(department)
        complaint_id = uuid4()
        await billing.passes(hours=25)
        await billing.watermarks_complete("reception")
        await billing.receives(scene.complaint(complaint_id), scene.resolved(complaint_id))
        again = ComplaintReopened(
            complaint_id=complaint_id,
            customer_id=scene.customer_id,
            visit_id=scene.visit_id,
            reason="still",
            respond_by=AT,
            resolve_by=AT,
        )

        await billing.receives(again)

        assert await self._overdue(billing) == []
