"""The alarm of a promise: a look at the job when it was expected to become late."""

from uuid import UUID

from servicekit import Timer, Tx
from workshop.commands.progress import watch_promise
from workshop.domain import Job
from workshop.taking import gather


async def check_promise(tx: Tx, timer: Timer) -> None:
    """The latest start is over: tell a danger, or look again later (F-19)."""
    job = await tx.find(Job, UUID(timer.key))
    if job is not None:
        await watch_promise(tx, await gather(tx, job))
