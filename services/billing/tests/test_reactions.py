"""What billing does when others report, on a real database: joins in both orders, races, every state."""

import itertools
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from services.billing.tests.builders import (
    EVERYTHING,
    Scene,
    a_line,
    a_rework_line,
    a_scene,
    done,
    invoice_of,
    pay,
    signed_invoice,
)

from billing.main import service
from contracts.base import Event
from contracts.events.billing import (
    InvoiceIssued,
    InvoicePrepared,
    InvoiceSettled,
    InvoiceWithdrawn,
)
from contracts.events.reception import ReworkAgreed
from testkit.department import Department
from testkit.plugin import MakeDepartment


class TestPreparing:
    async def test_bills_what_was_authorised_and_done(self, billing: Department) -> None:
        scene = a_scene()

        await billing.receives(*scene.all_reported(), scene.ready())

        [prepared] = billing.published(InvoicePrepared)
        # Diagnosis 100 and labour 300 with 6 %, parts 170 with 13 %.
        assert (prepared.total_net, prepared.total_gross) == (Decimal("570.00"), Decimal("616.10"))
        assert prepared.payable == prepared.total_gross
        assert len(prepared.lines) == 3

    @pytest.mark.parametrize("last", ["visit", "parts", "job"])
    async def test_waits_for_whichever_fact_is_behind(self, billing: Department, last: str) -> None:
        scene = a_scene()
        streams: dict[str, list[Event]] = {
            "visit": [scene.opened(), scene.intake(), scene.answered()],
            "parts": [scene.out(scene.lines[0])],
            "job": [scene.ready()],
        }
        for name in [*(n for n in streams if n != last)]:
            await billing.receives(*streams[name])
        assert billing.published(InvoicePrepared) == []

        await billing.receives(*streams[last])

        assert len(billing.published(InvoicePrepared)) == 1

    async def test_any_order_of_the_three_streams_ends_alike(self, department: MakeDepartment) -> None:
        for order in itertools.permutations(("visit", "parts", "job")):
            billing, scene = await department(service), a_scene()
            streams: dict[str, list[Event]] = {
                "visit": [scene.opened(), scene.intake(), scene.answered()],
                "parts": [scene.out(scene.lines[0], "3.000"), scene.back(scene.lines[0], "1.000")],
                "job": [scene.ready()],
            }
            for name in order:
                await billing.receives(*streams[name])

            assert billing.published(InvoicePrepared)[0].total_gross == Decimal("616.10"), order

    async def test_waits_until_issued_less_returned_is_what_was_used(self, billing: Department) -> None:
        scene = a_scene()
        slips = [scene.out(scene.lines[0], "3.000")]
        await billing.receives(scene.opened(), scene.intake(), scene.answered(), *slips, scene.ready())
        listed = await billing.call("GET", "/discrepancies", who=EVERYTHING)

        await billing.receives(scene.back(scene.lines[0], "1.000"))

        [found] = listed.json()["items"]
        assert found["visit_id"] == str(scene.visit_id)
        assert found["waiting_for"] == "parts.reservation"
        assert (found["parts"][0]["issued"], found["parts"][0]["used"]) == ("3.000", "2.000")
        assert len(billing.published(InvoicePrepared)) == 1
        after = await billing.call("GET", "/discrepancies", who=EVERYTHING)
        assert after.json()["items"] == []

    async def test_waits_for_the_answer_that_the_results_fulfil(self, billing: Department) -> None:
        scene = Scene(a_line())
        await billing.receives(*scene.all_reported(), scene.ready(revision=2))
        assert billing.published(InvoicePrepared) == []

        await billing.receives(scene.answered(2))

        assert billing.published(InvoicePrepared)[0].estimate_revision == 2

    async def test_goes_by_the_revision_that_the_results_fulfil(self, billing: Department) -> None:
        scene = Scene(a_line())
        results = tuple(done(line) for line in scene.authorised)
        newer = scene.answered(2, [*scene.lines, a_line()])

        await billing.receives(*scene.all_reported(), newer, scene.ready(*results, revision=1))

        assert len(billing.published(InvoicePrepared)[0].lines) == 2

    @pytest.mark.req("BILL-19")
    async def test_a_visit_with_diagnosis_alone_is_billed_by_the_signature(self, billing: Department) -> None:
        scene = Scene()

        ready = scene.ready(done(scene.diagnosis), revision=None)
        await billing.receives(scene.opened(), scene.intake(), ready)

        assert billing.published(InvoicePrepared)[0].total_gross == Decimal("106.00")

    async def test_nothing_done_gives_an_invoice_of_nothing(self, billing: Department) -> None:
        scene = Scene()
        nothing = scene.ready().model_copy(update={"results": (), "outcome": "no_work"})
        await billing.receives(scene.opened(), scene.intake(), scene.answered(), nothing)
        prepared = billing.published(InvoicePrepared)[0]

        await billing.receives(scene.accepted(prepared.invoice_id))

        assert prepared.payable == 0
        assert billing.published(InvoiceSettled)[0].how == "nothing_to_pay"

    async def test_rework_of_a_complaint_is_the_shops(self, billing: Department) -> None:
        scene, rework = a_scene(), a_rework_line()
        results = (*(done(line) for line in scene.authorised), done(rework))
        await billing.receives(*scene.all_reported(), scene.rework_opened(rework), scene.ready(*results))
        assert billing.published(InvoicePrepared) == []

        await billing.receives(scene.rework_ordered(rework))

        [prepared] = billing.published(InvoicePrepared)
        [row] = [row for row in prepared.lines if row.line_id == rework.line_id]
        assert (row.payer, row.net, row.benefit) == ("shop", Decimal(0), "rework")
        assert prepared.payable == Decimal("616.10")


class TestIssuing:
    @pytest.mark.req("BILL-08")
    async def test_the_signature_fixes_number_and_sum(self, billing: Department) -> None:
        scene = a_scene()

        await signed_invoice(billing, scene)

        [issued] = billing.published(InvoiceIssued)
        assert (issued.invoice_no, issued.balance) == ("INV-2025-000001", Decimal("616.10"))
        [paper] = (await invoice_of(billing, scene))["papers"]
        assert datetime.fromisoformat(paper["signed_at"]) == billing.clock.now()
        assert datetime.fromisoformat(paper["issued_at"]) == issued.issued_at
        assert billing.published(InvoiceSettled) == []

    async def test_numbers_have_no_gaps_and_begin_anew_each_year(self, billing: Department) -> None:
        for _ in range(3):
            await signed_invoice(billing, Scene())
        await billing.passes(days=365)
        await signed_invoice(billing, Scene())

        numbers = [issued.invoice_no for issued in billing.published(InvoiceIssued)]
        assert numbers == ["INV-2025-000001", "INV-2025-000002", "INV-2025-000003", "INV-2026-000001"]

    async def test_a_signature_under_an_older_revision_is_asked_for_again(self, billing: Department) -> None:
        scene = a_scene()
        await billing.receives(*scene.all_reported(), scene.ready(), scene.reopened(), scene.ready())
        invoice_id = billing.published(InvoicePrepared)[-1].invoice_id

        await billing.receives(scene.accepted(invoice_id, 1))

        assert billing.published(InvoiceIssued) == []
        assert [prepared.revision for prepared in billing.published(InvoicePrepared)] == [1, 2, 3]
        await billing.receives(scene.accepted(invoice_id, 3))
        assert len(billing.published(InvoiceIssued)) == 1

    async def test_a_signature_under_a_withdrawn_invoice_is_void(self, billing: Department) -> None:
        scene = a_scene()
        await billing.receives(*scene.all_reported(), scene.ready(), scene.reopened())
        invoice_id = billing.published(InvoicePrepared)[-1].invoice_id

        await billing.receives(scene.accepted(invoice_id, 1))

        assert billing.published(InvoiceIssued) == []
        assert len(billing.published(InvoiceWithdrawn)) == 1


class TestJobReopened:
    async def test_both_orders_with_the_signature_end_with_the_second_revision(
        self, department: MakeDepartment
    ) -> None:
        ends = []
        for reopened_first in (True, False):
            billing, scene = await department(service), a_scene()
            await billing.receives(*scene.all_reported(), scene.ready())
            invoice_id = billing.published(InvoicePrepared)[0].invoice_id
            race = [scene.reopened(), scene.accepted(invoice_id, 1)]
            await billing.receives(*(race if reopened_first else reversed(race)))
            await billing.receives(scene.ready())
            await billing.receives(scene.accepted(invoice_id, 2))
            invoice = await invoice_of(billing, scene)
            ends.append((invoice["state"], invoice["revision"], invoice["balance"]))

        assert ends[0] == ends[1] == ("issued", 2, "616.10")

    async def test_a_void_paper_keeps_its_number(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed_invoice(billing, scene)

        await billing.receives(scene.reopened(), scene.ready(), scene.accepted(invoice_id, 2))

        papers = (await invoice_of(billing, scene))["papers"]
        assert [(p["invoice_no"], p["voided_at"] is None) for p in papers] == [
            ("INV-2025-000001", False),
            ("INV-2025-000002", True),
        ]

    async def test_money_that_was_paid_counts_for_the_next_revision(self, billing: Department) -> None:
        scene = a_scene()
        invoice_id = await signed_invoice(billing, scene)
        await pay(billing, str(invoice_id), "616.10")

        await billing.receives(scene.reopened(), scene.ready(), scene.accepted(invoice_id, 2))

        assert (await invoice_of(billing, scene))["state"] == "settled"
        assert len(billing.published(InvoiceSettled)) == 2

    async def test_both_orders_with_the_handover_end_settled(self, department: MakeDepartment) -> None:
        ends = []
        for reopened_first in (True, False):
            billing, scene = await department(service), a_scene()
            invoice_id = await signed_invoice(billing, scene)
            await pay(billing, str(invoice_id), "616.10")
            race = [scene.reopened(), scene.handed_over()]
            await billing.receives(*(race if reopened_first else reversed(race)))
            invoice = await invoice_of(billing, scene)
            ends.append((invoice["state"], invoice["invoice_no"], invoice["balance"]))

        assert ends[0] == ends[1] == ("settled", "INV-2025-000001", "0.00")

    async def test_what_was_prepared_before_the_handover_arrived_is_of_no_account(
        self, department: MakeDepartment
    ) -> None:
        ends = []
        for handed_over_first in (True, False):
            billing, scene = await department(service), a_scene()
            invoice_id = await signed_invoice(billing, scene)
            await pay(billing, str(invoice_id), "616.10")
            less = scene.ready(done(scene.diagnosis))
            again = [scene.reopened(), scene.back(scene.lines[0], "2.000"), less]
            handover: list[Event] = [scene.handed_over()]
            await billing.receives(*(handover + again if handed_over_first else again + handover))
            invoice = await invoice_of(billing, scene)
            rows = [(row["part_line_id"], row["net"]) for row in invoice["lines"]]
            ends.append((invoice["state"], invoice["payable"], invoice["balance"], rows))
            papers = await billing.call("GET", f"/invoices/{invoice_id}/settlement-papers", who=EVERYTHING)
            assert [part["part_no"] for part in papers.json()["parts"]] == ["OF-01"]

        assert [end[:3] for end in ends] == [("settled", "616.10", "0.00")] * 2
        assert [len(end[3]) for end in ends] == [3, 3]


class TestReworkOfAnotherCustomersCar:
    async def test_is_owed_by_who_brings_it(self, billing: Department) -> None:
        scene, rework = Scene(), a_rework_line()
        agreed = ReworkAgreed(
            **scene.visit,
            request_no="W-250307-0007",
            vehicle_id=scene.vehicle_id,
            rework_of_visit_id=uuid4(),
            measure_id=uuid4(),
            complaint_id=uuid4(),
            lines=(rework,),
        )
        await billing.receives(agreed)
        scene.customer_id = uuid4()

        await billing.receives(scene.opened())

        account = await billing.call("GET", f"/accounts/{scene.visit_id}", who=EVERYTHING)
        assert account.json()["customer_id"] == str(scene.customer_id)
