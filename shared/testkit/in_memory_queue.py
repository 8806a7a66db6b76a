"""What lies in the in-memory broker's queues: messages as bytes, in the order they came or in any other."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass(slots=True)
class Message:
    """One message in one queue, as bytes, so that nobody shares an object across the wire."""

    number: int
    lane: str
    headers: Mapping[str, Any] | None  # None: a control message
    body: bytes
    redelivered: bool = False
    held: int = 0  # further deliveries to wait for


@dataclass(slots=True)
class Queue:
    """One service's inbox and control queue in one."""

    waiting: deque[Message] = field(default_factory=deque)
    streams: set[str] = field(default_factory=set)
    controlled: bool = False  # its control bindings stand
    taken: int = 0  # deliveries so far

    def pick(self, shuffled: Random | None) -> Message | None:
        """Take the next message that is not held back, or any such; the others come one delivery nearer."""
        ready = [n for n, message in enumerate(self.waiting) if message.held <= 0]
        if not ready:
            return None
        at = shuffled.choice(ready) if shuffled else ready[0]
        message = self.waiting[at]
        del self.waiting[at]
        for held in self.waiting:
            held.held -= 1
        return message

    def release(self) -> None:
        """Hold back nothing any more."""
        for message in self.waiting:
            message.held = 0
