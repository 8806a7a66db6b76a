"""The in-memory broker's switches do what fault tests rely on, the same way for the same seed."""

import asyncio
from dataclasses import replace

import pytest
from shared.tests.messaging.stages import RecordingConsumer, an_event

from servicekit.messaging.broker import Control
from servicekit.messaging.envelope import Envelope
from testkit.in_memory_broker import InMemoryBroker, InMemoryConnection, Killed

JOBS = "workshop.job"


async def a_shop(memory_broker: InMemoryBroker) -> tuple[InMemoryConnection, RecordingConsumer]:
    """A publisher, and what reception receives."""
    consumer = RecordingConsumer()
    await InMemoryConnection(memory_broker, "reception").start(consumer.inbox("reception", JOBS))
    publisher = InMemoryConnection(memory_broker, "workshop")
    await publisher.start(RecordingConsumer().inbox("workshop"))
    await memory_broker.idle()
    return publisher, consumer


def ten_events() -> list[Envelope]:
    return [an_event(n, key=f"job-{n}") for n in range(1, 11)]


class TestSwitches:
    async def test_duplicate_delivers_twice(self) -> None:
        memory_broker = InMemoryBroker()
        publisher, consumer = await a_shop(memory_broker)
        memory_broker.duplicate = 1.0

        await publisher.publish([an_event(1)])
        await memory_broker.idle()

        assert consumer.sequences() == [1, 1]
        assert memory_broker.count["duplicated"] == 1

    async def test_lose_may_choose_what_to_lose(self) -> None:
        memory_broker = InMemoryBroker()
        publisher, consumer = await a_shop(memory_broker)
        memory_broker.lose = lambda service, what: isinstance(what, Envelope) and what.sequence == 2

        confirmed = await publisher.publish([an_event(1), an_event(2), an_event(3)])
        await memory_broker.idle()

        assert confirmed == [True, True, True]
        assert consumer.sequences() == [1, 3]
        assert memory_broker.count["lost"] == 1

    async def test_shuffle_and_delay_reorder_and_lose_nothing(self) -> None:
        memory_broker = InMemoryBroker(seed=7)
        publisher, consumer = await a_shop(memory_broker)
        memory_broker.shuffle, memory_broker.delay = True, 3

        await publisher.publish([an_event(n) for n in range(1, 11)])
        await memory_broker.idle()

        assert consumer.sequences() != list(range(1, 11))
        assert sorted(consumer.sequences()) == list(range(1, 11))

    async def test_the_same_seed_gives_the_same_run(self) -> None:
        runs = []
        for _ in range(2):
            memory_broker = InMemoryBroker(seed=11)
            publisher, consumer = await a_shop(memory_broker)
            memory_broker.shuffle, memory_broker.delay, memory_broker.duplicate, memory_broker.lose = (
                True,
                2,
                0.3,
                0.2,
            )
            await publisher.publish([an_event(n) for n in range(1, 31)])
            await memory_broker.idle()
            runs.append((consumer.sequences(), dict(memory_broker.count)))

        assert runs[0] == runs[1]

    async def test_what_is_queued_can_be_lost(self) -> None:
        memory_broker = InMemoryBroker()
        publisher, consumer = await a_shop(memory_broker)
        memory_broker.paused = True
        await publisher.publish(ten_events())

        assert memory_broker.waiting("reception") == 10
        assert memory_broker.lose_everything_queued() == 10
        await memory_broker.pump()

        assert consumer.finished == []

    async def test_without_bindings_a_listener_is_deaf_until_they_are_asserted(self) -> None:
        memory_broker = InMemoryBroker()
        publisher, consumer = await a_shop(memory_broker)
        memory_broker.lose_bindings()
        assert await publisher.publish([an_event(1)]) == [True]
        assert await publisher.send(Control("backfill-request", "workshop", "reception", {}))

        memory_broker.reassert()
        await publisher.publish([an_event(2)])
        await memory_broker.idle()

        assert consumer.sequences() == [2]
        assert consumer.controls == []

    async def test_paused_delivers_only_when_pumped(self) -> None:
        memory_broker = InMemoryBroker()
        publisher, consumer = await a_shop(memory_broker)
        memory_broker.paused = True
        await publisher.publish([an_event()])
        await memory_broker.idle()
        assert consumer.finished == []

        await memory_broker.pump()

        assert consumer.sequences() == [1]
        assert memory_broker.paused


class TestReplicas:
    async def test_take_turns_however_many_departments_there_are(self) -> None:
        memory_broker = InMemoryBroker()
        consumers: list[RecordingConsumer] = []
        for service in ("workshop", "reception", "reception", "parts"):
            consumers.append(RecordingConsumer())
            await InMemoryConnection(memory_broker, service).start(
                consumers[-1].inbox(service, "workshop.job")
            )

        for n in range(6):
            memory_broker.publish(an_event(key=f"job-{n}"))
        await memory_broker.idle()

        assert [len(consumer.finished) for consumer in consumers[1:3]] == [3, 3]


class TestIdle:
    async def test_waits_for_what_handlers_cause(self) -> None:
        memory_broker = InMemoryBroker()
        publisher, parts = InMemoryConnection(memory_broker, "workshop"), RecordingConsumer()
        await publisher.start(RecordingConsumer().inbox("workshop"))
        relay, inbox = (
            InMemoryConnection(memory_broker, "reception"),
            RecordingConsumer().inbox("reception", JOBS),
        )

        async def pass_on(event: Envelope) -> None:
            await relay.publish([an_event(kind="reception.visit.opened")])

        await relay.start(
            replace(inbox, on_event=pass_on)  # a consumer that publishes
        )
        await InMemoryConnection(memory_broker, "parts").start(parts.inbox("parts", "reception.visit"))

        await publisher.publish([an_event()])
        await memory_broker.idle()

        assert [event.type for event in parts.finished] == ["reception.visit.opened"]

    async def test_raises_what_a_handler_raised(self) -> None:
        memory_broker = InMemoryBroker()
        broker, inbox = (
            InMemoryConnection(memory_broker, "reception"),
            RecordingConsumer().inbox("reception", JOBS),
        )

        async def fail(event: Envelope) -> None:
            raise ValueError("a bug")

        await broker.start(replace(inbox, on_event=fail))
        await broker.publish([an_event()])

        with pytest.raises(ValueError, match="a bug"):
            await memory_broker.idle()


class TestDeath:
    async def test_a_killed_process_handles_nothing_more_and_its_messages_go_to_another(self) -> None:
        memory_broker = InMemoryBroker()
        publisher, survivor = InMemoryConnection(memory_broker, "workshop"), RecordingConsumer()
        await publisher.start(RecordingConsumer().inbox("workshop"))
        victim, broker = RecordingConsumer(), InMemoryConnection(memory_broker, "reception")
        await broker.start(victim.inbox("reception", JOBS))
        victim.hold("job-1")
        await publisher.publish([an_event(1), an_event(2)])
        await victim.until(lambda: bool(victim.started))

        broker.kill()
        await InMemoryConnection(memory_broker, "reception").start(survivor.inbox("reception", JOBS))
        await memory_broker.idle()

        assert victim.finished == []
        assert survivor.sequences() == [1, 2]
        assert [event.redelivered for event in survivor.finished] == [True, True]
        with pytest.raises(Killed):
            await broker.publish([an_event(3)])

    async def test_the_process_dies_at_the_step_chosen_and_no_other(self) -> None:
        memory_broker = InMemoryBroker()
        broker = InMemoryConnection(memory_broker, "reception")
        await broker.start(RecordingConsumer().inbox("reception"))
        await broker.failpoint("before-commit")
        memory_broker.kill_at("reception", 2)

        await broker.failpoint("after-commit")
        with pytest.raises(Killed):
            await broker.failpoint("before-acknowledge")

        assert broker.dead
        assert memory_broker.passed_failpoints["reception"] == [
            "before-commit",
            "after-commit",
            "before-acknowledge",
        ]
        successor = InMemoryConnection(memory_broker, "reception")
        await successor.failpoint("before-commit")

    async def test_a_crash_point_inside_a_handler_kills_the_process_quietly(self) -> None:
        memory_broker = InMemoryBroker()
        dying, inbox = (
            InMemoryConnection(memory_broker, "reception"),
            RecordingConsumer().inbox("reception", JOBS),
        )

        async def handle(event: Envelope) -> None:
            await dying.failpoint("after-commit")

        await dying.start(replace(inbox, on_event=handle))
        await memory_broker.idle()
        memory_broker.kill_at("reception", 1)
        await dying.publish([an_event()])
        await memory_broker.idle()

        assert dying.dead
        assert memory_broker.waiting("reception") == 1
        successor = RecordingConsumer()
        await InMemoryConnection(memory_broker, "reception").start(successor.inbox("reception", JOBS))
        await memory_broker.idle()
        assert [event.redelivered for event in successor.finished] == [True]

    @pytest.mark.fault("zombies", "subscriber")
    async def test_a_handler_that_outlives_its_connection_acknowledges_nothing(self) -> None:
        memory_broker = InMemoryBroker()
        publisher, consumer = await a_shop(memory_broker)
        consumer.hold("job-1")
        await publisher.publish([an_event()])
        await consumer.until(lambda: bool(consumer.started))

        memory_broker.down = True
        consumer.let_go("job-1")
        await asyncio.wait_for(memory_broker.idle(), timeout=20)
        assert memory_broker.waiting("reception") == 1

        memory_broker.down = False
        await memory_broker.idle()
        assert [event.redelivered for event in consumer.finished] == [False, True]
