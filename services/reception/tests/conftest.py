"""A running reception desk for the tests of this department, and a visit brought to a point."""

from typing import Any
from uuid import UUID

from httpx import Response
from pytest_asyncio import fixture
from services.reception.tests.builders import (
    CUSTOMER,
    VEHICLE,
    InvoiceOf,
    JobOf,
    a_line,
    customer_registered,
    prices_known,
    vehicle_registered,
)

from contracts.permissions import everywhere
from contracts.permissions import reception as may_reception
from contracts.values import Line
from reception.domain.rules import HouseRules
from reception.main import service
from testkit.department import Department
from testkit.plugin import MakeDepartment

EVERYTHING = may_reception.ALL | everywhere.ALL
CHECKS = [{"check": name, "ok": True} for name in HouseRules().handover_checks]


class Desk:
    """Asks the department over HTTP, and keeps the visit it speaks of."""

    def __init__(self, department: Department) -> None:
        self.department = department
        self.visit: dict[str, Any] = {}

    @property
    def visit_id(self) -> UUID:
        return UUID(self.visit["id"])

    @property
    def request_id(self) -> UUID:
        return UUID(self.visit["request_id"])

    @property
    def job(self) -> JobOf:
        return self._job

    async def knows_the_shop(self) -> None:
        """Customer, vehicle and prices are known."""
        await self.department.receives(customer_registered(), vehicle_registered(), *prices_known())

    async def ask(self, method: str, path: str, json: Any = None, **own: Any) -> Response:
        """A request with every permission."""
        return await self.department.call(method, path, json=json, who=own.pop("who", EVERYTHING), **own)

    async def do(self, path: str, json: Any = None, *, status: int = 200) -> dict[str, Any]:
        """A command on the visit that must succeed; the visit afterwards."""
        answer = await self.ask("POST", f"/visits/{self.visit_id}/{path}", json if json is not None else {})
        assert answer.status_code == status, answer.text
        self.visit = answer.json()
        return self.visit

    async def refuses(self, path: str, json: Any = None) -> dict[str, Any]:
        """A command on the visit that must be refused with 409; the problem."""
        answer = await self.ask("POST", f"/visits/{self.visit_id}/{path}", json if json is not None else {})
        assert answer.status_code == 409, answer.text
        problem: dict[str, Any] = answer.json()
        return problem

    async def look(self) -> dict[str, Any]:
        """The visit's screen."""
        answer = await self.ask("GET", f"/visits/{self.visit_id}")
        assert answer.status_code == 200, answer.text
        screen: dict[str, Any] = answer.json()
        self.visit = screen["visit"]
        return screen

    async def open(self, **own: Any) -> dict[str, Any]:
        """A walk-in, or a booked car with ``request_no``."""
        facts = {"customer_id": str(CUSTOMER), "vehicle_id": str(VEHICLE)} | own
        answer = await self.ask("POST", "/visits", facts)
        assert answer.status_code == 201, answer.text
        self.visit = answer.json()
        self._job = JobOf(self.visit_id, self.request_id)
        self.invoice = InvoiceOf(self.visit_id, self.request_id)
        return self.visit

    async def registered(self, **own: Any) -> dict[str, Any]:
        """Opened, received, and the form signed."""
        if not self.visit:
            await self.knows_the_shop()
            await self.open()
        await self.do("reception")
        return await self.do("intake", {"signed": True} | own)

    async def estimated(self, *lines: Line) -> tuple[Line, ...]:
        """In the workshop, with revision 1 drafted from the diagnosis."""
        await self.registered()
        proposed = lines or (a_line(),)
        await self.department.receives(self.job.opened(), self.job.diagnosed(*proposed))
        await self.look()
        return proposed

    async def answered(self, *, accept: bool = True) -> None:
        """The latest revision presented and answered."""
        estimate = self.visit["estimates"][-1]
        await self.do(f"estimates/{estimate['revision']}/presentation")
        answers = [{"line_id": i, "accept": accept} for i in estimate["open_line_ids"]]
        await self.do(f"estimates/{estimate['revision']}/answer", {"answers": answers})

    async def ready(self) -> None:
        """Repaired, and the invoice prepared."""
        await self.estimated()
        await self.answered()
        await self.department.receives(self.job.ready(1), self.invoice.prepared())
        await self.look()

    async def accepted(self) -> None:
        """Signed for."""
        await self.ready()
        await self.do("acceptance", {"invoice_revision": 1, "checks": CHECKS})

    async def handed_over(self) -> None:
        """Settled, and the keys out."""
        await self.accepted()
        await self.department.receives(self.invoice.issued(), self.invoice.paid(), self.invoice.settled())
        await self.do("handover")


@fixture(loop_scope="session")
async def desk(department: MakeDepartment) -> Desk:
    """A desk on an empty database."""
    return Desk(await department(service))
