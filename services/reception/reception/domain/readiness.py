"""Readiness: what the workshop declared of a visit's work, and the rework that must be done before."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import mapped_column

from contracts.base import Fact
from servicekit.columns import Json

JobOutcome = Literal["repaired", "no_work"]


class Measure(Fact):
    """A complaint's rework that this visit carries out."""

    measure_id: UUID = Field(description="the complaint's measure")
    complaint_id: UUID = Field(description="the complaint")
    done: bool = Field(default=False, description="whether the workshop reported it done")


@dataclass(frozen=True, slots=True)
class Readiness:
    """``declared``: the workshop reported ready; ``revision``: for this answered estimate."""

    declared: bool
    revision: int | None
    job_outcome: str | None
    measures: tuple[Measure, ...]

    def declare(self, *, revision: int | None, outcome: str, done_measure_ids: Iterable[UUID]) -> "Readiness":
        """The workshop is done, for the answers that it had by then."""
        done = set(done_measure_ids)
        measures = tuple(
            m.model_copy(update={"done": True}) if m.measure_id in done else m for m in self.measures
        )
        return Readiness(True, revision, outcome, measures)

    def void(self) -> "Readiness":
        """The car goes back to the workshop."""
        return replace(self, declared=False)

    def ordered(self, measure: Measure) -> "Readiness":
        """One more rework to do in this visit."""
        return replace(self, measures=(*self.measures, measure))

    def holds_for(self, answered_revision: int | None) -> bool:
        """Whether the declaration is for the latest answer, and every rework ordered here is done."""
        return (
            self.declared
            and self.revision == answered_revision
            and all(measure.done for measure in self.measures)
        )


READINESS_COLUMNS = (
    mapped_column("job_ready", default=False),
    mapped_column("ready_revision"),
    mapped_column("job_outcome"),
    mapped_column("measures", Json(tuple[Measure, ...]), default=tuple),
)
"""The columns of ``visits`` below the value, in the order of its fields."""
