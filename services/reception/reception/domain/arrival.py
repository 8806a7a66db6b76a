"""Arrival: the car comes, and an advisor receives it before the clock runs out (RECP-01, F-10)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import mapped_column

from reception.domain.rules import HouseRules
from reception.domain.visit_states import VisitState
from servicekit import Refusal
from servicekit.personal_data import mask


class LateReceptionUnexplained(Refusal):
    """The car waited too long: state what was explained to the customer and what was offered instead."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """When the car came, from when the clock counts, and how long the car waited to be received."""

    arrived_at: datetime | None = None
    clock_from: datetime | None = None
    delayed_at: datetime | None = None
    received_at: datetime | None = None
    waited_minutes: int | None = None
    within_sla: bool | None = None
    late_reason: str | None = None
    late_alternative: str | None = None

    @classmethod
    def begin(cls, arrived_at: datetime, *, slot_start: datetime | None) -> "Arrival":
        """The clock starts now, or with the slot if the car came early."""
        return cls(arrived_at, max(arrived_at, slot_start) if slot_start else arrived_at)

    @property
    def came_at(self) -> datetime:
        """``arrived_at`` of a car that has come."""
        assert self.arrived_at is not None  # only asked of a car that came
        return self.arrived_at

    @property
    def clock_started_at(self) -> datetime:
        """``clock_from`` of a car that has come."""
        assert self.clock_from is not None  # only asked of a car that came
        return self.clock_from

    def due_by(self, rules: HouseRules) -> datetime:
        """Until when the car must have been received."""
        return self.clock_started_at + timedelta(minutes=rules.reception_minutes)

    def delayed(self, rules: HouseRules) -> "Arrival":
        """Nobody received the car in time."""
        return replace(self, delayed_at=self.due_by(rules))

    def received(
        self, *, reason: str | None, alternative: str | None, rules: HouseRules, at: datetime
    ) -> "Arrival":
        """Received at ``at``. Raises ``LateReceptionUnexplained`` when late without both texts."""
        in_time = at <= self.due_by(rules)
        if not in_time and not (reason and reason.strip() and alternative and alternative.strip()):
            raise LateReceptionUnexplained(state=VisitState.ARRIVED, due_at=self.due_by(rules).isoformat())
        return replace(
            self,
            received_at=at,
            within_sla=in_time,
            waited_minutes=-(-max(at - self.clock_started_at, timedelta()) // timedelta(minutes=1)),
            late_reason=mask(reason) if reason else None,
            late_alternative=mask(alternative) if alternative else None,
        )


ARRIVAL_COLUMNS = (
    "arrived_at",
    mapped_column("clock_from"),
    mapped_column("delayed_at"),
    "received_at",
    mapped_column("waited_minutes"),
    "within_sla",
    mapped_column("late_reason"),
    mapped_column("late_alternative"),
)
"""The columns of ``visits`` below the value, in the order of its fields."""
