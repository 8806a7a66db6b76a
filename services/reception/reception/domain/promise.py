"""The promise: when the car will be ready, every change of it, and whether the customer knew beforehand."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from contracts.base import Fact
from contracts.events.reception import CustomerNotified, HandoverPromised, PromiseRefused, PromiseRevised
from reception.domain.facts import VisitFacts, must_have_happened, said
from reception.domain.pricing import gross_of
from reception.domain.refusals import NothingAnsweredYet, PromiseTooEarly
from reception.domain.states import PROMISE, VISIT
from servicekit.columns import Json


class PromiseChange(Fact):
    """One promise or refusal, with what it replaced, why, and who agreed (RECP-21)."""

    revision: int
    old_promise: datetime | None
    new_promise: datetime | None
    reason: str = ""
    solution: str = ""
    agreed_by: str = ""
    notified_at: datetime


class Promising(VisitFacts):
    """The part of a visit that gives the customer a time and keeps to it."""

    promise_revision: Mapped[int] = mapped_column(default=0)
    original_promise: Mapped[datetime | None] = mapped_column(default=None)
    promised_at: Mapped[datetime | None] = mapped_column(default=None)
    promised_gross: Mapped[str | None] = mapped_column(default=None)
    promise_changes: Mapped[tuple[PromiseChange, ...]] = mapped_column(
        Json(tuple[PromiseChange, ...]), default=tuple
    )
    delay_notified_at: Mapped[datetime | None] = mapped_column(default=None)
    waiting_on_site: Mapped[bool] = mapped_column(default=False)

    def promise(self, promised_at: datetime, *, waiting_on_site: bool, at: datetime) -> HandoverPromised:
        """Give the customer a time, after the customer has answered an estimate."""
        VISIT.check(self.state, "promise")
        state = PROMISE.go(self.promise_state, "promise")
        if self.answered_revision is None:
            raise NothingAnsweredYet(state=self.state)
        self._must_be_ahead(promised_at, now=at)
        self.promise_state, self.waiting_on_site = state, waiting_on_site
        self.original_promise = promised_at
        self._note(promised_at, notified_at=at, agreed_by="customer")
        return HandoverPromised(
            **self.about,
            promise_revision=self.promise_revision,
            promised_at=promised_at,
            waiting_on_site=waiting_on_site,
            authorised_labour_minutes=sum(line.labour_minutes for line in self.agreed),
        )

    def revise_promise(
        self,
        new_promise: datetime,
        *,
        reason: str,
        solution: str,
        agreed_by: str,
        notified_at: datetime,
        at: datetime,
    ) -> PromiseRevised:
        """Agree on another time; keeps the old one, the reason and the solution (RECP-21, RECP-48)."""
        VISIT.check(self.state, "promise")
        state = PROMISE.go(self.promise_state, "revise")
        self._must_be_ahead(new_promise, now=at)
        must_have_happened(notified_at, now=at)
        old = self.promised_at
        assert old is not None  # the state says that there is one
        self.promise_state = state
        self._note_delay_notified(notified_at)
        texts = {"reason": said(reason), "solution": said(solution), "agreed_by": said(agreed_by)}
        self._note(new_promise, notified_at=notified_at, **texts)
        return PromiseRevised(
            **self.about,
            promise_revision=self.promise_revision,
            old_promise=old,
            new_promise=new_promise,
            notified_at=notified_at,
            **texts,
        )

    def refuse_promise(self, *, reason: str, at: datetime) -> PromiseRefused:
        """The customer does not accept a later handover; the promise that stands still stands."""
        VISIT.check(self.state, "promise")
        self.promise_state = PROMISE.go(self.promise_state, "refuse")
        self._note_delay_notified(at)
        change = PromiseChange(
            revision=self.promise_revision,
            old_promise=self.promised_at,
            new_promise=None,
            reason=said(reason),
            notified_at=at,
        )
        self.promise_changes = (*self.promise_changes, change)
        return PromiseRefused(**self.about, promise_revision=self.promise_revision, reason=said(reason))

    def notify(self, *, topic: str, channel: str, notified_at: datetime, at: datetime) -> CustomerNotified:
        """Note that the customer was told something (RECP-27)."""
        VISIT.check(self.state, "notify")
        must_have_happened(notified_at, now=at)
        if topic == "delay":
            self._note_delay_notified(notified_at)
        return CustomerNotified(**self.about, topic=topic, channel=channel, notified_at=notified_at)

    @property
    def delay_notified_before(self) -> bool:
        """Whether the customer was told of a delay before the first promise had passed (RECP-22)."""
        return (
            self.delay_notified_at is not None
            and self.original_promise is not None
            and self.delay_notified_at <= self.original_promise
        )

    def _note_delay_notified(self, notified_at: datetime) -> None:
        self.delay_notified_at = self.delay_notified_at or notified_at

    def _note(
        self,
        promised_at: datetime,
        *,
        notified_at: datetime,
        agreed_by: str,
        reason: str = "",
        solution: str = "",
    ) -> None:
        self.promise_revision += 1
        change = PromiseChange(
            revision=self.promise_revision,
            old_promise=self.promised_at,
            new_promise=promised_at,
            reason=reason,
            solution=solution,
            agreed_by=agreed_by,
            notified_at=notified_at,
        )
        self.promise_changes = (*self.promise_changes, change)
        self.promised_at = promised_at
        self.promised_gross = f"{gross_of(self.agreed):.2f}"  # RECP-21: time and price that were given

    def _must_be_ahead(self, promised_at: datetime, *, now: datetime) -> None:
        if promised_at <= now:
            raise PromiseTooEarly(promised_at=promised_at.isoformat(), now=now.isoformat())
