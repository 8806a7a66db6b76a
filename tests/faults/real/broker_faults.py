"""What can happen to the broker, and to the lines that lead to it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from random import Random

import aio_pika
from aio_pika.abc import AbstractChannel
from shared.tests.messaging.gate import in_the_middle
from tools.departments import DEPARTMENTS
from tools.native.rabbitmq import VHOST

from servicekit.messaging.topology import CONTROL, EVENTS, Topology
from servicekit.run import load
from tests.faults.real.fault import Fault
from tests.faults.real.shop import Stage

_UNTIL_GIVEN_UP = 35.0
"""Seconds without a sign of life after which every heartbeat has been missed."""
_PUBLISHING = ("swept", "duplicates", "gaps")


@asynccontextmanager
async def _administrator(stage: Stage) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(stage.shop.broker.url())
    async with connection, connection.channel() as channel:
        yield channel


async def killed(stage: Stage, random: Random) -> int:
    for _ in range(3):
        await asyncio.sleep(random.uniform(0.5, 1.5))
        await stage.act(partial(stage.shop.stop_broker, kill=True))
        await stage.act(stage.shop.start_broker)
    return 3


async def restarted(stage: Stage, _: Random) -> int:
    for _n in range(2):
        await stage.act(stage.shop.stop_broker)
        await stage.act(stage.shop.start_broker)
    return 2


async def cut_mid_frame(stage: Stage, random: Random) -> int:
    before = stage.shop.to_broker.cuts
    for _ in range(6):
        stage.shop.to_broker.cut_where(in_the_middle, 8)
        await asyncio.sleep(random.uniform(0.5, 1.5))
    stage.shop.to_broker.cut_where(in_the_middle, 0)
    return stage.shop.to_broker.cuts - before


def silenced(*, client: bool, server: bool) -> Callable[[Stage, Random], "asyncio.Future[int]"]:
    """A black hole: connections stand, and what is said in these directions does not arrive."""

    async def inject(stage: Stage, _: Random) -> int:
        stage.shop.to_broker.mute(client=client, server=server)
        await asyncio.sleep(_UNTIL_GIVEN_UP)
        stage.shop.to_broker.unmute()
        return 1

    return inject  # type: ignore[return-value]


async def refused_at_start(stage: Stage, random: Random) -> int:
    await stage.shop.to_broker.shut()
    late = random.sample(DEPARTMENTS, 2)
    for department in late:
        await stage.stop(department)
        await stage.start(department)
    await asyncio.sleep(60)
    await stage.shop.to_broker.open()
    return 1


async def flapping(stage: Stage, _: Random) -> int:
    for _n in range(15):
        await stage.shop.to_broker.shut()
        await asyncio.sleep(0.5)
        await stage.shop.to_broker.open()
        await asyncio.sleep(0.5)
    return 15


def _alarm(*on: str, off: tuple[str, ...]) -> Callable[[Stage, Random], "asyncio.Future[int]"]:
    async def inject(stage: Stage, _: Random) -> int:
        await stage.act(partial(stage.shop.broker.ctl, *on))
        await asyncio.sleep(15)
        await stage.act(partial(stage.shop.broker.ctl, *off))
        return 1

    return inject  # type: ignore[return-value]


async def confirms_lost(stage: Stage, random: Random) -> int:
    before = stage.shop.to_broker.cuts
    for _ in range(5):
        stage.shop.to_broker.mute(client=True)
        await asyncio.sleep(random.uniform(0.5, 1.5))
        stage.shop.to_broker.cut()
        stage.shop.to_broker.unmute()
        await asyncio.sleep(1)
    return stage.shop.to_broker.cuts - before


async def exchanges_deleted(stage: Stage, _: Random) -> int:
    for _n in range(3):
        async with _administrator(stage) as channel:
            await channel.exchange_delete(EVENTS)
            await channel.exchange_delete(CONTROL)
        await asyncio.sleep(2)
    return 6


async def bindings_deleted(stage: Stage, _: Random) -> int:
    lost = 0
    async with _administrator(stage) as channel:
        for department in DEPARTMENTS:
            for plan in Topology.of(department, load(department).streams).queues:
                queue = await channel.get_queue(plan.name)
                for routing_key in plan.routing_keys:
                    await queue.unbind(plan.exchange, routing_key)
                    lost += 1
    return lost


async def inboxes_deleted(stage: Stage, random: Random) -> int:
    for department in random.sample(DEPARTMENTS, len(DEPARTMENTS)):
        await stage.act(partial(stage.shop.broker.ctl, "-p", VHOST, "delete_queue", f"{department}.inbox"))
    return len(DEPARTMENTS)


async def emptied(stage: Stage, _: Random) -> int:
    await stage.act(stage.shop.broker.reset)
    return 1


async def connections_closed(stage: Stage, _: Random) -> int:
    for _n in range(4):
        await stage.act(
            partial(stage.shop.broker.ctl, "-p", VHOST, "close_all_connections", "the operator says so")
        )
        await asyncio.sleep(3)
    return 4


async def no_channels(stage: Stage, random: Random) -> int:
    """The broker grants a department no second channel; then it does again."""
    for department in random.sample(DEPARTMENTS, 3):
        limits = '{"max-channels": 1}'
        await stage.act(partial(stage.shop.broker.ctl, "set_user_limits", department, limits))
        await stage.act(partial(stage.shop.broker.ctl, "close_all_user_connections", department, "limits"))
        await asyncio.sleep(3)
        await stage.act(partial(stage.shop.broker.ctl, "clear_user_limits", department, "all"))
    return 3


FAULTS = [
    Fault("broker", "killed with publishes in flight", killed),
    Fault("broker", "restarted in good order", restarted, _PUBLISHING),
    Fault("broker", "connections cut in the middle of a frame", cut_mid_frame),
    Fault("broker", "silent towards departments", silenced(client=True, server=False)),
    Fault("broker", "deaf to departments", silenced(client=False, server=True), _PUBLISHING),
    Fault("broker", "a black hole both ways", silenced(client=True, server=True)),
    Fault("broker", "refused for a minute at start", refused_at_start, _PUBLISHING),
    Fault("broker", "flapping every second", flapping),
    Fault(
        "broker",
        "memory alarm",
        _alarm(
            "set_vm_memory_high_watermark",
            "0.00001",
            off=("set_vm_memory_high_watermark", "absolute", "768MB"),
        ),
        _PUBLISHING,
    ),
    Fault(
        "broker",
        "disk alarm",
        _alarm("set_disk_free_limit", "900000GB", off=("set_disk_free_limit", "200MB")),
        _PUBLISHING,
    ),
    Fault("broker", "confirms lost", confirms_lost),
    Fault("broker", "exchanges deleted", exchanges_deleted, ("gaps", "backfilled")),
    Fault("broker", "bindings deleted", bindings_deleted, ("gaps", "backfilled")),
    Fault("broker", "inboxes deleted with their messages", inboxes_deleted, ("gaps", "backfilled")),
    Fault("broker", "reset to empty", emptied, ("gaps", "backfilled")),
    Fault("broker", "connections closed by management", connections_closed),
    Fault("broker", "channel limit", no_channels),
]
