"""The shop as containers: whether this machine can, the secrets they are given, and the calls to Compose."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.native.departments import login
from deploy.native.layout import DEPARTMENTS, ROOT
from deploy.native.processes import NotStarted
from deploy.native.rabbitmq import ADMIN, VHOST, definitions
from deploy.native.running import Shop

IMAGES_WITHIN = 1200.0  # seconds to build and pull before `auto` gives up on containers
FILE = ROOT / "docker-compose.yml"


def mode(asked: str, *, say: Callable[[str], None] = print) -> str:
    """``compose`` or ``native``; ``auto`` takes containers if an engine answers and the images can be had."""
    if asked not in ("auto", "compose", "native"):
        raise NotStarted(f"MODE is auto, compose or native, not {asked}")
    if asked != "auto":
        return asked
    if not engine_answers():
        return "native"
    if not _has_images(say):
        say("the images are not there and cannot be had: going native")
        return "native"
    return "compose"


def engine_answers() -> bool:
    """Whether a container engine talks to us, and Compose is there."""
    return shutil.which("docker") is not None and _quiet(["docker", "info"], 10) and bool(_program())


def is_up(shop: Shop) -> bool:
    """Whether this shop was brought up as containers and not taken down since."""
    return _mark(shop).exists()


def up(shop: Shop) -> None:
    """Write what the containers read, and bring them up healthy."""
    shop.layout.make()
    shop.keys.make()
    write_secrets(shop)
    _mark(shop).touch()
    if _call(shop, ["up", "--detach", "--wait", "--remove-orphans"]) != 0:
        raise NotStarted("the containers did not become healthy; see `make logs`")


def down(shop: Shop, *, volumes: bool = False) -> None:
    """Take the containers away; their data only if asked."""
    if _call(shop, ["down", *(["--volumes"] if volumes else [])]) == 0:
        _mark(shop).unlink(missing_ok=True)


def status(shop: Shop) -> int:
    """Compose's own table."""
    return _call(shop, ["ps", "--all"])


def logs(shop: Shop, name: str | None, follow: bool, lines: int) -> int:
    """The containers' logs."""
    options = ["--tail", str(lines), *(["--follow"] if follow else [])]
    return _call(shop, ["logs", *options, *([name] if name else [])])


def write_secrets(shop: Shop) -> Path:
    """One file per secret, in a folder that only the caller can enter; answers the folder.

    The files themselves are readable for all, as a container's own account has another number than ours."""
    folder = _secrets(shop)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    brokers = {user: shop.broker.password(user) for user in (ADMIN, *DEPARTMENTS)}
    files = {
        "jwks.json": shop.keys.jwks.read_text(),
        "signing-key.pem": shop.keys.signing_key.read_text(),
        "first-admin-password": shop.keys.first_password.read_text(),
        "personal-data.key": shop.keys.master_key.read_text(),
        "postgres-password": shop.postgres.password("postgres"),
        "departments.sql": "".join(_database(shop, name) for name in DEPARTMENTS),
        "definitions.json": json.dumps(definitions(brokers), indent=1),
    }
    for name in DEPARTMENTS:
        user = login(name)
        password = shop.postgres.password(user)
        files[f"{name}-database-url"] = f"postgresql+asyncpg://{user}:{password}@postgres:5432/{user}"
        files[f"{name}-broker-url"] = f"amqp://{name}:{brokers[name]}@rabbitmq:5672/{VHOST}"
    for name, text in files.items():
        target = folder / name
        target.write_text(text)
        target.chmod(0o444)
    return folder


def _database(shop: Shop, department: str) -> str:
    name = login(department)
    return (
        f"CREATE ROLE {name} LOGIN PASSWORD '{shop.postgres.password(name)}';\n"
        f"CREATE DATABASE {name} OWNER {name};\nREVOKE ALL ON DATABASE {name} FROM PUBLIC;\n"
        f"\\connect {name}\nCREATE EXTENSION IF NOT EXISTS pg_stat_statements;\n\\connect postgres\n"
    )


def _secrets(shop: Shop) -> Path:
    return shop.layout.folder / "compose"


def _mark(shop: Shop) -> Path:
    return shop.layout.folder / "compose.up"


def _program() -> list[str]:
    if _quiet(["docker", "compose", "version"], 10):
        return ["docker", "compose"]
    own = Path(sys.executable).with_name("docker-compose")
    return [str(own)] if own.exists() else []


def _environment(shop: Shop | None) -> dict[str, str]:
    told = {"SECRETS": "unused", "SHOP_ID": "unused", "GATEWAY_PORT": "0", "PUBLIC_URL": "unused"}
    if shop is not None:
        told = {
            "SECRETS": str(_secrets(shop)),
            "SHOP_ID": shop.keys.shop_id,
            "GATEWAY_PORT": str(shop.layout.gateway_port),
            "PUBLIC_URL": os.environ.get("PUBLIC_URL") or shop.layout.public_url,
            "COMPOSE_PROJECT_NAME": shop.layout.folder.name,
        }
    return {**os.environ, **told}


def _call(shop: Shop, arguments: Sequence[str]) -> int:
    argv = [*_program(), "--file", str(FILE), *arguments]
    return subprocess.run(argv, env=_environment(shop), stdin=subprocess.DEVNULL, check=False).returncode


def _has_images(say: Callable[[str], None]) -> bool:
    """Pull and build what is missing, within a bound."""
    say("containers: looking for the images")
    base = [*_program(), "--file", str(FILE)]
    for step in (["pull", "--quiet", "--ignore-buildable", "--policy", "missing"], ["build", "--quiet"]):
        if not _quiet([*base, *step], IMAGES_WITHIN, env=_environment(None)):
            return False
    return True


def _quiet(argv: Sequence[str], seconds: float, env: dict[str, str] | None = None) -> bool:
    try:
        done = subprocess.run(
            list(argv),
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
