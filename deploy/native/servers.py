"""Throw-away servers for tests: a private PostgreSQL and RabbitMQ, up in seconds and gone afterwards."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.native.postgres import Postgres
from deploy.native.processes import free_port
from deploy.native.rabbitmq import RabbitMQ


@dataclass(frozen=True, slots=True)
class Servers:
    """What a test run stands on; asking for a server that was not started is an error."""

    _postgres: Postgres | None
    _broker: RabbitMQ | None

    @property
    def postgres(self) -> Postgres:
        """The cluster."""
        if self._postgres is None:
            raise LookupError("these servers were started without PostgreSQL")
        return self._postgres

    @property
    def broker(self) -> RabbitMQ:
        """The node."""
        if self._broker is None:
            raise LookupError("these servers were started without RabbitMQ")
        return self._broker


def throwaway_broker(folder: Path, users: Sequence[str]) -> RabbitMQ:
    """A node on free ports."""
    return RabbitMQ(
        folder,
        port=free_port(),
        dist_port=free_port(),
        management_port=free_port(),
        epmd_port=free_port(),
        prometheus_port=free_port(),
        users=users,
    )


@contextlib.contextmanager
def servers(
    port_base: int | None = None,
    data_dir: Path | None = None,
    *,
    postgres: bool = True,
    broker: bool = True,
    users: Sequence[str] = (),
) -> Iterator[Servers]:
    """Start the servers asked for, on free ports or from ``port_base``; stop them and delete their data.

    ``users`` are the services that get a login at the broker. A ``data_dir`` given is left as it is."""
    folder = data_dir or Path(tempfile.mkdtemp(prefix="bayline-test-", dir="/var/tmp"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # the servers' own accounts must pass
    cluster = Postgres(folder / "postgres", port_base + 32 if port_base else free_port())
    node = _broker(folder / "rabbitmq", port_base, users)
    try:
        if postgres:
            cluster.start()
        if broker:
            node.start()
        yield Servers(cluster if postgres else None, node if broker else None)
    finally:
        if broker:
            node.stop(kill=True)
        if postgres:
            cluster.stop(kill=True)
        if data_dir is None:
            shutil.rmtree(folder, ignore_errors=True)


def _broker(folder: Path, port_base: int | None, users: Sequence[str]) -> RabbitMQ:
    if port_base is None:
        return throwaway_broker(folder, users)
    return RabbitMQ(
        folder,
        port=port_base + 72,
        dist_port=port_base + 73,
        management_port=port_base + 74,
        epmd_port=port_base + 69,
        users=users,
    )
