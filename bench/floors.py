"""The machine's own floor, measured in the same run: what PostgreSQL and RabbitMQ do without Bayline.

- ``pgbench`` on the shop's cluster, with a transaction like a subscriber's smallest: lock and move a cursor,
  write a row; serial, and 16 at once.
- Persistent messages of 1 KB to a quorum queue, confirmed, 100 in flight on one connection; then consumed
  with 100 prefetched and each acknowledged. With aio-pika, as the servicekit does.
"""

import asyncio
import re
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import aio_pika
from tools.native.postgres import BINARIES, SUPERUSER
from tools.native.processes import Account, program
from tools.native.running import Shop

_DATABASE = "bench_floor"
_QUEUE = "bench.floor"
_KEYS = 10_000
_TABLES = f"""
    create table cursors (key int primary key, last bigint not null default 0);
    create table effects (position bigint generated always as identity primary key, key int, data jsonb);
    insert into cursors (key) select generate_series(1, {_KEYS});
"""
_SCRIPT = f"""\\set key random(1, {_KEYS})
begin;
select last from cursors where key = :key for update;
update cursors set last = last + 1 where key = :key;
insert into effects (key, data) values (:key, '{{"by": "context", "note": "an effect of some length"}}');
commit;
"""
_TPS = re.compile(r"tps = ([\d.]+)")


@dataclass(frozen=True, slots=True)
class Floors:
    """Operations a second."""

    transactions_serial: float
    transactions_16: float
    publishes: float
    consumes: float


async def measure(shop: Shop, *, seconds: int, messages: int) -> Floors:
    """All of them, one after another."""
    serial, at_16 = await asyncio.to_thread(_pgbench, shop, seconds)
    publishes, consumes = await _broker(shop, messages)
    return Floors(serial, at_16, publishes, consumes)


def _pgbench(shop: Shop, seconds: int) -> tuple[float, float]:
    postgres = shop.postgres
    postgres.create_database(_DATABASE)
    try:
        postgres.sql(_TABLES, database=_DATABASE)
        with TemporaryDirectory() as folder:
            script = Path(folder) / "cursor.sql"
            script.write_text(_SCRIPT)
            return _tps(shop, script, 1, seconds), _tps(shop, script, 16, seconds)
    finally:
        postgres.drop_database(_DATABASE)


def _tps(shop: Shop, script: Path, clients: int, seconds: int) -> float:
    argv = [program("pgbench", BINARIES), "-n", "-M", "prepared", "-f", str(script)]
    argv += ["-c", str(clients), "-j", "1", "-T", str(seconds)]
    argv += ["-h", "127.0.0.1", "-p", str(shop.postgres.port), "-U", SUPERUSER, _DATABASE]
    environment = {"PGPASSWORD": shop.postgres.password(SUPERUSER), "PATH": "/usr/bin:/bin"}
    found = _TPS.search(Account(None).run(argv, env=environment))
    return round(float(found.group(1)), 0) if found else 0.0


async def _broker(shop: Shop, messages: int) -> tuple[float, float]:
    connection = await aio_pika.connect(shop.broker.url())
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue(_QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        try:
            publishes = await _publish(channel, messages)
            return publishes, await _consume(connection, messages)
        finally:
            await queue.delete(if_unused=False, if_empty=False)


async def _publish(channel: aio_pika.abc.AbstractChannel, messages: int) -> float:
    message = aio_pika.Message(b"x" * 1024, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    room = asyncio.Semaphore(100)

    async def one() -> None:
        async with room:
            await channel.default_exchange.publish(message, _QUEUE)

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(messages)))
    return round(messages / (time.perf_counter() - began), 0)


async def _consume(connection: aio_pika.abc.AbstractConnection, messages: int) -> float:
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=100)
    queue = await channel.get_queue(_QUEUE, ensure=False)
    left, all_here = messages, asyncio.Event()

    async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        nonlocal left
        await message.ack()
        left -= 1
        if not left:
            all_here.set()

    began = time.perf_counter()
    tag = await queue.consume(take)
    async with asyncio.timeout(60):
        await all_here.wait()
    rate = round(messages / (time.perf_counter() - began), 0)
    await queue.cancel(tag)
    await channel.close()
    return rate
