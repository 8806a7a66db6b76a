"""Negative controls: variants that break one rule of the protocol each; the checker must catch them.

Watermarks and resend are off where these run: they would heal what the variants break.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.exc import IntegrityError

from servicekit.messaging import cursors, outbox
from servicekit.messaging.envelope import Envelope
from servicekit.tx import Tx
from testkit.department import Department
from tests.faults.in_memory.toys import BURST, LISTENER, PUBLISHER, Harm, Toys

_LAST = text("select last from cursors where stream = :stream and key = :key and :n > 0")
_MOVE = text("""
    insert into cursors (stream, key, last, high) values (:stream, :key, :n, :n)
    on conflict (reader, stream, key) do update set last = :n, high = greatest(cursors.high, :n)
    returning last
""")
_UPSERT = text("""
    insert into cursors (stream, key, last, high) values (:stream, :key, :n, :n)
    on conflict (reader, stream, key) do update set last = :n, high = :n where cursors.last = :n - 1
    returning last
""")
_FORGET = text("""
    update cursors set wake_at = null
     where wake_at is not null
       and xmin::text::bigint = (pg_current_xact_id_if_assigned()::text::bigint & 4294967295)
    returning stream, key
""")
_REMEMBER = text("update cursors set wake_at = now() where stream = :stream and key = :key")
_A_WHILE = 30
"""Statements that pass between a decision and what follows from it."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A rule left out by a department, and what the in-memory broker does that brings it out."""

    name: str
    service: str
    harm: Harm
    adversary: Callable[[Toys], None]


async def _at(tx: Tx, envelope: Envelope, statement: TextClause) -> int | None:
    place = {"stream": envelope.stream, "key": envelope.key, "n": envelope.sequence}
    found: int | None = (await tx.session.execute(statement, place)).scalar()
    return found


def _hearing(receive: Callable[[Department, Envelope], Awaitable[None]]) -> Harm:
    """The process takes up deliveries like this."""

    async def patient(workshop: Department, envelope: Envelope) -> None:
        while True:
            try:
                return await receive(workshop, envelope)
            except IntegrityError:  # another replica was faster: as the listener, try again
                continue

    def harm(workshop: Department) -> None:
        object.__setattr__(workshop.connection.inbox, "on_event", partial(patient, workshop))

    return harm


# --- listeners


async def no_cursor(workshop: Department, envelope: Envelope) -> None:
    """Whatever comes is applied, as often as it comes."""
    async with workshop.runtime.process.begin(cause=envelope) as tx:
        await workshop.runtime.consumer._run(tx, envelope)
        await _at(tx, envelope, _MOVE)


async def upsert_with_condition(workshop: Department, envelope: Envelope) -> None:
    """One statement in place of two: an unknown key begins with whichever message comes first."""
    async with workshop.runtime.process.begin(cause=envelope) as tx:
        if await _at(tx, envelope, _UPSERT) is not None:
            await workshop.runtime.consumer._run(tx, envelope)


async def max_sequence(workshop: Department, envelope: Envelope) -> None:
    """The cursor moves to the highest number seen, over what has not come yet."""
    async with workshop.runtime.process.begin(cause=envelope) as tx:
        if envelope.sequence > (await _at(tx, envelope, _LAST) or 0):
            await workshop.runtime.consumer._run(tx, envelope)
            await _at(tx, envelope, _MOVE)


async def defer_without_lock(workshop: Department, envelope: Envelope) -> None:
    """Decided on a reading that nobody keeps true, filed when the missing one has already passed by."""
    async with workshop.runtime.process.begin() as tx:
        last = await _at(tx, envelope, _LAST) or 0
        if envelope.sequence > last + 1:
            for _ in range(_A_WHILE):
                await _at(tx, envelope, _LAST)
            await cursors.defer(tx.session, envelope)
            return
    await workshop.runtime.consumer.handle(envelope)


def acknowledge_before_commit(workshop: Department) -> None:
    """The message is gone from the queue before its effects are certain."""
    broker: Any = workshop.connection
    hand_over = broker._hand_over

    async def hasty(inbox: Any, message: Any) -> None:
        broker._unacknowledged.pop(message.number)
        await hand_over(inbox, message)

    broker._hand_over = hasty


class _Forgetful(Tx):
    """Never stores a reason to look again; the process remembers it."""

    memory: set[tuple[str, str]]

    async def _end(self, *, keep: bool) -> None:
        try:
            if keep:
                self.memory.update((row.stream, row.key) for row in await self.session.execute(_FORGET))
        except BaseException:
            keep = False
            raise
        finally:
            await super()._end(keep=keep)


def wake_up_in_memory(workshop: Department) -> None:
    """Reasons to look again die with the process that had them."""
    process: Any = workshop.runtime.process
    poller: Any = workshop.runtime.poller
    begin, poll = process.begin, poller.poll
    memory: set[tuple[str, str]] = set()

    def forgetful(**how: Any) -> Any:
        tx = begin(**how)
        tx.__class__, tx.memory = _Forgetful, memory
        return tx

    async def once() -> bool:
        async with begin() as tx:
            while memory:
                stream, key = memory.pop()
                await tx.session.execute(_REMEMBER, {"stream": stream, "key": key})
        return bool(await poll())

    process.begin, poller.poll = forgetful, once


def bindings_not_reasserted(workshop: Department) -> None:
    """Bound once, when the process started."""
    broker: Any = workshop.connection
    broker.bind = lambda: None


# --- publishers


class _Hasty(Tx):
    """Says it before it is so."""

    say: Callable[[list[Envelope]], Awaitable[object]]

    async def _end(self, *, keep: bool) -> None:
        try:
            if keep:
                await self.flush()
                await self.say(self._events)
        except BaseException:
            keep = False
            raise
        finally:
            await super()._end(keep=keep)


def publish_before_commit(staff: Department) -> None:
    """Facts of a transaction that never was are heard."""
    process: Any = staff.runtime.process
    begin = process.begin

    def hasty(**how: Any) -> Any:
        tx = begin(**how)
        tx.__class__, tx.say = _Hasty, staff.connection.publish
        return tx

    process.begin = hasty


def mark_before_confirm(staff: Department) -> None:
    """Marked as published, then published: what the broker did not take is never tried again."""
    runtime: Any = staff.runtime

    async def publish(batch: list[tuple[int, Envelope]]) -> None:
        await runtime.process.autocommit(outbox.MARK, {"positions": [position for position, _ in batch]})
        await runtime.broker.publish([envelope for _, envelope in batch])

    runtime.publisher._publish = publish


# --- what the in-memory broker does


def doubles(toys: Toys) -> None:
    """Many messages come twice."""
    toys.broker.duplicate = 0.4


def shuffles(toys: Toys) -> None:
    """Messages wait for others and come in any order."""
    toys.broker.shuffle, toys.broker.delay = True, 6


def comes_in_bursts(toys: Toys) -> None:
    """Nothing is delivered for a while, then everything at once."""

    def between(n: int) -> None:
        toys.broker.paused = n % BURST != 0

    toys.between = between


def shuffles_and_kills(toys: Toys) -> None:
    """And the workshop's processes die before they look again."""
    shuffles(toys)

    def kill() -> None:
        for department in toys.shop.departments.values():
            if department.service.name == LISTENER:
                department.connection.kill()

    toys.in_the_end = kill


def kills_publishers(toys: Toys) -> None:
    """The staff's process dies now and then."""
    toys.broker.kill_at(PUBLISHER, *toys.broker.random.sample(range(1, 80), 20))


def kills_listeners(toys: Toys) -> None:
    """The workshop's processes die with a burst of messages in hand."""

    def between(n: int) -> None:
        toys.broker.paused = n % BURST != 0
        if n == BURST:
            toys.broker.kill_at(LISTENER, 3, 9)

    toys.between = between


def takes_broker_away(toys: Toys) -> None:
    """For some of what is told there is no broker."""

    def between(n: int) -> None:
        toys.broker.down = n % 5 == 3

    toys.between = between


def loses_bindings(toys: Toys) -> None:
    """Every queue is deaf, until processes assert their bindings again."""

    def between(n: int) -> None:
        if n == 5:
            toys.broker.lose_bindings()
        if n == 7:
            toys.broker.reassert()

    toys.between = between


WRONGS = [
    Wrong("no cursor", LISTENER, _hearing(no_cursor), doubles),
    Wrong("upsert with condition", LISTENER, _hearing(upsert_with_condition), shuffles),
    Wrong("max(sequence)", LISTENER, _hearing(max_sequence), shuffles),
    Wrong("defer without the lock", LISTENER, _hearing(defer_without_lock), comes_in_bursts),
    Wrong("acknowledge before commit", LISTENER, acknowledge_before_commit, kills_listeners),
    Wrong("wake-up in memory only", LISTENER, wake_up_in_memory, shuffles_and_kills),
    Wrong("bindings not asserted again", LISTENER, bindings_not_reasserted, loses_bindings),
    Wrong("publish before commit", PUBLISHER, publish_before_commit, kills_publishers),
    Wrong("mark before confirm", PUBLISHER, mark_before_confirm, takes_broker_away),
]
