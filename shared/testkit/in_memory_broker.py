"""The in-memory stand-in for the message broker: same port, with switches for every way a broker can fail."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import orjson

from servicekit.messaging.broker import Control, Inbox
from servicekit.messaging.envelope import Envelope, Unreadable
from servicekit.messaging.lanes import Lanes, end
from testkit.in_memory_queue import Message, Queue

Lose = Callable[[str, Envelope | Control], bool]


class Killed(BaseException):
    """The process died here. No ``Exception``: nothing may catch it and go on."""


class InMemoryBroker:
    """The broker of a whole shop in one process; the seed makes a run repeatable.

    Switches: ``duplicate``, ``lose``, ``unconfirmed`` (stored, but the publisher gets no confirm) are
    probabilities, ``lose`` may also be a predicate of (listening service, message); ``shuffle`` delivers in
    any order; ``delay`` holds a message back for up to so many other deliveries; ``paused`` delivers nothing.
    ``count`` has ``published``, ``delivered``, ``duplicated``, ``lost``, ``redelivered`` and ``killed``.
    """

    def __init__(self, seed: int = 0) -> None:
        self.random = Random(seed)
        self.duplicate = 0.0
        self.lose: float | Lose = 0.0
        self.unconfirmed = 0.0
        self.shuffle = False
        self.delay = 0
        self.paused = False
        self.count: Counter[str] = Counter()
        self.armed_failpoints: dict[str, set[int]] = {}
        self.passed_failpoints: dict[str, list[str]] = {}
        self.failures: list[BaseException] = []
        self._down = False
        self._queues: dict[str, Queue] = {}
        self._links: list[InMemoryConnection] = []
        self._numbers = 0
        self._scheduled = False

    # -- switches -------------------------------------------------------------------------------------

    @property
    def down(self) -> bool:
        """Whether the broker is away; setting it cuts, or brings back, every connection."""
        return self._down

    @down.setter
    def down(self, away: bool) -> None:
        if away == self._down:
            return
        self._down = away
        for link in list(self._links):
            link.cut() if away else link.come_back()

    def cut_connections(self) -> None:
        """Cut every connection; each comes back at once, and what was unacknowledged is delivered again."""
        for link in list(self._links):
            link.cut()
            link.come_back()

    def lose_everything_queued(self) -> int:
        """Empty every queue; how many messages were lost."""
        lost = sum(len(queue.waiting) for queue in self._queues.values())
        for queue in self._queues.values():
            queue.waiting.clear()
        self.count["lost"] += lost
        return lost

    def lose_bindings(self) -> None:
        """Leave every queue deaf until the topology is asserted again."""
        for queue in self._queues.values():
            queue.streams.clear()
            queue.controlled = False

    def reassert(self) -> None:
        """What every process does on connecting and every 30 s: declare its queue and bindings."""
        for link in self._links:
            if link.connected:
                link.bind()

    def reset(self) -> None:
        """The broker comes back empty: queues, messages and bindings gone, connections anew."""
        for link in list(self._links):
            link.cut()
        self.lose_everything_queued()
        self._queues.clear()
        for link in list(self._links):
            link.come_back()

    def kill_at(self, service: str, *steps: int) -> None:
        """Let the service's process die at its n-th step from now on (the first is 1)."""
        passed = len(self.passed_failpoints.get(service, ()))
        self.armed_failpoints.setdefault(service, set()).update(passed + n for n in steps)

    async def failpoint(self, service: str, name: str) -> None:
        """A point in the runtime where a process may die; raises :class:`Killed` at a crash point."""
        passed = self.passed_failpoints.setdefault(service, [])
        passed.append(name)
        n = len(passed)  # others may pass points of theirs while this one waits
        await asyncio.sleep(0)
        if n in self.armed_failpoints.get(service, ()):
            self.count["killed"] += 1
            raise Killed(f"{service} at step {n}, {name}")

    def inject(self, service: str, headers: Mapping[str, Any], body: bytes) -> None:
        """Put anything at all into a service's inbox, as a stranger with broker rights could."""
        self._store(self._queue(service), Message(self._next(), f"raw {self._numbers}", dict(headers), body))

    # -- watching -------------------------------------------------------------------------------------

    def waiting(self, service: str) -> int:
        """How many messages lie in the service's queue, not counting those being handled."""
        return len(self._queue(service).waiting)

    @property
    def quiet(self) -> bool:
        """Whether nothing that can be delivered is queued and no handler is running."""
        if any(link.running for link in self._links):
            return False
        if self.paused:
            return True
        return not any(
            link.connected and link.inbox is not None and self._queue(link.service).waiting
            for link in self._links
        )

    async def idle(self) -> None:
        """Return when nothing is under way; raises what a handler raised, except that it was killed."""
        while not (self.quiet or self.failures):
            running = [task for link in self._links for task in link.running]
            if running:
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            else:
                self._release()
                await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)

    async def pump(self) -> None:
        """Deliver until quiet, also when paused."""
        paused, self.paused = self.paused, False
        try:
            await self.idle()
        finally:
            self.paused = paused

    # -- carrying -------------------------------------------------------------------------------------

    def publish(self, envelope: Envelope) -> bool:
        """Store the event in every queue bound to its stream; whether the publisher gets a confirm."""
        self.count["published"] += 1
        for service, queue in self._queues.items():
            if envelope.stream in queue.streams:
                message = Message(
                    self._next(), f"{envelope.stream} {envelope.key}", envelope.headers(), envelope.body()
                )
                self._carry(service, queue, message, envelope)
        return not self._by_chance(self.unconfirmed)

    def send(self, control: Control) -> None:
        """Store a control message for the service it names, or for every other one."""
        fields = {"kind": control.kind, "sender": control.sender, "to": control.to, "data": control.data}
        body = orjson.dumps(fields)
        for service, queue in self._queues.items():
            meant = control.to == service or (control.to == "*" and control.sender != service)
            if queue.controlled and meant:
                message = Message(self._next(), f"{control.kind} {control.sender}", None, body)
                self._carry(service, queue, message, control)

    def _carry(self, service: str, queue: Queue, message: Message, what: Envelope | Control) -> None:
        lost = self.lose(service, what) if callable(self.lose) else self._by_chance(self.lose)
        if lost:
            self.count["lost"] += 1
            return
        self._store(queue, message)
        if self._by_chance(self.duplicate):
            self.count["duplicated"] += 1
            copy = Message(self._next(), message.lane, message.headers, message.body)
            self._store(queue, copy)

    def _store(self, queue: Queue, message: Message) -> None:
        message.held = self.random.randint(0, self.delay) if self.delay else 0
        queue.waiting.append(message)
        self._schedule()

    def _by_chance(self, probability: float) -> bool:
        return probability > 0 and self.random.random() < probability

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

    def _queue(self, service: str) -> Queue:
        return self._queues.setdefault(service, Queue())

    # -- delivering -----------------------------------------------------------------------------------

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._deliver)

    def _deliver(self) -> None:
        self._scheduled = False
        progress = True
        while progress and not self.paused:
            progress = False
            for service, queue in list(self._queues.items()):
                link = self._free_link(service, queue)
                message = queue.pick(self.random if self.shuffle else None) if link is not None else None
                if link is not None and message is not None:
                    queue.taken += 1
                    link.take(message)
                    progress = True

    def _free_link(self, service: str, queue: Queue) -> "InMemoryConnection | None":
        free = [link for link in self._links if link.service == service and link.has_room]
        return free[queue.taken % len(free)] if free else None  # competing consumers take turns

    def _release(self) -> None:
        """Nothing else is left to wait for: deliver what is held back."""
        for queue in self._queues.values():
            queue.release()
        self._schedule()


class InMemoryConnection:
    """One process's connection to the in-memory broker: a :class:`servicekit.messaging.broker.Broker`."""

    def __init__(
        self, broker: InMemoryBroker, service: str, *, prefetch: int = 64, drain: float = 8.0
    ) -> None:
        self.broker = broker
        self.service = service
        self.inbox: Inbox | None = None
        self.dead = False
        self._prefetch = prefetch
        self._drain = drain
        self._up = False
        self._unacknowledged: dict[int, Message] = {}
        self._lanes = Lanes(self._on_failure)
        self._notices: set[asyncio.Task[None]] = set()

    # -- the port -------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether publishing and consuming work at this moment."""
        return self._up

    async def start(self, inbox: Inbox) -> None:
        """Join the in-memory broker; consuming begins at once unless the in-memory broker is down."""
        self.inbox = inbox
        self.broker._links.append(self)
        if not self.broker.down:
            self.come_back()

    async def publish(self, envelopes: Sequence[Envelope]) -> list[bool]:
        """Per envelope whether the in-memory broker confirmed it; all ``False`` while it is away."""
        await asyncio.sleep(0)
        self.must_live()
        return [self._up and self.broker.publish(envelope) for envelope in envelopes]

    async def send(self, message: Control) -> bool:
        """Send a control message; ``False`` while the in-memory broker is away."""
        await asyncio.sleep(0)
        self.must_live()
        if self._up:
            self.broker.send(message)
        return self._up

    async def stop(self) -> None:
        """Drain: start nothing more, let running handlers finish, give back what was not started."""
        self.inbox = None
        await self._lanes.close(self._drain)
        await end(self._notices)
        self._leave()

    # -- what tests do to a process -------------------------------------------------------------------

    async def failpoint(self, name: str) -> None:
        """Pass a crash point; the process dies there if the in-memory broker was set so, and stays dead."""
        self.must_live()
        try:
            await self.broker.failpoint(self.service, name)
        except Killed:
            self.kill()
            raise

    def kill(self) -> None:
        """The process dies: its handlers end where they stand, its unacknowledged messages go to others."""
        self.dead = True
        self._leave()
        self._lanes.cancel()
        for task in self._notices:
            if task is not asyncio.current_task():
                task.cancel()

    def cut(self) -> None:
        """The connection is lost: unacknowledged messages go back; running handlers finish in vain."""
        self._up = False
        self._lanes.forget_waiting()
        queue = self.broker._queue(self.service)
        for message in reversed(self._unacknowledged.values()):
            # a new number, so that a handler which finishes after its connection acknowledges nothing
            again = replace(message, number=self.broker._next(), redelivered=True, held=0)
            queue.waiting.appendleft(again)
        self.broker.count["redelivered"] += len(self._unacknowledged)
        self._unacknowledged.clear()

    def come_back(self) -> None:
        """The connection is there (again): declare, consume, and notify the runtime."""
        if self.dead or self.inbox is None:
            return
        self._up = True
        self.bind()
        notice = asyncio.create_task(self._announce(self.inbox))
        self._notices.add(notice)
        notice.add_done_callback(self._notices.discard)
        self.broker._schedule()

    def bind(self) -> None:
        """Assert the queue and its bindings."""
        if self.inbox is not None:
            queue = self.broker._queue(self.service)
            queue.streams.update(self.inbox.streams)
            queue.controlled = True

    # -- what the in-memory broker calls ---------------------------------------------------------------

    @property
    def running(self) -> frozenset[asyncio.Task[None]]:
        """The tasks in which handlers run."""
        return self._lanes.running | self._notices

    @property
    def has_room(self) -> bool:
        """Whether the in-memory broker may hand over one more message."""
        return self._up and self.inbox is not None and len(self._unacknowledged) < self._prefetch

    def take(self, message: Message) -> None:
        """Handle one delivery."""
        self._unacknowledged[message.number] = message
        self.broker.count["delivered"] += 1
        self._lanes.put(message.lane, lambda: self._handle(message))

    async def _handle(self, message: Message) -> None:
        if self._unacknowledged.get(message.number) is not message or self.inbox is None:
            return
        await self._hand_over(self.inbox, message)
        if self._unacknowledged.get(message.number) is message:
            del self._unacknowledged[message.number]
            self.broker._schedule()

    async def _hand_over(self, inbox: Inbox, message: Message) -> None:
        if message.headers is None:
            await inbox.on_control(Control(**orjson.loads(message.body)))
            return
        try:
            envelope = Envelope.read(message.headers, message.body, redelivered=message.redelivered)
        except Unreadable as error:
            await inbox.on_unreadable(message.headers, message.body, str(error))
            return
        await inbox.on_event(envelope)

    async def _announce(self, inbox: Inbox) -> None:
        try:
            await inbox.on_new_queue()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._on_failure(error)

    def _leave(self) -> None:
        self.cut()
        if self in self.broker._links:
            self.broker._links.remove(self)
        self.broker._schedule()

    def must_live(self) -> None:
        """Raises :class:`Killed` when this process is dead."""
        if self.dead:
            raise Killed(f"{self.service} is dead")

    def _on_failure(self, error: BaseException) -> None:
        if isinstance(error, Killed):
            self.kill()
        else:
            self.broker.failures.append(error)
