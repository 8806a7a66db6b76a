"""Complaints' events: what customers complained of, and how it ended."""

from contracts.events.complaints import ComplaintReceived, ComplaintReopened, ComplaintResolved
from servicekit import Tx
from staff.commands.work_records import record_work
from staff.domain.work_record import RecordKind


async def record_complaint_on_received(tx: Tx, event: ComplaintReceived) -> None:
    """A complaint about a visit is in the record of those who worked on it, whoever was at fault."""
    record_work(tx, RecordKind.COMPLAINT, event.visit_id, happened_at=event.received_at, text=event.category)


async def record_complaint_on_resolved(tx: Tx, event: ComplaintResolved) -> None:
    """How it ended."""
    record_work(
        tx,
        RecordKind.COMPLAINT_RESOLVED,
        event.visit_id,
        happened_at=event.resolved_at,
        text=event.resolution,
    )


async def record_complaint_on_reopened(tx: Tx, event: ComplaintReopened) -> None:
    """The customer is still not content."""
    record_work(tx, RecordKind.COMPLAINT_REOPENED, event.visit_id, text=event.reason)
