"""The two stages on which the conformance suite plays: the in-memory broker, and RabbitMQ behind a gate."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractChannel
from shared.tests.messaging.gate import Gate
from tools.native.rabbitmq import ADMIN, RabbitMQ
from yarl import URL

from servicekit.messaging.broker import Broker, Control, Inbox
from servicekit.messaging.envelope import Envelope
from servicekit.messaging.rabbit import RabbitBroker
from testkit.in_memory_broker import InMemoryBroker, InMemoryConnection

SERVICES = ("reception", "workshop", "parts")
PATIENCE = 30.0
"""Seconds after which something that should happen did not."""


def an_event(sequence: int = 1, *, key: str = "job-1", kind: str = "workshop.job.opened") -> Envelope:
    """An event of one workshop job."""
    return Envelope(
        id=uuid4(),
        source=f"shop/{kind.split('.')[0]}",
        type=kind,
        version=2,
        key=key,
        sequence=sequence,
        time=datetime(2026, 3, 7, 9, 30, tzinfo=UTC),
        data={"job_id": key, "note": "刹车异响"},
        correlation="request-1",
        causation="event-0",
        traceparent="00-1",
    )


class RecordingConsumer:
    """A process's side of a broker: records what it receives and can hold handlers up."""

    def __init__(self) -> None:
        self.started: list[Envelope] = []
        self.finished: list[Envelope] = []
        self.controls: list[Control] = []
        self.unreadable: list[tuple[Mapping[str, Any], bytes, str]] = []
        self.new_queues = 0
        self._held: dict[str, asyncio.Event] = {}
        self._changed = asyncio.Condition()

    def inbox(self, service: str, *streams: str) -> Inbox:
        """What to start a broker with."""
        return Inbox(
            service, streams, self._on_event, self._on_unreadable, self._on_control, self._on_new_queue
        )

    def hold(self, key: str) -> None:
        """Let handlers of this key wait until :meth:`let_go`."""
        self._held[key] = asyncio.Event()

    def let_go(self, key: str) -> None:
        """Let them finish."""
        self._held.pop(key).set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until what was received satisfies the condition."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(condition)

    def sequences(self, key: str = "job-1") -> list[int]:
        """The numbers of the finished events of one key, in order."""
        return [event.sequence for event in self.finished if event.key == key]

    async def _on_event(self, event: Envelope) -> None:
        self.started.append(event)
        await self._notify()
        if (held := self._held.get(event.key)) is not None:
            await held.wait()
        self.finished.append(event)
        await self._notify()

    async def _on_unreadable(self, headers: Mapping[str, Any], body: bytes, reason: str) -> None:
        self.unreadable.append((headers, body, reason))
        await self._notify()

    async def _on_control(self, control: Control) -> None:
        self.controls.append(control)
        await self._notify()

    async def _on_new_queue(self) -> None:
        self.new_queues += 1
        await self._notify()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


async def again_and_again(
    act: Callable[[], Awaitable[object]], consumer: RecordingConsumer, until: Callable[[], bool]
) -> None:
    """Act until the consumer has received enough: what a sweep does while the broker heals."""
    async with asyncio.timeout(PATIENCE):
        while not until():
            await act()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    await consumer.until(until)


class Stage(Protocol):
    """What a test may do to the broker under a department."""

    def broker(self, service: str, *, drain: float = 8.0) -> Broker: ...
    async def away(self) -> None: ...
    async def back(self) -> None: ...
    async def cut(self) -> None: ...
    async def lose_bindings(self) -> None: ...
    async def lose_queues(self) -> None: ...
    async def lose_confirms(self) -> None: ...
    async def back_to_normal(self) -> None: ...
    async def inject(self, service: str, headers: Mapping[str, Any], body: bytes) -> None: ...
    async def clear(self) -> None: ...


class InMemoryStage:
    """The in-memory broker and its switches."""

    def __init__(self) -> None:
        self.in_memory = InMemoryBroker(seed=1)
        self._brokers: list[InMemoryConnection] = []

    def broker(self, service: str, *, drain: float = 8.0) -> Broker:
        self._brokers.append(InMemoryConnection(self.in_memory, service, drain=drain))
        return self._brokers[-1]

    async def away(self) -> None:
        self.in_memory.down = True

    async def back(self) -> None:
        self.in_memory.down = False

    async def cut(self) -> None:
        self.in_memory.cut_connections()

    async def lose_bindings(self) -> None:
        self.in_memory.lose_bindings()
        self.in_memory.reassert()

    async def lose_queues(self) -> None:
        self.in_memory.reset()

    async def lose_confirms(self) -> None:
        self.in_memory.unconfirmed = 1.0

    async def back_to_normal(self) -> None:
        self.in_memory.unconfirmed = 0.0

    async def inject(self, service: str, headers: Mapping[str, Any], body: bytes) -> None:
        self.in_memory.inject(service, headers, body)

    async def clear(self) -> None:
        for broker in self._brokers:
            await broker.stop()


class RabbitStage:
    """A real node; the brokers reach it through a gate, the test directly as administrator."""

    def __init__(self, node: RabbitMQ, gate: Gate) -> None:
        self.node = node
        self.gate = gate
        self._brokers: list[Broker] = []

    def broker(
        self,
        service: str,
        *,
        drain: float = 8.0,
        publish_timeout: float = 4.0,
        heartbeat: int = 10,
    ) -> Broker:
        """A broker of ``service`` with short periods, so that healing is seen soon."""
        self._brokers.append(
            RabbitBroker(
                str(URL(self.node.url(service)).with_port(self.gate.port)),
                service=service,
                name=f"{service}-{len(self._brokers)}",
                publish_timeout=publish_timeout,
                assert_every=0.3,
                heartbeat=heartbeat,
                drain=drain,
            )
        )
        return self._brokers[-1]

    async def away(self) -> None:
        await self.gate.shut()

    async def back(self) -> None:
        await self.gate.open()

    async def cut(self) -> None:
        self.gate.cut()

    async def lose_bindings(self) -> None:
        async with self.administrator() as channel:
            for service in SERVICES:
                with contextlib.suppress(aio_pika.exceptions.ChannelNotFoundEntity):
                    queue = await channel.get_queue(f"{service}.inbox")
                    await queue.unbind("bayline", "workshop.job.*")

    async def lose_queues(self) -> None:
        async with self.administrator() as channel:
            for service in SERVICES:
                for name in ("inbox", "requests", "backfill"):
                    await channel.queue_delete(f"{service}.{name}")

    async def lose_exchanges(self) -> None:
        """Delete both exchanges, and with them every binding."""
        async with self.administrator() as channel:
            await channel.exchange_delete("bayline")
            await channel.exchange_delete("bayline.control")

    async def lose_confirms(self) -> None:
        self.gate.mute()

    async def back_to_normal(self) -> None:
        self.gate.unmute()

    async def inject(self, service: str, headers: Mapping[str, Any], body: bytes) -> None:
        async with self.administrator() as channel:
            message = aio_pika.Message(body, headers=dict(headers), user_id=ADMIN)
            await channel.default_exchange.publish(message, f"{service}.inbox")

    @contextlib.asynccontextmanager
    async def administrator(self) -> AsyncIterator[AbstractChannel]:
        """A channel that may do anything."""
        connection = await aio_pika.connect(self.node.url())
        async with connection, connection.channel() as channel:
            yield channel

    async def clear(self) -> None:
        self.gate.unmute()
        for broker in self._brokers:
            await broker.stop()
        await self.gate.shut()
        await self.lose_queues()
        await self.lose_exchanges()
