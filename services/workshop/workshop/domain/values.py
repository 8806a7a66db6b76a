"""Frozen values inside a job: diagnosis, interruptions, inspections, alarms."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Fact
from contracts.values import DiagnosticCode, InspectionItem, Line

Cause = Literal["A", "B", "C"]
"""Why work is interrupted: A work interrupted, B awaiting answer, C awaiting parts (WORK-15)."""


class Step(StrEnum):
    """The five steps of a diagnosis (WORK-02)."""

    VISUAL_CHECK = "visual_check"
    DATA_ACQUISITION = "data_acquisition"
    FAULT_CODES = "fault_codes"
    FAULT_SIMULATION = "fault_simulation"
    JUDGEMENT = "judgement"


class StepResult(Fact):
    """What one step of the diagnosis showed."""

    step: Step = Field(description="which of the five steps (WORK-02)")
    result: str = Field(description="what the step showed")


class Reading(Fact):
    """An instrument that was used and what it showed (WORK-03)."""

    instrument: str = Field(description="the instrument that was used")
    reading: str = Field(default="", description="what it showed, with its unit")


class Review(Fact):
    """Another technician's verdict on the plan (WORK-07)."""

    reviewer_id: UUID = Field(description="employee who reviewed the plan")
    reviewed_at: datetime = Field(description="when, UTC")
    approved: bool = Field(description="true: the plan goes to the customer")
    remarks: str = Field(default="", description="remarks for the technician")


class Diagnosis(Fact):
    """What was found and what should be done, as reported by the technician."""

    technician_id: UUID = Field(description="employee who reported it")
    reported_at: datetime = Field(description="when, UTC")
    steps: tuple[StepResult, ...] = Field(description="results of the five steps")
    instruments: tuple[Reading, ...] = Field(default=(), description="instruments that were used")
    codes: tuple[DiagnosticCode, ...] = Field(default=(), description="trouble codes that were read")
    findings: tuple[str, ...] = Field(description="what was found")
    lines: tuple[Line, ...] = Field(default=(), description="work proposed to the customer")
    review: Review | None = Field(default=None, description="the review; null: not reviewed yet")

    @property
    def approved(self) -> bool:
        """Whether the plan passed its review."""
        return self.review is not None and self.review.approved


class Interruption(Fact):
    """A time in which work was interrupted; open until ``ended_at``."""

    cause: Cause = Field(description="A work interrupted, B awaiting answer, C awaiting parts")
    since: datetime = Field(description="begin, UTC")
    line_ids: tuple[UUID, ...] = Field(default=(), description="lines that stopped; empty (A): the whole job")
    waiting_part_line_ids: tuple[UUID, ...] = Field(default=(), description="awaited part lines (C)")
    reason: str = Field(default="", description="why, in words")
    moved_to_parking: bool = Field(default=False, description="the car left its bay for the parking lot")
    ended_at: datetime | None = Field(default=None, description="end, UTC; null: still open")


class Inspection(Fact):
    """A final inspection and its result (WORK-26); kept with the job for later comparison (WORK-05)."""

    inspector_id: UUID = Field(description="employee who inspected the car")
    at: datetime = Field(description="when, UTC")
    passed: bool = Field(description="whether everything met the standard")
    items: tuple[InspectionItem, ...] = Field(default=(), description="what was inspected")
    findings: tuple[str, ...] = Field(default=(), description="what was wrong")
    line_ids: tuple[UUID, ...] = Field(default=(), description="lines that had to be done again")
    test_drive: bool = Field(default=False, description="whether the car was driven")


DangerCause = Literal["eta", "awaiting_parts", "awaiting_answer", "rework", "overrun", "late_start"]
"""Why a promise is in danger; ``eta``: a part is expected too late."""


class Alarm(Fact):
    """A published danger for the promise; once per revision and cause."""

    promise_revision: int = Field(description="the promise in danger")
    cause: DangerCause = Field(description="why the promise is in danger")
    forecast_at: datetime = Field(description="expected handover at that time, UTC")


class LateEvent(Fact):
    """Another department's event that came when it could no longer change the job."""

    type: str = Field(description="the event's wire type")
    received_at: datetime = Field(description="when it was handled, UTC")
