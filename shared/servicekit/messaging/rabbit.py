"""RabbitMQ behind the broker port: two supervised connections, confirmed publishing, acked consuming."""

import asyncio
from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any

import orjson
import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
)
from yarl import URL

from servicekit.messaging.broker import Control, Inbox
from servicekit.messaging.connection import Link, close_quietly, open_channel, really_cancelled
from servicekit.messaging.envelope import Envelope, Unreadable
from servicekit.messaging.lanes import Lanes, end
from servicekit.messaging.topology import CONTROL, EVENTS, Topology

log = structlog.get_logger(__name__)


class RabbitBroker:
    """One process's link to RabbitMQ; implements :class:`servicekit.messaging.broker.Broker`.

    The user of ``url`` must be named like the service: consumers compare it with the event's publisher.
    The broker's lists show this process as ``name``. ``prefetch`` bounds the number of
    messages handled at once, ``in_flight`` the publishes awaiting their confirm, ``publish_timeout``
    (seconds) how long each may wait; ``assert_every`` (seconds) is the period at which the topology is
    asserted anew. ``drain`` (seconds) is what running handlers get when the process stops.
    """

    def __init__(
        self,
        url: str,
        *,
        service: str,
        name: str,
        prefetch: int = 64,
        in_flight: int = 100,
        publish_timeout: float = 10.0,
        assert_every: float = 30.0,
        heartbeat: int = 10,
        drain: float = 8.0,
    ) -> None:
        self.service = service
        self._user = URL(url).user or service
        self._prefetch = prefetch
        self._publish_timeout = publish_timeout
        self._assert_every = assert_every
        self._drain = drain
        self._in_flight = asyncio.Semaphore(in_flight)
        self._lanes = Lanes(self._on_failure)
        self._publishing = Link(url, f"{name} publishes", self._publish_session, heartbeat=heartbeat)
        self._consuming = Link(url, f"{name} consumes", self._consume_session, heartbeat=heartbeat)
        self._inbox: Inbox | None = None
        self._topology = Topology.of(service, ())
        self._out: dict[str, AbstractExchange] = {}  # empty while publishing does not work
        self._consumers: dict[str, AbstractQueue] = {}  # by tag; empty while consuming does not work
        self._broken = asyncio.Event()
        self._notices: set[asyncio.Task[None]] = set()

    # -- the port -------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether publishing and consuming work at this moment."""
        return bool(self._out) and bool(self._consumers)

    async def start(self, inbox: Inbox) -> None:
        """Begin connecting, in the background; returns at once, also with no broker."""
        self._inbox = inbox
        self._topology = Topology.of(self.service, inbox.streams)
        self._publishing.start()
        self._consuming.start()

    async def publish(self, envelopes: Sequence[Envelope]) -> list[bool]:
        """Publish persistently, pipelined; per envelope whether the broker confirmed it. ``False`` may also
        mean that it was stored and the confirm was lost."""
        return list(await asyncio.gather(*map(self._publish_event, envelopes)))

    async def send(self, message: Control) -> bool:
        """Send a control message, best effort."""
        whom = message.sender if message.to == "*" else message.to
        fields = {"kind": message.kind, "sender": message.sender, "to": message.to, "data": message.data}
        packed = Message(
            orjson.dumps(fields),
            type=message.kind,
            content_type="application/json",
            app_id=self.service,
            user_id=self._user,
        )
        return await self._confirmed(CONTROL, f"{message.kind}.{whom}", packed)

    async def stop(self) -> None:
        """Drain: accept nothing more, let running handlers finish, acknowledge, close."""
        self._lanes.shut()
        for tag, queue in list(self._consumers.items()):
            await _quietly(queue.cancel(tag, nowait=True))
        await self._lanes.close(self._drain)
        await end(self._notices)
        await self._consuming.stop()
        await self._publishing.stop()

    # -- publishing -----------------------------------------------------------------------------------

    async def _publish_session(self, connection: AbstractConnection) -> None:
        await self._topology.assert_on(connection)  # before the first publish
        channel = await open_channel(connection, confirms=True)
        broken = await _watch(channel)
        self._out = {name: await channel.get_exchange(name, ensure=False) for name in (EVENTS, CONTROL)}
        self._on_up()
        try:
            await broken.wait()
        finally:
            self._out = {}
            await close_quietly(channel)

    async def _publish_event(self, envelope: Envelope) -> bool:
        packed = Message(
            envelope.body(),
            headers=dict(envelope.headers()),
            message_id=str(envelope.id),
            type=envelope.type,
            timestamp=envelope.time,
            content_type="application/json",
            app_id=envelope.service,
            user_id=self._user,
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        return await self._confirmed(EVENTS, envelope.type, packed)

    async def _confirmed(self, exchange_name: str, routing_key: str, message: Message) -> bool:
        async with self._in_flight:
            exchange = self._out.get(exchange_name)
            if exchange is None:
                return False
            try:
                async with asyncio.timeout(self._publish_timeout):
                    await exchange.publish(message, routing_key, mandatory=False)
            except asyncio.CancelledError:
                if really_cancelled():
                    raise
                return False
            except Exception as error:  # an outage, or a nack; the caller tries again
                log.debug("broker.unconfirmed", routing_key=routing_key, error=repr(error))
                return False
            return True

    # -- consuming ------------------------------------------------------------------------------------

    async def _consume_session(self, connection: AbstractConnection) -> None:
        await self._topology.assert_on(connection)
        channel = await open_channel(connection)
        broken = self._broken = await _watch(channel)
        try:
            await channel.set_qos(prefetch_count=self._prefetch)
            consumers = {}
            for plan in self._topology.queues:
                receive = self._receive_event if plan is self._topology.inbox else self._receive_control
                queue = await channel.get_queue(plan.name, ensure=False)
                consumers[await queue.consume(receive, timeout=10)] = queue
            self._consumers = consumers
            self._on_up()
            while not await _set_within(broken, self._assert_every):
                await self._topology.assert_on(connection)
        finally:
            self._consumers = {}
            self._lanes.forget_waiting()  # the broker will deliver them again
            await close_quietly(channel)

    async def _receive_event(self, message: AbstractIncomingMessage) -> None:
        inbox = self._inbox
        if inbox is None:
            return
        try:
            envelope = Envelope.read(message.headers, message.body, redelivered=bool(message.redelivered))
            if message.user_id != envelope.service or message.app_id != envelope.service:
                raise Unreadable(f"published by user {message.user_id!r}, not by {envelope.service!r}")
        except Unreadable as error:
            self._receive_unreadable(inbox, message, error)
            return
        lane = f"{envelope.stream} {envelope.key}"
        self._lanes.put(lane, lambda: self._handle(message, inbox.on_event(envelope)))

    async def _receive_control(self, message: AbstractIncomingMessage) -> None:
        inbox = self._inbox
        if inbox is None:
            return
        try:
            control = _read_control(message)
        except Unreadable as error:
            self._receive_unreadable(inbox, message, error)
            return
        if control.to == "*" and control.sender == self.service:
            await _quietly(message.ack())
            return
        lane = f"{control.kind} {control.sender}"
        self._lanes.put(lane, lambda: self._handle(message, inbox.on_control(control)))

    def _receive_unreadable(self, inbox: Inbox, message: AbstractIncomingMessage, error: Unreadable) -> None:
        lane = f"unreadable {message.delivery_tag}"
        handle = partial(inbox.on_unreadable, message.headers, message.body, str(error))
        self._lanes.put(lane, lambda: self._handle(message, handle()))

    async def _handle(self, message: AbstractIncomingMessage, handling: Awaitable[object]) -> None:
        await handling
        await _quietly(message.ack())  # on a connection lost meanwhile it comes again, as a duplicate

    def _on_failure(self, error: BaseException) -> None:
        log.error("broker.handler_failed", service=self.service, exc_info=error)
        self._broken.set()  # a new session gets the message again

    # -- both -----------------------------------------------------------------------------------------

    def _on_up(self) -> None:
        """A link came up: once both are, the process learns that it may have missed something."""
        if self._inbox is not None and self.connected:
            log.info("broker.connected", service=self.service)
            notice = asyncio.create_task(self._announce(self._inbox))
            self._notices.add(notice)
            notice.add_done_callback(self._notices.discard)

    async def _announce(self, inbox: Inbox) -> None:
        try:
            await inbox.on_new_queue()
        except Exception:
            log.exception("broker.on_new_queue_failed", service=self.service)


async def _watch(channel: AbstractChannel) -> asyncio.Event:
    """Set when the channel closes or the broker cancels a consumer on it, as when a queue is deleted."""
    broken = asyncio.Event()
    channel.close_callbacks.add(lambda *_: broken.set())
    underlying = await channel.get_underlay_channel()
    underlying.on_consumer_cancel_callbacks.add(lambda _: broken.set())
    return broken


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event is set before the time is over."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


async def _quietly(sending: Awaitable[Any]) -> None:
    """Send something to a broker that may be gone; a real cancellation passes through."""
    try:
        await sending
    except asyncio.CancelledError:
        if really_cancelled():
            raise
    except Exception as error:
        log.debug("broker.not_sent", error=repr(error))


def _read_control(message: AbstractIncomingMessage) -> Control:
    """Raises :class:`Unreadable` when it is no control message, or not from its named sender."""
    try:
        fields = orjson.loads(message.body)
        control = Control(**fields)
    except (ValueError, TypeError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    if message.user_id != control.sender:
        raise Unreadable(f"sent by user {message.user_id!r}, not by {control.sender!r}")
    return control
