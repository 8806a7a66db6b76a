"""Throw-away servers for tests: a private PostgreSQL and RabbitMQ, up in seconds and gone afterwards."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.containers.servers import kinds
from tools.native.postgres import Postgres
from tools.native.processes import Daemon, free_port
from tools.native.rabbitmq import RabbitMQ

PLACE = "/var/tmp"
PREFIX = "bayline-test-"


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


def throwaway_broker(folder: Path, users: Sequence[str], kind: type[RabbitMQ] = RabbitMQ) -> RabbitMQ:
    """A node on free ports."""
    return kind(
        folder,
        port=free_port(),
        dist_port=free_port(),
        management_port=free_port(),
        epmd_port=free_port(),
        prometheus_port=free_port(),
        users=users,
    )


def end_abandoned() -> None:
    """End the servers of test runs that were killed before they could do it themselves."""
    for folder in Path(PLACE).glob(f"{PREFIX}*"):
        owner = _owner(folder)
        if owner.expected and not owner.alive:
            for postgres, broker in dict.fromkeys([(Postgres, RabbitMQ), kinds()]):
                postgres(folder / "postgres", 0).erase()
                throwaway_broker(folder / "rabbitmq", (), broker).erase()
            shutil.rmtree(folder, ignore_errors=True)


def _owner(folder: Path) -> Daemon:
    """The process that wanted the servers in ``folder``."""
    return Daemon("owner", folder / "owner.pid", folder / "owner.log")


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
    end_abandoned()
    folder = data_dir or Path(tempfile.mkdtemp(prefix=PREFIX, dir=PLACE))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # the servers' own accounts must pass
    _owner(folder).remember(os.getpid())
    kind_of_cluster, kind_of_node = kinds()
    cluster = kind_of_cluster(folder / "postgres", port_base + 32 if port_base else free_port())
    node = _broker(folder / "rabbitmq", port_base, users, kind_of_node)
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
            cluster.erase()
            node.erase()
            shutil.rmtree(folder, ignore_errors=True)


def _broker(folder: Path, port_base: int | None, users: Sequence[str], kind: type[RabbitMQ]) -> RabbitMQ:
    if port_base is None:
        return throwaway_broker(folder, users, kind)
    return kind(
        folder,
        port=port_base + 72,
        dist_port=port_base + 73,
        management_port=port_base + 74,
        epmd_port=port_base + 69,
        users=users,
    )
