"""What a process may rely on at every broker: the same tests on the in-memory broker and on RabbitMQ."""

import asyncio

import pytest
from shared.tests.messaging.stages import RecordingConsumer, Stage, again_and_again, an_event

from servicekit.messaging.broker import Broker, Control

JOBS = "workshop.job"


async def a_consumer(
    stage: Stage, service: str = "reception", *, drain: float = 8.0
) -> tuple[Broker, RecordingConsumer]:
    """A process of ``service`` that subscribes to jobs, connected."""
    consumer = RecordingConsumer()
    broker = stage.broker(service, drain=drain)
    await broker.start(consumer.inbox(service, JOBS))
    await consumer.until(lambda: consumer.new_queues > 0)
    return broker, consumer


async def a_publisher(stage: Stage, service: str = "workshop") -> Broker:
    """A process of ``service`` that subscribes to nothing, connected."""
    consumer = RecordingConsumer()
    broker = stage.broker(service)
    await broker.start(consumer.inbox(service))
    await consumer.until(lambda: consumer.new_queues > 0)
    return broker


class TestPublishing:
    async def test_carries_the_whole_envelope(self, stage: Stage) -> None:
        _, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)
        event = an_event()

        confirmed = await publisher.publish([event])

        assert confirmed == [True]
        await consumer.until(lambda: bool(consumer.finished))
        assert consumer.finished == [event]
        assert consumer.finished[0].data == event.data
        assert not consumer.finished[0].redelivered

    async def test_confirms_each_of_many(self, stage: Stage) -> None:
        _, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)

        confirmed = await publisher.publish([an_event(n) for n in range(1, 301)])

        assert confirmed == [True] * 300
        await consumer.until(lambda: len(consumer.finished) == 300)
        assert consumer.sequences() == list(range(1, 301))

    async def test_reaches_only_those_who_subscribe_to_the_stream(self, stage: Stage) -> None:
        _, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)

        await publisher.publish([an_event(kind="workshop.bay.opened"), an_event(kind="workshop.job.ready")])

        await consumer.until(lambda: bool(consumer.finished))
        assert [event.type for event in consumer.finished] == ["workshop.job.ready"]

    async def test_is_confirmed_when_nobody_subscribes(self, stage: Stage) -> None:
        publisher = await a_publisher(stage)

        assert await publisher.publish([an_event()]) == [True]

    @pytest.mark.fault("confirms lost", "broker")
    async def test_gives_false_when_the_confirm_is_lost_though_it_was_stored(self, stage: Stage) -> None:
        publisher = await a_publisher(stage)
        consumer = RecordingConsumer()
        broker = stage.broker("reception")
        await broker.start(consumer.inbox("reception", JOBS))
        await consumer.until(lambda: consumer.new_queues > 0)
        await stage.lose_confirms()

        confirmed = await publisher.publish([an_event()])

        assert confirmed == [False]
        await stage.back_to_normal()
        await consumer.until(lambda: bool(consumer.finished))


class TestConsuming:
    async def test_what_was_handled_does_not_come_again(self, stage: Stage) -> None:
        broker, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)
        await publisher.publish([an_event(1)])
        await consumer.until(lambda: bool(consumer.finished))

        await broker.stop()
        _, successor = await a_consumer(stage)
        await publisher.publish([an_event(2)])

        await successor.until(lambda: bool(successor.finished))
        assert successor.sequences() == [2]

    async def test_what_was_being_handled_when_the_connection_broke_comes_again(self, stage: Stage) -> None:
        _, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)
        consumer.hold("job-1")
        await publisher.publish([an_event()])
        await consumer.until(lambda: bool(consumer.started))

        await stage.cut()
        await consumer.until(lambda: consumer.new_queues > 1)
        consumer.let_go("job-1")

        await consumer.until(lambda: len(consumer.finished) == 2)
        assert [event.redelivered for event in consumer.finished] == [False, True]

    async def test_what_a_process_did_not_finish_goes_to_another(self, stage: Stage) -> None:
        broker, consumer = await a_consumer(stage, drain=0.05)
        publisher = await a_publisher(stage)
        consumer.hold("job-1")
        await publisher.publish([an_event(1), an_event(2)])
        await consumer.until(lambda: bool(consumer.started))

        await broker.stop()
        _, successor = await a_consumer(stage)

        await successor.until(lambda: len(successor.finished) == 2)
        assert successor.sequences() == [1, 2]
        assert all(event.redelivered for event in successor.finished)
        assert consumer.finished == []

    async def test_two_processes_share_the_work(self, stage: Stage) -> None:
        _, one = await a_consumer(stage)
        _, other = await a_consumer(stage)
        publisher = await a_publisher(stage)
        events = [an_event(key=f"job-{n}") for n in range(100)]

        await publisher.publish(events)
        await again_and_again(
            lambda: asyncio.sleep(0), one, lambda: len(one.finished) + len(other.finished) >= 100
        )

        assert one.finished
        assert other.finished
        assert {event.key for event in one.finished + other.finished} == {event.key for event in events}
        assert len(one.finished) + len(other.finished) == 100

    async def test_one_key_waits_for_itself_and_for_no_other(self, stage: Stage) -> None:
        _, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)
        consumer.hold("slow")

        await publisher.publish([an_event(1, key="slow"), an_event(2, key="slow"), an_event(1, key="fast")])
        await publisher.publish([an_event(3, key="slow"), an_event(2, key="fast")])
        await consumer.until(lambda: consumer.sequences("fast") == [1, 2])

        assert [event.sequence for event in consumer.started if event.key == "slow"] == [1]
        consumer.let_go("slow")
        await consumer.until(lambda: consumer.sequences("slow") == [1, 2, 3])

    @pytest.mark.fault("not JSON, no headers", "messages")
    async def test_the_unreadable_is_handed_over_raw_and_blocks_nothing(self, stage: Stage) -> None:
        broker, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)

        await stage.inject("reception", {"colour": "red"}, b"\xff not json")
        await publisher.publish([an_event()])
        await consumer.until(lambda: bool(consumer.finished) and bool(consumer.unreadable))

        headers, body, reason = consumer.unreadable[0]
        assert (headers["colour"], body) == ("red", b"\xff not json")
        assert reason
        await broker.stop()
        _, successor = await a_consumer(stage)
        await publisher.publish([an_event(2)])
        await successor.until(lambda: bool(successor.finished))
        assert successor.unreadable == []


class TestControl:
    async def test_a_request_and_its_answer_reach_whom_they_name(self, stage: Stage) -> None:
        _, reception = await a_consumer(stage, "reception")
        _, parts = await a_consumer(stage, "parts")
        publisher = await a_publisher(stage)
        request = Control("backfill-request", "workshop", "reception", {"stream": JOBS, "from": 3, "to": 9})
        backfill = Control("backfill", "workshop", "reception", {"events": [an_event().to_json()]})

        assert await publisher.send(request)
        assert await publisher.send(backfill)
        await publisher.send(Control("backfill-request", "workshop", "parts", {}))

        await reception.until(lambda: len(reception.controls) == 2)
        await parts.until(lambda: bool(parts.controls))
        assert {control.kind: control for control in reception.controls} == {
            "backfill-request": request,
            "backfill": backfill,
        }
        assert [control.to for control in parts.controls] == ["parts"]

    async def test_a_watermark_reaches_every_other_department(self, stage: Stage) -> None:
        reception_broker, reception = await a_consumer(stage, "reception")
        _, parts = await a_consumer(stage, "parts")
        publisher = await a_publisher(stage)
        watermark = Control("watermark", "reception", "*", {"from": 0, "to": 7})

        assert await reception_broker.send(watermark)
        await parts.until(lambda: bool(parts.controls))
        await publisher.send(Control("backfill-request", "workshop", "reception", {}))

        await reception.until(lambda: bool(reception.controls))
        assert parts.controls == [watermark]
        assert [control.kind for control in reception.controls] == ["backfill-request"]


class TestOutages:
    async def test_publishing_gives_false_while_the_broker_is_away_and_works_when_it_is_back(
        self, stage: Stage
    ) -> None:
        _, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)
        event = an_event()

        await stage.away()
        confirmed = await publisher.publish([event, an_event(2)])
        sent = await publisher.send(Control("backfill-request", "workshop", "reception", {}))

        assert confirmed == [False, False]
        assert not sent
        assert not publisher.connected
        await stage.back()
        # It publishes on one connection and consumes on another; which comes back first is open.
        await again_and_again(
            lambda: publisher.publish([event]),
            consumer,
            lambda: bool(consumer.finished) and publisher.connected,
        )
        assert consumer.finished[0] == event

    async def test_starting_does_not_wait_for_the_broker(self, stage: Stage) -> None:
        await stage.away()
        consumer = RecordingConsumer()
        broker = stage.broker("reception")

        await broker.start(consumer.inbox("reception", JOBS))

        assert not broker.connected
        await stage.back()
        await consumer.until(lambda: consumer.new_queues > 0)
        assert broker.connected

    async def test_the_process_is_notified_when_a_connection_came_back(self, stage: Stage) -> None:
        broker, consumer = await a_consumer(stage)
        before = consumer.new_queues

        await stage.cut()

        await consumer.until(lambda: consumer.new_queues > before)
        assert broker.connected

    @pytest.mark.fault("inboxes deleted with their messages", "broker")
    async def test_a_deleted_queue_is_declared_anew(self, stage: Stage) -> None:
        _, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)
        before = consumer.new_queues

        await stage.lose_queues()

        await consumer.until(lambda: consumer.new_queues > before)
        await again_and_again(
            lambda: publisher.publish([an_event()]), consumer, lambda: bool(consumer.finished)
        )

    @pytest.mark.fault("bindings deleted", "broker")
    async def test_lost_bindings_are_asserted_anew(self, stage: Stage) -> None:
        _, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)

        await stage.lose_bindings()

        await again_and_again(
            lambda: publisher.publish([an_event()]), consumer, lambda: bool(consumer.finished)
        )


class TestStopping:
    async def test_running_handlers_finish_and_are_acknowledged_and_the_rest_goes_to_others(
        self, stage: Stage
    ) -> None:
        broker, consumer = await a_consumer(stage)
        publisher = await a_publisher(stage)
        consumer.hold("job-1")
        await publisher.publish([an_event(1), an_event(2)])
        await consumer.until(lambda: bool(consumer.started))

        stopping = asyncio.create_task(broker.stop())
        await asyncio.sleep(0)
        consumer.let_go("job-1")
        await stopping
        _, successor = await a_consumer(stage)

        await successor.until(lambda: bool(successor.finished))
        assert consumer.sequences() == [1]
        assert successor.sequences() == [2]
        assert not broker.connected

    async def test_works_before_any_connection_was_made(self, stage: Stage) -> None:
        await stage.away()
        broker = stage.broker("reception")
        await broker.start(RecordingConsumer().inbox("reception", JOBS))

        await broker.stop()

        assert not broker.connected
        await stage.back()
