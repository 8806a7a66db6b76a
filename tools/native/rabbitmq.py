"""A private RabbitMQ node: own name, ports, folders, users; a reset node heals from its configuration."""

import base64
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from tools.native.processes import Account, Daemon, NotStarted, answers, program, wait_for

BINARIES = "/usr/lib/rabbitmq/bin"
ADMIN = "bayline-admin"
VHOST = "bayline"
EXCHANGE = "bayline"
CONTROL = "bayline.control"
PLUGINS = ("rabbitmq_management", "rabbitmq_prometheus")
AMQP_GREETING = b"AMQP\x00\x00\x09\x01"


class RabbitMQ:
    """One node in ``data_dir`` on four ports of 127.0.0.1, with one user per service of ``users``.

    A user may publish events only under its own name, and touch only its own queues (design 3, rule 1)."""

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int,
        dist_port: int,
        management_port: int,
        epmd_port: int,
        prometheus_port: int | None = None,
        users: Sequence[str] = (),
    ) -> None:
        self.folder = Path(data_dir)
        self.port = port
        self.dist_port = dist_port
        self.management_port = management_port
        self.epmd_port = epmd_port
        self.prometheus_port = prometheus_port or management_port + 1
        self.users = tuple(users)
        self.account = Account.for_server("rabbitmq")
        self.node = f"bayline{port}@localhost"
        self._server = Daemon("rabbitmq", self.folder / "rabbitmq.pid", self.folder / "log" / "console.log")
        self._epmd = Daemon("epmd", self.folder / "epmd.pid", self.folder / "log" / "epmd.log")

    def start(self, timeout: float = 90) -> None:
        """Start the node and return when it speaks AMQP."""
        if self._server.alive:
            return self._await(timeout)
        ports = (self.port, self.dist_port, self.management_port, self.prometheus_port)
        if not wait_for(lambda: not any(map(answers, ports)), 5):  # a killed node lets go of its ports late
            raise NotStarted(f"one of the ports {ports} is taken by another server; choose another PORT_BASE")
        self._write_configuration()
        self._start_epmd()
        environment = {
            **self._environment(),
            "detached": "true",
        }  # run erl in place of the shell: our pid is the node's
        argv = [program("rabbitmq-server", BINARIES)]
        self._server.start(argv, env=environment, cwd=self.folder, account=self.account)
        return self._await(timeout)

    def stop(self, *, kill: bool = False) -> None:
        """Stop the node in good order, or with ``kill`` as a power cut would; its epmd ends with it."""
        self._server.stop(kill=kill, grace=60)
        self._epmd.stop(kill=kill, grace=5)

    def erase(self) -> None:
        """Stop it at once and delete its data."""
        self.stop(kill=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def reset(self) -> None:
        """Make the node forget all it holds; its configuration restores users and rights."""
        self.ctl("stop_app")
        self.ctl("reset")
        self.ctl("start_app")
        self._await(60)

    def ctl(self, *args: str, timeout: float = 90) -> str:
        """Run ``rabbitmqctl`` against this node and answer what it printed."""
        argv = [program("rabbitmqctl", BINARIES), "--quiet", *args]
        return self.account.run(argv, env=self._environment(), cwd=self.folder, timeout=timeout)

    @property
    def running(self) -> bool:
        """Whether the node's process lives and speaks AMQP."""
        return self._server.alive and answers(self.port, AMQP_GREETING)

    @property
    def expected(self) -> bool:
        """Whether it was started and not stopped by us since."""
        return self._server.expected

    @property
    def pid(self) -> int | None:
        """The node's process, for faults that pause or kill it."""
        process = self._server.process()
        return process.pid if process else None

    @property
    def log_file(self) -> Path:
        """The node's own log."""
        return self.folder / "log" / "rabbit.log"

    def url(self, user: str = ADMIN) -> str:
        """AMQP address of the shop's vhost as ``user``, with the password."""
        return f"amqp://{user}:{self.password(user)}@127.0.0.1:{self.port}/{VHOST}"

    def password(self, user: str) -> str:
        """The password of a user, made up once and kept in this node's folder."""
        kept = self.folder / "passwords.json"
        known: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
        if user not in known:
            self.folder.mkdir(parents=True, exist_ok=True)
            known[user] = secrets.token_hex(20)
            kept.touch(mode=0o600, exist_ok=True)
            kept.write_text(json.dumps(known, indent=1))
        return known[user]

    def _await(self, timeout: float) -> None:
        up = wait_for(lambda: answers(self.port, AMQP_GREETING) or not self._server.alive, timeout, every=0.1)
        if not up or not self._server.alive:
            said = self._server.tail()
            self.stop(kill=True)
            raise NotStarted(f"RabbitMQ did not come up; see {self.log_file}\n{said}")

    def _start_epmd(self) -> None:
        """An epmd of our own, in the foreground of its own session, so that it can be ended by its pid."""
        if self._epmd.alive:
            return
        argv = [program("epmd"), "-port", str(self.epmd_port), "-address", "127.0.0.1"]
        self._epmd.start(argv, env=self._environment(), cwd=self.folder, account=self.account)
        if not wait_for(lambda: answers(self.epmd_port), 10):
            raise NotStarted(f"epmd did not come up on port {self.epmd_port}: {self._epmd.tail()}")

    def _write_configuration(self) -> None:
        for folder in (self.folder, self.folder / "log", self.folder / "mnesia"):
            self.account.folder(folder)
        plugins = ",".join(PLUGINS)
        files = {
            "rabbitmq.conf": self._settings(),
            "definitions.json": json.dumps(self.definitions(), indent=1),
            "enabled_plugins": f"[{plugins}].\n",
        }
        for name, text in files.items():
            target = self.folder / name
            target.touch(mode=0o600, exist_ok=True)
            target.write_text(text)
            self.account.own(target, 0o600)
        cookie = self.folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.write_text(secrets.token_hex(20))
            self.account.own(cookie, 0o400)

    def _settings(self) -> str:
        settings = {
            "listeners.tcp.1": f"127.0.0.1:{self.port}",
            "management.tcp.ip": "127.0.0.1",
            "management.tcp.port": self.management_port,
            "prometheus.tcp.ip": "127.0.0.1",
            "prometheus.tcp.port": self.prometheus_port,
            "load_definitions": self.folder / "definitions.json",
            "vm_memory_high_watermark.absolute": "768MB",
            "disk_free_limit.absolute": "200MB",
            "raft.wal_max_size_bytes": 64_000_000,  # the default of 512 MB is for another size of shop
            "log.file": "rabbit.log",
            "log.file.level": "info",
            "log.console": "false",
        }
        return "".join(f"{name} = {value}\n" for name, value in settings.items())

    def definitions(self) -> dict[str, object]:
        """Users, vhost and rights as RabbitMQ loads them at every boot."""
        passwords = {user: self.password(user) for user in (ADMIN, *self.users)}
        return definitions(passwords)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "no-rabbitmq-env.conf"),  # not the machine's own
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 -kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CTL_ERL_ARGS": "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }


def definitions(passwords: dict[str, str]) -> dict[str, object]:
    """RabbitMQ's definitions for an administrator and a user per service, from their passwords."""
    services = [user for user in passwords if user != ADMIN]
    return {
        "vhosts": [{"name": VHOST}],
        "users": [
            {
                "name": user,
                "password_hash": password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "administrator" if user == ADMIN else "",
            }
            for user, password in passwords.items()
        ],
        "permissions": [
            {"user": ADMIN, "vhost": VHOST, "configure": ".*", "write": ".*", "read": ".*"},
            *(_rights(service) for service in services),
        ],
        "topic_permissions": [
            {"user": service, "vhost": VHOST, "exchange": EXCHANGE, "write": rf"^{service}\.", "read": ".*"}
            for service in services
        ],
    }


def _rights(service: str) -> dict[str, str]:
    own = rf"^(bayline|bayline\.control|{service}\..*)$"
    return {"user": service, "vhost": VHOST, "configure": own, "write": own, "read": own}


def password_hash(password: str) -> str:
    """RabbitMQ's salted SHA-256 of a password, so that no file it reads holds the password itself."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
