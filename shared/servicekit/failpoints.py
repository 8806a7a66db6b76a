"""Failpoints: where the fault suite may end a process; a department in service passes them without effect."""

from collections.abc import Awaitable, Callable
from enum import StrEnum


class Failpoint(StrEnum):
    """The moments at which the death of a process could lose or double something."""

    BEFORE_COMMIT = "before-commit"  # everything is written, nothing is durable
    AFTER_COMMIT = "after-commit"  # the events are in the outbox, the publisher does not have them yet
    BEFORE_PUBLISH = "before-publish"
    AFTER_PUBLISH = "after-publish"  # the broker has confirmed, the outbox rows are not marked
    AFTER_MARK = "after-mark"
    BEFORE_REACTION = "before-reaction"  # the cursor is locked
    AFTER_DELIVERY = "after-delivery"  # a delivery's effects are committed, nothing is acknowledged


PassFailpoint = Callable[[Failpoint], Awaitable[None]]
"""What a process calls at each failpoint. The in-memory broker of the tests raises where it is armed."""


async def pass_by(point: Failpoint) -> None:
    """No process of a department in service stops at a failpoint."""
