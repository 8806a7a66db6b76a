"""A visit as the other departments report it: builders that give everything a default."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts.base import Event
from contracts.events.billing import InvoicePrepared
from contracts.events.complaints import ComplaintReceived, ComplaintResolved, MeasureDecided
from contracts.events.crm import CustomerRegistered
from contracts.events.parts import PartsIssued, PartsReturned
from contracts.events.reception import (
    EstimateAnswered,
    IntakeCompleted,
    ReworkOrdered,
    VehicleHandedOver,
    VisitClosed,
    VisitOpened,
    WorkAccepted,
)
from contracts.events.workshop import JobReady, JobReopened, ReworkOpened
from contracts.permissions import billing as may_billing
from contracts.values import (
    Check,
    FaultFacts,
    IssuedPart,
    Line,
    LineResult,
    PartNeed,
    PricedLine,
    PricedPart,
    Title,
    UsedPart,
)
from shopkit.money import labour_net, net, totals
from testkit.department import Department

AT = datetime(2025, 3, 7, 1, 0, tzinfo=UTC)
EVERYTHING = tuple(may_billing.ALL)
TAX, LABOUR_TAX = Decimal("0.13"), Decimal("0.06")


def a_part(quantity: str = "2.000", unit_price: str = "85.00", tax_rate: Decimal = TAX) -> PricedPart:
    """A priced part."""
    return PricedPart(
        part_line_id=uuid4(),
        part_no="OF-01",
        quantity=Decimal(quantity),
        title=Title(zh="机油滤清器", en="Oil filter"),
        unit_price=Decimal(unit_price),
        net=net(Decimal(quantity), Decimal(unit_price)),
        tax_rate=tax_rate,
    )


def a_line(
    *,
    minutes: int = 90,
    hourly_rate: str = "200.00",
    parts: Sequence[PricedPart] = (),
    discount_net: str = "0.00",
    tax_rate: Decimal = LABOUR_TAX,
    **more: Any,
) -> PricedLine:
    """A priced line of repair."""
    labour = labour_net(minutes, Decimal(hourly_rate))
    sums = [(labour - Decimal(discount_net), tax_rate), *((part.net, part.tax_rate) for part in parts)]
    facts = {"kind": "repair", "work_type": "mechanical", "skill": "engine"} | more
    return PricedLine(
        line_id=uuid4(),
        title=Title(zh="更换", en="Replace"),
        labour_minutes=minutes,
        parts=tuple(parts),
        hourly_rate=Decimal(hourly_rate),
        labour_net=labour,
        discount_net=Decimal(discount_net),
        tax_rate=tax_rate,
        gross=totals(sums).gross,
        **facts,
    )


def a_rework_line(parts: Sequence[PartNeed] = ()) -> Line:
    """Work that is done again."""
    return Line(
        line_id=uuid4(),
        kind="rework",
        title=Title(zh="返修", en="Rework"),
        work_type="mechanical",
        skill="engine",
        labour_minutes=30,
        parts=tuple(parts),
        payer="shop",
    )


def done(line: Line, **used: str) -> LineResult:
    """The line was done and its parts were all used, or as many as ``used`` names by part line id."""
    parts = tuple(
        UsedPart(part_line_id=part.part_line_id, used=used.get(str(part.part_line_id), part.quantity))
        for part in line.parts
    )
    return LineResult(line_id=line.line_id, outcome="done", labour_minutes=line.labour_minutes, parts=parts)


class Scene:
    """One visit: ids, lines, and every event about it that billing subscribes to."""

    def __init__(self, *lines: PricedLine) -> None:
        self.visit_id, self.request_id, self.customer_id = uuid4(), uuid4(), uuid4()
        self.job_id, self.reservation_id, self.vehicle_id = uuid4(), uuid4(), uuid4()
        self.diagnosis = a_line(kind="diagnosis", minutes=30)
        self.lines = lines
        self.issued: dict[UUID, Decimal] = {}
        self.returned: dict[UUID, Decimal] = {}

    @property
    def visit(self) -> dict[str, Any]:
        """What visit events carry."""
        return {
            "visit_id": self.visit_id,
            "request_id": self.request_id,
            "customer_id": self.customer_id,
        }

    @property
    def job(self) -> dict[str, Any]:
        """What job events carry."""
        return {"job_id": self.job_id, "visit_id": self.visit_id, "request_id": self.request_id}

    @property
    def authorised(self) -> tuple[PricedLine, ...]:
        """Line 0 and all lines."""
        return (self.diagnosis, *self.lines)

    def registered(self, *, credit_limit: str | None = None) -> CustomerRegistered:
        """The customer is on file."""
        return CustomerRegistered(
            customer_id=self.customer_id,
            customer_no="C000123",
            display_name="Wang Fang",
            credit_limit=None if credit_limit is None else Decimal(credit_limit),
            currency="CNY",
        )

    def opened(self) -> VisitOpened:
        """The car arrives."""
        return VisitOpened(
            **self.visit,
            request_no="W-250307-0007",
            vehicle_id=self.vehicle_id,
            plate="沪A12345",
            arrived_at=AT,
            clock_from=AT,
            walk_in=True,
        )

    def intake(self) -> IntakeCompleted:
        """The form is signed."""
        return IntakeCompleted(
            **self.visit,
            vehicle_id=self.vehicle_id,
            form_no="F-1",
            signed_at=AT,
            fault=FaultFacts(phenomenon="noise"),
            lines=self.authorised,
            currency="CNY",
            authorised_line_ids=(self.diagnosis.line_id,),
        )

    def answered(self, revision: int = 1, lines: Sequence[PricedLine] | None = None) -> EstimateAnswered:
        """The customer agrees."""
        agreed = (self.diagnosis, *(self.lines if lines is None else lines))
        rows = [
            row
            for line in agreed
            for row in (
                (line.labour_net - line.discount_net, line.tax_rate),
                *((part.net, part.tax_rate) for part in line.parts),
            )
        ]
        return EstimateAnswered(
            **self.visit,
            revision=revision,
            authorised_lines=agreed,
            authorised_gross=totals(rows).gross,
            currency="CNY",
            channel="desk",
            answered_at=AT,
            answered_by="customer",
        )

    def _slip(self, part: PartNeed, line_id: UUID, quantity: str, *, back: bool) -> dict[str, Any]:
        moved = self.returned if back else self.issued
        moved[part.part_line_id] = moved.get(part.part_line_id, Decimal(0)) + Decimal(quantity)
        row = IssuedPart(
            part_line_id=part.part_line_id,
            line_id=line_id,
            part_no=part.part_no,
            quantity=Decimal(quantity),
            unit_cost=Decimal("40.00"),
            issued_total=self.issued.get(part.part_line_id, Decimal(0)),
            returned_total=self.returned.get(part.part_line_id, Decimal(0)),
        )
        return {
            "reservation_id": self.reservation_id,
            "request_id": self.request_id,
            "visit_id": self.visit_id,
            "slip_no": "S-1",
            "technician_id": uuid4(),
            "lines": (row,),
            "currency": "CNY",
        }

    def out(self, line: Line, quantity: str = "2.000", *, part: int = 0) -> PartsIssued:
        """A part is handed out."""
        return PartsIssued(**self._slip(line.parts[part], line.line_id, quantity, back=False))

    def back(self, line: Line, quantity: str, *, part: int = 0) -> PartsReturned:
        """A part comes back."""
        return PartsReturned(**self._slip(line.parts[part], line.line_id, quantity, back=True))

    def ready(
        self, *results: LineResult, revision: int | None = 1, measure_ids: Sequence[UUID] = ()
    ) -> JobReady:
        """The workshop is done; without results, everything authorised was."""
        return JobReady(
            **self.job,
            estimate_revision=revision,
            outcome="repaired",
            results=results or tuple(done(line) for line in self.authorised),
            done_measure_ids=tuple(measure_ids),
        )

    def reopened(self) -> JobReopened:
        """The job goes on."""
        return JobReopened(**self.job, reason="rework", withdraws_ready=True)

    def rework_opened(self, *lines: Line, cause: str = "complaint") -> ReworkOpened:
        """Work is done again."""
        return ReworkOpened(**self.job, line_ids=tuple(line.line_id for line in lines), cause=cause)

    def rework_ordered(self, *lines: Line) -> ReworkOrdered:
        """A complaint's rework in the open visit."""
        return ReworkOrdered(**self.visit, measure_id=uuid4(), complaint_id=uuid4(), lines=lines)

    def accepted(self, invoice_id: UUID, revision: int = 1) -> WorkAccepted:
        """The customer signs."""
        return WorkAccepted(
            **self.visit,
            invoice_id=invoice_id,
            invoice_revision=revision,
            checks=(Check(check="vehicle", ok=True),),
            belongings_ok=True,
            signed_at=AT,
        )

    def handed_over(self) -> VehicleHandedOver:
        """The keys are released."""
        return VehicleHandedOver(**self.visit, vehicle_id=self.vehicle_id, handed_over_at=AT)

    def closed(self) -> VisitClosed:
        """The papers are complete."""
        return VisitClosed(
            **self.visit,
            vehicle_id=self.vehicle_id,
            record_no="C000123-RP-20250307-001",
            outcome="repaired",
            closed_at=AT,
        )

    def complaint(self, complaint_id: UUID, *, about_visit: bool = True) -> ComplaintReceived:
        """The customer complains."""
        return ComplaintReceived(
            complaint_id=complaint_id,
            customer_id=self.customer_id,
            visit_id=self.visit_id if about_visit else None,
            complaint_no="X-1",
            source="person",
            category="fee",
            level="normal",
            received_at=AT,
            respond_by=AT,
            resolve_by=AT,
        )

    def resolved(self, complaint_id: UUID) -> ComplaintResolved:
        """The complaint ends."""
        return ComplaintResolved(
            complaint_id=complaint_id,
            customer_id=self.customer_id,
            visit_id=self.visit_id,
            resolution="explained",
            confirmed_by_customer=True,
            resolved_at=AT,
        )

    def measure(
        self, kind: str, amount: str, *, invoice_id: UUID | None = None, measure_id: UUID | None = None
    ) -> MeasureDecided:
        """A refund or discount is decided."""
        return MeasureDecided(
            complaint_id=uuid4(),
            customer_id=self.customer_id,
            visit_id=self.visit_id,
            measure_id=measure_id or uuid4(),
            kind=kind,
            invoice_id=invoice_id,
            amount=Decimal(amount),
            currency="CNY",
            reason="waited too long",
            approved_by="officer",
        )

    def all_reported(self) -> list[Event]:
        """Everything up to the answered estimate, and all parts handed out."""
        slips = [self.out(line, str(part.quantity)) for line in self.lines for part in line.parts[:1]]
        return [self.registered(), self.opened(), self.intake(), self.answered(), *slips]


def a_scene() -> Scene:
    """A visit with one line of repair and one part."""
    return Scene(a_line(parts=[a_part()]))


async def signed_invoice(billing: Department, scene: Scene) -> UUID:
    """Everything up to the issued invoice."""
    await billing.receives(*scene.all_reported(), scene.ready())
    prepared = billing.published(InvoicePrepared)[-1]
    await billing.receives(scene.accepted(prepared.invoice_id, prepared.revision))
    return prepared.invoice_id


async def invoice_of(billing: Department, scene: Scene) -> dict[str, Any]:
    """The invoice of the scene's visit as a front end sees it."""
    found = await billing.call("GET", f"/invoices?visit_id={scene.visit_id}", who=EVERYTHING)
    [summary] = found.json()["items"]
    answer = await billing.call("GET", f"/invoices/{summary['id']}", who=EVERYTHING)
    invoice: dict[str, Any] = answer.json()
    return invoice


async def pay(
    billing: Department, invoice_id: str, amount: str, *, key: str | None = None, method: str = "card"
) -> Any:
    """A payment at the counter."""
    return await billing.call(
        "POST",
        f"/invoices/{invoice_id}/payments",
        json={"amount": amount, "method": method},
        who=EVERYTHING,
        headers={"Idempotency-Key": key or str(uuid4())},
    )


async def signed(billing: Department, scene: Scene, *, credit_limit: str | None = None) -> str:
    """Everything up to the issued invoice, of a customer with this credit limit; gives its id."""
    await billing.receives(
        *scene.all_reported()[1:], scene.registered(credit_limit=credit_limit), scene.ready()
    )
    prepared = billing.published(InvoicePrepared)[-1]
    await billing.receives(scene.accepted(prepared.invoice_id))
    return str(prepared.invoice_id)


async def ask(billing: Department, path: str, **body: Any) -> Any:
    """A command by somebody who may do everything."""
    return await billing.call(
        "POST", path, json=body or None, who=EVERYTHING, headers={"Idempotency-Key": str(uuid4())}
    )


async def show(billing: Department, path: str) -> Any:
    """What a screen of somebody who may do everything shows."""
    answer = await billing.call("GET", path, who=EVERYTHING)
    assert answer.status_code == 200, answer.text
    return answer.json()
