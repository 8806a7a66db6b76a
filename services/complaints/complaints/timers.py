"""Deadlines of complaints: of an answer, of a resolution, of a measure."""

from uuid import UUID

from complaints.domain import Complaint
from servicekit import Timer, Tx


async def report_answer_overdue(tx: Tx, timer: Timer) -> None:
    """The respond clock ran out (COMP-04)."""
    if complaint := await tx.find(Complaint, UUID(timer.key)):
        tx.publish(complaint, *complaint.respond_clock_ran_out(due_at=timer.due_at, at=tx.now))


async def report_resolution_overdue(tx: Tx, timer: Timer) -> None:
    """The resolve clock ran out (COMP-04)."""
    if complaint := await tx.find(Complaint, UUID(timer.key)):
        tx.publish(complaint, *complaint.resolve_clock_ran_out(due_at=timer.due_at, at=tx.now))


async def report_measure_overdue(tx: Tx, timer: Timer) -> None:
    """Nobody has reported that the measure was carried out (COMP-28)."""
    if complaint := await tx.find(Complaint, UUID(timer.data["complaint_id"])):
        overdue = complaint.measure_clock_ran_out(UUID(timer.key), due_at=timer.due_at, at=tx.now)
        tx.publish(complaint, *overdue)
