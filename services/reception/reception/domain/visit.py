"""One stay of one car, from arrival to the closed record: the repair order's face to the customer.

A command checks the state, lets a value of the visit decide, and returns the event. The values and their
rules are in modules of their own: ``arrival``, ``registration``, ``work``, ``estimate``, ``promise``,
``readiness``, ``acceptance``, ``record``.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from contracts.events import reception
from reception.domain import visit_events as events
from reception.domain.acceptance import (
    SIGNATURE_COLUMNS,
    Acceptance,
    HandoverNotPossible,
    Papers,
    Signature,
    missing_facts,
)
from reception.domain.arrival import ARRIVAL_COLUMNS, Arrival
from reception.domain.base import Base
from reception.domain.car import CAR_COLUMNS, Car
from reception.domain.estimate import Answer, Estimate, EstimateState, asks_for_all, one_of
from reception.domain.instants import must_have_happened
from reception.domain.line import VisitLine
from reception.domain.pricing import PriceList, gross_of
from reception.domain.promise import PROMISE_COLUMNS, NewPromise, Promise, PromiseState, must_be_answered
from reception.domain.readiness import READINESS_COLUMNS, Readiness
from reception.domain.record import RECORD_COLUMNS, Closing, Record, outcome_of
from reception.domain.registration import FormNotSigned, RegistrationForm
from reception.domain.rework import Rework
from reception.domain.rules import HouseRules
from reception.domain.visit_states import VISIT, WITH_WORK, VisitState, asked_for
from reception.domain.work import Work
from servicekit import Aggregate
from servicekit.columns import Json
from servicekit.personal_data import mask


class Visit(Aggregate, Base):
    """Its parts are values over columns of this table: a command replaces the value, never a column of it."""

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_begun", "begun_at", "id"),
        Index("ix_visits_here", "begun_at", "id", postgresql_where=text("closed_at is null")),
        *(
            Index(f"ix_visits_{name}_begins", name, postgresql_ops={name: "text_pattern_ops"})
            for name in ("request_no", "plate", "vin")
        ),
    )
    STREAM = "reception.visit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(unique=True)
    request_no: Mapped[str]
    customer_id: Mapped[UUID] = mapped_column(index=True)
    vehicle_id: Mapped[UUID] = mapped_column(index=True)
    appointment_id: Mapped[UUID | None] = mapped_column(default=None)
    rework_of_visit_id: Mapped[UUID | None] = mapped_column(default=None)
    measure_id: Mapped[UUID | None] = mapped_column(unique=True, default=None)
    state: Mapped[str] = mapped_column(default=VisitState.ARRIVED)
    walk_in: Mapped[bool] = mapped_column(default=False)
    priority_class: Mapped[str] = mapped_column(default="normal")
    waiting_on_site: Mapped[bool] = mapped_column(default=False)
    advisor_id: Mapped[UUID | None] = mapped_column(default=None)
    begun_at: Mapped[datetime]
    form: Mapped[RegistrationForm | None] = mapped_column(Json(RegistrationForm), default=None)
    mileage_km: Mapped[int | None] = mapped_column(default=None)
    answered_revision: Mapped[int | None] = mapped_column(default=None)
    left_at: Mapped[datetime | None] = mapped_column(default=None)
    return_expected_at: Mapped[datetime | None] = mapped_column(default=None)
    handed_over_at: Mapped[datetime | None] = mapped_column(default=None)
    mode: Mapped[str | None] = mapped_column(default=None)

    # Columns of the values below that lists show or search by.
    plate: Mapped[str] = mapped_column(default="")
    vin: Mapped[str | None] = mapped_column(default=None)
    make: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    arrived_at: Mapped[datetime | None] = mapped_column(default=None)
    received_at: Mapped[datetime | None] = mapped_column(default=None)
    within_sla: Mapped[bool | None] = mapped_column(default=None)
    promise_state: Mapped[str] = mapped_column(default=PromiseState.NONE)
    promised_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)

    car: Mapped[Car] = composite(*CAR_COLUMNS)
    arrival: Mapped[Arrival] = composite(*ARRIVAL_COLUMNS)
    promise: Mapped[Promise] = composite(*PROMISE_COLUMNS)
    readiness: Mapped[Readiness] = composite(*READINESS_COLUMNS)
    signature: Mapped[Signature] = composite(*SIGNATURE_COLUMNS)
    record: Mapped[Record] = composite(*RECORD_COLUMNS)
    lines: Mapped[list[VisitLine]] = relationship(lazy="raise", cascade="all", order_by=VisitLine.position)
    estimates: Mapped[list[Estimate]] = relationship(lazy="raise", cascade="all", order_by=Estimate.revision)

    def __init__(self, **columns: Any) -> None:
        # A new visit has no work, and nobody must ask the database for it.
        super().__init__(**({"lines": [], "estimates": []} | columns))

    # --- what it is

    @property
    def is_open(self) -> bool:
        """Whether the keys are still here, so that work can be added."""
        return self.handed_over_at is None and self.closed_at is None

    @property
    def is_ready(self) -> bool:
        """Whether what the workshop declared holds for the latest answer and every rework ordered here."""
        return self.readiness.holds_for(self.answered_revision)

    @property
    def work(self) -> Work:
        """Every piece of work that was ever named on this visit."""
        return Work(self.id, self.lines)

    @property
    def has_work_to_ask_for(self) -> bool:
        """Whether some open work is not, or not so, in a revision that the customer could still answer."""
        return not asks_for_all(self.estimates, self.work.open)

    @property
    def allowed(self) -> list[str]:
        """What a person may do now."""
        latest = self.estimates[-1].state if self.estimates else None
        fits = {
            "present_estimate": latest == EstimateState.DRAFTED,
            "answer_estimate": latest == EstimateState.PRESENTED,
            "promise": self.answered_revision is not None and self.promise_state == PromiseState.NONE,
        }
        found = [command for command in asked_for(self.state) if fits.get(command, True)]
        return found + (self.promise.changes_allowed if self.may("promise") else [])

    def may(self, command: str) -> bool:
        """Whether the state allows this."""
        return command in VISIT.allowed(self.state)

    def missing_for_handover(self, papers: Papers | None) -> list[str]:
        """What the handover still waits for, by the stream that brings each."""
        return missing_facts(is_ready=self.is_ready, signature=self.signature, papers=papers)

    # --- arrival

    def arrive(
        self, *, arrived_at: datetime, slot_start: datetime | None, priority_class: str, at: datetime
    ) -> reception.VisitOpened:
        """The car is here; the clock of reception starts (F-10). Raises ``NotInThePast``."""
        must_have_happened(arrived_at, at=at)
        if self.state == VisitState.EXPECTED:
            self.state = VISIT.go(self.state, "open")
        self.arrival, self.priority_class = Arrival.begin(arrived_at, slot_start=slot_start), priority_class
        return events.opened(self)

    def delay_reception(self, *, rules: HouseRules) -> reception.ReceptionDelayed | None:
        """The clock has run out; ``None`` when the car was received, or this was announced before."""
        if self.state != VisitState.ARRIVED or self.arrival.delayed_at is not None:
            return None
        self.arrival = self.arrival.delayed(rules)
        return reception.ReceptionDelayed(**events.about(self), due_at=self.arrival.due_by(rules))

    def receive(
        self,
        *,
        advisor_id: UUID,
        reason: str | None,
        alternative: str | None,
        rules: HouseRules,
        at: datetime,
    ) -> reception.VehicleReceived:
        """An advisor takes the car (RECP-01). Raises ``LateReceptionUnexplained``."""
        state = VISIT.go(self.state, "receive")
        self.arrival = self.arrival.received(reason=reason, alternative=alternative, rules=rules, at=at)
        self.state, self.advisor_id = state, advisor_id
        return events.received(self, advisor_id=advisor_id, at=at)

    def complete_intake(
        self,
        form: RegistrationForm,
        *,
        signed: bool,
        mileage_km: int | None,
        waiting_on_site: bool,
        currency: str,
    ) -> reception.IntakeCompleted:
        """The signed form authorises line 0 and work at the shop's cost (RECP-03).

        Raises ``FormNotSigned``."""
        state = VISIT.go(self.state, "complete_intake")
        if not signed:
            raise FormNotSigned(state=self.state)
        self.state, self.form, self.mileage_km = state, form.masked(), mileage_km
        self.waiting_on_site = waiting_on_site
        if waiting_on_site and self.priority_class in {"normal", "vip"}:
            self.priority_class = "waiting"  # F-36
        self.work.authorise_by_signature()
        return events.intake_completed(self, currency=currency)

    # --- estimate

    def draft(self, *, prices: PriceList, currency: str, at: datetime) -> reception.EstimateDrafted:
        """The next revision, of all that is authorised and all that is open; supersedes an unanswered one."""
        VISIT.check(self.state, "draft_estimate")
        self.work.must_have_open_lines(state=self.state)
        self.work.price_anew(prices)
        for earlier in self.estimates[-1:]:
            earlier.supersede()
        estimate = Estimate(visit_id=self.id, revision=len(self.estimates) + 1, drafted_at=at)
        estimate.show(self.work)
        self.estimates.append(estimate)
        return events.estimate_drafted(self, estimate, currency=currency)

    def present(
        self, revision: int, *, prices: PriceList, via: str, answer_by: datetime, currency: str, at: datetime
    ) -> reception.EstimatePresented:
        """Lay the revision before the customer: its prices are taken now and frozen (RECP-14)."""
        VISIT.check(self.state, "present_estimate")
        estimate = one_of(self.estimates, revision)
        estimate.must_allow("present")
        self.work.price_anew(prices)
        estimate.present(self.work, via=via, answer_by=answer_by, at=at)
        return events.estimate_presented(self, estimate, currency=currency, at=at)

    def answer(self, revision: int, answer: Answer, *, currency: str) -> reception.EstimateAnswered:
        """Take the customer's answer to every open line of the revision, in one go (RECP-24)."""
        state, estimate = VISIT.go(self.state, "answer_estimate"), one_of(self.estimates, revision)
        estimate.must_allow("answer")
        estimate.take(answer, self.work)
        if self.state == VisitState.READY:
            self._void_readiness()  # what the workshop declared is older than this answer
        self.state, self.answered_revision = state, revision
        return events.estimate_answered(self, estimate, answer, currency=currency)

    def expire(self, revision: int) -> bool:
        """Nobody answered in time; the lines stay open for a new revision. False: somebody did."""
        return one_of(self.estimates, revision).expire()

    # --- promise

    def promise_handover(
        self, promised_at: datetime, *, waiting_on_site: bool, at: datetime
    ) -> reception.HandoverPromised:
        """Give the customer a time. Raises ``NothingAnsweredYet``, ``PromiseTooEarly``."""
        VISIT.check(self.state, "promise")
        must_be_answered(self.answered_revision, state=self.state)
        self.promise = self.promise.give(promised_at, gross=gross_of(self.work.agreed), at=at)
        self.waiting_on_site = waiting_on_site
        return events.handover_promised(self, promised_at=promised_at)

    def revise_promise(self, agreed: NewPromise, *, at: datetime) -> reception.PromiseRevised:
        """Agree on another time (RECP-21, RECP-48). Raises ``PromiseTooEarly``, ``NotInThePast``."""
        VISIT.check(self.state, "promise")
        self.promise = self.promise.revise(agreed, gross=gross_of(self.work.agreed), at=at)
        return events.promise_revised(self)

    def refuse_promise(self, *, reason: str, at: datetime) -> reception.PromiseRefused:
        """The customer does not accept a later handover; the last promise stays."""
        VISIT.check(self.state, "promise")
        self.promise = self.promise.refuse(reason=mask(reason), at=at)
        return reception.PromiseRefused(
            **events.about(self), promise_revision=self.promise.revision, reason=mask(reason)
        )

    def notify(
        self, *, topic: str, channel: str, notified_at: datetime, at: datetime
    ) -> reception.CustomerNotified:
        """The customer was notified of something (RECP-27). Raises ``NotInThePast``."""
        VISIT.check(self.state, "notify")
        must_have_happened(notified_at, at=at)
        if topic == "delay":
            self.promise = self.promise.delay_notified(notified_at)
        return reception.CustomerNotified(
            **events.about(self), topic=topic, channel=channel, notified_at=notified_at
        )

    # --- what the workshop reports

    def enter_workshop(self) -> None:
        """The workshop has opened its job."""
        if self.state == VisitState.REGISTERED:
            self.state = VISIT.go(self.state, "enter_workshop")

    def declare_ready(
        self, *, estimate_revision: int | None, outcome: str, done_measure_ids: Iterable[UUID]
    ) -> None:
        """The workshop is done, for the answers that it had by then."""
        self.readiness = self.readiness.declare(
            revision=estimate_revision, outcome=outcome, done_measure_ids=done_measure_ids
        )
        self._recompute_state()

    def reopen(self) -> None:
        """The workshop goes on: the gate shuts, and a signature is void."""
        if self.state in {VisitState.HANDED_OVER, VisitState.CLOSED}:
            return  # the keys are out: what is still to do is a new visit
        self._void_readiness()
        if self.state in {VisitState.READY, VisitState.ACCEPTED}:
            self.state = VISIT.go(self.state, "reopen")

    # --- a complaint's rework (E8)

    def order_rework(self, rework: Rework) -> reception.ReworkOrdered:
        """The rework is done in this visit, which is still open: it is not ready until that is done."""
        self.work.take_on(rework.works)
        self.readiness = self.readiness.ordered(rework.measure)
        if self.state in {VisitState.READY, VisitState.ACCEPTED}:
            self._void_readiness()
            self.state = VISIT.go(self.state, "reopen")
        return events.rework_ordered(self, rework)

    def agree_rework(self, rework: Rework) -> reception.ReworkAgreed:
        """This new visit is expected, to redo the work of another that is closed."""
        self.work.take_on(rework.works)
        self.readiness = self.readiness.ordered(rework.measure)
        return events.rework_agreed(self, rework)

    # --- the car drives on until parts come (E2)

    def leave(
        self, *, reason: str, return_expected_at: datetime | None, done_line_ids: set[UUID], at: datetime
    ) -> reception.VehicleLeft:
        """The car leaves with work still open."""
        self.state = VISIT.go(self.state, "vehicle_left")
        self.left_at, self.return_expected_at = at, return_expected_at
        unfinished = self.work.unfinished(done_line_ids)
        return events.vehicle_left(self, reason=mask(reason), still_to_do=unfinished, at=at)

    def come_back(self, *, at: datetime) -> reception.VehicleReturned:
        """The car is back to go on."""
        self.state = VISIT.go(self.state, "vehicle_returned")
        self._recompute_state()
        return reception.VehicleReturned(**events.about(self), vehicle_id=self.vehicle_id, returned_at=at)

    # --- the customer signs, the keys go out, the papers close

    def accept_work(
        self, acceptance: Acceptance, *, papers: Papers | None, rules: HouseRules, at: datetime
    ) -> reception.WorkAccepted:
        """The customer has inspected, been explained, and signed (RECP-28, RECP-30, RECP-34).

        Raises ``InvoiceNotPrepared``, ``InvoiceChanged``, ``ChecksMissing``, ``BelongingsUnchecked``."""
        state = VISIT.go(self.state, "accept_work")
        signed = acceptance.papers_of(papers, answered_revision=self.answered_revision, state=self.state)
        acceptance.must_be_complete(self.form, rules=rules, state=self.state)
        self.state, self.signature = state, acceptance.signature(at)
        return events.work_accepted(self, signed, at=at)

    def void_signature(self, *, invoice_revision: int) -> bool:
        """Another revision of the invoice was prepared: whether the customer must sign again."""
        if self.state != VisitState.ACCEPTED or self.signature.invoice_revision == invoice_revision:
            return False
        self.state, self.signature = VISIT.go(self.state, "void_signature"), self.signature.void()
        return True

    def hand_over(
        self, *, papers: Papers | None, mode: str, handed_over_at: datetime, at: datetime
    ) -> reception.VehicleHandedOver:
        """Release the keys: work ready for the latest answer, signed for, and settled.

        Raises ``HandoverNotPossible``, ``NotInThePast``."""
        if self.state in WITH_WORK and (missing := self.missing_for_handover(papers)):
            raise HandoverNotPossible(
                state=self.state, allowed=self.allowed, waiting_for=missing[0], missing=missing
            )
        must_have_happened(handed_over_at, at=at)
        self.state = VISIT.go(self.state, "hand_over")
        self.handed_over_at, self.mode = handed_over_at, mode
        return events.handed_over(self, handed_over_at=handed_over_at, mode=mode)

    def close(self, papers: Closing, *, at: datetime) -> reception.VisitClosed:
        """The papers are complete; a car that never got as far as the form has simply left."""
        outcome = outcome_of(self.form, self.readiness.job_outcome, self.lines)
        self.state, self.record = VISIT.go(self.state, "close"), papers.record(outcome, at=at)
        return events.closed(self)

    # --- rules

    def _recompute_state(self) -> None:
        if self.is_ready and self.state in {VisitState.REGISTERED, VisitState.IN_WORKSHOP}:
            self.state = VISIT.go(self.state, "become_ready")

    def _void_readiness(self) -> None:
        """The car goes back to the workshop, and what the customer signed no longer holds."""
        self.readiness, self.signature = self.readiness.void(), self.signature.void()
