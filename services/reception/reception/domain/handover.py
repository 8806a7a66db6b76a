"""Handover: the work comes back, the customer signs, the keys go out, the papers close."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from contracts.base import Fact
from contracts.events.reception import (
    VehicleHandedOver,
    VehicleLeft,
    VehicleReturned,
    VisitClosed,
    WorkAccepted,
)
from contracts.values import Check
from reception.domain.arrival import Arriving
from reception.domain.facts import Measure, all_said, must_have_happened, said
from reception.domain.pricing import as_line
from reception.domain.promise import Promising
from reception.domain.refusals import (
    BelongingsUnchecked,
    ChecksMissing,
    HandoverNotPossible,
    InvoiceChanged,
    InvoiceNotPrepared,
)
from reception.domain.rules import HouseRules
from reception.domain.states import VISIT, LineState, VisitState
from servicekit.columns import Json


class Papers(Fact):
    """What the desk knows of the visit's invoice."""

    invoice_id: UUID
    revision: int
    estimate_revision: int | None
    state: str
    settled: bool
    balance: Decimal


class BelongingCheck(Fact):
    """Whether a thing that was noted at intake is in the car (RECP-28)."""

    item: str
    present: bool


class HandingOver(Arriving, Promising):
    """The part of a visit from a ready car to the record in the archive."""

    ready_revision: Mapped[int | None] = mapped_column(default=None)
    job_outcome: Mapped[str | None] = mapped_column(default=None)
    signed_checks: Mapped[tuple[Check, ...]] = mapped_column(Json(tuple[Check, ...]), default=tuple)
    belongings_ok: Mapped[bool | None] = mapped_column(default=None)
    left_at: Mapped[datetime | None] = mapped_column(default=None)
    return_expected_at: Mapped[datetime | None] = mapped_column(default=None)
    handed_over_at: Mapped[datetime | None] = mapped_column(default=None)
    mode: Mapped[str | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    record_no: Mapped[str | None] = mapped_column(unique=True, default=None)
    outcome: Mapped[str | None] = mapped_column(default=None)
    mileage_out_km: Mapped[int | None] = mapped_column(default=None)
    recommended_work: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=tuple)
    remind_on: Mapped[date | None] = mapped_column(default=None)

    # --- what the workshop tells

    def enter_workshop(self) -> None:
        """The workshop has opened its job."""
        if self.state == VisitState.REGISTERED:
            self.state = VISIT.go(self.state, "enter_workshop")

    def declare_ready(
        self, *, estimate_revision: int | None, outcome: str, done_measure_ids: Iterable[UUID]
    ) -> None:
        """The workshop is done, for the answers it had heard by then."""
        done = set(done_measure_ids)
        self.measures = tuple(
            m.model_copy(update={"done": True}) if m.measure_id in done else m for m in self.measures
        )
        self.ready_revision, self.job_outcome, self.job_ready = estimate_revision, outcome, True
        self._settle_readiness()

    def reopen(self) -> None:
        """The workshop goes on: the gate shuts, and a signature is void."""
        if self.state in {VisitState.HANDED_OVER, VisitState.CLOSED}:
            return  # the keys are out: what is still to do is a new visit
        self._void_readiness()
        if self.state in {VisitState.READY, VisitState.ACCEPTED}:
            self.state = VISIT.go(self.state, "reopen")

    @property
    def is_ready(self) -> bool:
        """Whether what the workshop declared holds for the latest answer and every rework ordered here."""
        return (
            self.job_ready
            and self.ready_revision == self.answered_revision
            and all(measure.done for measure in self.measures)
        )

    def _settle_readiness(self) -> None:
        if self.is_ready and self.state in {VisitState.REGISTERED, VisitState.IN_WORKSHOP}:
            self.state = VISIT.go(self.state, "become_ready")

    # --- the car drives on until parts come (E2)

    def leave(
        self, *, reason: str, return_expected_at: datetime | None, done_line_ids: set[UUID], at: datetime
    ) -> VehicleLeft:
        """The car leaves with work still open."""
        self.state = VISIT.go(self.state, "vehicle_left")
        self.left_at, self.return_expected_at = at, return_expected_at
        still = [
            line for line in self.agreed if line.kind != "diagnosis" and line.line_id not in done_line_ids
        ]
        return VehicleLeft(
            **self.about,
            vehicle_id=self.vehicle_id,
            request_no=self.request_no,
            reason=said(reason),
            left_at=at,
            return_expected_at=return_expected_at,
            open_lines=tuple(as_line(line) for line in still),
        )

    def come_back(self, *, at: datetime) -> VehicleReturned:
        """The car is back to go on."""
        self.state = VISIT.go(self.state, "vehicle_returned")
        self._settle_readiness()
        return VehicleReturned(**self.about, vehicle_id=self.vehicle_id, returned_at=at)

    # --- the customer signs, the keys go out

    def accept_work(
        self,
        *,
        papers: Papers | None,
        invoice_revision: int,
        checks: tuple[Check, ...],
        belongings: tuple[BelongingCheck, ...],
        rules: HouseRules,
        at: datetime,
    ) -> WorkAccepted:
        """The customer has inspected, been explained, and signed (RECP-28, RECP-30, RECP-34)."""
        state = VISIT.go(self.state, "accept_work")
        invoice = self._must_be_latest(papers, invoice_revision)
        self._must_be_checked(checks, belongings, rules)
        self.state, self.signed_at, self.signed_invoice_revision = state, at, invoice_revision
        self.signed_checks = checks
        self.belongings_ok = all(thing.present for thing in belongings)
        return WorkAccepted(
            **self.about,
            invoice_id=invoice.invoice_id,
            invoice_revision=invoice_revision,
            checks=checks,
            belongings_ok=self.belongings_ok,
            signed_at=at,
        )

    def void_signature(self, *, invoice_revision: int) -> bool:
        """Another revision of the invoice was prepared: whether the customer must sign again."""
        if self.state != VisitState.ACCEPTED or self.signed_invoice_revision == invoice_revision:
            return False
        self.state = VISIT.go(self.state, "void_signature")
        self.signed_at = self.signed_invoice_revision = None
        return True

    def hand_over(
        self, *, papers: Papers | None, mode: str, handed_over_at: datetime, at: datetime
    ) -> VehicleHandedOver:
        """Release the keys: work ready for the latest answer, signed for, and settled."""
        self._gate_must_be_open(papers)
        must_have_happened(handed_over_at, now=at)
        self.state = VISIT.go(self.state, "hand_over")
        self.handed_over_at, self.mode = handed_over_at, mode
        return VehicleHandedOver(
            **self.about,
            vehicle_id=self.vehicle_id,
            handed_over_at=handed_over_at,
            mode=mode,
            original_promise=self.original_promise,
            last_promise=self.promised_at,
            delay_notified_before=self.delay_notified_before,
        )

    def missing_for_handover(self, papers: Papers | None) -> list[str]:
        """Which facts the handover still waits for, by the stream that brings each."""
        missing = [] if self.is_ready else ["workshop.job"]
        if self.signed_at is None:
            missing.append("reception.visit")
        if papers is None or not papers.settled:
            missing.append("billing.invoice")
        return missing

    # --- the record

    @property
    def record_kind(self) -> str:
        """The service type in the archive number: redone, repaired, maintained, diagnosed, or none (F-28)."""
        if self.form is None:
            return "NS"
        kinds = {line.kind for line in self.agreed} if self.job_outcome != "no_work" else set()
        for kind, letters in (("rework", "RW"), ("repair", "RP"), ("maintenance", "MT")):
            if kind in kinds:
                return letters
        return "DG"

    def close(
        self,
        *,
        record_no: str,
        mileage_out_km: int | None = None,
        recommended_work: Iterable[str] = (),
        remind_on: date | None = None,
        at: datetime,
    ) -> VisitClosed:
        """The papers are complete; a car that never got as far as the form has simply left."""
        outcome = self._outcome()
        self.state = VISIT.go(self.state, "close")
        self.outcome, self.record_no, self.closed_at = outcome, record_no, at
        self.mileage_out_km, self.remind_on = mileage_out_km, remind_on
        self.recommended_work = all_said(recommended_work)
        return VisitClosed(
            **self.about,
            vehicle_id=self.vehicle_id,
            record_no=record_no,
            outcome=outcome,
            advisor_id=self.advisor_id,
            closed_at=at,
            mileage_out_km=mileage_out_km,
            recommended_work=self.recommended_work,
            remind_on=remind_on,
        )

    def order_rework(self, measure: Measure) -> None:
        """A complaint's rework is done in this visit: it is not ready until that is."""
        self.measures = (*self.measures, measure)
        if self.state in {VisitState.READY, VisitState.ACCEPTED}:
            self._void_readiness()
            self.state = VISIT.go(self.state, "reopen")

    def _outcome(self) -> Literal["repaired", "diagnosis_only", "declined", "left"]:
        if self.form is None:
            return "left"
        if self.job_outcome == "repaired":
            return "repaired"
        wanted_more = any(line.state == LineState.DECLINED for line in self.lines)
        return "declined" if wanted_more and self.form.intended_outcome == "repair" else "diagnosis_only"

    def _must_be_latest(self, papers: Papers | None, invoice_revision: int) -> Papers:
        if papers is None or papers.state == "withdrawn":
            raise InvoiceNotPrepared(state=self.state, waiting_for="billing.invoice")
        if papers.estimate_revision != self.answered_revision:
            raise InvoiceNotPrepared(state=self.state, waiting_for="billing.invoice")
        if papers.revision != invoice_revision:
            raise InvoiceChanged(state=self.state, invoice_revision=papers.revision)
        return papers

    def _must_be_checked(
        self, checks: tuple[Check, ...], belongings: tuple[BelongingCheck, ...], rules: HouseRules
    ) -> None:
        looked_at = {check.check for check in checks}
        missing = [check for check in rules.handover_checks if check not in looked_at]
        if missing:
            raise ChecksMissing(state=self.state, missing=missing)
        noted = [thing.item for thing in self.form.belongings] if self.form else []
        unchecked = sorted(set(noted) - {thing.item for thing in belongings})
        if unchecked:
            raise BelongingsUnchecked(state=self.state, missing=unchecked)

    def _gate_must_be_open(self, papers: Papers | None) -> None:
        here = {VisitState.REGISTERED, VisitState.IN_WORKSHOP, VisitState.READY, VisitState.ACCEPTED}
        missing = self.missing_for_handover(papers)
        if self.state in here and missing:
            raise HandoverNotPossible(
                state=self.state, allowed=self.allowed, waiting_for=missing[0], missing=missing
            )
