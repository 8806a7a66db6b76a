"""How often the desk asks its database: that is what a visit costs (ADR 7).

Bounds of whole commands and reactions, without beginning and committing, and without the house rules, which a
process reads once in a while.
"""

from typing import Any

from services.reception.tests.builders import a_line
from services.reception.tests.conftest import CHECKS, Desk

from contracts.base import Event


class Meter:
    """Counts the statements of each command and of each event handled."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.asked: dict[str, int] = {}

    async def does(self, path: str, json: Any = None) -> None:
        """A command on the visit."""
        with self._desk.department.statements() as seen:
            await self._desk.do(path, json)
        self._note(path.rsplit("/", 1)[-1], seen)

    async def opens(self) -> None:
        """The first command, of a walk-in."""
        with self._desk.department.statements() as seen:
            await self._desk.open()
        self._note("visits", seen)

    async def receives(self, *events: Event) -> None:
        """Other departments report."""
        for event in events:
            with self._desk.department.statements() as seen:
                await self._desk.department.receives(event, wait=False)
            self._note(type(event).__name__, seen)
        await self._desk.department.until_quiet()

    def _note(self, name: str, seen: list[str]) -> None:
        self.asked[name] = len(seen)


async def test_a_visit_asks_the_database_no_more_than_it_must(desk: Desk) -> None:
    meter, line = Meter(desk), a_line()
    await desk.knows_the_shop()
    await meter.opens()
    await meter.does("reception")
    await meter.does("intake", {"signed": True})
    await meter.receives(desk.job.opened(), desk.job.diagnosed(line))
    await meter.does("estimates/1/presentation")
    await meter.does("estimates/1/answer", {"answers": [{"line_id": str(line.line_id), "accept": True}]})
    await meter.receives(*desk.job.everything_else(line.line_id))
    await meter.receives(desk.job.ready(1), desk.invoice.prepared())
    await meter.does("acceptance", {"invoice_revision": 1, "checks": CHECKS})
    await meter.receives(desk.invoice.issued(), desk.invoice.paid(), desk.invoice.settled())
    await meter.does("handover")

    bounds = {
        "visits": 4,
        "reception": 4,
        "intake": 8,
        "presentation": 8,
        "answer": 6,
        "acceptance": 6,
        "handover": 6,
        "JobOpened": 5,
        "JobDiagnosed": 10,
        "JobDispatched": 3,
        "LineStarted": 3,
        "LineCompleted": 3,
        "JobInterrupted": 4,
        "JobResumed": 3,
        "JobCompleted": 3,
        "InspectionPassed": 3,
        "JobReady": 6,
        "InspectionFailed": 3,
        "ReworkOpened": 3,
        "InvoicePrepared": 4,
        "InvoiceIssued": 3,
        "PaymentReceived": 3,
        "InvoiceSettled": 3,
    }
    assert {name: asked for name, asked in meter.asked.items() if asked > bounds[name]} == {}
