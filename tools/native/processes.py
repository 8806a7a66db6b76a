"""Processes that outlive the command which started them: a pid file each, never somebody else's process."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


class NotStarted(RuntimeError):
    """A server or department did not come up; the text names its log."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who a server runs as: a system account when we are root, else the caller."""

    name: str | None

    @classmethod
    def for_server(cls, name: str) -> "Account":
        """The system account ``name`` if we may change to it and it exists, else the caller's own."""
        if os.geteuid() != 0:
            return cls(None)
        try:
            pwd.getpwnam(name)
        except KeyError:
            return cls(None)
        return cls(name)

    def own(self, path: Path, mode: int | None = None) -> None:
        """Give ``path`` to this account, optionally with ``mode``."""
        if mode is not None:
            path.chmod(mode)
        if self.name is not None:
            entry = pwd.getpwnam(self.name)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def folder(self, path: Path, mode: int = 0o700) -> Path:
        """Make ``path`` a folder of this account; its parents stay passable for the account."""
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o755)
        path.mkdir(exist_ok=True)
        self.own(path, mode)
        if self.name is not None:
            self._must_reach(path)
        return path

    def _must_reach(self, path: Path) -> None:
        assert self.name is not None
        own = pwd.getpwnam(self.name).pw_uid
        states = [(parent, parent.stat()) for parent in path.parents]
        closed = [
            parent
            for parent, state in states
            if not state.st_mode & (0o100 if state.st_uid == own else 0o001)
        ]
        if closed:
            raise NotStarted(
                f"the account {self.name} cannot pass {closed[0]}: put the data folder elsewhere"
            )

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        cwd: Path = Path("/"),
        timeout: float = 120,
    ) -> str:
        """Run a short command as this account and answer what it printed; ``NotStarted`` if it fails."""
        done = subprocess.run(
            list(argv),
            env=dict(env) if env is not None else None,
            input=stdin if stdin is not None else "",
            cwd=cwd,
            text=True,
            capture_output=True,
            timeout=timeout,
            check=False,
            user=self.name,
            group=self.group,
            extra_groups=[] if self.name else None,
        )
        if done.returncode != 0:
            output = (done.stderr.strip() or done.stdout.strip())[-2000:]
            raise NotStarted(f"{Path(argv[0]).name} failed ({done.returncode}): {output}")
        return done.stdout

    @property
    def group(self) -> int | None:
        """The account's first group, or ``None`` for the caller's."""
        return pwd.getpwnam(self.name).pw_gid if self.name else None


class Daemon:
    """One long-running process, found again by its pid file, whoever started it."""

    def __init__(self, name: str, pid_file: Path, log_file: Path) -> None:
        self.name = name
        self.pid_file = pid_file
        self.log_file = log_file

    def start(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path = Path("/"),
        account: Account | None = None,
    ) -> int:
        """Start it detached, its output appended to the log; answers the pid. Running already: nothing."""
        running = self.process()
        if running is not None:
            return running.pid
        account = account or Account(None)
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            child = subprocess.Popen(
                list(argv),
                env=dict(env) if env is not None else None,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.name,
                group=account.group,
                extra_groups=[] if account.name else None,
            )
        child.returncode = 0  # from here on the pid file answers for it, not this object
        self.remember(child.pid)
        return child.pid

    def remember(self, pid: int) -> None:
        """Take a process that runs already for this one."""
        with contextlib.suppress(psutil.NoSuchProcess):
            born = psutil.Process(pid).create_time()
            self.pid_file.write_text(f"{pid} {born:.2f}\n")

    @property
    def expected(self) -> bool:
        """Whether it was started and not stopped by us since."""
        return self.pid_file.exists()

    def process(self) -> psutil.Process | None:
        """The live process of the pid file; ``None`` if it died or its pid is somebody else's by now."""
        try:
            pid, born = self.pid_file.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        with contextlib.suppress(ChildProcessError):
            os.waitpid(int(pid), os.WNOHANG)  # no zombie when it is our own child
        try:
            process = psutil.Process(int(pid))
            if abs(process.create_time() - float(born)) > 0.05 or process.status() == psutil.STATUS_ZOMBIE:
                return None
        except psutil.NoSuchProcess:
            return None
        return process

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process() is not None

    def stop(self, *, kill: bool = False, grace: float = 20.0) -> None:
        """End it (SIGTERM, after ``grace`` seconds SIGKILL; with ``kill`` at once) and forget the pid."""
        process = self.process()
        if process is not None:
            self._signal(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
            if not wait_for(lambda: not self.alive, grace):
                self._signal(process.pid, signal.SIGKILL)
                wait_for(lambda: not self.alive, 5)
        self.pid_file.unlink(missing_ok=True)

    @staticmethod
    def _signal(pid: int, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:  # its children (Erlang's port programs) go with it
                os.killpg(pid, number)
            else:
                os.kill(pid, number)

    def tail(self, lines: int = 15) -> str:
        """The last lines of its log."""
        if not self.log_file.exists():
            return ""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])


def wait_for(condition: Callable[[], bool], seconds: float, every: float = 0.05) -> bool:
    """Ask ``condition`` until it holds or ``seconds`` have passed; answers whether it held."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(every)
    return condition()


def answers(port: int, hello: bytes | None = None) -> bool:
    """Whether something on this machine accepts connections at ``port`` (and answers to ``hello``)."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            if hello is None:
                return True
            connection.settimeout(2)
            connection.sendall(hello)
            return bool(connection.recv(1))
    except OSError:
        return False


def free_port() -> int:
    """A port of this machine that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, *folders: str) -> str:
    """Path of a server's program, looked for in ``folders`` (globs, newest first), then on the PATH."""
    for folder in folders:
        for candidate in sorted(Path("/").glob(folder.lstrip("/")), reverse=True):
            if (candidate / name).exists():
                return str(candidate / name)
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    if found is None:
        raise NotStarted(f"{name} is not installed (run `make setup`)")
    return found
