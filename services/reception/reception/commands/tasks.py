"""What somebody at the desk must do for a customer: set after events, completed by what is done."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from reception.domain.task import Purpose, Task
from servicekit import Tx, new_id
from servicekit.copies import keep


async def set_task(
    tx: Tx, visit_id: UUID, purpose: Purpose, *, subject: str = "", reason: str = "", due_at: datetime
) -> None:
    """One task per visit, purpose and subject; set again it is open again."""
    await keep(
        tx,
        Task,
        {Task.visit_id: visit_id, Task.purpose: purpose, Task.subject: subject},
        {Task.due_at: due_at, Task.reason: reason, Task.done_at: None, Task.done_by: None},
        initial={Task.id: new_id(), Task.created_at: tx.now},
    )


async def complete_tasks(tx: Tx, visit_id: UUID, *purposes: Purpose) -> None:
    """All open tasks of these purposes are done with what was just done; without one, all of the visit."""
    open_ones = (Task.visit_id == visit_id) & Task.done_at.is_(None)
    if purposes:
        open_ones &= Task.purpose.in_(purposes)
    done = {Task.done_at: tx.now, Task.done_by: tx.by, Task.version: Task.version + 1}
    await tx.session.execute(update(Task).where(open_ones).values(done))


async def complete_task(tx: Tx, *, task_id: UUID) -> Task:
    """Somebody did it."""
    task = await tx.get(Task, task_id)
    task.complete(by=tx.by, at=tx.now)
    return task
