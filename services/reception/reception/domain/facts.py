"""What every part of a visit knows: whose car it is, which work is on it, and the state it is in."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from contracts.base import Fact
from contracts.values import PricedLine
from reception.domain.lines import VisitLine
from reception.domain.refusals import LineUnknown, NotInThePast
from reception.domain.revisions import Estimate
from reception.domain.states import BY_FACTS, PROMISE, VISIT, EstimateState, PromiseState, VisitState
from servicekit import Aggregate
from servicekit.columns import Json
from servicekit.personal_data import mask


class About(TypedDict):
    """The ids that every event of a visit carries."""

    visit_id: UUID
    request_id: UUID
    customer_id: UUID


class Measure(Fact):
    """A complaint's rework that this visit carries out."""

    measure_id: UUID
    complaint_id: UUID
    done: bool = False


class VisitFacts(Aggregate):
    """The columns that arrival, estimate, promise and handover all look at."""

    STREAM = "reception.visit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(unique=True)
    request_no: Mapped[str]
    customer_id: Mapped[UUID] = mapped_column(index=True)
    vehicle_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=VisitState.ARRIVED)
    measures: Mapped[tuple[Measure, ...]] = mapped_column(Json(tuple[Measure, ...]), default=tuple)
    job_ready: Mapped[bool] = mapped_column(default=False)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    signed_invoice_revision: Mapped[int | None] = mapped_column(default=None)
    answered_revision: Mapped[int | None] = mapped_column(default=None)
    promise_state: Mapped[str] = mapped_column(default=PromiseState.NONE)

    @declared_attr
    def lines(cls) -> Mapped[list[VisitLine]]:
        """Every piece of work that was ever named on this visit, in that order."""
        return relationship(VisitLine, lazy="raise", cascade="all", order_by=VisitLine.position)

    @declared_attr
    def estimates(cls) -> Mapped[list[Estimate]]:
        """Every revision, the latest last."""
        return relationship(Estimate, lazy="raise", cascade="all", order_by=Estimate.revision)

    @property
    def about(self) -> About:
        """The ids for an event."""
        return {"visit_id": self.id, "request_id": self.request_id, "customer_id": self.customer_id}

    @property
    def allowed(self) -> list[str]:
        """What a person may do now."""
        found = [command for command in VISIT.allowed(self.state) if command not in BY_FACTS]
        latest = self.estimates[-1].state if self.estimates else None
        fits = {
            "present_estimate": latest == EstimateState.DRAFTED,
            "answer_estimate": latest == EstimateState.PRESENTED,
            "promise": self.answered_revision is not None and self.promise_state == PromiseState.NONE,
        }
        found = [command for command in found if fits.get(command, True)]
        if "promise" in VISIT.allowed(self.state) and self.promise_state != PromiseState.NONE:
            found += [f"{command}_promise" for command in PROMISE.allowed(self.promise_state)]
        return found

    def may(self, command: str) -> bool:
        """Whether the state allows this."""
        return command in VISIT.allowed(self.state)

    @property
    def agreed(self) -> tuple[PricedLine, ...]:
        """The whole set authorised so far, line 0 included."""
        return tuple(line.agreed for line in self.lines if line.agreed is not None)

    def line(self, line_id: UUID) -> VisitLine:
        """The line with this id. Raises ``LineUnknown``."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise LineUnknown(line_id=str(line_id))

    def knows(self, line_id: UUID) -> bool:
        """Whether the line is on this visit."""
        return any(line.id == line_id for line in self.lines)

    def _void_readiness(self) -> None:
        """The car goes back to the workshop, and what the customer signed no longer holds."""
        self.job_ready = False
        self.signed_at = self.signed_invoice_revision = None


def said(text: str) -> str:
    """Free text as it may be kept and told: without numbers that could be a person's."""
    return mask(text.strip())


def all_said(texts: Iterable[str]) -> tuple[str, ...]:
    """The same for a list; empty entries are dropped."""
    return tuple(said(text) for text in texts if text.strip())


def must_have_happened(at: datetime, *, now: datetime) -> datetime:
    """``at`` itself. Raises ``NotInThePast`` when it has not come yet."""
    if at > now:
        raise NotInThePast(at=at.isoformat())
    return at
