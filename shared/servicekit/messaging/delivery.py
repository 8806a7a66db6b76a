"""What becomes of a delivery, and how long an event waits that could not take effect."""

import random
from enum import StrEnum
from typing import Any, Literal

import structlog

from contracts.streams import STREAMS
from servicekit.messaging.cursors import waited_for
from servicekit.messaging.envelope import Envelope
from servicekit.refusal import NotYet

log = structlog.get_logger("consumer")

RETRIES = (1.0, 10.0, 60.0, 600.0)
"""Seconds of machine time after the first, second … failure of a reaction; then it becomes a dead letter."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds after which a reaction that waits for another aggregate is tried again, if nothing wakes it."""


class DeliveryResult(StrEnum):
    """What handling a delivery has done, and committed."""

    APPLIED = "applied"
    SKIPPED = "skipped"  # nobody here reacts to it
    DUPLICATE = "duplicate"
    DEFERRED = "deferred"  # kept for later: out of order, waiting, failed, or its cursor was locked

    @property
    def moved(self) -> bool:
        """Whether the cursor has moved over the event."""
        return self in (DeliveryResult.APPLIED, DeliveryResult.SKIPPED)


class Deferral(Exception):
    """The event cannot take effect now: roll back what its reaction did, and keep it with these columns."""

    def __init__(
        self,
        reason: str,
        *,
        attempt: int,
        delay: float,
        waits_for: str | None = None,
        status: Literal["waiting", "dead_letter"] = "waiting",
    ) -> None:
        super().__init__(reason)
        self.columns: dict[str, Any] = {
            "reason": reason,
            "attempt": attempt,
            "delay": delay,
            "waits_for": waits_for,
            "status": status,
        }


def deferral_of_wait(envelope: Envelope, not_yet: NotYet, *, attempt: int, wait: float) -> Deferral:
    """The reaction waits for another aggregate; waiting for a stream of no lower rank is a failure."""
    wrong = _upwards(envelope, not_yet)
    if wrong is not None:
        return deferral_of_failure(envelope, wrong, attempt=attempt)
    waited = waited_for(not_yet.stream, str(not_yet.key))
    return Deferral(str(not_yet), attempt=attempt, delay=wait, waits_for=waited)


def deferral_of_failure(envelope: Envelope, error: Exception, *, attempt: int) -> Deferral:
    """After the last of the retries the event becomes a dead letter."""
    is_dead_letter = attempt >= len(RETRIES)
    write = log.error if is_dead_letter else log.warning
    write(
        "reaction.dead_letter" if is_dead_letter else "reaction.failed",
        attempt=attempt + 1, error=repr(error), **log_fields(envelope),
    )  # fmt: skip
    delay = 0.0 if is_dead_letter else _jittered(RETRIES[attempt])
    status: Literal["waiting", "dead_letter"] = "dead_letter" if is_dead_letter else "waiting"
    return Deferral(repr(error), attempt=attempt + 1, delay=delay, status=status)


def log_fields(envelope: Envelope) -> dict[str, Any]:
    """What a log line about an event names."""
    return {
        "type": envelope.type,
        "key": envelope.key,
        "n": envelope.sequence,
        "correlation": envelope.correlation or None,
    }


def _upwards(envelope: Envelope, wait: NotYet) -> RuntimeError | None:
    """Waits go down the ranks only, so that they cannot go in a circle."""
    mine, theirs = STREAMS.get(envelope.stream), STREAMS.get(wait.stream)
    if mine is not None and theirs is not None and theirs.rank < mine.rank:
        return None
    return RuntimeError(f"{envelope.type} may not wait for {wait.stream}: its rank is not lower")


def _jittered(seconds: float) -> float:
    """Spread retries so that they do not come back together."""
    return seconds * random.uniform(0.8, 1.2)
