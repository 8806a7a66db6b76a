"""Estimating: what the customer is asked, revision by revision, and what the customer answers per line."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Fact
from contracts.events.reception import EstimateAnswered, EstimateDrafted, EstimatePresented
from contracts.values import DeclinedLine, Line, PricedLine
from reception.domain.facts import VisitFacts, said
from reception.domain.lines import VisitLine
from reception.domain.pricing import HandPrice, Missing, PriceList, gross_of
from reception.domain.refusals import AnswerIncomplete, NothingToEstimate, PriceUnknown
from reception.domain.revisions import Estimate
from reception.domain.states import VISIT, EstimateState, LineState, VisitState
from servicekit import NotFound


class LineAnswer(Fact):
    """What the customer says to one open line."""

    line_id: UUID
    accept: bool
    reason: Annotated[str, Field(max_length=2000)] = ""
    remind_on: date | None = None
    order_back: bool = False


class Estimating(VisitFacts):
    """The part of a visit that prices work and asks for it."""

    @property
    def open_lines(self) -> list[VisitLine]:
        """Work that the customer is still to be asked about."""
        return [line for line in self.lines if line.is_open]

    @property
    def has_work_to_ask_for(self) -> bool:
        """Whether some open work is not, or not so, in a revision that the customer could still answer."""
        latest = self.estimates[-1] if self.estimates else None
        live = latest is not None and latest.state in {EstimateState.DRAFTED, EstimateState.PRESENTED}
        asked = {line.line_id: line for line in latest.lines} if latest is not None and live else {}
        return any(asked.get(line.id) != line.offer for line in self.open_lines)

    def estimate(self, revision: int) -> Estimate:
        """That revision. Raises ``NotFound``."""
        for estimate in self.estimates:
            if estimate.revision == revision:
                return estimate
        raise NotFound("estimate", revision)

    def propose(self, lines: Iterable[Line], prices: PriceList) -> None:
        """Put work on the visit, or change work that is on it; what is authorised already stays as it is."""
        for line in lines:
            if not self.knows(line.line_id):
                self._add(line, prices)
            elif not (known := self.line(line.line_id)).repeats(line):
                known.propose(line, prices)

    def price_by_hand(self, by_hand: Mapping[UUID, HandPrice], prices: PriceList) -> None:
        """Give lines the advisor's own price. Raises ``LineUnknown``, ``DiscountTooLarge``."""
        for line_id, price in by_hand.items():
            self.line(line_id).price_by_hand(price, prices)

    def withdraw(self, line_ids: Iterable[UUID]) -> None:
        """The shop no longer offers these lines; authorised work stands. Raises ``LineUnknown``."""
        for line_id in line_ids:
            self.line(line_id).withdraw()

    def missing_prices(self, lines: Iterable[Line], prices: PriceList) -> list[Missing]:
        """Which prices of these lines nobody here knows."""
        return [
            missing
            for line in lines
            for missing in prices.missing(
                line, self.line(line.line_id).by_hand if self.knows(line.line_id) else HandPrice()
            )
        ]

    def draft(self, *, prices: PriceList, currency: str, at: datetime) -> EstimateDrafted:
        """The next revision, of all that is authorised and all that is open; supersedes an unanswered one."""
        VISIT.check(self.state, "draft_estimate")
        if not self.open_lines:
            raise NothingToEstimate(state=self.state)
        for line in self.open_lines:
            line.price_anew(prices)
        if self.estimates:
            self.estimates[-1].supersede()
        lines = self._priced_set()
        estimate = Estimate(
            visit_id=self.id,
            revision=len(self.estimates) + 1,
            lines=lines,
            open_line_ids=tuple(line.id for line in self.open_lines),
            total_gross=gross_of(lines),
            drafted_at=at,
        )
        self.estimates.append(estimate)
        return EstimateDrafted(
            **self.about,
            revision=estimate.revision,
            lines=lines,
            total_gross=estimate.total_gross,
            currency=currency,
        )

    def present(
        self,
        revision: int,
        *,
        prices: PriceList,
        via: str,
        answer_by: datetime,
        currency: str,
        at: datetime,
    ) -> EstimatePresented:
        """Lay the revision before the customer: its prices are taken now and frozen (RECP-14)."""
        VISIT.check(self.state, "present_estimate")
        estimate = self.estimate(revision)
        estimate.must_allow("present")
        for line in self.open_lines:
            line.price_anew(prices)
        self._must_be_priced()
        estimate.go("present")
        for line in self.open_lines:
            line.present()
        estimate.lines = self._priced_set()
        estimate.open_line_ids = tuple(line.id for line in self.open_lines)
        estimate.total_gross = gross_of(estimate.lines)
        estimate.presented_at, estimate.answer_by, estimate.via = at, answer_by, via
        return EstimatePresented(
            **self.about,
            revision=revision,
            lines=estimate.lines,
            total_gross=estimate.total_gross,
            currency=currency,
            presented_at=at,
            answer_by=answer_by,
            via=via,
            dropped_line_ids=tuple(line.id for line in self.lines if line.state == LineState.DECLINED),
        )

    def answer(
        self,
        revision: int,
        answers: Iterable[LineAnswer],
        *,
        channel: str,
        answered_by: str,
        currency: str,
        at: datetime,
    ) -> EstimateAnswered:
        """Take the customer's answer to every open line of the revision, in one go (RECP-24)."""
        state = VISIT.go(self.state, "answer_estimate")
        estimate = self.estimate(revision)
        estimate.must_allow("answer")
        given = tuple(answers)
        self._must_answer_all(estimate, given)
        estimate.go("answer")
        asked = {line.line_id: line for line in estimate.lines}
        for one in given:
            self._take(one, asked[one.line_id], revision)
        if self.state == VisitState.READY:
            self._void_readiness()  # the workshop has not heard of this answer: what it declared is older
        self.state, self.answered_revision = state, revision
        estimate.answered_at, estimate.channel, estimate.answered_by = at, channel, answered_by
        estimate.authorised_gross = gross_of(self.agreed)
        return EstimateAnswered(
            **self.about,
            revision=revision,
            authorised_lines=self.agreed,
            # Who declines a change of agreed work still wants that work: it is not told as declined.
            declined=tuple(
                _declined(one) for one in given if not one.accept and self.line(one.line_id).agreed is None
            ),
            back_order_line_ids=tuple(one.line_id for one in given if one.accept and one.order_back),
            authorised_gross=estimate.authorised_gross,
            currency=currency,
            channel=channel,
            answered_at=at,
            answered_by=answered_by,
        )

    def expire(self, revision: int) -> bool:
        """Nobody answered in time; the lines stay open for a new revision. False: somebody did."""
        estimate = self.estimate(revision)
        if estimate.state != EstimateState.PRESENTED:
            return False
        estimate.go("expire")
        return True

    def _add(self, line: Line, prices: PriceList) -> VisitLine:
        added = VisitLine(
            id=line.line_id, visit_id=self.id, position=len(self.lines), offer=prices.price(line)
        )
        self.lines.append(added)
        return added

    def _priced_set(self) -> tuple[PricedLine, ...]:
        kept = [line for line in self.lines if line.state != LineState.DECLINED]
        return tuple(line.offer if line.is_open and line.offer is not None else line.work for line in kept)

    def _must_be_priced(self) -> None:
        unpriced = [
            str(line.id) for line in self.open_lines if line.offer is not None and line.offer.unpriced
        ]
        if unpriced:
            raise PriceUnknown(line_ids=unpriced, waiting_for="parts.part", allowed=["draft_estimate"])

    def _must_answer_all(self, estimate: Estimate, answers: tuple[LineAnswer, ...]) -> None:
        given, asked = [one.line_id for one in answers], set(estimate.open_line_ids)
        if len(given) != len(set(given)) or set(given) != asked:
            raise AnswerIncomplete(
                missing=sorted(str(i) for i in asked - set(given)),
                unknown=sorted(str(i) for i in set(given) - asked),
            )

    def _take(self, one: LineAnswer, asked: PricedLine, revision: int) -> None:
        line = self.line(one.line_id)
        if one.accept:
            line.authorise(asked, revision=revision, order_back=one.order_back)
        else:
            line.decline(reason=said(one.reason), remind_on=one.remind_on)


def _declined(one: LineAnswer) -> DeclinedLine:
    return DeclinedLine(line_id=one.line_id, reason=said(one.reason), remind_on=one.remind_on)
