"""Deadlines of the workshop: when a promise is looked at again."""

from uuid import UUID

from servicekit import Timer, Tx
from workshop.commands.jobs import watch_promise
from workshop.domain import Job
from workshop.repository import load_whole


async def check_promise(tx: Tx, timer: Timer) -> None:
    """The latest start is over: publish a danger, or look again later (F-19)."""
    job = await tx.find(Job, UUID(timer.key))
    if job is not None:
        await watch_promise(tx, await load_whole(tx, job))
