"""Builders of the events that staff subscribes to, about one visit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts.base import Event
from contracts.events.complaints import ComplaintReceived, ComplaintReopened, ComplaintResolved
from contracts.events.crm import DissatisfactionDetected, SurveyAnswered
from contracts.events.workshop import (
    InspectionFailed,
    InspectionPassed,
    JobDispatched,
    JobInterrupted,
    JobResumed,
    LineCompleted,
    ReworkOpened,
)

NOON = datetime(2025, 3, 7, 4, 0, tzinfo=UTC)


class Visit:
    """One visit as the events of others describe it."""

    def __init__(self) -> None:
        self.visit_id, self.request_id, self.customer_id = uuid4(), uuid4(), uuid4()
        self.job_id, self.line_id, self.complaint_id = uuid4(), uuid4(), uuid4()

    @property
    def _job(self) -> dict[str, Any]:
        return {"job_id": self.job_id, "visit_id": self.visit_id, "request_id": self.request_id}

    @property
    def _customers(self) -> dict[str, Any]:
        return {"visit_id": self.visit_id, "request_id": self.request_id, "customer_id": self.customer_id}

    def dispatched(self, technician: UUID) -> JobDispatched:
        return JobDispatched(
            **self._job,
            line_ids=(self.line_id,),
            technician_id=technician,
            technician_name="Li Wei",
            bay="1",
            planned_start=NOON,
            planned_end=NOON + timedelta(hours=1),
        )

    def line_completed(self, technician: UUID) -> LineCompleted:
        return LineCompleted(
            **self._job,
            line_id=self.line_id,
            technician_id=technician,
            completed_at=NOON,
            labour_minutes=45,
            result_text="x",
        )

    def failed(self, technician: UUID, inspector: UUID) -> InspectionFailed:
        return InspectionFailed(
            **self._job,
            inspector_id=inspector,
            findings=("loose",),
            line_ids=(self.line_id,),
            technician_id=technician,
            penalty_points=2,
        )

    def passed(self, inspector: UUID) -> InspectionPassed:
        return InspectionPassed(**self._job, inspector_id=inspector, items=(), test_drive=True)

    def stopped_and_resumed(self) -> list[Event]:
        return [
            JobInterrupted(**self._job, cause="C", reason="no pads", since=NOON),
            JobResumed(**self._job, cause="C", resumed_at=NOON + timedelta(hours=1)),
            ReworkOpened(**self._job, line_ids=(self.line_id,), cause="inspection"),
        ]

    def surveyed(self, total: int = 82) -> SurveyAnswered:
        return SurveyAnswered(
            **self._customers,
            survey_id=uuid4(),
            template_version="ten-1",
            points=(),
            total=Decimal(total),
            answered_at=NOON,
        )

    def dissatisfied(self) -> DissatisfactionDetected:
        return DissatisfactionDetected(
            **self._customers, survey_id=uuid4(), triggers=("item", "total"), total=Decimal(52)
        )

    def complained(self, **own: Any) -> ComplaintReceived:
        facts: dict[str, Any] = self._customers | {
            "complaint_id": self.complaint_id,
            "complaint_no": "CP-250307-0001",
            "source": "person",
            "category": "quality",
            "level": "normal",
            "received_at": NOON,
            "respond_by": NOON,
            "resolve_by": NOON,
        }
        return ComplaintReceived(**facts | own)

    def complaint_ended(self) -> list[Event]:
        about: dict[str, Any] = self._customers | {"complaint_id": self.complaint_id}
        return [
            ComplaintResolved(**about, resolution="explained", confirmed_by_customer=True, resolved_at=NOON),
            ComplaintReopened(**about, reason="not content", respond_by=NOON, resolve_by=NOON),
        ]

    def everything(self, technician: UUID, inspector: UUID) -> list[Event]:
        """One of every event."""
        return [
            self.dispatched(technician),
            self.line_completed(technician),
            self.failed(technician, inspector),
            self.passed(inspector),
            *self.stopped_and_resumed(),
            self.surveyed(),
            self.dissatisfied(),
            self.complained(),
            *self.complaint_ended(),
        ]
