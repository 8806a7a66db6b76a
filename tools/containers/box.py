"""One container found again by its name, whoever started it: as `Daemon` is for a process."""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from docker.errors import APIError, NotFound
from docker.models.containers import Container
from docker.utils.socket import frames_iter
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from tools.containers import engine
from tools.native.processes import NotStarted

testcontainers_config.ryuk_disabled = True  # the reaper is an image of its own; we know what we started
_NETWORK = "bayline-tests"


class Box:
    """A server in a container with its ports on the loopback; its data lasts until it is removed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def start(
        self,
        image: str,
        *,
        ports: Mapping[int, int],
        files: Mapping[Path, str],
        command: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        """Start it, or make it first: ``ports`` inside and outside, ``files`` here and inside."""
        with self._asked() as there:
            if there is not None:
                there.start()
                return
        _make(self.name, image, command, variables or {}, ports, files, more)

    def stop(self, *, kill: bool = False, grace: int = 60) -> None:
        """Stop it, in good order or at once; it can be started again with what it had written."""
        with self._asked() as there:
            if there is None or there.status != "running":
                return
            if kill:
                there.kill()
                there.wait()
            else:
                there.stop(timeout=grace)

    def remove(self) -> None:
        """Take it away, with its data."""
        with self._asked() as there:
            if there is not None:
                there.remove(force=True, v=True)

    def run(self, argv: Sequence[str], *, user: str = "") -> str:
        """Run a short command inside and answer what it printed; ``NotStarted`` if it fails."""
        with self._asked() as there:
            if there is None or there.status != "running":
                raise NotStarted(f"the container {self.name} does not run")
            code, output = execute(there, argv, user)
        if code != 0:
            raise NotStarted(f"{argv[0]} failed ({code}): {output.strip()[-2000:]}")
        return output

    def pid(self, program: str | None = None) -> int | None:
        """Number on this machine of its first process, or of the one that runs ``program``."""
        with self._asked() as there:
            if there is None or there.status != "running":
                return None
            if program is None:
                return int(there.attrs["State"]["Pid"])
            processes = there.top(ps_args="-o pid,comm")["Processes"]
            return next((int(pid) for pid, name in processes if name == program), None)

    def tail(self) -> str:
        """The last lines of its output."""
        with self._asked() as there:
            return there.logs(tail=15).decode(errors="replace") if there is not None else ""

    @property
    def made(self) -> bool:
        """Whether it is there, running or not."""
        with self._asked() as there:
            return there is not None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        with self._asked() as there:
            return there is not None and there.status == "running"

    @contextlib.contextmanager
    def _asked(self) -> Iterator[Container | None]:
        """The container as the engine knows it now."""
        with engine.asked() as client:
            try:
                there = client.containers.get(self.name)
            except NotFound:
                there = None
            yield there


def execute(container: Container, argv: Sequence[str], user: str = "") -> tuple[int, str]:
    """Run a command inside: its exit code and what it printed. (``exec_run`` leaves its socket open.)"""
    api = container.client.api
    command = api.exec_create(container.id, list(argv), user=user)["Id"]
    stream = api.exec_start(command, socket=True)
    try:
        output = b"".join(piece for _, piece in frames_iter(stream, tty=False))
    finally:
        stream._sock.close()
        stream.close()
    return api.exec_inspect(command)["ExitCode"], output.decode(errors="replace")


def _make(
    name: str,
    image: str,
    command: Sequence[str],
    variables: Mapping[str, str],
    ports: Mapping[int, int],
    files: Mapping[Path, str],
    more: Mapping[str, Any],
) -> None:
    os.environ["DOCKER_HOST"] = engine.environment()["DOCKER_HOST"]  # testcontainers looks there alone
    made = DockerContainer(image, command=list(command), env=dict(variables), name=name)  # type: ignore[arg-type]
    for inside, outside in ports.items():
        made.ports[f"{inside}/tcp"] = ("127.0.0.1", outside)  # type: ignore[assignment]
    for path, where in files.items():
        made.with_volume_mapping(str(path), where, "ro")
    made.with_kwargs(network=_network(), **more)
    try:
        made.start()
    finally:
        made.get_docker_client().client.close()


def _network() -> str:
    """One bridge for all tests; containers on it are reached by their published ports."""
    with engine.asked() as client:
        if not client.networks.list(names=[_NETWORK]):
            with contextlib.suppress(APIError):  # another test run was quicker
                client.networks.create(_NETWORK, check_duplicate=True)
    return _NETWORK
