"""The hub's switches do what fault tests rely on, the same way for the same seed."""

import asyncio
from dataclasses import replace

import pytest
from shared.tests.messaging.stages import Listener, an_event

from chassis.messaging.broker import Control
from chassis.messaging.envelope import Envelope
from chassis.messaging.hub import Hub, HubBroker, Killed

JOBS = "workshop.job"


async def a_shop(hub: Hub) -> tuple[HubBroker, Listener]:
    """A publisher, and what reception hears."""
    listener = Listener()
    await HubBroker(hub, "reception").start(listener.inbox("reception", JOBS))
    publisher = HubBroker(hub, "workshop")
    await publisher.start(Listener().inbox("workshop"))
    await hub.idle()
    return publisher, listener


def ten_events() -> list[Envelope]:
    return [an_event(n, key=f"job-{n}") for n in range(1, 11)]


class TestSwitches:
    async def test_duplicate_delivers_twice(self) -> None:
        hub = Hub()
        publisher, listener = await a_shop(hub)
        hub.duplicate = 1.0

        await publisher.publish([an_event(1)])
        await hub.idle()

        assert listener.sequences() == [1, 1]
        assert hub.count["duplicated"] == 1

    async def test_lose_may_be_told_what_to_lose(self) -> None:
        hub = Hub()
        publisher, listener = await a_shop(hub)
        hub.lose = lambda service, what: isinstance(what, Envelope) and what.sequence == 2

        confirmed = await publisher.publish([an_event(1), an_event(2), an_event(3)])
        await hub.idle()

        assert confirmed == [True, True, True]
        assert listener.sequences() == [1, 3]
        assert hub.count["lost"] == 1

    async def test_shuffle_and_delay_reorder_and_lose_nothing(self) -> None:
        hub = Hub(seed=7)
        publisher, listener = await a_shop(hub)
        hub.shuffle, hub.delay = True, 3

        await publisher.publish([an_event(n) for n in range(1, 11)])
        await hub.idle()

        assert listener.sequences() != list(range(1, 11))
        assert sorted(listener.sequences()) == list(range(1, 11))

    async def test_the_same_seed_gives_the_same_run(self) -> None:
        runs = []
        for _ in range(2):
            hub = Hub(seed=11)
            publisher, listener = await a_shop(hub)
            hub.shuffle, hub.delay, hub.duplicate, hub.lose = True, 2, 0.3, 0.2
            await publisher.publish([an_event(n) for n in range(1, 31)])
            await hub.idle()
            runs.append((listener.sequences(), dict(hub.count)))

        assert runs[0] == runs[1]

    async def test_what_is_queued_can_be_lost(self) -> None:
        hub = Hub()
        publisher, listener = await a_shop(hub)
        hub.paused = True
        await publisher.publish(ten_events())

        assert hub.waiting("reception") == 10
        assert hub.lose_everything_queued() == 10
        await hub.pump()

        assert listener.finished == []

    async def test_without_bindings_a_listener_is_deaf_until_they_are_asserted(self) -> None:
        hub = Hub()
        publisher, listener = await a_shop(hub)
        hub.lose_bindings()
        assert await publisher.publish([an_event(1)]) == [True]
        assert await publisher.send(Control("ask", "workshop", "reception", {}))

        hub.reassert()
        await publisher.publish([an_event(2)])
        await hub.idle()

        assert listener.sequences() == [2]
        assert listener.controls == []

    async def test_paused_delivers_only_when_pumped(self) -> None:
        hub = Hub()
        publisher, listener = await a_shop(hub)
        hub.paused = True
        await publisher.publish([an_event()])
        await hub.idle()
        assert listener.finished == []

        await hub.pump()

        assert listener.sequences() == [1]
        assert hub.paused


class TestReplicas:
    async def test_take_turns_however_many_departments_there_are(self) -> None:
        hub = Hub()
        heard: list[Listener] = []
        for service in ("workshop", "reception", "reception", "parts"):
            heard.append(Listener())
            await HubBroker(hub, service).start(heard[-1].inbox(service, "workshop.job"))

        for n in range(6):
            hub.publish(an_event(key=f"job-{n}"))
        await hub.idle()

        assert [len(listener.finished) for listener in heard[1:3]] == [3, 3]


class TestIdle:
    async def test_waits_for_what_handlers_cause(self) -> None:
        hub = Hub()
        publisher, parts = HubBroker(hub, "workshop"), Listener()
        await publisher.start(Listener().inbox("workshop"))
        relay, inbox = HubBroker(hub, "reception"), Listener().inbox("reception", JOBS)

        async def pass_on(event: Envelope) -> None:
            await relay.publish([an_event(kind="reception.visit.opened")])

        await relay.start(
            replace(inbox, on_event=pass_on)  # a listener that publishes
        )
        await HubBroker(hub, "parts").start(parts.inbox("parts", "reception.visit"))

        await publisher.publish([an_event()])
        await hub.idle()

        assert [event.type for event in parts.finished] == ["reception.visit.opened"]

    async def test_raises_what_a_handler_raised(self) -> None:
        hub = Hub()
        broker, inbox = HubBroker(hub, "reception"), Listener().inbox("reception", JOBS)

        async def fail(event: Envelope) -> None:
            raise ValueError("a bug")

        await broker.start(replace(inbox, on_event=fail))
        await broker.publish([an_event()])

        with pytest.raises(ValueError, match="a bug"):
            await hub.idle()


class TestDeath:
    async def test_a_killed_process_handles_nothing_more_and_its_messages_go_to_another(self) -> None:
        hub = Hub()
        publisher, survivor = HubBroker(hub, "workshop"), Listener()
        await publisher.start(Listener().inbox("workshop"))
        victim, broker = Listener(), HubBroker(hub, "reception")
        await broker.start(victim.inbox("reception", JOBS))
        victim.hold("job-1")
        await publisher.publish([an_event(1), an_event(2)])
        await victim.until(lambda: bool(victim.started))

        broker.kill()
        await HubBroker(hub, "reception").start(survivor.inbox("reception", JOBS))
        await hub.idle()

        assert victim.finished == []
        assert survivor.sequences() == [1, 2]
        assert [event.redelivered for event in survivor.finished] == [True, True]
        with pytest.raises(Killed):
            await broker.publish([an_event(3)])

    async def test_the_process_dies_at_the_step_chosen_and_no_other(self) -> None:
        hub = Hub()
        broker = HubBroker(hub, "reception")
        await broker.start(Listener().inbox("reception"))
        await broker.step("before-commit")
        hub.kill_at("reception", 2)

        await broker.step("after-commit")
        with pytest.raises(Killed):
            await broker.step("before-acknowledge")

        assert broker.dead
        assert hub.steps["reception"] == ["before-commit", "after-commit", "before-acknowledge"]
        successor = HubBroker(hub, "reception")
        await successor.step("before-commit")

    async def test_a_crash_point_inside_a_handler_kills_the_process_quietly(self) -> None:
        hub = Hub()
        dying, inbox = HubBroker(hub, "reception"), Listener().inbox("reception", JOBS)

        async def handle(event: Envelope) -> None:
            await dying.step("after-commit")

        await dying.start(replace(inbox, on_event=handle))
        await hub.idle()
        hub.kill_at("reception", 1)
        await dying.publish([an_event()])
        await hub.idle()

        assert dying.dead
        assert hub.waiting("reception") == 1
        successor = Listener()
        await HubBroker(hub, "reception").start(successor.inbox("reception", JOBS))
        await hub.idle()
        assert [event.redelivered for event in successor.finished] == [True]

    @pytest.mark.fault("zombies", "listener")
    async def test_a_handler_that_outlives_its_connection_acknowledges_nothing(self) -> None:
        hub = Hub()
        publisher, listener = await a_shop(hub)
        listener.hold("job-1")
        await publisher.publish([an_event()])
        await listener.until(lambda: bool(listener.started))

        hub.down = True
        listener.let_go("job-1")
        await asyncio.wait_for(hub.idle(), timeout=20)
        assert hub.waiting("reception") == 1

        hub.down = False
        await hub.idle()
        assert [event.redelivered for event in listener.finished] == [False, True]
