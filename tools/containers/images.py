"""The images: which ones a shop is made of, whether they are there, and how they are made."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from docker.errors import ImageNotFound

from tools.containers import debian, engine, wheels
from tools.containers.calls import COMPOSE, run
from tools.root import ROOT

RECIPES = ROOT / "tools" / "images"
DEPARTMENTS = f"bayline:{os.environ.get('BAYLINE_VERSION') or 'local'}"
_HAD_WITHIN = 1200.0  # seconds


@dataclass(frozen=True, slots=True)
class Images:
    """What docker-compose.yml is told to take."""

    python: str
    postgres: str
    rabbitmq: str
    nginx: str

    @property
    def variables(self) -> dict[str, str]:
        """As docker-compose.yml and the Dockerfile read them."""
        return {
            "PYTHON_IMAGE": self.python,
            "POSTGRES_IMAGE": self.postgres,
            "RABBITMQ_IMAGE": self.rabbitmq,
            "NGINX_IMAGE": self.nginx,
        }

    @property
    def servers(self) -> tuple[str, str, str]:
        """Those that a shop runs as they are."""
        return (self.postgres, self.rabbitmq, self.nginx)


OFFICIAL = Images(
    f"python:{wheels.PYTHON}-slim-{debian.SUITE}",
    f"postgres:17-{debian.SUITE}",
    "rabbitmq:4.1-management",
    "nginxinc/nginx-unprivileged:1.28-alpine",
)
AIRGAPPED = Images(
    f"bayline/python:{wheels.PYTHON}", "bayline/postgres:17", "bayline/rabbitmq:4.0", "bayline/nginx:1.26"
)


def chosen() -> Images:
    """``IMAGES=official`` or ``airgapped``; else those that this engine has, in doubt the official ones."""
    asked = os.environ.get("IMAGES") or ""
    if asked:
        return {"official": OFFICIAL, "airgapped": AIRGAPPED}[asked]
    return AIRGAPPED if not _has(*OFFICIAL.servers) and _has(*AIRGAPPED.servers) else OFFICIAL


def ready() -> bool:
    """Whether a shop could be opened right now, without building or pulling."""
    return _has(DEPARTMENTS, *chosen().servers)


def has_servers() -> bool:
    """Whether PostgreSQL and RabbitMQ are there, for tests."""
    return _has(chosen().postgres, chosen().rabbitmq)


def could_be_had(within: float = _HAD_WITHIN) -> bool:
    """Whether they are there after trying to pull and build them, for so many seconds at most."""
    argv = [sys.executable, "-m", "tools", "images"]
    try:
        done = subprocess.run(argv, cwd=ROOT, capture_output=True, timeout=within, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def make_official(say: Callable[[str], None] = print) -> None:
    """Pull the official images and build the departments' on them."""
    say("images: pulling the official ones")
    with engine.asked() as client:
        for name in (OFFICIAL.python, *OFFICIAL.servers):
            if not _has(name):
                client.images.pull(name)
    _make_departments(OFFICIAL, say)


def make_airgapped(say: Callable[[str], None] = print, *, fresh: bool = False) -> None:
    """Make all images from distribution packages: Debian, Python, PostgreSQL, RabbitMQ, nginx, departments.

    What has been made by the same recipes stays; ``fresh`` takes the newest packages."""
    if fresh or not debian.is_made():
        say(f"images: Debian {debian.SUITE}, from packages")
        debian.make()
    say("images: Python, PostgreSQL, RabbitMQ, nginx, from packages")
    with_debian = {"DEBIAN": debian.IMAGE}
    run([*COMPOSE, "--file", str(RECIPES / "compose.yml"), "build", *_afresh(fresh)], with_debian, quiet=True)
    _make_departments(AIRGAPPED, say)


def _afresh(fresh: bool) -> list[str]:
    return ["--no-cache"] if fresh else []


def _make_departments(base: Images, say: Callable[[str], None]) -> None:
    say("images: the departments'")
    wheels.fetch()
    unused = {"SECRETS": "unused", "SHOP_ID": "unused", "PUBLIC_URL": "unused", "CLOCK": "/unused"}
    run([*COMPOSE, "build", "migrations"], {**unused, **base.variables}, quiet=True)


def _has(*names: str) -> bool:
    with engine.asked() as client:
        try:
            return all(client.images.get(name) for name in names)
        except ImageNotFound:
            return False
