"""PostgreSQL and RabbitMQ in containers, for tests: the same as the native ones to whoever uses them."""

import json
import os
from functools import cached_property
from pathlib import Path

from tools.containers import engine, images
from tools.containers.box import Box
from tools.native.postgres import SUPERUSER, Postgres
from tools.native.processes import NotStarted, answers, wait_for
from tools.native.rabbitmq import AMQP_GREETING, RabbitMQ
from tools.root import ROOT

_CONFIGURATION = ROOT / "deploy" / "rabbitmq"  # that of docker-compose.yml
_ONLY_THE_MACHINES = ("port", "listen_addresses", "unix_socket_directories")


class ContainerPostgres(Postgres):
    """One cluster in a container named by ``data_dir``, its port on the loopback."""

    def start(self, timeout: float = 120) -> None:
        """Make the container if it is new and start it; returns when it accepts connections."""
        if self.running:
            return
        if answers(self.port):
            raise NotStarted(f"port {self.port} is taken by another server; choose another PORT_BASE")
        initdb = "--encoding=UTF8 --locale=C.UTF-8" + ("" if self.fsync else " --no-sync")
        settings = {n: value for n, value in self.settings.items() if n not in _ONLY_THE_MACHINES}
        self._box.start(
            images.chosen().postgres,
            ports={5432: self.port},
            files={},
            command=["postgres", *(word for n, value in settings.items() for word in ("-c", f"{n}={value}"))],
            variables={
                "POSTGRES_PASSWORD": self.password(SUPERUSER),
                "POSTGRES_INITDB_ARGS": initdb,
            },
            shm_size="256m",
        )
        if not wait_for(lambda: self.running or not self._box.alive, timeout, every=0.5) or not self.running:
            raise NotStarted(f"PostgreSQL did not come up\n{self._box.tail()}")

    def stop(self, *, kill: bool = False) -> None:
        """Stop it: clients are cut off and work is saved; with ``kill`` at once, as a crash would."""
        self._box.stop(kill=kill)

    def erase(self) -> None:
        """Take the container away with its data."""
        self._box.remove()
        super().erase()

    @property
    def running(self) -> bool:
        """Whether it accepts connections: while it is made it listens on its socket only."""
        if not self._box.alive:
            return False
        try:
            self.sql("select 1")
        except NotStarted:
            return False
        return True

    @property
    def expected(self) -> bool:
        """Whether its container is there."""
        return self._box.made

    @property
    def pid(self) -> int | None:
        """The server's first process, for faults that pause or kill it."""
        return self._box.pid()

    @cached_property
    def _box(self) -> Box:
        return Box(_name(self.folder))


class ContainerRabbitMQ(RabbitMQ):
    """One node in a container named by ``data_dir``, its ports on the loopback, set up as the shop's is."""

    def start(self, timeout: float = 120) -> None:
        """Start the node and return when it speaks AMQP."""
        if self._box.alive:
            return self._await(timeout)
        ports = {5672: self.port, 15672: self.management_port, 15692: self.prometheus_port}
        if not wait_for(lambda: not any(map(answers, ports.values())), 5):
            raise NotStarted(f"one of the ports {ports} is taken by another server; choose another PORT_BASE")
        self.folder.mkdir(parents=True, exist_ok=True)
        definitions = self.folder / "definitions.json"
        definitions.write_text(json.dumps(self.definitions(), indent=1))
        definitions.chmod(0o444)
        self._box.start(
            images.chosen().rabbitmq,
            ports=ports,
            files={
                definitions: "/run/secrets/definitions.json",
                _CONFIGURATION / "rabbitmq.conf": "/etc/rabbitmq/conf.d/20-bayline.conf",
                _CONFIGURATION / "enabled_plugins": "/etc/rabbitmq/enabled_plugins",
            },
            hostname="rabbitmq",
        )
        return self._await(timeout)

    def stop(self, *, kill: bool = False) -> None:
        """Stop the node in good order, or with ``kill`` as a power cut would."""
        self._box.stop(kill=kill)

    def erase(self) -> None:
        """Take the container away with its data."""
        self._box.remove()
        super().erase()

    def ctl(self, *args: str, timeout: float = 90) -> str:
        """Run ``rabbitmqctl`` inside and answer what it printed."""
        return self._box.run(
            ["rabbitmqctl", "--quiet", "--timeout", str(int(timeout)), *args], user="rabbitmq"
        )

    @property
    def running(self) -> bool:
        """Whether the node speaks AMQP."""
        return self._box.alive and answers(self.port, AMQP_GREETING)

    @property
    def expected(self) -> bool:
        """Whether its container is there."""
        return self._box.made

    @property
    def pid(self) -> int | None:
        """The node's process on this machine, for faults that pause or kill it."""
        return self._box.pid("beam.smp")

    @cached_property
    def _box(self) -> Box:
        return Box(_name(self.folder))

    def _await(self, timeout: float) -> None:
        up = wait_for(lambda: answers(self.port, AMQP_GREETING) or not self._box.alive, timeout, every=0.5)
        if not up or not self._box.alive:
            said = self._box.tail()
            self.stop(kill=True)
            raise NotStarted(f"RabbitMQ did not come up\n{said}")


def kinds() -> tuple[type[Postgres], type[RabbitMQ]]:
    """What tests stand on: ``TEST_SERVERS`` (containers, native), else containers if an engine has them."""
    asked = os.environ.get("TEST_SERVERS") or "auto"
    if asked not in ("auto", "containers", "native"):
        raise NotStarted(f"TEST_SERVERS is auto, containers or native, not {asked}")
    if asked == "native" or (asked == "auto" and (engine.address() is None or not images.has_servers())):
        return Postgres, RabbitMQ
    return ContainerPostgres, ContainerRabbitMQ


def _name(folder: Path) -> str:
    """A container's name from its server's folder: ``/var/tmp/bayline-real-x/postgres``."""
    return f"{folder.parent.name}-{folder.name}".lower()
