"""Arrival: the car comes, an advisor receives it in time, and the customer signs the registration form."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from contracts.base import Fact
from contracts.events.reception import IntakeCompleted, ReceptionDelayed, VehicleReceived, VisitOpened
from contracts.values import FaultFacts
from reception.domain.facts import VisitFacts, all_said, must_have_happened, said
from reception.domain.lines import VisitLine
from reception.domain.refusals import FormNotSigned, LateReceptionUnexplained
from reception.domain.rules import HouseRules
from reception.domain.states import VISIT, LineState, VisitState
from servicekit.columns import Json


class Belonging(Fact):
    """One thing that was in the car when it came (RECP-11)."""

    item: str
    note: str = ""


class Condition(Fact):
    """How the car looked on the walk-round (RECP-10, RECP-11)."""

    exterior: str = ""
    interior: str = ""
    engine: str = ""
    chassis: str = ""


class Expectation(Fact):
    """What the customer expects of time, cost and standard (RECP-07)."""

    finish_by: datetime | None = None
    budget: str = ""
    standard: str = ""


class RegistrationForm(Fact):
    """The signed form (RECP-03): what the customer told, wants, and left in the car."""

    form_no: str
    signed_at: datetime
    fault: FaultFacts = FaultFacts()
    special_requirements: tuple[str, ...] = ()
    belongings: tuple[Belonging, ...] = ()
    condition: Condition = Condition()
    expectation: Expectation = Expectation()
    intended_outcome: str = "repair"


class Arriving(VisitFacts):
    """The part of a visit from the kerb to the signed form."""

    appointment_id: Mapped[UUID | None] = mapped_column(default=None)
    rework_of_visit_id: Mapped[UUID | None] = mapped_column(default=None)
    measure_id: Mapped[UUID | None] = mapped_column(unique=True, default=None)
    plate: Mapped[str] = mapped_column(default="")
    vin: Mapped[str | None] = mapped_column(default=None)
    make: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    model_year: Mapped[int | None] = mapped_column(default=None)
    walk_in: Mapped[bool] = mapped_column(default=False)
    priority_class: Mapped[str] = mapped_column(default="normal")
    begun_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None] = mapped_column(default=None)
    clock_from: Mapped[datetime | None] = mapped_column(default=None)
    advisor_id: Mapped[UUID | None] = mapped_column(default=None)
    received_at: Mapped[datetime | None] = mapped_column(default=None)
    waited_minutes: Mapped[int | None] = mapped_column(default=None)
    within_sla: Mapped[bool | None] = mapped_column(default=None)
    late_reason: Mapped[str | None] = mapped_column(default=None)
    late_alternative: Mapped[str | None] = mapped_column(default=None)
    delayed_at: Mapped[datetime | None] = mapped_column(default=None)
    form: Mapped[RegistrationForm | None] = mapped_column(Json(RegistrationForm), default=None)
    mileage_km: Mapped[int | None] = mapped_column(default=None)

    def arrive(
        self, *, arrived_at: datetime, slot_start: datetime | None, priority_class: str, at: datetime
    ) -> VisitOpened:
        """The car is here; the clock starts now, or with the slot if the car came early (F-10)."""
        must_have_happened(arrived_at, now=at)
        if self.state == VisitState.EXPECTED:
            self.state = VISIT.go(self.state, "open")
        self.arrived_at = arrived_at
        self.clock_from = max(arrived_at, slot_start) if slot_start else arrived_at
        self.priority_class = priority_class
        return VisitOpened(
            **self.about,
            request_no=self.request_no,
            appointment_id=self.appointment_id,
            vehicle_id=self.vehicle_id,
            plate=self.plate,
            vin=self.vin,
            make=self.make,
            model=self.model,
            model_year=self.model_year,
            arrived_at=arrived_at,
            clock_from=self.clock_from,
            walk_in=self.walk_in,
            rework_of_visit_id=self.rework_of_visit_id,
            measure_id=self.measure_id,
            priority_class=priority_class,
        )

    def due_by(self, rules: HouseRules) -> datetime:
        """Until when the car must have been received."""
        assert self.clock_from is not None  # only asked of a car that came
        return self.clock_from + timedelta(minutes=rules.reception_minutes)

    def delay_reception(self, *, rules: HouseRules) -> ReceptionDelayed | None:
        """The clock has run out; nothing to say when the car was received in time."""
        if self.state != VisitState.ARRIVED or self.delayed_at is not None:
            return None
        self.delayed_at = self.due_by(rules)
        return ReceptionDelayed(**self.about, due_at=self.delayed_at)

    def receive(
        self,
        *,
        advisor_id: UUID,
        reason: str | None,
        alternative: str | None,
        rules: HouseRules,
        at: datetime,
    ) -> VehicleReceived:
        """An advisor takes the car; late needs what was explained and what was offered (RECP-01, F-10)."""
        state = VISIT.go(self.state, "receive")
        assert self.clock_from is not None  # arrived
        in_time = at <= self.due_by(rules)
        if not in_time and not (reason and reason.strip() and alternative and alternative.strip()):
            raise LateReceptionUnexplained(state=self.state, due_at=self.due_by(rules).isoformat())
        self.state, self.advisor_id, self.received_at, self.within_sla = state, advisor_id, at, in_time
        self.waited_minutes = -(-max(at - self.clock_from, timedelta()) // timedelta(minutes=1))
        self.late_reason = said(reason) if reason else None
        self.late_alternative = said(alternative) if alternative else None
        return VehicleReceived(
            **self.about,
            advisor_id=advisor_id,
            received_at=at,
            waited_minutes=self.waited_minutes,
            within_sla=in_time,
            reason=self.late_reason,
            alternative=self.late_alternative,
        )

    def complete_intake(
        self,
        form: RegistrationForm,
        *,
        signed: bool,
        mileage_km: int | None,
        waiting_on_site: bool,
        currency: str,
    ) -> IntakeCompleted:
        """The customer signed: line 0 and work at the shop's cost are authorised by it (RECP-03)."""
        state = VISIT.go(self.state, "complete_intake")
        if not signed:
            raise FormNotSigned(state=self.state)
        self.state, self.form, self.mileage_km = state, _masked(form), mileage_km
        if waiting_on_site and self.priority_class in {"normal", "vip"}:
            self.priority_class = "waiting"  # F-36
        for line in self.lines:
            if line.offer is not None and (line.offer.kind == "diagnosis" or line.offer.payer == "shop"):
                line.authorise(line.offer, revision=0)
        return IntakeCompleted(
            **self.about,
            vehicle_id=self.vehicle_id,
            form_no=form.form_no,
            signed_at=form.signed_at,
            advisor_id=self.advisor_id,
            fault=self.form.fault,
            mileage_km=mileage_km,
            waiting_on_site=waiting_on_site,
            priority_class=self.priority_class,
            special_requirements=self.form.special_requirements,
            belongings_noted=bool(form.belongings) or form.condition != Condition(),
            lines=tuple(line.work for line in self._intake_lines()),
            currency=currency,
            authorised_line_ids=tuple(line.id for line in self.lines if line.agreed is not None),
            intended_outcome=form.intended_outcome,
        )

    def _intake_lines(self) -> list[VisitLine]:
        """Line 0 first, then what was booked, asked for, or is redone."""
        kept = [line for line in self.lines if line.state != LineState.DECLINED]
        return sorted(kept, key=lambda line: (line.work.kind != "diagnosis", line.position))


def _masked(form: RegistrationForm) -> RegistrationForm:
    told = form.fault.model_dump()
    fault = FaultFacts(**{k: said(v) if isinstance(v, str) else v for k, v in told.items()})
    belongings = tuple(Belonging(item=said(b.item), note=said(b.note)) for b in form.belongings)
    return form.model_copy(
        update={
            "fault": fault,
            "special_requirements": all_said(form.special_requirements),
            "belongings": belongings,
        }
    )
