"""A case: from the first word of an unhappy customer until they were told and the case is resolved."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, relationship

from complaints.domain.base import Base
from complaints.domain.copies import Invoice, Visit
from complaints.domain.entry import Entry
from complaints.domain.measure import Measure
from complaints.domain.record import CaseRecord
from complaints.domain.refusals import (
    ApprovalNeeded,
    MeasureOpen,
    NotTheOwner,
)
from complaints.domain.rules import HouseRules
from complaints.domain.states import (
    BY_PEOPLE,
    COMPLAINT,
    Cause,
    Channel,
    Contact,
    EntryKind,
    Source,
    State,
)
from complaints.domain.values import Decision, NewCase, Person
from contracts.events.complaints import (
    ComplaintAnswered,
    ComplaintOverdue,
    ComplaintReceived,
    ComplaintReopened,
    ComplaintResolved,
    MeasureCompleted,
    MeasureDecided,
)
from servicekit import Aggregate
from servicekit.personal_data import mask


class Complaint(Aggregate, CaseRecord, Base):
    """One complaint with its clocks, its measures and its history."""

    __tablename__ = "complaints"
    __table_args__ = (
        Index("ix_complaints_received_at", "received_at", "id"),
        Index("ix_complaints_customer_id", "customer_id", "received_at", "id"),
        Index("ix_complaints_visit_id", "visit_id", "received_at"),
        Index("ix_complaints_owner_id", "owner_id", "received_at", "id"),
        Index("ix_complaints_open", "resolve_by", "id", postgresql_where=text("state <> 'resolved'")),
        Index(
            "ix_complaints_source_id",
            "source",
            "source_id",
            unique=True,
            postgresql_where=text("source_id is not null"),
        ),
    )
    STREAM: ClassVar[str | None] = "complaints.complaint"

    measures: Mapped[list[Measure]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by=Measure.decided_at
    )
    entries: Mapped[list[Entry]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by=Entry.n
    )

    # --- opening

    @classmethod
    def receive(cls, case: NewCase, *, rules: HouseRules) -> tuple["Complaint", ComplaintReceived]:
        """Open a case; whoever was contacted first owns it (COMP-03). Raises ``Invalid`` for what the shop's
        lists do not name."""
        rules.must_list(category=case.category, level=case.level)
        respond_by = rules.respond_by(case.received_at, during_visit=case.during_visit)
        registered = {name: getattr(case, name) for name in NewCase.__slots__ if name not in {"by", "text"}}
        complaint = cls(
            **registered,
            measures=[],
            entries=[],
            text=mask(case.text),
            respond_by=respond_by,
            first_respond_by=respond_by,
            resolve_by=rules.resolve_by(case.received_at),
        )
        complaint._own(case.by)
        complaint._note(
            EntryKind.RECEIVED, case.received_at, case.by, text=case.text, about_id=case.source_id
        )
        return complaint, complaint._received()

    def link(
        self, source: Source, *, source_id: UUID | None, text: str, by: Person | None, at: datetime
    ) -> None:
        """The same visit was complained about again while this case is open: no second case (COMP-35)."""
        self._note(EntryKind.LINKED, at, by, text=f"{source}: {text}", about_id=source_id)

    def hear_in_person(
        self,
        *,
        text: str,
        channel: Channel,
        category: str,
        level: str,
        by: Person,
        rules: HouseRules,
        received_at: datetime,
        at: datetime,
    ) -> None:
        """The customer says aloud what has opened this case by itself: one matter, one case (COMP-35).

        It is classified as they say, and owned by who heard them if nobody owned it (COMP-03); its clocks run
        from the earlier of the two. Raises ``Invalid`` for what the shop's lists do not name.
        """
        rules.must_list(category=category, level=level)
        self.category, self.level = category, level
        self._own(by)
        respond_by = rules.respond_by(received_at, during_visit=self.during_visit)
        self.respond_by = self.first_respond_by = min(self.respond_by, respond_by)
        self.resolve_by = min(self.resolve_by, rules.resolve_by(received_at))
        self._note(EntryKind.COMPLAINED, at, by, text=f"{channel}: {text}")

    # --- what people do

    def answer(
        self, *, text: str, channel: Contact, by: Person, in_team: bool, at: datetime
    ) -> ComplaintAnswered:
        """The first answer, which stops the respond clock; the owner's or the team's to give (C-20)."""
        self._must_be_of(by, in_team=in_team)
        self.state = COMPLAINT.go(self.state, "answer")
        self._own(by)
        self.answered_at = at
        self.first_answered_at = self.first_answered_at or at
        self._note(EntryKind.ANSWERED, at, by, text=text, channel=channel)
        return ComplaintAnswered(**self._ids(), answered_at=at, channel=channel)

    def feed_back(self, *, text: str, channel: Contact, by: Person, in_team: bool, at: datetime) -> None:
        """The customer was told how far it is (COMP-13)."""
        self._must_be_of(by, in_team=in_team)
        COMPLAINT.check(self.state, "feed_back")
        self._note(EntryKind.FED_BACK, at, by, text=text, channel=channel)

    def hand_over(self, *, to: Person, reason: str, by: Person, in_team: bool, at: datetime) -> None:
        """From here on it is somebody else's, formally and with a reason (COMP-03)."""
        self._must_be_of(by, in_team=in_team)
        COMPLAINT.check(self.state, "hand_over")
        self.owner_id, self.owner_name = to.employee_id, to.name
        self._note(EntryKind.HANDED_OVER, at, by, text=reason, about_id=to.employee_id)

    def assess(
        self,
        *,
        category: str,
        level: str,
        cause: Cause | None,
        text: str,
        by: Person,
        rules: HouseRules,
        at: datetime,
    ) -> None:
        """What it is about, how grave it is, where it went wrong (COMP-08, COMP-11)."""
        rules.must_list(category=category, level=level)
        self.state = COMPLAINT.go(self.state, "assess")
        self.category, self.level, self.cause = category, level, cause
        self.cause_text = mask(text)
        self._note(EntryKind.ASSESSED, at, by, text=text)

    def decide(
        self,
        decision: Decision,
        *,
        visit: Visit | None,
        invoice: Invoice | None,
        by: Person,
        may_approve: bool,
        rules: HouseRules,
        at: datetime,
    ) -> MeasureDecided:
        """What is done for the customer; a recorded and approved decision (COMP-24, BILL-10).

        ``visit`` and ``invoice`` are what is known here of what the decision is about."""
        to = COMPLAINT.go(self.state, "decide")
        decision.must_change_something(visit, invoice, state=self.state, allowed=self.allowed)
        self._must_be_within_limit(decision, may_approve=may_approve, rules=rules)
        self.state = to
        fields = {name: getattr(decision, name) for name in Decision.__slots__}
        fields["reason"] = mask(decision.reason)
        self.measures.append(
            Measure(
                **fields,
                complaint_id=self.id,
                approved_by=by.employee_id,
                approved_by_name=by.name,
                decided_at=at,
                due_by=rules.carry_out_by(at),
            )
        )
        self._note(
            EntryKind.MEASURE_DECIDED,
            at,
            by,
            text=f"{decision.kind}: {decision.reason}",
            about_id=decision.measure_id,
        )
        told: dict[str, Any] = self._ids() | fields
        return MeasureDecided(**told, approved_by=str(by.employee_id))

    def tell(self, *, text: str, channel: Contact, by: Person, at: datetime) -> None:
        """The customer was told the result (COMP-14)."""
        self._must_have_no_open_measure()
        self.state = COMPLAINT.go(self.state, "tell")
        self.notified_at = at
        self._note(EntryKind.TOLD, at, by, text=text, channel=channel)

    def resolve(
        self, *, resolution: str, confirmed_by_customer: bool, by: Person, at: datetime
    ) -> ComplaintResolved:
        """All measures are done and the customer was told and asked (COMP-17); ``resolution`` sums it up."""
        self._must_have_no_open_measure()
        self.state = COMPLAINT.go(self.state, "resolve")
        self.resolution, self.confirmed_by_customer = mask(resolution), confirmed_by_customer
        self.resolved_at = at
        self._note(EntryKind.RESOLVED, at, by, text=resolution)
        return ComplaintResolved(
            **self._ids(),
            resolution=self.resolution,
            confirmed_by_customer=confirmed_by_customer,
            resolved_at=at,
        )

    def reopen(self, *, reason: str, by: Person, rules: HouseRules, at: datetime) -> ComplaintReopened:
        """The customer is not content with the result: both clocks start again."""
        self.state = COMPLAINT.go(self.state, "reopen")
        self.reopenings += 1
        self.respond_by = rules.respond_by(at, during_visit=False)
        self.resolve_by = rules.resolve_by(at)
        self.answered_at = self.notified_at = self.resolved_at = None
        self.respond_overdue_at = self.resolve_overdue_at = None
        self.resolution = self.confirmed_by_customer = None
        self._note(EntryKind.REOPENED, at, by, text=reason)
        return ComplaintReopened(
            **self._ids(),
            reason=mask(reason),
            respond_by=self.respond_by,
            resolve_by=self.resolve_by,
        )

    # --- what others report; never refused

    def take_up(self, measure_id: UUID, *, visit_id: UUID, at: datetime) -> None:
        """Reception placed the rework."""
        if self.measure(measure_id).take_up(visit_id=visit_id, at=at):
            self._note(EntryKind.MEASURE_TAKEN_UP, at, None, about_id=measure_id)

    def complete(
        self, measure_id: UUID, *, at: datetime, refund_id: UUID | None = None, given: Decimal | None = None
    ) -> list[MeasureCompleted]:
        """A measure was carried out; told once, however often it is heard."""
        measure = self.measure(measure_id)
        if not measure.complete(at=at, refund_id=refund_id, given=given):
            return []
        self._note(EntryKind.MEASURE_COMPLETED, at, None, text=measure.kind, about_id=measure_id)
        told: dict[str, Any] = self._ids() | {"kind": measure.kind}
        return [MeasureCompleted(**told, measure_id=measure_id)]

    def reconsider(self, measure_id: UUID, *, reason: str, possible: Decimal, at: datetime) -> None:
        """Billing cannot carry a measure out: somebody has to decide again."""
        if not self.measure(measure_id).fail(reason=reason, possible=possible, at=at):
            return
        if "reconsider" in COMPLAINT.allowed(self.state):
            self.state = COMPLAINT.go(self.state, "reconsider")
        self._note(EntryKind.MEASURE_NOT_POSSIBLE, at, None, text=reason, about_id=measure_id)

    def measure_clock_ran_out(
        self, measure_id: UUID, *, due_at: datetime, at: datetime
    ) -> list[ComplaintOverdue]:
        """A measure was not carried out in time; nothing if it was."""
        measure = self.measure(measure_id)
        if not measure.is_open or measure.overdue_at is not None:
            return []
        measure.overdue_at = at
        return self._overdue("measure", due_at, at, about_id=measure_id)

    # --- questions

    @property
    def is_unspoken(self) -> bool:
        """It opened by itself, and neither has the customer said a word about it nor have we."""
        spoken = any(entry.kind == EntryKind.COMPLAINED for entry in self.entries)
        return self.source != Source.PERSON and self.state == State.RECEIVED and not spoken

    @property
    def open_measures(self) -> list[Measure]:
        """Measures that others still have to carry out."""
        return [measure for measure in self.measures if measure.is_open]

    @property
    def allowed(self) -> list[str]:
        """What people may do now."""
        waiting = {"tell", "resolve"} if self.open_measures else set()
        return [c for c in COMPLAINT.allowed(self.state) if c in BY_PEOPLE and c not in waiting]

    def measure(self, measure_id: UUID) -> Measure:
        """The measure with this id, which is one of ours."""
        return next(measure for measure in self.measures if measure.measure_id == measure_id)

    # --- rules

    def _must_be_of(self, by: Person, *, in_team: bool) -> None:
        if not in_team and self.owner_id != by.employee_id:
            raise NotTheOwner(state=self.state, owner_id=str(self.owner_id) if self.owner_id else None)

    def _must_have_no_open_measure(self) -> None:
        if waiting := self.open_measures:
            raise MeasureOpen(
                state=self.state,
                allowed=self.allowed,
                waiting_for="reception.visit, workshop.job"
                if all(measure.is_rework for measure in waiting)
                else "billing.invoice",
                measure_ids=[str(measure.measure_id) for measure in waiting],
            )

    def _must_be_within_limit(self, decision: Decision, *, may_approve: bool, rules: HouseRules) -> None:
        together = sum((m.counted for m in self.measures), decision.amount or Decimal("0.00"))
        if together > rules.measure_limit and not may_approve:
            raise ApprovalNeeded(state=self.state, limit=str(rules.measure_limit), together=str(together))

    # --- inside

    def _received(self) -> ComplaintReceived:
        told = set(ComplaintReceived.model_fields) - {"by", "complaint_id"}
        return ComplaintReceived(complaint_id=self.id, **{name: getattr(self, name) for name in told})
