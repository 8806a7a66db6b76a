"""A disk that is really full: PostgreSQL's files on a file system with room for little more."""

import asyncio
import os
import shutil
import subprocess
from functools import partial
from pathlib import Path
from random import Random

from tests.faults.real.shop import Stage
from tests.faults.real.until import until

_ROOM = 3_000
"""Kilobytes that may still be written: less than a segment of the write-ahead log, some seconds of work."""
_FULL = (b"No space left on device", b"Check free disk space")
_WITHIN = 120.0
_STAYS = 8.0
"""Seconds for which everybody finds it full."""


def possible(stage: Stage) -> bool:
    """Whether we may mount a file system under this server."""
    return os.geteuid() == 0 and _cluster(stage).exists()


async def full(stage: Stage, _: Random) -> int:
    """The disk fills up under load; somebody moves the data to a larger one."""
    log = stage.shop.postgres.log_file
    before = log.stat().st_size

    async def is_full() -> bool:
        with log.open("rb") as lines:
            lines.seek(before)
            logged = lines.read()
        return any(words in logged for words in _FULL)

    await stage.act(stage.shop.stop_database)
    await stage.act(partial(_onto_a_small_disk, _cluster(stage)))
    try:
        await stage.act(stage.shop.start_database)
        await until(is_full, within=_WITHIN)
        await asyncio.sleep(_STAYS)
    finally:  # a full server may have ended by itself; one that has not is in no state to end in good order
        await stage.act(partial(stage.shop.stop_database, kill=True))
        await stage.act(partial(_onto_a_large_disk, _cluster(stage)))
        await stage.act(stage.shop.start_database)
    return 1


def _onto_a_small_disk(cluster: Path) -> None:
    owner, spare = cluster.stat(), _spare(cluster)
    cluster.rename(spare)
    cluster.mkdir(mode=0o700)
    used = int(_run("du", "-s", "--block-size=1K", str(spare)).split()[0])
    options = f"size={used + _ROOM}k,mode=700,uid={owner.st_uid},gid={owner.st_gid}"
    _run("mount", "-t", "tmpfs", "-o", options, "small-disk", str(cluster))
    _run("cp", "-a", f"{spare}/.", str(cluster))


def _onto_a_large_disk(cluster: Path) -> None:
    spare = _spare(cluster)
    shutil.rmtree(spare)
    _run("cp", "-a", str(cluster), str(spare))
    _run("umount", str(cluster))
    cluster.rmdir()
    spare.rename(cluster)


def _cluster(stage: Stage) -> Path:
    return stage.shop.postgres.folder / "cluster"


def _spare(cluster: Path) -> Path:
    return cluster.with_name("cluster.spare")


def _run(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout
