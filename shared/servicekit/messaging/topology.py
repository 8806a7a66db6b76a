"""Which exchanges, queues and bindings a department needs at RabbitMQ, and how they are asserted."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed
from prometheus_client import Gauge

from servicekit.messaging.connection import REPLY_SECONDS, close_quietly, open_channel

log = structlog.get_logger(__name__)

EVENTS = "bayline"
CONTROL = "bayline.control"
REQUESTS_LIMIT = 10_000
"""Requests and watermarks kept for a department that is away; both are sent again, so the oldest may go."""

MISMATCH = Gauge(
    "bayline_broker_topology_mismatch",
    "1 while an exchange or queue of this name exists with other arguments than ours",
    ["name"],
    registry=None,
)


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """One queue: its arguments, and the routing keys that bind it to an exchange."""

    name: str
    arguments: dict[str, Any]
    exchange: str
    routing_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topology:
    """What one department asserts on connecting and again and again, since anybody may delete any of it."""

    inbox: QueuePlan
    requests: QueuePlan
    backfill: QueuePlan

    @classmethod
    def of(cls, service: str, streams: tuple[str, ...]) -> "Topology":
        """The queues of ``service``, which subscribes to whole ``streams``."""
        # 4.x drops a message after 20 returns, 3.10 at once with -1: so a number that is never reached
        quorum = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}
        bounded = {"x-queue-type": "classic", "x-max-length": REQUESTS_LIMIT, "x-overflow": "drop-head"}
        return cls(
            inbox=QueuePlan(f"{service}.inbox", quorum, EVENTS, tuple(f"{s}.*" for s in streams)),
            requests=QueuePlan(
                f"{service}.requests", bounded, CONTROL, (f"backfill-request.{service}", "watermark.*")
            ),
            backfill=QueuePlan(
                f"{service}.backfill", {"x-queue-type": "classic"}, CONTROL, (f"backfill.{service}",)
            ),
        )

    @property
    def queues(self) -> tuple[QueuePlan, ...]:
        """All queues of the department."""
        return (self.inbox, self.requests, self.backfill)

    async def assert_on(self, connection: AbstractConnection) -> None:
        """Declare everything; what exists with other arguments is logged as an error and used as it is."""
        for exchange in (EVENTS, CONTROL):
            await _declare(connection, exchange, partial(_exchange, exchange))
        for plan in self.queues:
            await _declare(connection, plan.name, partial(_queue, plan))
        channel = await open_channel(connection)
        for plan in self.queues:
            queue = await channel.get_queue(plan.name, ensure=False)
            for routing_key in plan.routing_keys:
                await queue.bind(plan.exchange, routing_key, timeout=REPLY_SECONDS)
        await close_quietly(channel)


async def _exchange(name: str, channel: AbstractChannel) -> None:
    await channel.declare_exchange(name, ExchangeType.TOPIC, durable=True)


async def _queue(plan: QueuePlan, channel: AbstractChannel) -> None:
    await channel.declare_queue(plan.name, durable=True, arguments=plan.arguments)


async def _declare(
    connection: AbstractConnection, name: str, declaration: Callable[[AbstractChannel], Awaitable[None]]
) -> None:
    """Each on a channel of its own: a refused declaration closes the channel."""
    channel = await open_channel(connection)
    try:
        async with asyncio.timeout(REPLY_SECONDS):
            await declaration(channel)
    except ChannelPreconditionFailed as error:
        MISMATCH.labels(name).set(1)
        log.error("broker.other_arguments", name=name, reason=str(error))
    else:
        MISMATCH.labels(name).set(0)
        await close_quietly(channel)
