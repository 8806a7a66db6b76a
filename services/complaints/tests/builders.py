"""Given values of the tests of complaints; everything has a default."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from httpx import Response

from complaints.domain import (
    Complaint,
    Decision,
    HouseRules,
    Invoice,
    MeasureKind,
    NewCase,
    Person,
    Source,
    State,
    Visit,
)
from contracts.events import billing, crm, reception, workshop
from contracts.permissions import complaints as may_complaints
from contracts.values import InspectionItem, InvoiceLine, Technician
from testkit.department import Department, employee_id

FRIDAY = datetime(2025, 3, 7, 8, 30, tzinfo=UTC)
"""16:30 in Shanghai, when the case of F-12 is received."""
RULES = HouseRules()
OFFICER = Person(employee_id("Li Na"), "Li Na")
ADVISOR = Person(employee_id("Wang Wei"), "Wang Wei")
ALL = sorted(may_complaints.ALL)
TEAM = sorted(may_complaints.ALL - {may_complaints.APPROVE})


def a_new_case(**own: Any) -> NewCase:
    facts: dict[str, Any] = {
        "id": uuid4(),
        "complaint_no": "CP-250307-0001",
        "source": Source.PERSON,
        "channel": "hotline",
        "category": "cost",
        "level": "normal",
        "text": "The bill is too high",
        "customer_id": uuid4(),
        "received_at": FRIDAY,
        "visit_id": uuid4(),
        "request_id": uuid4(),
        "by": ADVISOR,
    }
    return NewCase(**facts | own)


def a_case(state: State = State.RECEIVED, **own: Any) -> Complaint:
    """A case that came into ``state`` by nothing but its own commands."""
    complaint, _ = Complaint.receive(a_new_case(**own), rules=RULES)
    if state in (State.RECEIVED,):
        return complaint
    answer(complaint)
    if state == State.DECIDING:
        complaint.assess(
            category="cost", level="normal", cause=None, text="", by=OFFICER, rules=RULES, at=FRIDAY
        )
    if state == State.CARRYING_OUT:
        decide(complaint)
    if state in (State.NOTIFIED, State.RESOLVED, State.REOPENED):
        complaint.notify(text="We are sorry", channel="phone", by=OFFICER, at=FRIDAY)  # type: ignore[arg-type]
    if state == State.RESOLVED:
        complaint.resolve(resolution="Explained", confirmed_by_customer=True, by=OFFICER, at=FRIDAY)
    if state == State.REOPENED:
        complaint.reopen(reason="Not content", by=OFFICER, rules=RULES, at=FRIDAY)
    assert complaint.state == state
    return complaint


def answer(complaint: Complaint, *, by: Person = OFFICER, in_team: bool = True, at: datetime = FRIDAY) -> Any:
    return complaint.answer(text="We look into it", channel="phone", by=by, in_team=in_team, at=at)  # type: ignore[arg-type]


def a_decision(kind: MeasureKind = MeasureKind.REFUND, **own: Any) -> Decision:
    money = kind != MeasureKind.REWORK
    facts: dict[str, Any] = {
        "measure_id": uuid4(),
        "kind": kind,
        "reason": "Charged twice",
        "amount": Decimal("100.00") if money else None,
        "currency": "CNY" if money else None,
    }
    return Decision(**facts | own)


def decide(
    complaint: Complaint,
    decision: Decision | None = None,
    *,
    may_approve: bool = False,
    rules: HouseRules = RULES,
    **known: Any,
) -> Any:
    facts: dict[str, Any] = {"visit": a_visit_row(), "invoice": an_invoice_row()}
    return complaint.decide(
        decision or a_decision(),
        by=OFFICER,
        may_approve=may_approve,
        rules=rules,
        at=FRIDAY,
        **facts | known,
    )


def a_visit_row(**own: Any) -> Visit:
    return Visit(visit_id=uuid4(), **own)


def an_invoice_row(**own: Any) -> Invoice:
    facts: dict[str, Any] = {"invoice_id": uuid4(), "invoice_no": "2025-000001"}
    return Invoice(**facts | own)


class Story:
    """One customer, one visit, with the events of other departments, and the commands of our people."""

    def __init__(self, department: Department) -> None:
        self.complaints = department
        self.customer_id, self.visit_id, self.request_id = uuid4(), uuid4(), uuid4()
        self.vehicle_id, self.job_id, self.invoice_id = uuid4(), uuid4(), uuid4()
        self.line_id = uuid4()

    @property
    def now(self) -> datetime:
        return self.complaints.clock.now()

    def _of_visit(self) -> dict[str, UUID]:
        return {"visit_id": self.visit_id, "request_id": self.request_id, "customer_id": self.customer_id}

    def _of_job(self) -> dict[str, UUID]:
        return {"job_id": self.job_id, "visit_id": self.visit_id, "request_id": self.request_id}

    def _of_invoice(self) -> dict[str, Any]:
        return self._of_visit() | {"invoice_id": self.invoice_id, "currency": "CNY"}

    # --- what others report

    def registered(self, name: str = "陈静") -> crm.CustomerRegistered:
        return crm.CustomerRegistered(customer_id=self.customer_id, customer_no="C000123", display_name=name)

    def opened(self, **own: Any) -> reception.VisitOpened:
        facts: dict[str, Any] = self._of_visit() | {
            "request_no": "W-250307-0007",
            "vehicle_id": self.vehicle_id,
            "plate": "沪A12345",
            "vin": "LSVAA4182E2123456",
            "arrived_at": self.now,
            "clock_from": self.now,
            "walk_in": True,
        }
        return reception.VisitOpened(**facts | own)

    def promise_refused(self, reason: str = "I need it today") -> reception.PromiseRefused:
        return reception.PromiseRefused(
            **self._of_visit(), promise_revision=1, reason=reason, by=str(ADVISOR.employee_id)
        )

    def handed_over(self) -> reception.VehicleHandedOver:
        return reception.VehicleHandedOver(
            **self._of_visit(), vehicle_id=self.vehicle_id, handed_over_at=self.now
        )

    def closed(self) -> reception.VisitClosed:
        return reception.VisitClosed(
            **self._of_visit(),
            vehicle_id=self.vehicle_id,
            record_no="C000123-RP-20250307-001",
            outcome="repaired",
            closed_at=self.now,
        )

    def rework_ordered(self, measure_id: UUID, complaint_id: UUID) -> reception.ReworkOrdered:
        return reception.ReworkOrdered(
            **self._of_visit(), measure_id=measure_id, complaint_id=complaint_id, lines=()
        )

    def rework_agreed(self, measure_id: UUID, complaint_id: UUID, visit_id: UUID) -> reception.ReworkAgreed:
        return reception.ReworkAgreed(
            visit_id=visit_id,
            request_id=uuid4(),
            customer_id=self.customer_id,
            request_no="W-250308-0001",
            vehicle_id=self.vehicle_id,
            rework_of_visit_id=self.visit_id,
            measure_id=measure_id,
            complaint_id=complaint_id,
            lines=(),
        )

    def job_opened(self) -> workshop.JobOpened:
        return workshop.JobOpened(**self._of_job(), priority_class="normal", lines=())

    def inspection_failed(self) -> workshop.InspectionFailed:
        return workshop.InspectionFailed(
            **self._of_job(),
            inspector_id=employee_id("inspector"),
            findings=("leak",),
            line_ids=(self.line_id,),
            technician_id=employee_id("technician"),
            penalty_points=2,
        )

    def inspection_passed(self) -> workshop.InspectionPassed:
        return workshop.InspectionPassed(
            **self._of_job(),
            inspector_id=employee_id("inspector"),
            items=(InspectionItem(item="brakes", passed=True),),
            test_drive=True,
        )

    def ready(self, *done: UUID) -> workshop.JobReady:
        return workshop.JobReady(
            **self._of_job(),
            outcome="repaired",
            results=(),
            technicians=(Technician(technician_id=employee_id("technician"), technician_name="Sun Qiang"),),
            done_measure_ids=done,
        )

    def prepared(self) -> billing.InvoicePrepared:
        total = Decimal("660.00")
        row = InvoiceLine(
            line_id=self.line_id,
            quantity=Decimal("1.500"),
            unit_price=Decimal("200.00"),
            net=total,
            tax_rate=Decimal("0"),
            gross=total,
        )
        return billing.InvoicePrepared(
            **self._of_invoice(),
            revision=1,
            lines=(row,),
            total_net=total,
            total_tax=Decimal("0.00"),
            total_gross=total,
            payable=total,
        )

    def issued(self) -> billing.InvoiceIssued:
        return billing.InvoiceIssued(
            **self._of_invoice(),
            revision=1,
            invoice_no="2025-000001",
            issued_at=self.now,
            total_gross=Decimal("660.00"),
            payable=Decimal("660.00"),
            balance=Decimal("660.00"),
        )

    def paid(self) -> billing.PaymentReceived:
        return billing.PaymentReceived(
            **self._of_invoice(),
            payment_id=uuid4(),
            amount=Decimal("660.00"),
            method="wechat",
            received_at=self.now,
            balance=Decimal("0.00"),
        )

    def settled(self) -> billing.InvoiceSettled:
        return billing.InvoiceSettled(
            **self._of_invoice(),
            how="paid",
            settled_at=self.now,
            total_gross=Decimal("660.00"),
            payable=Decimal("660.00"),
            paid=Decimal("660.00"),
            balance=Decimal("0.00"),
        )

    def refunded(self, measure_id: UUID, amount: str = "100.00") -> billing.InvoiceRefunded:
        return billing.InvoiceRefunded(
            **self._of_invoice(),
            measure_id=measure_id,
            refund_id=uuid4(),
            amount=Decimal(amount),
            balance=Decimal("0.00"),
        )

    def discounted(self, measure_id: UUID, amount: str = "100.00") -> billing.InvoiceDiscounted:
        return billing.InvoiceDiscounted(
            **self._of_invoice(),
            measure_id=measure_id,
            amount=Decimal(amount),
            payable=Decimal("560.00"),
            balance=Decimal("560.00"),
        )

    def not_possible(self, measure_id: UUID) -> billing.MeasureNotPossible:
        return billing.MeasureNotPossible(
            **self._of_invoice(), measure_id=measure_id, reason="more than paid", possible=Decimal("50.00")
        )

    def dissatisfied(self, **own: Any) -> crm.DissatisfactionDetected:
        facts: dict[str, Any] = self._of_visit() | {
            "survey_id": uuid4(),
            "triggers": ("item",),
            "total": 52,
            "lowest_item": "price",
            "lowest_points": 1,
            "comment": "Far too dear",
        }
        return crm.DissatisfactionDetected(**facts | own)

    def followed_up(self, *, problem_found: bool = True) -> crm.FollowUpCompleted:
        return crm.FollowUpCompleted(
            **self._of_visit(),
            follow_up_id=uuid4(),
            kind="after_service",
            outcome="reached",
            problem_found=problem_found,
            text="The noise is back",
            by=str(ADVISOR.employee_id),
        )

    async def invoice_is_paid(self) -> None:
        """Everything up to a paid invoice."""
        await self.complaints.receives(
            self.registered(), self.opened(), self.job_opened(), self.inspection_passed(), self.ready()
        )
        await self.complaints.receives(self.prepared(), self.issued(), self.paid(), self.settled())

    # --- what people ask for

    async def post(self, path: str, json: Any, *, who: Any = TEAM, by: Person = OFFICER) -> Response:
        headers = {"Idempotency-Key": str(uuid4())}
        return await self.complaints.call(
            "POST", path, json=json, who=who, employee=by.employee_id, name=by.name, headers=headers
        )

    def words(self, **own: Any) -> dict[str, Any]:
        """A customer's complaint about the visit, as a request body."""
        facts: dict[str, Any] = {
            "customer_id": str(self.customer_id),
            "visit_id": str(self.visit_id),
            "category": "cost",
            "channel": "hotline",
            "text": "The bill is too high",
        }
        return facts | own

    async def open(self, **own: Any) -> dict[str, Any]:
        """A person's complaint about the visit, registered by the advisor."""
        answer = await self.post("/complaints", self.words(**own), by=ADVISOR)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def answered(self, **own: Any) -> str:
        """A case that was answered; its id."""
        case = await self.open(**own)
        answer = await self.contact(case["id"], "answer")
        assert answer.status_code == 200, answer.text
        return str(case["id"])

    async def contact(self, case_id: str, what: str, **own: Any) -> Response:
        return await self.post(
            f"/complaints/{case_id}/{what}", {"text": "We look into it", "channel": "phone"}, **own
        )

    async def decide(self, case_id: str, kind: str = "refund", **own: Any) -> Response:
        who = own.pop("who", TEAM)
        body: dict[str, Any] = {"kind": kind, "reason": "Charged twice"}
        if kind != "rework":
            body["amount"] = "100.00"
        return await self.post(f"/complaints/{case_id}/measures", body | own, who=who)

    async def measure(self, case_id: str, kind: str = "refund", **own: Any) -> UUID:
        """A measure that was decided; its id."""
        decided = await self.decide(case_id, kind, **own)
        assert decided.status_code == 201, decided.text
        return UUID(decided.json()["measure_id"])

    async def resolve(self, case_id: str) -> Response:
        return await self.post(
            f"/complaints/{case_id}/resolution", {"resolution": "Refunded", "confirmed_by_customer": True}
        )

    async def show(self, case_id: str) -> dict[str, Any]:
        shown = await self.complaints.call("GET", f"/complaints/{case_id}", who=ALL)
        assert shown.status_code == 200, shown.text
        return dict(shown.json())


def hours(n: float) -> timedelta:
    return timedelta(hours=n)
