"""The shop on this machine: up, down, looked at, and broken on purpose by the demo and the tests."""

import contextlib
import fcntl
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from tools.departments import DEPARTMENTS
from tools.gateway import Place, configuration, front_page
from tools.native.departments import Departments, login, reader
from tools.native.keys import Keys
from tools.native.layout import REPLICAS, Layout
from tools.native.packages import install
from tools.native.postgres import Postgres
from tools.native.processes import Account, Daemon, NotStarted, answers, program, wait_for
from tools.native.rabbitmq import RabbitMQ
from tools.native.spending import spent
from tools.part_status import PartStatus, Spent


class Shop:
    """One shop in one ``Layout``. Building it touches nothing; every method works from any process.

    Tests may have its servers in containers: departments and gateway are processes all the same."""

    def __init__(
        self, layout: Layout, postgres: type[Postgres] = Postgres, broker: type[RabbitMQ] = RabbitMQ
    ) -> None:
        self.layout = layout
        self.keys = Keys(layout.folder / "keys")
        self.postgres = postgres(layout.folder / "postgres", layout.port_base + 32, fsync=True)
        self.broker = broker(
            layout.folder / "rabbitmq",
            port=layout.port_base + 72,
            dist_port=layout.port_base + 73,
            management_port=layout.port_base + 74,
            epmd_port=layout.port_base + 69,
            users=DEPARTMENTS,
        )
        self.departments = Departments(layout, self.keys, self.postgres, self.broker)
        self.gateway = Daemon("gateway", layout.pid_file("gateway"), layout.log_file("gateway"))

    @property
    def public_url(self) -> str:
        """Where people and front ends reach it."""
        return self.layout.public_url

    @property
    def clock_file(self) -> Path:
        """Offset of shop time; absent means machine time."""
        return self.layout.clock_file

    # -- the whole shop

    def up(self, departments: Sequence[str] = DEPARTMENTS, *, say: Callable[[str], None] = print) -> None:
        """Bring up what is not up: servers, migrations, departments, gateway. Raises ``NotStarted``."""
        wanted = tuple(name for name in DEPARTMENTS if name in departments)
        install()
        with self._alone():
            say("servers: PostgreSQL and RabbitMQ")
            _together([self.start_database, self.start_broker])
            self._prepare_databases(wanted)
            say("migrations")
            self.departments.migrate(wanted)
            say(f"departments: {', '.join(wanted)}")
            for name in wanted:
                self.departments.start(name)
            _together([_waiting(self.departments, name) for name in wanted])
            self._start_gateway()

    def down(self) -> None:
        """End everything this shop started, and nothing else; its data stays."""
        if not self.layout.folder.exists():
            return
        with self._alone():
            _together([self.gateway.stop, *(daemon.stop for daemon in self._processes().values())])
            _together([self.broker.stop, self.postgres.stop])

    def erase(self) -> None:
        """Take it down and delete its data, passwords and keys."""
        self.down()
        self.postgres.erase()
        self.broker.erase()
        shutil.rmtree(self.layout.folder, ignore_errors=True)

    def status(self) -> list[PartStatus]:
        """Every server and department; ``dead`` is what was started and is gone without being stopped."""
        database = "running" if self.postgres.running else "dead" if self.postgres.expected else "stopped"
        lines = [PartStatus("postgresql", database, self.postgres.port, self.postgres.pid)]
        node = "running" if self.broker.running else "dead" if self.broker.expected else "stopped"
        lines.append(PartStatus("rabbitmq", node, self.broker.port, self.broker.pid))
        for department in DEPARTMENTS:
            for replica in REPLICAS:
                daemon = self.departments.daemon(department, replica)
                if replica == 1 or daemon.expected:
                    lines.append(self._standing(department, replica, daemon))
        process = self.gateway.process()
        state = "running" if process else "dead" if self.gateway.expected else "stopped"
        lines.append(PartStatus("gateway", state, self.layout.gateway_port, process.pid if process else None))
        return lines

    # -- one part of it, for operators, the demo and the tests

    def start_service(
        self,
        name: str,
        replica: int = 1,
        *,
        extra: Mapping[str, str] | None = None,
        wait: bool = True,
    ) -> None:
        """Start one department's process; ``wait`` until it is ready. The gateway learns of new replicas."""
        self.departments.start(name, replica, extra)
        if wait:
            self.departments.await_ready(name, replica)
        if replica > 1:
            self._tell_gateway()

    def stop_service(self, name: str, replica: int = 1, *, kill: bool = False) -> None:
        """Stop one department's process: draining, or with ``kill`` in the middle of whatever it does."""
        self.departments.daemon(name, replica).stop(kill=kill)
        if replica > 1:
            self._tell_gateway()

    def start_broker(self) -> None:
        """Start RabbitMQ; returns when it speaks AMQP."""
        self.layout.make()
        self.broker.start()

    def stop_broker(self, *, kill: bool = False) -> None:
        """Stop RabbitMQ, in good order or as a power cut would."""
        self.broker.stop(kill=kill)

    def start_database(self) -> None:
        """Start PostgreSQL; returns when it accepts connections."""
        self.layout.make()
        self.postgres.start()

    def stop_database(self, *, kill: bool = False) -> None:
        """Stop PostgreSQL, in good order or as a crash would."""
        self.postgres.stop(kill=kill)

    def pid(self, name: str, replica: int = 1) -> int:
        """Process id of a department, for signals; ``NotStarted`` if it does not run."""
        process = self.departments.daemon(name, replica).process()
        if process is None:
            raise NotStarted(f"{name} does not run")
        return process.pid

    def address(self, department: str) -> str:
        """Of a department's first process, past the gateway."""
        return self.departments.url(department)

    def database_url(self, department: str) -> str:
        """A department's database as the superuser reads it."""
        return self.postgres.url(login(department))

    def reading_url(self, department: str) -> str:
        """A department's database as its read-only login."""
        return self.postgres.url(login(department), reader(department))

    def spending(self) -> dict[str, Spent]:
        """What every living process uses, by its name; servers with their children."""
        pids = {part.name: part.pid for part in self.status()}
        found: dict[str, Spent] = {}
        for name, pid in pids.items():
            with contextlib.suppress(psutil.NoSuchProcess):
                if pid is not None:
                    found[name] = spent(pid)
        return found

    def logs(self) -> dict[str, str]:
        """Name of every part and the path of its log."""
        found = {name: str(daemon.log_file) for name, daemon in self._processes().items()}
        found |= {"gateway": str(self.gateway.log_file), "access": str(self.layout.log_file("access"))}
        return found | {"postgresql": str(self.postgres.log_file), "rabbitmq": str(self.broker.log_file)}

    # -- inside

    def _processes(self) -> dict[str, Daemon]:
        """Every department's process that was ever started and not stopped."""
        every = (self.departments.daemon(name, replica) for name in DEPARTMENTS for replica in REPLICAS)
        return {daemon.name: daemon for daemon in every if daemon.expected}

    def _standing(self, department: str, replica: int, daemon: Daemon) -> PartStatus:
        port = self.layout.port(department, replica)
        process = daemon.process()
        if process is None:
            return PartStatus(daemon.name, "dead" if daemon.expected else "stopped", port)
        status, text = self.departments.health(department, replica)
        state = "not ready" if status != 200 else "degraded" if "degraded" in text else "running"
        return PartStatus(daemon.name, state, port, process.pid, _megabytes(process))

    def _prepare_databases(self, departments: Sequence[str]) -> None:
        self.keys.make()
        for name in map(login, departments):
            self.postgres.create_database(name, name)
        for department in departments:
            self.postgres.create_reader(reader(department), login(department))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One ``up`` or ``down`` at a time."""
        self.layout.make()
        with (self.layout.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start_gateway(self) -> None:
        if self.gateway.alive:
            return self._tell_gateway()
        if answers(self.layout.gateway_port):
            raise NotStarted(f"port {self.layout.gateway_port} is taken; choose another PORT_BASE")
        config = self._write_gateway()
        argv = [program("nginx"), "-c", config, "-p", str(self.layout.folder / "gateway"), "-e", "stderr"]
        self.gateway.start(argv)
        if not wait_for(lambda: answers(self.layout.gateway_port), 10):
            raise NotStarted(f"the gateway did not come up\n{self.gateway.tail()}")
        return None

    def _tell_gateway(self) -> None:
        """Let a running gateway read which replicas there are now; open requests are finished."""
        process = self.gateway.process()
        if process is not None:
            self._write_gateway()
            process.send_signal(signal.SIGHUP)

    def _write_gateway(self) -> str:
        folder = self.layout.folder / "gateway"
        site = folder / "site"
        site.mkdir(parents=True, exist_ok=True)
        worker = Account.for_server("www-data").name if os.geteuid() == 0 else None
        place = Place(
            listen=f"127.0.0.1:{self.layout.gateway_port}",
            folder=folder,
            site=site,
            log=str(self.layout.log_file("access")),
            user=worker,
        )
        upstreams = {name: self._addresses(name) for name in DEPARTMENTS}
        (site / "index.html").write_text(front_page(DEPARTMENTS), encoding="utf-8")
        (folder / "nginx.conf").write_text(configuration(upstreams, place), encoding="utf-8")
        return str(folder / "nginx.conf")

    def _addresses(self, department: str) -> list[str]:
        started = [n for n in REPLICAS if n == 1 or self.departments.daemon(department, n).expected]
        return [f"127.0.0.1:{self.layout.port(department, replica)}" for replica in started]


def _together(steps: Sequence[Callable[[], None]]) -> None:
    """Do the steps at the same time; all are finished when this returns or raises."""
    with ThreadPoolExecutor(max_workers=max(len(steps), 1)) as pool:
        pending = [pool.submit(step) for step in steps]
    failures = [failure for done in pending if (failure := done.exception()) is not None]
    if failures:
        raise NotStarted("\n".join(str(failure) for failure in failures)) from failures[0]


def _waiting(departments: Departments, name: str) -> Callable[[], None]:
    return lambda: departments.await_ready(name)


def _megabytes(process: psutil.Process) -> int:
    """What the process costs the machine: its own memory and its share of the libraries it has in common."""
    try:
        return int(process.memory_full_info().pss) // 1_000_000
    except psutil.AccessDenied:
        return int(process.memory_info().rss) // 1_000_000
