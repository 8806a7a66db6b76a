"""The port between a process and whatever carries messages: RabbitMQ, or the tests' in-memory broker."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from servicekit.messaging.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Control:
    """A message between processes, not between departments' trades.

    ``to`` is the service that it is for, or ``"*"`` for all (watermarks); ``kind`` is ``backfill-request``,
    ``watermark`` or ``backfill``.
    """

    kind: str
    sender: str
    to: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Inbox:
    """What one process of a service consumes. A handler returns when its effects are committed: then, and
    only then, the message is acknowledged. Handlers do not raise; one that is cancelled leaves the message
    unacknowledged."""

    service: str
    streams: tuple[str, ...]  # bound whole: "workshop.job" binds "workshop.job.*"
    on_event: Callable[[Envelope], Awaitable[object]]
    on_unreadable: Callable[[Mapping[str, Any], bytes, str], Awaitable[None]]  # headers, raw body, reason
    on_control: Callable[[Control], Awaitable[None]]
    on_new_queue: Callable[[], Awaitable[None]]  # the queue was declared anew, or a connection came back


class Broker(Protocol):
    """One process's link to the broker. All methods are safe while the broker is away."""

    @property
    def connected(self) -> bool:
        """Whether publishing and consuming work at this moment."""

    async def start(self, inbox: Inbox) -> None:
        """Begin connecting, asserting the topology and consuming; returns at once, also with no broker."""

    async def publish(self, envelopes: Sequence[Envelope]) -> list[bool]:
        """Publish persistently, pipelined; per envelope whether the broker confirmed it. Never raises for an
        outage; a real cancellation passes through."""

    async def send(self, message: Control) -> bool:
        """Send a control message, best effort."""

    async def stop(self) -> None:
        """Drain: accept nothing more, let running handlers finish, acknowledge, close what is open."""
