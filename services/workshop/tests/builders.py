"""Given values of the workshop's tests: lines, jobs in every state, a visit with its events and commands."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from httpx import Response

from contracts.base import Event
from contracts.events.parts import (
    ForRevision,
    PartsArrived,
    PartsIssued,
    PartsReserved,
    PartsReturned,
    ShortageDetected,
)
from contracts.events.reception import (
    EstimateAnswered,
    EstimatePresented,
    HandoverPromised,
    IntakeCompleted,
    VehicleHandedOver,
    VisitOpened,
    WorkAccepted,
)
from contracts.events.staff import EmployeeHired
from contracts.events.workshop import JobDiagnosed, JobDispatched
from contracts.permissions import workshop as may_workshop
from contracts.values import (
    DeclinedLine,
    FaultFacts,
    IssuedPart,
    Line,
    PartNeed,
    PricedLine,
    ReservationLine,
    Skill,
)
from shopkit.calendar import DEFAULT_CALENDAR
from testkit import builders
from testkit.department import Department, employee_id
from testkit.plugin import FRIDAY
from workshop.domain import Bay, HouseRules, Job, Technician, Visit, visiting, working

ALL = sorted(may_workshop.ALL)
STEPS = [
    {"step": step, "result": "seen"}
    for step in ("visual_check", "data_acquisition", "fault_codes", "fault_simulation", "judgement")
]


def a_line(kind: str = "repair", *, minutes: int = 60, parts: Sequence[PartNeed] = (), **more: Any) -> Line:
    """A line of work for a mechanic."""
    fields: dict[str, Any] = {"kind": kind, "skill": "mechanical", "labour_minutes": minutes}
    return builders.a_line(*parts, **(fields | more))


def priced(line: Line) -> PricedLine:
    """The line for nothing: the workshop does not look at prices."""
    return builders.priced(line, hourly_rate="0.00", unit_price="0.00")


def a_need(quantity: str = "1.000") -> PartNeed:
    """A part that a line needs."""
    return builders.a_need("BP-1", quantity)


def a_job(*lines: Line, authorised: bool = True, **more: Any) -> Job:
    """A job whose lines are authorised, with a promise if ``promised_at`` is given."""
    visit = Visit(id=uuid4(), request_id=uuid4(), arrived_at=FRIDAY)
    lines = lines or (a_line(),)
    job, _ = visiting.open_job(
        uuid4(),
        visit,
        known_parts=[],
        lines=lines,
        authorised_line_ids=[line.line_id for line in lines] if authorised else [],
        priority_class="normal",
        waiting_on_site=False,
        fault="",
        special_requirements=(),
        at=FRIDAY,
    )
    for name, value in more.items():
        setattr(job, name, value)
    return job


def a_technician(level: int = 2, **more: Any) -> Technician:
    """A mechanic who is here."""
    skills = (Skill(skill="mechanical", level=level),)
    return Technician(id=uuid4(), name="Li", skills=skills, free_since=FRIDAY, **more)


def a_bay() -> Bay:
    """A free bay."""
    return Bay(id=uuid4(), name="Bay 1")


def dispatch(job: Job, **more: Any) -> JobDispatched:
    """All lines of the job to a technician and a bay who are free, at 10:00 in Shanghai."""
    ten = FRIDAY.replace(hour=2, minute=0)
    facts: dict[str, Any] = {
        "line_ids": [],
        "technician": a_technician(),
        "bay": a_bay(),
        "planned_start": ten,
        "planned_end": None,
        "elsewhere": None,
        "calendar": DEFAULT_CALENDAR,
        "rules": HouseRules(),
        "at": ten,
    }
    return working.dispatch(job, **facts | more)


class Story:
    """One visit; ids are those of this story, everything else has a default."""

    a_line = staticmethod(a_line)
    a_need = staticmethod(a_need)

    def __init__(self, workshop: Department) -> None:
        self.workshop = workshop
        self.visit_id, self.request_id, self.customer_id = uuid4(), uuid4(), uuid4()
        self.vehicle_id, self.reservation_id = uuid4(), uuid4()
        self.li, self.wang, self.qian = employee_id("li"), employee_id("wang"), employee_id("qian")
        self.zero = a_line("diagnosis", minutes=30)
        self.revision = 0

    @property
    def now(self) -> datetime:
        return self.workshop.clock.now()

    @property
    def ids(self) -> dict[str, UUID]:
        return {"visit_id": self.visit_id, "request_id": self.request_id, "customer_id": self.customer_id}

    async def receives(self, *events: Event) -> None:
        await self.workshop.receives(*events)

    async def hired(self, *people: UUID) -> None:
        for n, person in enumerate(people or (self.li, self.wang)):
            await self.receives(
                EmployeeHired(
                    employee_id=person,
                    employee_no=f"E{n}",
                    display_name=f"Technician {n}",
                    skills=(Skill(skill="mechanical", level=2),),
                )
            )

    def opened(self, **more: Any) -> VisitOpened:
        facts: dict[str, Any] = {
            **self.ids,
            "request_no": "W-250307-0001",
            "vehicle_id": self.vehicle_id,
            "plate": "沪A12345",
            "arrived_at": self.now,
            "clock_from": self.now,
            "walk_in": True,
        }
        return VisitOpened.model_validate(facts | more)

    def intake(self, *booked: Line, authorised: Sequence[UUID] = (), **more: Any) -> Event:
        facts: dict[str, Any] = {
            **self.ids,
            "vehicle_id": self.vehicle_id,
            "form_no": "R-1",
            "signed_at": self.now,
            "fault": FaultFacts(phenomenon="noise when braking"),
            "lines": tuple(priced(line) for line in (self.zero, *booked)),
            "currency": "CNY",
            "authorised_line_ids": (self.zero.line_id, *authorised),
        }
        return IntakeCompleted.model_validate(facts | more)

    def presented(self, *lines: Line, dropped: Sequence[Line] = (), revision: int = 1) -> Event:
        return EstimatePresented(
            **self.ids,
            revision=revision,
            lines=tuple(priced(line) for line in (self.zero, *lines)),
            total_gross=Decimal("0.00"),
            currency="CNY",
            presented_at=self.now,
            via="desk",
            dropped_line_ids=tuple(line.line_id for line in dropped),
        )

    def answered(self, *lines: Line, declined: Sequence[Line] = (), revision: int = 1) -> Event:
        return EstimateAnswered(
            **self.ids,
            revision=revision,
            authorised_lines=tuple(priced(line) for line in (self.zero, *lines)),
            declined=tuple(DeclinedLine(line_id=line.line_id) for line in declined),
            authorised_gross=Decimal("0.00"),
            currency="CNY",
            channel="desk",
            answered_at=self.now,
            answered_by="customer",
        )

    def promised(self, at: datetime, revision: int = 1) -> Event:
        return HandoverPromised(**self.ids, promise_revision=revision, promised_at=at)

    def accepted(self) -> Event:
        return WorkAccepted(
            **self.ids,
            invoice_id=uuid4(),
            invoice_revision=1,
            checks=(),
            belongings_ok=True,
            signed_at=self.now,
        )

    def handed_over(self) -> Event:
        return VehicleHandedOver(**self.ids, vehicle_id=self.vehicle_id, handed_over_at=self.now)

    @property
    def _reservation(self) -> dict[str, UUID]:
        return {
            "reservation_id": self.reservation_id,
            "request_id": self.request_id,
            "visit_id": self.visit_id,
        }

    def reserved(self, *lines: Line, short: str = "0.000", eta: datetime | None = None) -> Event:
        kind = PartsReserved if Decimal(short) == 0 else ShortageDetected
        return kind(
            **self._reservation,
            for_revision=ForRevision(source="estimate", revision=1),
            lines=tuple(self._state(line, need, short, eta) for line in lines for need in line.parts),
        )

    def arrived(self, *lines: Line) -> Event:
        return PartsArrived(
            **self._reservation,
            lines=tuple(self._state(line, need, "0.000", None) for line in lines for need in line.parts),
        )

    def _state(self, line: Line, need: PartNeed, short: str, eta: datetime | None) -> ReservationLine:
        return ReservationLine(
            part_line_id=need.part_line_id,
            line_id=line.line_id,
            part_no=need.part_no,
            wanted=need.quantity,
            reserved=need.quantity - Decimal(short),
            short=Decimal(short),
            eta=eta,
        )

    def issued(self, *lines: Line, revision: int | None = 1) -> Event:
        return PartsIssued(
            **self._reservation,
            slip_no="S-1",
            technician_id=self.li,
            estimate_revision=revision,
            lines=tuple(self._slip(line, need, "0.000") for line in lines for need in line.parts),
            currency="CNY",
        )

    def returned(self, line: Line, quantity: str) -> Event:
        return PartsReturned(
            **self._reservation,
            slip_no="S-2",
            technician_id=self.li,
            lines=tuple(self._slip(line, need, quantity) for need in line.parts),
            currency="CNY",
        )

    def _slip(self, line: Line, need: PartNeed, returned: str) -> IssuedPart:
        back = Decimal(returned)
        return IssuedPart(
            part_line_id=need.part_line_id,
            line_id=line.line_id,
            part_no=need.part_no,
            quantity=back or need.quantity,
            unit_cost=Decimal("1.00"),
            issued_total=need.quantity,
            returned_total=back,
        )

    # --- people

    async def job(self) -> dict[str, Any]:
        found = await self.workshop.call("GET", f"/jobs?visit_id={self.visit_id}", who=ALL)
        item: dict[str, Any] = found.json()["items"][0]
        return item

    async def asks(self, path: str, body: Any = None, *, by: UUID | None = None, **more: Any) -> Response:
        job = await self.job()
        return await self.workshop.call(
            more.pop("method", "POST"),
            f"/jobs/{job['id']}{path}",
            json=body,
            who=more.pop("who", ALL),
            employee=by or self.li,
            **more,
        )

    async def done(self, path: str, body: Any = None, *, by: UUID | None = None) -> dict[str, Any]:
        answer = await self.asks(path, body, by=by)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def begins(self, line: Line, *, by: UUID | None = None) -> None:
        who = by or self.li
        await self.done("/dispatch", {"technician_id": str(who), "line_ids": [str(line.line_id)]}, by=who)
        await self.done(f"/lines/{line.line_id}/start", {}, by=who)

    async def completes(self, line: Line, used: dict[UUID, str] | None = None) -> dict[str, Any]:
        parts = [{"part_line_id": str(id), "used": quantity} for id, quantity in (used or {}).items()]
        return await self.done(f"/lines/{line.line_id}/completion", {"parts": parts, "result": "done"})

    async def in_shop(self, *booked: Line, **more: Any) -> None:
        await self.hired()
        await self.receives(self.opened(), self.intake(*booked, **more))

    async def diagnosed(self, *proposals: dict[str, Any]) -> list[Line]:
        """Through the five steps and the review; gives the lines as the workshop minted them."""
        await self.begins(self.zero)
        await self.workshop.passes(minutes=20)
        body = {"steps": STEPS, "findings": ["worn pads"], "lines": list(proposals)}
        await self.done("/diagnosis", body)
        await self.done("/diagnosis/review", {"approved": True}, by=self.wang)
        return list(self.workshop.published(JobDiagnosed)[-1].lines)

    async def agreed(self, *proposals: dict[str, Any]) -> list[Line]:
        """Diagnosed, presented and authorised as a whole."""
        lines = await self.diagnosed(*(proposals or (self.proposal(),)))
        await self.receives(self.presented(*lines), self.answered(*lines))
        return lines

    @staticmethod
    def proposal(minutes: int = 60, parts: Sequence[str] = ()) -> dict[str, Any]:
        return {
            "title": {"zh": "更换刹车片", "en": "Replace brake pads"},
            "work_type": "mechanical",
            "skill": "mechanical",
            "labour_minutes": minutes,
            "parts": [{"part_no": "BP-1", "quantity": quantity} for quantity in parts],
            "why": "worn, ask 13812345678",
        }

    async def is_repaired(self) -> Line:
        """One line that was agreed, done, and not inspected."""
        await self.in_shop()
        [line] = await self.agreed()
        await self.begins(line)
        await self.completes(line)
        return line

    async def is_ready(self) -> None:
        """Repaired and inspected."""
        await self.is_repaired()
        await self.passes_inspection()

    async def passes_inspection(self) -> dict[str, Any]:
        body = {"items": [{"item": "brakes", "value": "ok"}], "test_drive": True}
        return await self.done("/inspection/pass", body, by=self.qian)

    def in_minutes(self, minutes: int) -> datetime:
        return self.now + timedelta(minutes=minutes)
