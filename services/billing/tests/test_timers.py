"""Dunning: the timer that marks an unpaid invoice overdue, and what stops it."""

from typing import Any
from uuid import uuid4

import pytest
from services.billing.tests.builders import (
    AT,
    EVERYTHING,
    Scene,
    a_scene,
    invoice_of,
    pay,
    signed_invoice,
)

from contracts.events.complaints import ComplaintReopened
from testkit.department import Department


class TestDunning:
    async def _unpaid(self, billing: Department) -> Scene:
        scene = a_scene()
        await signed_invoice(billing, scene)
        return scene

    async def _overdue(self, billing: Department) -> list[Any]:
        return list((await billing.call("GET", "/receivables?overdue=true", who=EVERYTHING)).json()["items"])

    async def test_begins_when_the_grace_is_over_and_reception_is_complete(self, billing: Department) -> None:
        await self._unpaid(billing)
        await billing.passes(hours=25)
        before = await self._overdue(billing)

        await billing.watermarks_complete("reception")
        await billing.until_quiet()

        assert before == []
        assert len(await self._overdue(billing)) == 1

    async def test_ends_with_the_payment(self, billing: Department) -> None:
        scene = await self._unpaid(billing)
        await billing.passes(hours=25)
        await billing.watermarks_complete("reception")
        await billing.until_quiet()

        await pay(billing, (await invoice_of(billing, scene))["id"], "616.10")

        assert await self._overdue(billing) == []

    @pytest.mark.parametrize("about_visit", [True, False])
    async def test_rests_while_a_complaint_is_open(self, billing: Department, about_visit: bool) -> None:
        scene = await self._unpaid(billing)
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

    async def test_stops_when_the_complaint_is_reopened(self, billing: Department) -> None:
        scene = await self._unpaid(billing)
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
