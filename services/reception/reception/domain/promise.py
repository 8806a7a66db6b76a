"""The promise: when the car will be ready, every change of it, and whether the customer knew beforehand."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field
from sqlalchemy.orm import mapped_column

from contracts.base import Fact
from reception.domain.instants import must_have_happened
from servicekit import Refusal
from servicekit.columns import Json
from servicekit.personal_data import mask
from servicekit.states import Machine


class PromiseState(StrEnum):
    """Whether the customer has been given a time, and agrees to it."""

    NONE = "none"
    PROMISED = "promised"
    REVISED = "revised"
    REFUSED = "refused"


PROMISE: Machine[PromiseState] = Machine(
    "promise",
    {
        "promise": ({PromiseState.NONE}, PromiseState.PROMISED),
        "revise": (
            {PromiseState.PROMISED, PromiseState.REVISED, PromiseState.REFUSED},
            PromiseState.REVISED,
        ),
        "refuse": ({PromiseState.PROMISED, PromiseState.REVISED}, PromiseState.REFUSED),
    },
    initial=PromiseState.NONE,
)


class NothingAnsweredYet(Refusal):
    """Nothing can be promised before the customer has answered an estimate."""


class PromiseTooEarly(Refusal):
    """The promised handover must lie in the future."""


class PromiseChange(Fact):
    """One promise or refusal, with what it replaced, why, and who agreed (RECP-21)."""

    revision: int = Field(description="1 for the first promise; a refusal keeps the revision it refuses")
    old_promise: datetime | None = Field(description="the promise before, UTC")
    new_promise: datetime | None = Field(description="the promise from then on, UTC; null: refused")
    reason: str = Field(default="", description="why, masked")
    solution: str = Field(default="", description="what was offered for it, masked")
    agreed_by: str = Field(default="", description="`customer`, or who agreed for them, masked")
    notified_at: datetime = Field(description="when the customer was notified, UTC")


@dataclass(frozen=True, slots=True)
class NewPromise:
    """The time that the customer agreed to, and what was explained and offered for a change."""

    promised_at: datetime
    notified_at: datetime
    reason: str = ""
    solution: str = ""
    agreed_by: str = "customer"


@dataclass(frozen=True, slots=True)
class Promise:
    """The time that the customer was given; ``gross`` is the price given with it, as text (RECP-21)."""

    state: str
    revision: int
    original: datetime | None
    promised_at: datetime | None
    gross: str | None
    changes: tuple[PromiseChange, ...]
    delay_notified_at: datetime | None

    @property
    def changes_allowed(self) -> list[str]:
        """Commands on a promise that was given."""
        if self.state == PromiseState.NONE:
            return []
        return [f"{command}_promise" for command in PROMISE.allowed(self.state)]

    def give(self, promised_at: datetime, *, gross: Decimal, at: datetime) -> "Promise":
        """The first promise. Raises ``IllegalTransition``, ``PromiseTooEarly``."""
        first = replace(self, state=PROMISE.go(self.state, "promise"), original=promised_at)
        _must_be_ahead(promised_at, at=at)
        return first._changed(NewPromise(promised_at, notified_at=at), gross)

    def revise(self, agreed: NewPromise, *, gross: Decimal, at: datetime) -> "Promise":
        """Another time; keeps the old one, the reason and the solution (RECP-21, RECP-48).

        Raises ``IllegalTransition``, ``PromiseTooEarly``, ``NotInThePast``."""
        revised = replace(self, state=PROMISE.go(self.state, "revise"))
        _must_be_ahead(agreed.promised_at, at=at)
        must_have_happened(agreed.notified_at, at=at)
        return revised.delay_notified(agreed.notified_at)._changed(agreed, gross)

    def refuse(self, *, reason: str, at: datetime) -> "Promise":
        """The customer does not accept a later time: the last promise stays. Raises ``IllegalTransition``."""
        refused = replace(self, state=PROMISE.go(self.state, "refuse")).delay_notified(at)
        change = PromiseChange(
            revision=self.revision,
            old_promise=self.promised_at,
            new_promise=None,
            reason=reason,
            notified_at=at,
        )
        return replace(refused, changes=(*self.changes, change))

    def delay_notified(self, notified_at: datetime) -> "Promise":
        """The customer was notified of a delay; the first time counts."""
        return replace(self, delay_notified_at=self.delay_notified_at or notified_at)

    @property
    def delay_notified_before(self) -> bool:
        """Whether the customer was notified of a delay before the first promise had passed (RECP-22)."""
        return (
            self.delay_notified_at is not None
            and self.original is not None
            and self.delay_notified_at <= self.original
        )

    def _changed(self, agreed: NewPromise, gross: Decimal) -> "Promise":
        change = PromiseChange(
            revision=self.revision + 1,
            old_promise=self.promised_at,
            new_promise=agreed.promised_at,
            reason=mask(agreed.reason),
            solution=mask(agreed.solution),
            agreed_by=mask(agreed.agreed_by),
            notified_at=agreed.notified_at,
        )
        return replace(
            self,
            revision=change.revision,
            promised_at=agreed.promised_at,
            gross=f"{gross:.2f}",
            changes=(*self.changes, change),
        )


PROMISE_COLUMNS = (
    "promise_state",
    mapped_column("promise_revision", default=0),
    mapped_column("original_promise"),
    "promised_at",
    mapped_column("promised_gross"),
    mapped_column("promise_changes", Json(tuple[PromiseChange, ...]), default=tuple),
    mapped_column("delay_notified_at"),
)
"""The columns of ``visits`` below the value, in the order of its fields."""


def must_be_answered(answered_revision: int | None, *, state: str) -> None:
    """Raise ``NothingAnsweredYet`` before the first answer."""
    if answered_revision is None:
        raise NothingAnsweredYet(state=state)


def _must_be_ahead(promised_at: datetime, *, at: datetime) -> None:
    if promised_at <= at:
        raise PromiseTooEarly(promised_at=promised_at.isoformat(), now=at.isoformat())
