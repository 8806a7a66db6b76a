"""Frozen values inside a job: diagnosis, interruptions, inspections, alarms."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from contracts.base import Fact
from contracts.values import DiagnosticCode, InspectionItem, Line

Cause = Literal["A", "B", "C"]
"""Why work stands still: A work interrupted, B awaiting answer, C awaiting parts (WORK-15)."""


class Step(StrEnum):
    """The five steps of a diagnosis (WORK-02)."""

    VISUAL_CHECK = "visual_check"
    DATA_ACQUISITION = "data_acquisition"
    FAULT_CODES = "fault_codes"
    FAULT_SIMULATION = "fault_simulation"
    JUDGEMENT = "judgement"


class StepResult(Fact):
    """What one step of the diagnosis showed."""

    step: Step
    result: str


class Reading(Fact):
    """An instrument that was used and what it showed (WORK-03)."""

    instrument: str
    reading: str = ""


class Review(Fact):
    """What another technician said of the plan (WORK-07)."""

    reviewer_id: UUID
    reviewed_at: datetime
    approved: bool
    remarks: str = ""


class Diagnosis(Fact):
    """What was found and what should be done, as reported by the technician."""

    technician_id: UUID
    reported_at: datetime
    steps: tuple[StepResult, ...]
    instruments: tuple[Reading, ...] = ()
    codes: tuple[DiagnosticCode, ...] = ()
    findings: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    review: Review | None = None

    @property
    def approved(self) -> bool:
        """Whether the plan passed its review."""
        return self.review is not None and self.review.approved


class Interruption(Fact):
    """A time in which work stood still; open until ``ended_at``."""

    cause: Cause
    since: datetime
    line_ids: tuple[UUID, ...] = ()
    waiting_part_line_ids: tuple[UUID, ...] = ()
    reason: str = ""
    moved_to_parking: bool = False
    ended_at: datetime | None = None


class Inspection(Fact):
    """A final inspection and its result (WORK-26); kept with the job for later comparison (WORK-05)."""

    inspector_id: UUID
    at: datetime
    passed: bool
    items: tuple[InspectionItem, ...] = ()
    findings: tuple[str, ...] = ()
    line_ids: tuple[UUID, ...] = ()
    test_drive: bool = False


class Alarm(Fact):
    """A told danger for the promise; once per revision and cause."""

    promise_revision: int
    cause: str
    forecast_at: datetime


class LateEvent(Fact):
    """Another department's fact that came when it could no longer change the job."""

    type: str
    received_at: datetime
