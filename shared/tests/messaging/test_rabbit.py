"""What only RabbitMQ can do to us: deleted exchanges, other arguments, forged senders, silence."""

import asyncio
from dataclasses import replace
from typing import Any

import aio_pika
import pytest
from shared.tests.messaging.stages import RabbitStage, RecordingConsumer, again_and_again, an_event
from tools.native.rabbitmq import ADMIN

from servicekit.messaging.broker import Control
from servicekit.messaging.envelope import Envelope
from servicekit.messaging.topology import MISMATCH

JOBS = "workshop.job"


@pytest.mark.fault("exchanges deleted", "broker")
async def test_deleted_exchanges_heal(rabbit: RabbitStage) -> None:
    consumer = RecordingConsumer()
    await rabbit.broker("reception").start(consumer.inbox("reception", JOBS))
    publisher = rabbit.broker("workshop")
    await publisher.start(consumer.inbox("workshop"))
    await consumer.until(lambda: consumer.new_queues >= 2)

    await rabbit.lose_exchanges()

    await again_and_again(lambda: publisher.publish([an_event()]), consumer, lambda: bool(consumer.finished))
    request = Control("backfill-request", "workshop", "reception", {})
    await again_and_again(lambda: publisher.send(request), consumer, lambda: bool(consumer.controls))


@pytest.mark.fault("queue declared with other arguments", "broker")
async def test_a_queue_with_other_arguments_raises_an_alarm_and_is_used_as_it_is(rabbit: RabbitStage) -> None:
    async with rabbit.administrator() as channel:
        await channel.declare_queue("reception.inbox", durable=True)  # classic
    consumer = RecordingConsumer()
    await rabbit.broker("reception").start(consumer.inbox("reception", JOBS))
    publisher = rabbit.broker("workshop")
    await publisher.start(consumer.inbox("workshop"))
    await consumer.until(lambda: consumer.new_queues >= 2)

    await publisher.publish([an_event()])

    await consumer.until(lambda: bool(consumer.finished))
    assert MISMATCH.labels("reception.inbox")._value.get() == 1
    assert MISMATCH.labels("reception.requests")._value.get() == 0


async def test_the_inbox_is_a_quorum_queue_that_never_gives_a_message_up(rabbit: RabbitStage) -> None:
    consumer = RecordingConsumer()
    await rabbit.broker("reception").start(consumer.inbox("reception", JOBS))
    await consumer.until(lambda: consumer.new_queues >= 1)

    arguments: dict[str, Any] = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}
    async with rabbit.administrator() as channel:  # refused (406) if it were anything else
        await channel.declare_queue("reception.inbox", durable=True, arguments=arguments)


async def test_nobody_speaks_for_another_department(rabbit: RabbitStage) -> None:
    consumer = RecordingConsumer()
    await rabbit.broker("reception").start(consumer.inbox("reception", JOBS))
    publisher = rabbit.broker("workshop")
    await publisher.start(consumer.inbox("workshop"))
    await consumer.until(lambda: consumer.new_queues >= 2)

    forger = rabbit.broker("parts")
    await forger.start(consumer.inbox("parts"))
    await consumer.until(lambda: consumer.new_queues >= 3)

    assert await forger.publish([an_event()]) == [False]  # the broker refuses the routing key

    await publisher.publish([an_event(2)])
    await consumer.until(lambda: bool(consumer.finished))
    assert consumer.sequences() == [2]


@pytest.mark.fault("forged sender", "messages")
async def test_what_the_wrong_user_sent_is_unreadable(rabbit: RabbitStage) -> None:
    consumer = RecordingConsumer()
    await rabbit.broker("reception").start(consumer.inbox("reception", JOBS))
    await consumer.until(lambda: consumer.new_queues >= 1)
    event = an_event()
    forged = aio_pika.Message(
        event.body(), headers=dict(event.headers()), app_id="workshop", user_id=ADMIN, type=event.type
    )
    nobodys = aio_pika.Message(event.body(), headers=dict(event.headers()), app_id="workshop")
    lie = aio_pika.Message(
        b'{"kind":"backfill-request","sender":"parts","to":"reception","data":{}}', user_id=ADMIN
    )

    async with rabbit.administrator() as channel:
        exchange = await channel.get_exchange("bayline")
        await exchange.publish(forged, event.type)
        await exchange.publish(nobodys, event.type)
        await (await channel.get_exchange("bayline.control")).publish(lie, "backfill-request.reception")

    await consumer.until(lambda: len(consumer.unreadable) == 3)
    assert consumer.finished == []
    assert consumer.controls == []


async def test_events_are_persistent_and_mirror_their_attributes(rabbit: RabbitStage) -> None:
    consumer = RecordingConsumer()
    publisher = rabbit.broker("workshop")
    await publisher.start(consumer.inbox("workshop"))
    await consumer.until(lambda: consumer.new_queues >= 1)
    event = an_event()
    async with rabbit.administrator() as channel:
        queue = await channel.declare_queue("parts.probe", durable=True)
        await queue.bind("bayline", "workshop.job.*")
        await publisher.publish([event])

        seen = await queue.get(timeout=10)

        await queue.delete(if_unused=False, if_empty=False)
    assert seen is not None
    assert seen.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
    assert (seen.message_id, seen.type, seen.app_id) == (str(event.id), event.type, "workshop")
    assert (seen.user_id, seen.content_type, seen.timestamp) == ("workshop", "application/json", event.time)
    assert Envelope.read(seen.headers, seen.body) == event


@pytest.mark.fault("a black hole both ways", "broker")
async def test_a_connection_that_went_silent_is_given_up_and_made_anew(rabbit: RabbitStage) -> None:
    consumer = RecordingConsumer()
    await rabbit.broker("reception", heartbeat=1).start(consumer.inbox("reception", JOBS))
    publisher = rabbit.broker("workshop", heartbeat=1, publish_timeout=60)
    await publisher.start(consumer.inbox("workshop"))
    await consumer.until(lambda: consumer.new_queues >= 2)

    rabbit.gate.mute(server=True)
    async with asyncio.timeout(20):  # aio-pika raises CancelledError from this publish; nobody cancelled it
        assert await publisher.publish([an_event()]) == [False]

    rabbit.gate.cut()
    rabbit.gate.unmute()
    await again_and_again(lambda: publisher.publish([an_event()]), consumer, lambda: bool(consumer.finished))


async def test_a_real_cancellation_passes_through_a_publish(rabbit: RabbitStage) -> None:
    consumer = RecordingConsumer()
    publisher = rabbit.broker("workshop", publish_timeout=60)
    await publisher.start(consumer.inbox("workshop"))
    await consumer.until(lambda: consumer.new_queues >= 1)
    rabbit.gate.mute()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await publisher.publish([an_event()])


@pytest.mark.fault("what a failing handler left comes again", "subscriber")
async def test_what_a_failing_handler_left_comes_again(rabbit: RabbitStage) -> None:
    consumer = RecordingConsumer()
    inbox = consumer.inbox("reception", JOBS)
    failed = False

    async def fails_once(event: Envelope) -> None:
        nonlocal failed
        if not failed:
            failed = True
            raise RuntimeError("a bug in the runtime")
        await inbox.on_event(event)

    await rabbit.broker("reception").start(replace(inbox, on_event=fails_once))
    publisher = rabbit.broker("workshop")
    await publisher.start(consumer.inbox("workshop"))
    await consumer.until(lambda: consumer.new_queues >= 2)

    await publisher.publish([an_event()])

    await consumer.until(lambda: bool(consumer.finished))
    assert consumer.finished[0].redelivered


async def test_the_broker_lists_two_named_connections_per_process(rabbit: RabbitStage) -> None:
    consumer = RecordingConsumer()
    await rabbit.broker("parts").start(consumer.inbox("parts"))
    await consumer.until(lambda: consumer.new_queues >= 1)

    listed = await asyncio.to_thread(rabbit.node.ctl, "list_connections", "client_properties")

    assert "parts-0 publishes" in listed
    assert "parts-0 consumes" in listed
