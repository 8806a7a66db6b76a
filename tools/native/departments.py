"""The departments' processes: what each is told in its environment, and whether it is ready."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping

from tools.native.keys import FIRST_ADMIN, Keys
from tools.native.layout import Layout
from tools.native.postgres import Postgres
from tools.native.processes import Account, Daemon, NotStarted, wait_for
from tools.native.rabbitmq import RabbitMQ
from tools.root import ROOT

PASSED_ON = ("SHOP_TIMEZONE", "SHOP_CURRENCY", "LOG_LEVEL", "OTLP_ENDPOINT", "POOL_SIZE")
PYTHON = [sys.executable, "-X", "utf8"]


def login(department: str) -> str:
    """Name of a department's database, and of the login that owns it."""
    return f"bayline_{department}"


def reader(department: str) -> str:
    """The login that may only read a department's database: for the reconciliation."""
    return f"{login(department)}_reader"


class Departments:
    """Starts, asks and stops the processes; knows no other state than pid files and ports."""

    program = "servicekit.run"
    """The module that is run with the department's name."""

    def __init__(self, layout: Layout, keys: Keys, postgres: Postgres, broker: RabbitMQ) -> None:
        self.layout = layout
        self.keys = keys
        self.postgres = postgres
        self.broker = broker

    def daemon(self, department: str, replica: int = 1) -> Daemon:
        """One process of a department."""
        name = department if replica == 1 else f"{department}-{replica}"
        return Daemon(name, self.layout.pid_file(name), self.layout.log_file(name))

    def url(self, department: str, replica: int = 1) -> str:
        """Address of one process, past the gateway."""
        return f"http://127.0.0.1:{self.layout.port(department, replica)}"

    def database_url(self, department: str) -> str:
        """A department's own database as its own login."""
        name = login(department)
        return self.postgres.url(name, name, scheme="postgresql+asyncpg")

    def environment(self, department: str, replica: int = 1) -> dict[str, str]:
        """Everything a process is told; staff alone is told where the private key is (design 7)."""
        told = {
            **_bare(),
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            "DATABASE_URL": self.database_url(department),
            "BROKER_URL": self.broker.url(department),
            "SHOP_ID": self.keys.shop_id,
            "SHOP_CLOCK_FILE": str(self.layout.clock_file),
            "PUBLIC_URL": self.layout.public_url,
            "AUTH_JWKS": str(self.keys.jwks),
            "DATA_KEY_FILE": str(self.keys.master_key),
            "HOST": "127.0.0.1",
            "PORT": str(self.layout.port(department, replica)),
            "REPLICA": str(replica),
            "LOG_FORMAT": "json",
        }
        if department == "staff":
            told["AUTH_PRIVATE_KEY"] = str(self.keys.signing_key)
            told["FIRST_ADMIN_LOGIN"] = FIRST_ADMIN
            told["FIRST_ADMIN_PASSWORD_FILE"] = str(self.keys.first_password)
        return told

    def migrate(self, departments: tuple[str, ...]) -> None:
        """Bring the databases to their newest revision, before any process starts."""
        addresses = {f"{name.upper()}_DATABASE_URL": self.database_url(name) for name in departments}
        argv = [*PYTHON, "-m", "servicekit.migrate", "upgrade", *departments]
        Account(None).run(argv, env={**_bare(), **addresses}, cwd=ROOT, timeout=300)

    def start(self, department: str, replica: int = 1, extra: Mapping[str, str] | None = None) -> None:
        """Start one process and return at once; ``extra`` adds to its environment."""
        environment = {**self.environment(department, replica), **(extra or {})}
        argv = [*PYTHON, "-m", self.program, department]
        self.daemon(department, replica).start(argv, env=environment, cwd=ROOT)

    def await_ready(self, department: str, replica: int = 1, timeout: float = 60) -> None:
        """Return when the process says that it is ready; ``NotStarted`` with its last words if it is not."""
        daemon = self.daemon(department, replica)
        wait_for(lambda: not daemon.alive or self.ready(department, replica), timeout, every=0.2)
        if not self.ready(department, replica):
            raise NotStarted(f"{daemon.name} is not ready; see {daemon.log_file}\n{daemon.tail()}")

    def ready(self, department: str, replica: int = 1) -> bool:
        """What ``/health/ready`` answers right now; a broker that is away does not make it unready."""
        return self.health(department, replica)[0] == 200

    def health(self, department: str, replica: int = 1) -> tuple[int, str]:
        """Status and text of ``/health/ready``; 0 if nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url(department, replica)}/health/ready", timeout=3) as answer:
                return int(answer.status), answer.read(2000).decode(errors="replace")
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read(2000).decode(errors="replace")
        except OSError:
            return 0, ""


def _bare() -> dict[str, str]:
    """What any program needs; nothing of the caller's that could change what a department does."""
    kept = ("PATH", "HOME", "LANG", "SSL_CERT_FILE")
    bare = {name: os.environ[name] for name in kept if name in os.environ}
    return {**bare, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
