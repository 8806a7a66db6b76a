"""What can happen to the databases, and to the lines that lead to them."""

import asyncio
from functools import partial
from random import Random

from shared.tests.messaging.gate import at_the_commit, in_the_middle
from tools.departments import DEPARTMENTS
from tools.native.departments import login

from tests.faults.real import small_disk
from tests.faults.real.broker_faults import inboxes_deleted
from tests.faults.real.fault import Fault
from tests.faults.real.shop import Stage

_AWAY = ("outages", "duplicates", "gaps")
_FULL = """
    create or replace function fault_full() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
    create or replace trigger fault_full before insert on outbox execute function fault_full();
    create or replace trigger fault_full before update on cursors execute function fault_full();
"""
_ROOM_AGAIN = """
    drop trigger if exists fault_full on outbox; drop trigger if exists fault_full on cursors;
"""
_SEND_AWAY = """
    select pg_terminate_backend(pid) from pg_stat_activity where datname = '{0}' and pid <> pg_backend_pid()
"""


async def crashed(stage: Stage, random: Random) -> int:
    for _ in range(4):
        await asyncio.sleep(random.uniform(2, 4))
        await stage.act(partial(stage.shop.stop_database, kill=True))
        await stage.act(stage.shop.start_database)
    return 4


async def read_only(stage: Stage, _: Random) -> int:
    """As after a failover to a standby; nobody closes the connections when it becomes writable again."""
    await _each(stage, "alter database {0} set default_transaction_read_only = on; " + _SEND_AWAY)
    await asyncio.sleep(5)
    writable = (
        "set default_transaction_read_only = off; alter database {0} reset default_transaction_read_only"
    )
    await _each(stage, writable)
    return len(DEPARTMENTS)


async def black_hole(stage: Stage, _: Random) -> int:
    stage.shop.to_database.mute(client=True, server=True)
    await asyncio.sleep(40)  # longer than a statement may take
    stage.shop.to_database.unmute()
    return 1


async def all_locked(stage: Stage, _: Random) -> int:
    """Every connection of every pool waits behind a lock, for longer than a lock may take."""
    statement = "begin; lock table cursors, outbox in access exclusive mode; select pg_sleep(14); commit"
    await _each(stage, statement)
    return len(DEPARTMENTS)


async def commit_unknown(stage: Stage, _: Random) -> int:
    before = stage.shop.to_database.cuts
    for _n in range(6):
        stage.shop.to_database.cut_where(at_the_commit, 8)
        await asyncio.sleep(1)
    stage.shop.to_database.cut_where(at_the_commit, 0)
    return stage.shop.to_database.cuts - before


async def cut_mid_statement(stage: Stage, _: Random) -> int:
    before = stage.shop.to_database.cuts
    for _n in range(6):
        stage.shop.to_database.cut_where(in_the_middle, 8)
        await asyncio.sleep(1)
    stage.shop.to_database.cut_where(in_the_middle, 0)
    return stage.shop.to_database.cuts - before


async def no_room(stage: Stage, _: Random) -> int:
    """PostgreSQL's error for a full disk, just where facts and cursors are written."""
    try:
        await _each(stage, _FULL)
        await asyncio.sleep(8)
    finally:
        await _each(stage, _ROOM_AGAIN)
    return len(DEPARTMENTS)


async def long_snapshot(stage: Stage, random: Random) -> int:
    """An old transaction holds the watermarks back while messages are lost."""
    hold = "begin; select pg_current_xact_id(); select pg_sleep(30); commit"
    held = asyncio.create_task(_each(stage, hold))
    await inboxes_deleted(stage, random)
    await held
    return len(DEPARTMENTS)


async def _each(stage: Stage, statement: str) -> None:
    """In every department's database at once; ``{0}`` is the database's name."""
    await asyncio.gather(*(stage.sql(statement.format(login(name)), name) for name in DEPARTMENTS))


FAULTS = [
    Fault("database", "stopped at once and started", crashed, _AWAY),
    Fault("database", "read-only for a while", read_only, _AWAY),
    Fault("database", "black hole", black_hole, _AWAY),
    Fault("database", "pool exhausted behind a lock", all_locked, _AWAY),
    Fault("database", "commit outcome unknown", commit_unknown, ("duplicates",)),
    Fault("database", "connections cut in a statement", cut_mid_statement, _AWAY),
    Fault("database", "no room for facts and cursors", no_room, _AWAY),
    Fault("database", "disk full", small_disk.full, _AWAY, small_disk.possible),
    Fault("database", "long snapshot while messages are lost", long_snapshot, ("gaps", "backfilled")),
]
