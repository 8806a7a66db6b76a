"""The container engine: this machine's, or one of our own beside it that changes nothing of the machine."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from tools.native.packages import install
from tools.native.processes import Daemon, NotStarted, program, wait_for
from tools.root import ROOT

PACKAGES = {"dockerd": "docker.io", "iptables": "iptables"}  # program that shows it: Debian package
# Containers find each other by bridges with names and reach nobody outside; ports are published by a proxy
# on the loopback. So the machine's firewall and routes stay as they are, and two engines never meet.
# (Inside a container's own network the engine still needs iptables, for the names.)
ISOLATED = ("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false")


def address() -> str | None:
    """Where an engine answers: ``DOCKER_HOST``, the machine's, the caller's, or the one we started."""
    places = [
        os.environ.get("DOCKER_HOST") or "",
        "unix:///var/run/docker.sock",
        f"unix://{os.environ.get('XDG_RUNTIME_DIR') or '/nowhere'}/docker.sock",
        _own_address(),
    ]
    return next((place for place in places if place and _answers(place)), None)


@contextmanager
def asked() -> Iterator[docker.DockerClient]:
    """A client of the engine that answers, for some questions; ``NotStarted`` if none does."""
    client = docker.DockerClient(base_url=_found(), timeout=120)
    try:
        yield client
    finally:
        client.close()


@cache
def _found() -> str:
    """Looked for once a process: whoever asks a hundred times means the same engine."""
    found = address()
    if found is None:
        raise NotStarted("no container engine answers; start Docker, or `make engine` for one of our own")
    return found


def environment() -> dict[str, str]:
    """Our environment, with the engine that answers in it for Compose and testcontainers."""
    own = {name: value for name, value in os.environ.items() if name != "DOCKER_CONTEXT"}
    found = address()
    return {**own, "DOCKER_HOST": found} if found else own


def start(say: Callable[[str], None] = print) -> None:
    """Start an engine of our own if none answers; ``NotStarted`` says why it cannot be."""
    if address() is not None:
        return
    if os.geteuid() != 0:
        raise NotStarted("no container engine answers, and starting one needs root")
    install(PACKAGES)
    say("engine: starting one of our own")
    folder, daemon = _folder(), _daemon()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    files = (
        "--data-root",
        f"{folder}/data",
        "--exec-root",
        f"{folder}/run",
        "--pidfile",
        f"{folder}/dockerd.pid",
    )
    argv = [program("dockerd"), *files, "--host", _own_address(), *ISOLATED, "--log-level=warn"]
    (folder / "dockerd.pid").unlink(
        missing_ok=True
    )  # of an engine that was killed: its number may be another's
    daemon.start(argv)
    if not wait_for(lambda: _answers(_own_address()) or not daemon.alive, 60) or not daemon.alive:
        said = daemon.tail()
        daemon.stop()
        raise NotStarted(f"the engine did not come up; see {daemon.log_file}\n{said}")


def stop() -> None:
    """End the engine that we started, with its containers; images and volumes stay for the next time."""
    _daemon().stop(grace=60)
    _found.cache_clear()


@contextmanager
def running(say: Callable[[str], None] = print) -> Iterator[None]:
    """An engine for a while: the one that answers, else our own, which ends afterwards."""
    ours = address() is None
    start(say)
    try:
        yield
    finally:
        if ours:
            stop()


def _answers(place: str) -> bool:
    if not _listens(place):
        return False
    try:
        client = docker.DockerClient(base_url=place, timeout=30)
        try:
            return bool(client.ping())
        finally:
            client.close()
    except (DockerException, RequestException, OSError, ValueError):
        return False


def _listens(place: str) -> bool:
    """Asked first, because a client that finds nobody at a socket leaves its own open."""
    kind, _, path = place.partition("://")
    if kind != "unix":
        return True
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(30)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


def _folder() -> Path:
    """One per checkout, apart from the shop's data: the engine may serve several shops of this checkout."""
    mark = sha256(str(ROOT).encode()).hexdigest()[:10]
    return Path(os.environ.get("ENGINE_DATA") or f"/var/tmp/bayline-engine-{mark}")


def _own_address() -> str:
    return f"unix://{_folder()}/docker.sock"


def _daemon() -> Daemon:
    return Daemon("engine", _folder() / "engine.pid", _folder() / "engine.log")
