"""A case: from the first word of an unhappy customer until the result is given and the case is resolved."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from complaints.domain.base import Base
from complaints.domain.copies import Invoice, Visit
from complaints.domain.entry import Entry
from complaints.domain.measure import Measure, must_be_ended, must_be_within_limit
from complaints.domain.rules import HouseRules
from complaints.domain.states import (
    BY_PEOPLE,
    COMPLAINT,
    OPEN,
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
from servicekit import Aggregate, Refusal
from servicekit.columns import Utc
from servicekit.personal_data import mask


class NotTheOwner(Refusal):
    """This case belongs to somebody else, and you do not handle cases."""

    status: ClassVar[int] = 403


class Complaint(Aggregate, Base):
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

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_no: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    source_id: Mapped[UUID | None]
    channel: Mapped[str]
    category: Mapped[str]
    level: Mapped[str]
    text: Mapped[str]
    customer_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    request_id: Mapped[UUID | None]
    during_visit: Mapped[bool] = mapped_column(default=False)
    earlier_case_id: Mapped[UUID | None] = mapped_column(index=True)
    owner_id: Mapped[UUID | None]
    owner_name: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=State.RECEIVED)
    received_at: Mapped[datetime] = mapped_column(Utc)
    respond_by: Mapped[datetime] = mapped_column(Utc)
    resolve_by: Mapped[datetime] = mapped_column(Utc)
    first_respond_by: Mapped[datetime] = mapped_column(Utc)
    first_answered_at: Mapped[datetime | None] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    notified_at: Mapped[datetime | None] = mapped_column(Utc)
    resolved_at: Mapped[datetime | None] = mapped_column(Utc)
    respond_overdue_at: Mapped[datetime | None] = mapped_column(Utc)
    resolve_overdue_at: Mapped[datetime | None] = mapped_column(Utc)
    cause: Mapped[str | None]
    cause_text: Mapped[str] = mapped_column(default="")
    resolution: Mapped[str | None]
    confirmed_by_customer: Mapped[bool | None]
    reopenings: Mapped[int] = mapped_column(default=0)
    last_entry: Mapped[int] = mapped_column(default=0)

    measures: Mapped[list[Measure]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by=Measure.decided_at
    )
    entries: Mapped[list[Entry]] = relationship(lazy="raise", cascade="all, delete-orphan", order_by=Entry.n)

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

    def join_in_person(
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
        """The customer complains of what has opened this case by itself: one matter, one case (COMP-35).

        Their classification holds, and whoever registers it owns it if nobody did (COMP-03); its clocks run
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
        """The customer was informed how far it is (COMP-13)."""
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
        if not may_approve:
            must_be_within_limit(self.measures, decision, rules, state=self.state)
        self.state = to
        measure = Measure.of(self.id, decision, by=by, at=at, due_by=rules.carry_out_by(at))
        self.measures.append(measure)
        text = f"{decision.kind}: {decision.reason}"
        self._note(EntryKind.MEASURE_DECIDED, at, by, text=text, about_id=decision.measure_id)
        return MeasureDecided(**self._ids() | measure.decided(), approved_by=str(by.employee_id))

    def notify(self, *, text: str, channel: Contact, by: Person, at: datetime) -> None:
        """The customer was informed of the result (COMP-14)."""
        must_be_ended(self.measures, state=self.state, allowed=self.allowed)
        self.state = COMPLAINT.go(self.state, "notify")
        self.notified_at = at
        self._note(EntryKind.NOTIFIED, at, by, text=text, channel=channel)

    def resolve(
        self, *, resolution: str, confirmed_by_customer: bool, by: Person, at: datetime
    ) -> ComplaintResolved:
        """All measures are done, the customer was informed and asked (COMP-17); ``resolution`` sums it up."""
        must_be_ended(self.measures, state=self.state, allowed=self.allowed)
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

    def place(self, measure_id: UUID, *, visit_id: UUID, at: datetime) -> None:
        """Reception placed the rework."""
        if self.measure(measure_id).place(visit_id=visit_id, at=at):
            self._note(EntryKind.MEASURE_PLACED, at, None, about_id=measure_id)

    def complete(
        self, measure_id: UUID, *, at: datetime, refund_id: UUID | None = None, given: Decimal | None = None
    ) -> list[MeasureCompleted]:
        """A measure was carried out; published once, however often it is reported."""
        measure = self.measure(measure_id)
        if not measure.complete(at=at, refund_id=refund_id, given=given):
            return []
        self._note(EntryKind.MEASURE_COMPLETED, at, None, text=measure.kind, about_id=measure_id)
        return [MeasureCompleted(**self._ids() | {"kind": measure.kind}, measure_id=measure_id)]

    def reconsider(self, measure_id: UUID, *, reason: str, possible: Decimal, at: datetime) -> None:
        """Billing cannot carry a measure out: somebody has to decide again."""
        if not self.measure(measure_id).fail(reason=reason, possible=possible, at=at):
            return
        if "reconsider" in COMPLAINT.allowed(self.state):
            self.state = COMPLAINT.go(self.state, "reconsider")
        self._note(EntryKind.MEASURE_NOT_POSSIBLE, at, None, text=reason, about_id=measure_id)

    # --- clocks that ran out; nothing if it was done in time, or if the clock was set anew

    def respond_clock_ran_out(self, *, due_at: datetime, at: datetime) -> list[ComplaintOverdue]:
        """Nobody answered in time; nothing if somebody did, or if the clock was set anew."""
        if self.answered_at is not None or self.respond_by > due_at or self.respond_overdue_at is not None:
            return []
        self.respond_overdue_at = at
        return self._overdue("respond", due_at, at)

    def resolve_clock_ran_out(self, *, due_at: datetime, at: datetime) -> list[ComplaintOverdue]:
        """It was not resolved in time; nothing if it was, or if the clock was set anew."""
        if not self.is_open or self.resolve_by > due_at or self.resolve_overdue_at is not None:
            return []
        self.resolve_overdue_at = at
        return self._overdue("resolve", due_at, at)

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
    def is_open(self) -> bool:
        """Somebody must still do something."""
        return self.state in OPEN

    @property
    def is_unspoken(self) -> bool:
        """It opened by itself, and neither the customer nor we have talked about it yet."""
        spoken = any(entry.kind == EntryKind.COMPLAINED for entry in self.entries)
        return self.source != Source.PERSON and self.state == State.RECEIVED and not spoken

    @property
    def open_measures(self) -> list[Measure]:
        """Measures that others still have to carry out."""
        return [measure for measure in self.measures if measure.is_open]

    @property
    def allowed(self) -> list[str]:
        """What people may do now."""
        waiting = {"notify", "resolve"} if self.open_measures else set()
        return [c for c in COMPLAINT.allowed(self.state) if c in BY_PEOPLE and c not in waiting]

    def measure(self, measure_id: UUID) -> Measure:
        """The measure with this id, which is one of ours."""
        return next(measure for measure in self.measures if measure.measure_id == measure_id)

    # --- rules

    def _must_be_of(self, by: Person, *, in_team: bool) -> None:
        if not in_team and self.owner_id != by.employee_id:
            raise NotTheOwner(state=self.state, owner_id=str(self.owner_id) if self.owner_id else None)

    # --- inside

    def _received(self) -> ComplaintReceived:
        published = set(ComplaintReceived.model_fields) - {"by", "complaint_id"}
        return ComplaintReceived(complaint_id=self.id, **{name: getattr(self, name) for name in published})

    def _own(self, by: Person | None) -> None:
        """First contact: a case that nobody owns belongs to whoever acts first (COMP-03)."""
        if by is not None and self.owner_id is None:
            self.owner_id, self.owner_name = by.employee_id, by.name

    def _note(
        self,
        kind: EntryKind,
        at: datetime,
        by: Person | None,
        *,
        text: str = "",
        channel: Contact | None = None,
        about_id: UUID | None = None,
    ) -> None:
        # Children do not raise the version by themselves: this column does, so that screens and If-Match see
        # that the case went on.
        self.last_entry += 1
        entry = Entry.of(self.last_entry, kind, at, by, text=text, channel=channel, about_id=about_id)
        self.entries.append(entry)

    def _ids(self) -> dict[str, Any]:
        return {
            "complaint_id": self.id,
            "customer_id": self.customer_id,
            "visit_id": self.visit_id,
            "request_id": self.request_id,
        }

    def _overdue(
        self, clock: str, due_at: datetime, at: datetime, *, about_id: UUID | None = None
    ) -> list[ComplaintOverdue]:
        self._note(EntryKind.OVERDUE, at, None, text=clock, about_id=about_id)
        return [ComplaintOverdue(**self._ids(), clock=clock, due_at=due_at)]
