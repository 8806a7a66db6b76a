"""What becomes of the measures that complaints decides: refunds and discounts."""

from decimal import Decimal
from uuid import uuid4

import pytest
from services.billing.tests.builders import (
    EVERYTHING,
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
from testkit.department import Department
from testkit.plugin import MakeDepartment


class TestMeasures:
    @pytest.mark.req("BILL-10")
    async def test_a_discount_before_or_after_preparing_lowers_the_same_invoice(
        self, department: MakeDepartment
    ) -> None:
        payables = []
        for early in (True, False):
            billing, scene = await department(service), a_scene()
            last = [scene.measure("discount", "16.10"), scene.ready()]
            await billing.receives(*scene.all_reported(), *(last if early else reversed(last)))
            payables.append(billing.published(InvoicePrepared)[-1].payable)
            assert len(billing.published(InvoiceDiscounted)) == 1

        assert payables == [Decimal("600.00"), Decimal("600.00")]

    async def test_a_refund_is_carried_out_once_per_measure(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed_invoice(billing, scene)
        await pay(billing, str(invoice_id), "616.10", method="wechat")
        once = scene.measure("refund", "50.00", invoice_id=invoice_id)

        await billing.receives(once, once.model_copy(update={"complaint_id": uuid4()}))

        [refunded] = billing.published(InvoiceRefunded)
        invoice = await invoice_of(billing, scene)
        assert refunded.balance == 0
        assert [(r["amount"], r["method"]) for r in invoice["refunds"]] == [("50.00", "wechat")]
        assert invoice["payable"] == "566.10"

    async def test_more_than_was_paid_goes_back_to_complaints(self, billing: Department) -> None:
        scene = a_scene()
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

    async def test_for_a_visit_that_is_not_known_yet_waits(self, billing: Department) -> None:
        scene = a_scene()

        await billing.receives(scene.measure("refund", "50.00"))

        listed = await billing.call("GET", "/measures?state=pending", who=EVERYTHING)
        assert len(listed.json()["items"]) == 1
