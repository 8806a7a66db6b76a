"""What somebody at the desk must do for a customer: set when another department tells, done when told on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from reception.domain.desk import Task
from servicekit import Tx, new_id
from servicekit.copies import keep


async def set_task(
    tx: Tx, visit_id: UUID, purpose: str, *, subject: str = "", reason: str = "", due_at: datetime
) -> None:
    """One task per visit, purpose and subject; told again it is open again."""
    await keep(
        tx,
        Task,
        {"visit_id": visit_id, "purpose": purpose, "subject": subject},
        {"due_at": due_at, "reason": reason, "done_at": None, "done_by": None},
        initial={"id": new_id(), "created_at": tx.now},
    )


async def complete_tasks(tx: Tx, visit_id: UUID, *purposes: str, at: datetime) -> None:
    """All open tasks of these purposes are done with what was just done; without one, all of the visit."""
    open_ones = (Task.visit_id == visit_id) & Task.done_at.is_(None)
    if purposes:
        open_ones &= Task.purpose.in_(purposes)
    done = {"done_at": at, "done_by": tx.by, "version": Task.version + 1}
    await tx.session.execute(update(Task).where(open_ones).values(**done))


async def complete_task(tx: Tx, *, task_id: UUID, at: datetime) -> Task:
    """Somebody did it."""
    task = await tx.get(Task, task_id)
    task.complete(by=tx.by, at=at)
    return task
