"""The calls that the shop owes a customer, who made them, and what they brought (CRM-10, CRM-46)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.events.crm import FollowUpCancelled, FollowUpCompleted, FollowUpPlanned
from crm.domain.base import Base
from servicekit import Aggregate, new_id
from servicekit.columns import Json, Utc
from servicekit.states import Machine


class FollowUpKind(StrEnum):
    """Why a customer is called."""

    AFTER_SERVICE = "after_service"
    RECOVERY = "recovery"
    RETENTION = "retention"
    COMPLAINT_HANDLING = "complaint_handling"


class FollowUpState(StrEnum):
    """Whether the call is still to be made."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How the call ended."""

    REACHED = "reached"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class CancelReason(StrEnum):
    """Why a call is no longer wanted."""

    APPOINTMENT_REQUESTED = "appointment_requested"
    ARRIVED = "arrived"
    RETURNED = "returned"
    KEPT = "kept"
    COMPLAINT_REOPENED = "complaint_reopened"


FOLLOW_UP = Machine(
    "follow-up",
    {
        "note_attempt": ({FollowUpState.PLANNED}, FollowUpState.PLANNED),
        "complete": ({FollowUpState.PLANNED}, FollowUpState.DONE),
        "cancel": ({FollowUpState.PLANNED}, FollowUpState.CANCELLED),
    },
    initial=FollowUpState.PLANNED,
)


class Call(Base):
    """One call that was made, for the daily report (CRM-11)."""

    __tablename__ = "calls"
    __table_args__ = (Index("ix_calls_called_on", "called_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    follow_up_id: Mapped[UUID] = mapped_column(ForeignKey("follow_ups.id"), index=True)
    called_at: Mapped[datetime] = mapped_column(Utc)
    called_on: Mapped[date]
    by: Mapped[str]
    reached: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")


class FollowUp(Aggregate, Base):
    """One call that is due; one per kind and subject (visit, appointment, complaint's end, last visit)."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        Index("ix_follow_ups_due", "state", "due_on", "id"),
        Index("ix_follow_ups_customer", "customer_id", "state"),
        Index("ix_follow_ups_visit", "visit_id"),
        Index("ix_follow_ups_request", "request_id"),
        Index("ix_follow_ups_done_on", "done_on"),
    )
    STREAM = "crm.follow-up"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default=FollowUpState.PLANNED)
    customer_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    request_id: Mapped[UUID | None]
    due_on: Mapped[date]
    careful: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    outcome: Mapped[str | None]
    satisfied: Mapped[bool | None]
    problem_found: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(default="")
    answers: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    done_at: Mapped[datetime | None] = mapped_column(Utc)
    done_on: Mapped[date | None]
    done_by: Mapped[str | None]
    cancelled_because: Mapped[str | None]
    complaint_id: Mapped[UUID | None]
    calls: Mapped[list[Call]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by=Call.called_at
    )

    @classmethod
    def plan(
        cls,
        *,
        kind: FollowUpKind,
        subject: str,
        customer_id: UUID,
        visit_id: UUID | None,
        request_id: UUID | None,
        due_on: date,
        reasons: tuple[str, ...] = (),
    ) -> tuple["FollowUp", FollowUpPlanned]:
        """A call is due; ``reasons`` name why it asks for care."""
        follow_up = cls(
            id=new_id(),
            kind=kind,
            subject=subject,
            customer_id=customer_id,
            visit_id=visit_id,
            request_id=request_id,
            due_on=due_on,
            careful=bool(reasons),
            reasons=reasons,
            calls=[],
        )
        planned = FollowUpPlanned(
            follow_up_id=follow_up.id,
            customer_id=customer_id,
            visit_id=visit_id,
            request_id=request_id,
            kind=kind,
            due_on=due_on,
            careful=follow_up.careful,
        )
        return follow_up, planned

    @property
    def allowed(self) -> list[str]:
        """What an agent may do; it is cancelled by what happens elsewhere."""
        return [command for command in FOLLOW_UP.allowed(self.state) if command != "cancel"]

    def note_careful(self, reason: str) -> None:
        """Something happened since that the caller must know of; after the call it changes nothing."""
        if self.state == FollowUpState.PLANNED and reason not in self.reasons:
            self.careful, self.reasons = True, (*self.reasons, reason)

    def note_attempt(
        self, *, note: str, by: str, at: datetime, on: date, most: int
    ) -> FollowUpCompleted | None:
        """Nobody answered; the ``most``-th time the customer counts as unreachable (CRM-11)."""
        self.state = FOLLOW_UP.go(self.state, "note_attempt")
        self._called(reached=False, note=note, by=by, at=at, on=on)
        if sum(not call.reached for call in self.calls) < most:
            return None
        return self._end(Outcome.UNREACHABLE, text=note, by=by, at=at, on=on)

    def complete(
        self,
        *,
        outcome: Outcome,
        satisfied: bool | None,
        problem_found: bool,
        text: str,
        answers: tuple[str, ...],
        by: str,
        at: datetime,
        on: date,
    ) -> FollowUpCompleted:
        """The call was made; a problem becomes a complaint, not just a note (CRM-46)."""
        FOLLOW_UP.check(self.state, "complete")
        self._called(reached=outcome != Outcome.UNREACHABLE, note=text, by=by, at=at, on=on)
        self.satisfied, self.problem_found, self.answers = satisfied, problem_found, answers
        return self._end(outcome, text=text, by=by, at=at, on=on)

    def cancel(self, reason: CancelReason) -> FollowUpCancelled:
        """The call is no longer wanted."""
        self.state = FOLLOW_UP.go(self.state, "cancel")
        self.cancelled_because = reason
        return FollowUpCancelled(
            follow_up_id=self.id,
            customer_id=self.customer_id,
            visit_id=self.visit_id,
            request_id=self.request_id,
            kind=self.kind,
            reason=reason,
        )

    def _called(self, *, reached: bool, note: str, by: str, at: datetime, on: date) -> None:
        self.calls.append(
            Call(
                id=new_id(),
                follow_up_id=self.id,
                called_at=at,
                called_on=on,
                by=by,
                reached=reached,
                note=note,
            )
        )

    def _end(self, outcome: Outcome, *, text: str, by: str, at: datetime, on: date) -> FollowUpCompleted:
        self.state = FOLLOW_UP.go(self.state, "complete")
        self.outcome, self.text, self.done_at, self.done_on, self.done_by = outcome, text, at, on, by
        return FollowUpCompleted(
            follow_up_id=self.id,
            customer_id=self.customer_id,
            visit_id=self.visit_id,
            request_id=self.request_id,
            kind=self.kind,
            outcome=outcome,
            problem_found=self.problem_found,
            text=text,
        )


class ReportReview(Base):
    """The manager's comment on a day's calls (CRM-11)."""

    __tablename__ = "report_reviews"

    on: Mapped[date] = mapped_column(primary_key=True)
    comment: Mapped[str]
    reviewed_by: Mapped[str]
    reviewed_at: Mapped[datetime] = mapped_column(Utc)
