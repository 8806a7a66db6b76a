"""A private PostgreSQL that lives as long as its block, for trying migrations where nothing can be hurt."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

_QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=127.0.0.1"


@contextmanager
def scratch_server() -> Iterator[str]:
    """Start a server, give the asyncpg URL of an empty database in it, and stop and remove it at the end."""
    account = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    with TemporaryDirectory(prefix="bayline-scratch-") as folder:
        cluster = Path(folder) / "cluster"
        if account is not None:
            shutil.chown(folder, account)
        _run(account, "initdb", "-D", str(cluster), "-U", "scratch", "-A", "trust", "-N", "-E", "UTF8")
        port = _free_port()
        options = f"{_QUICK} -p {port} -k ''"
        _run(account, "pg_ctl", "start", "-w", "-D", str(cluster), "-o", options, "-l", f"{folder}/log")
        try:
            yield f"postgresql+asyncpg://scratch@127.0.0.1:{port}/postgres"
        finally:
            _run(account, "pg_ctl", "stop", "-w", "-D", str(cluster), "-m", "immediate")


async def fresh_database(server_url: str, name: str) -> str:
    """Make an empty database on a scratch server, in place of one of that name, and give its URL."""
    engine = create_async_engine(server_url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f'drop database if exists "{name}" with (force)'))
        await connection.execute(text(f'create database "{name}"'))
    await engine.dispose()
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def _run(account: str | None, program: str, *arguments: str) -> None:
    # Output goes to nowhere: the server that pg_ctl starts would keep a pipe open for ever.
    command = [_binary(program), *arguments]
    home = "/" if account is None else pwd.getpwnam(account).pw_dir
    subprocess.run(
        command,
        check=True,
        user=account,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "HOME": home},
    )


def _binary(program: str) -> str:
    found = shutil.which(program) or next(
        map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{program}")), None
    )
    if found is None:
        raise FileNotFoundError(f"{program} is missing: install PostgreSQL")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
