"""The shop as containers: brought up by Compose, looked at and broken through the engine."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from docker.models.containers import Container

from tools.containers import engine, images
from tools.containers.calls import COMPOSE, run
from tools.containers.secrets import write_secrets
from tools.departments import DEPARTMENTS
from tools.native.departments import login, reader
from tools.native.keys import Keys
from tools.native.layout import Layout
from tools.native.processes import NotStarted
from tools.native.running import Shop
from tools.part_status import PartStatus, Spent
from tools.root import ROOT

FILE = ROOT / "docker-compose.yml"
_NAMES = {"postgresql": "postgres"}  # as people call it: as Compose does
_PARTS = ("postgresql", "rabbitmq", *DEPARTMENTS, "gateway")


class ComposeShop:
    """One shop in one ``Layout``, as a Compose project of its own; every method works from any process.

    Its parts are also reached at their addresses in the project's network, from this machine only."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.project = layout.folder.name.lower()
        self._native = Shop(layout)  # keeps the passwords

    @property
    def keys(self) -> Keys:
        """Its id, keys and first password."""
        return self._native.keys

    @property
    def public_url(self) -> str:
        """Where people and front ends reach it."""
        return self.layout.public_url

    @property
    def clock_file(self) -> Path:
        """Offset of shop time, in the one folder of ours that containers see; absent means machine time."""
        return self.layout.folder / "compose" / "clock" / "offset"

    @property
    def opened(self) -> bool:
        """Whether it was brought up and not taken down since."""
        return self._mark.exists()

    # -- the whole shop

    def up(self, *, say: Callable[[str], None] = print) -> None:
        """Write what the containers read, and bring them up healthy. Raises ``NotStarted``."""
        if not images.ready():
            raise NotStarted(
                "the images are not there: run `make images`, or `make images-airgapped` without a registry"
            )
        self.layout.make()
        self.keys.make()
        self.clock_file.parent.mkdir(parents=True, exist_ok=True)
        write_secrets(self._secrets, self.keys, self._native.postgres, self._native.broker)
        say("containers: PostgreSQL, RabbitMQ, migrations, departments, gateway")
        self._mark.touch()
        self._compose("up", "--detach", "--wait", "--remove-orphans", "--quiet-pull")

    def down(self, *, volumes: bool = False) -> None:
        """Take the containers away; their data only if asked."""
        self._compose("down", *(["--volumes"] if volumes else []))
        self._mark.unlink(missing_ok=True)

    def status(self) -> list[PartStatus]:
        """Every part; ``dead`` is what ended by itself or was killed."""
        with self.containers() as containers:
            found = [_standing(container) for container in containers]
        missing = [
            PartStatus(name, "stopped") for name in _PARTS if name not in {part.name for part in found}
        ]
        return sorted(found + missing, key=lambda part: _PARTS.index(part.name.partition("-")[0]))

    def logs(self, name: str | None, *, follow: bool, lines: int) -> int:
        """Show the last lines of one part, or of all; the exit code."""
        options = ["--tail", str(lines), *(["--follow"] if follow else [])]
        chosen = [_NAMES.get(name, name)] if name else []
        argv = [*COMPOSE, "--file", str(FILE), "logs", *options, *chosen]
        return subprocess.run(argv, env={**engine.environment(), **self._told}, check=False).returncode

    # -- one part of it

    def start_service(self, name: str, replica: int = 1) -> None:
        """Start one department's container and wait until it is healthy; a further replica is made."""
        with self.containers(name) as there:
            is_new = replica > len(there)
        if is_new:
            self._compose(
                "up", "--detach", "--wait", "--no-deps", "--no-recreate", f"--scale={name}={replica}", name
            )
        else:
            self._start(name)

    def stop_service(self, name: str, replica: int = 1, *, kill: bool = False) -> None:
        """Stop one department's container: draining, or with ``kill`` in the middle of whatever it does."""
        self._end(name, replica, kill=kill)

    def start_broker(self) -> None:
        """Start RabbitMQ; returns when it is healthy."""
        self._start("rabbitmq")

    def stop_broker(self, *, kill: bool = False) -> None:
        """Stop RabbitMQ, in good order or as a power cut would."""
        self._end("rabbitmq", kill=kill)

    def start_database(self) -> None:
        """Start PostgreSQL; returns when it is healthy."""
        self._start("postgres")

    def stop_database(self, *, kill: bool = False) -> None:
        """Stop PostgreSQL, in good order or as a crash would."""
        self._end("postgres", kill=kill)

    # -- past the gateway

    def address(self, department: str) -> str:
        """Of a department's first container in the project's network."""
        return f"http://{self._ip(department)}:8000"

    def database_url(self, department: str) -> str:
        """A department's database as the superuser reads it."""
        return self._database_url(department, "postgres")

    def reading_url(self, department: str) -> str:
        """A department's database as its read-only login."""
        return self._database_url(department, reader(department))

    def _database_url(self, department: str, user: str) -> str:
        password = self._native.postgres.password(user)
        return f"postgresql://{user}:{password}@{self._ip('postgres')}:5432/{login(department)}"

    def spending(self) -> dict[str, Spent]:
        """Memory and processor time of every running container, as the engine counts them."""
        with self.containers() as containers:
            alive = [container for container in containers if container.status == "running"]
            return {_called(container): _spent(container) for container in alive}

    def exit_code(self, name: str) -> int:
        """How a part ended."""
        with self.one(name) as container:
            return int(container.attrs["State"]["ExitCode"])

    @contextmanager
    def containers(self, name: str | None = None) -> Iterator[list[Container]]:
        """This project's, or those of one part; the migrations' has done its work."""
        labels = [f"com.docker.compose.project={self.project}"]
        if name is not None:
            labels.append(f"com.docker.compose.service={_NAMES.get(name, name)}")
        with engine.asked() as client:
            found = client.containers.list(all=True, filters={"label": labels})
            lasting = [one for one in found if one.labels["com.docker.compose.service"] != "migrations"]
            yield sorted(lasting, key=_number)

    @contextmanager
    def one(self, name: str, replica: int = 1) -> Iterator[Container]:
        """The container of one part; ``NotStarted`` if there is none."""
        with self.containers(name) as found:
            for container in found:
                if _number(container) == replica:
                    yield container
                    return
        raise NotStarted(f"there is no container of {name}; `make up` makes it")

    # -- inside

    @property
    def _secrets(self) -> Path:
        return self.layout.folder / "compose" / "secrets"

    @property
    def _mark(self) -> Path:
        return self.layout.folder / "compose.up"

    @property
    def _told(self) -> Mapping[str, str]:
        return {
            "COMPOSE_PROJECT_NAME": self.project,
            "SECRETS": str(self._secrets),
            "CLOCK": str(self.clock_file.parent),
            "SHOP_ID": self.keys.shop_id,
            "GATEWAY_PORT": str(self.layout.gateway_port),
            "PUBLIC_URL": self.public_url,
            **images.chosen().variables,
        }

    def _compose(self, *arguments: str) -> None:
        run([*COMPOSE, "--progress", "quiet", "--file", str(FILE), *arguments], self._told)

    def _start(self, name: str) -> None:
        self._compose("up", "--detach", "--wait", "--no-deps", "--no-recreate", _NAMES.get(name, name))

    def _end(self, name: str, replica: int = 1, *, kill: bool) -> None:
        with self.one(name, replica) as container:
            if kill:
                container.kill()
                container.wait()
            else:
                container.stop()  # as docker-compose.yml says: by which signal, and how long it may take

    def _ip(self, name: str) -> str:
        with self.one(name) as container:
            networks = container.attrs["NetworkSettings"]["Networks"].values()
        found = next((network["IPAddress"] for network in networks if network["IPAddress"]), None)
        if found is None:
            raise NotStarted(f"{name} does not run")
        return str(found)


def shop_of(layout: Layout, mode: str, say: Callable[[str], None] = print) -> Shop | ComposeShop:
    """The shop of a ``MODE``; ``auto`` takes containers if an engine answers and the images can be had."""
    if mode not in ("auto", "compose", "native"):
        raise NotStarted(f"MODE is auto, compose or native, not {mode}")
    if mode == "native" or (mode == "auto" and engine.address() is None):
        return Shop(layout)
    if mode == "auto" and not images.ready():
        say("containers: looking for the images")
        if not images.could_be_had():
            say("the images are not there and cannot be had: going native")
            return Shop(layout)
    return ComposeShop(layout)


def _number(container: Container) -> int:
    return int(container.labels["com.docker.compose.container-number"])


def _called(container: Container) -> str:
    service = container.labels["com.docker.compose.service"]
    name = "postgresql" if service == "postgres" else service
    return name if _number(container) == 1 else f"{name}-{_number(container)}"


def _standing(container: Container) -> PartStatus:
    state = container.attrs["State"]
    health = state.get("Health", {}).get("Status")
    if state["Running"]:
        name = "running" if health in (None, "healthy") else "not ready"
        return PartStatus(_called(container), name, None, state["Pid"], _spent(container).megabytes)
    return PartStatus(_called(container), "stopped" if state["ExitCode"] == 0 else "dead")


def _spent(container: Container) -> Spent:
    told = container.stats(stream=False, one_shot=True)
    memory = told["memory_stats"]
    files = memory.get("stats", {}).get(
        "total_inactive_file", memory.get("stats", {}).get("inactive_file", 0)
    )
    return Spent(
        container.attrs["State"]["StartedAt"],
        max(0, int(memory.get("usage", 0)) - int(files)) // 1_000_000,
        int(told["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9,
    )
