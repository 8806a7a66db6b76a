"""A revision of the estimate: which lines it asked about, what they cost, and what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from contracts.base import Fact
from contracts.values import DeclinedLine, PricedLine
from reception.domain.base import Base
from reception.domain.line import VisitLine
from reception.domain.pricing import gross_of
from reception.domain.work import Work
from servicekit import NotFound, Refusal
from servicekit.columns import Json
from servicekit.personal_data import mask
from servicekit.states import Machine
from shopkit.columns import Money

Via = Literal["desk", "link"]
AnswerChannel = Literal["desk", "phone", "link"]


class EstimateState(StrEnum):
    """What became of one revision."""

    DRAFTED = "drafted"
    PRESENTED = "presented"
    ANSWERED = "answered"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


ESTIMATE: Machine[EstimateState] = Machine(
    "estimate",
    {
        "present": ({EstimateState.DRAFTED}, EstimateState.PRESENTED),
        "answer": ({EstimateState.PRESENTED}, EstimateState.ANSWERED),
        "supersede": ({EstimateState.DRAFTED, EstimateState.PRESENTED}, EstimateState.SUPERSEDED),
        "expire": ({EstimateState.PRESENTED}, EstimateState.EXPIRED),
    },
    initial=EstimateState.DRAFTED,
)


class EstimateSuperseded(Refusal):
    """There is a newer revision of this estimate."""


class AnswerIncomplete(Refusal):
    """Every open line of the estimate needs an answer, and no other line can have one."""


class LineAnswer(Fact):
    """The customer's answer to one open line."""

    line_id: UUID = Field(description="the line")
    accept: bool = Field(description="whether the work is to be done")
    reason: Annotated[str, Field(max_length=2000)] = Field(default="", description="why not, if declined")
    remind_on: date | None = Field(default=None, description="shop-local day to offer declined work again")
    order_back: bool = Field(default=False, description="order the parts that are short (E2)")

    @property
    def declined(self) -> DeclinedLine:
        """The answer as others learn of it: the reason masked."""
        return DeclinedLine(line_id=self.line_id, reason=mask(self.reason), remind_on=self.remind_on)


@dataclass(frozen=True, slots=True)
class Answer:
    """The customer's answer to a revision; ``by`` is `customer` or the employee id of who noted it."""

    lines: tuple[LineAnswer, ...]
    channel: str
    by: str
    at: datetime


class Estimate(Base):
    """One revision: all lines of the visit at that time, and which the customer is asked about."""

    __tablename__ = "estimates"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default=EstimateState.DRAFTED)
    lines: Mapped[tuple[PricedLine, ...]] = mapped_column(Json(tuple[PricedLine, ...]))
    open_line_ids: Mapped[tuple[UUID, ...]] = mapped_column(Json(tuple[UUID, ...]))
    total_gross: Mapped[Decimal] = mapped_column(Money)
    drafted_at: Mapped[datetime]
    presented_at: Mapped[datetime | None] = mapped_column(default=None)
    answer_by: Mapped[datetime | None] = mapped_column(default=None)
    via: Mapped[str | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    channel: Mapped[str | None] = mapped_column(default=None)
    answered_by: Mapped[str | None] = mapped_column(default=None)
    authorised_gross: Mapped[Decimal | None] = mapped_column(Money, default=None)

    @property
    def can_be_answered(self) -> bool:
        """Whether the customer can still answer it, now or once it is presented."""
        return self.state in {EstimateState.DRAFTED, EstimateState.PRESENTED}

    @property
    def authorised_total(self) -> Decimal:
        """What all authorised lines cost together, with tax, once the revision is answered."""
        assert self.authorised_gross is not None  # only asked of an answered one
        return self.authorised_gross

    def show(self, work: Work) -> None:
        """Take the work as it is now: its lines, which of them are open, and what all cost."""
        self.lines, self.open_line_ids = work.for_estimate(), work.open_line_ids
        self.total_gross = gross_of(self.lines)

    def present(self, work: Work, *, via: str, answer_by: datetime, at: datetime) -> None:
        """Freeze the prices (RECP-14). Raises ``PriceUnknown``."""
        work.must_be_priced()
        self.go("present")
        for line in work.open:
            line.present()
        self.show(work)
        self.presented_at, self.answer_by, self.via = at, answer_by, via

    def take(self, answer: Answer, work: Work) -> None:
        """Take the customer's answers into the work. Raises ``AnswerIncomplete``."""
        self._must_answer_all(answer.lines)
        self.go("answer")
        asked = {line.line_id: line for line in self.lines}
        for one in answer.lines:
            line = work.line(one.line_id)
            if one.accept:
                line.authorise(asked[line.id], revision=self.revision, order_back=one.order_back)
            else:
                line.decline(reason=mask(one.reason), remind_on=one.remind_on)
        self.answered_at, self.channel, self.answered_by = answer.at, answer.channel, answer.by
        self.authorised_gross = gross_of(work.agreed)

    def go(self, command: str) -> None:
        """Change the state. Raises ``EstimateSuperseded`` or ``IllegalTransition``."""
        self.must_allow(command)
        self.state = ESTIMATE.go(self.state, command)

    def must_allow(self, command: str) -> None:
        """Raise ``EstimateSuperseded`` or ``IllegalTransition`` unless this may be done now."""
        if self.state == EstimateState.SUPERSEDED:
            raise EstimateSuperseded(state=self.state, revision=self.revision)
        ESTIMATE.check(self.state, command)

    def expire(self) -> bool:
        """Nobody answered in time; the lines stay open for a new revision. False: somebody did."""
        if self.state != EstimateState.PRESENTED:
            return False
        self.go("expire")
        return True

    def supersede(self) -> None:
        """A newer revision takes its place, unless this one has been answered."""
        if "supersede" in ESTIMATE.allowed(self.state):
            self.state = EstimateState.SUPERSEDED

    def _must_answer_all(self, answers: Iterable[LineAnswer]) -> None:
        given, asked = [answer.line_id for answer in answers], set(self.open_line_ids)
        if len(given) != len(set(given)) or set(given) != asked:
            raise AnswerIncomplete(
                missing=sorted(str(i) for i in asked - set(given)),
                unknown=sorted(str(i) for i in set(given) - asked),
            )


def one_of(estimates: Iterable[Estimate], revision: int) -> Estimate:
    """The estimate of this revision. Raises ``NotFound``."""
    for estimate in estimates:
        if estimate.revision == revision:
            return estimate
    raise NotFound("estimate", revision)


def asks_for_all(estimates: Sequence[Estimate], open_lines: Iterable[VisitLine]) -> bool:
    """Whether a revision that can still be answered asks for all open work, as it is offered now."""
    latest = estimates[-1] if estimates else None
    asked = {line.line_id: line for line in latest.lines} if latest and latest.can_be_answered else {}
    return all(asked.get(line.id) == line.offer for line in open_lines)
