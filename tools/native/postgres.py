"""A private PostgreSQL cluster: its own folder, port and passwords, nothing of the machine's own server."""

import json
import os
import re
import secrets
import shutil
from pathlib import Path

from tools.native.processes import Account, NotStarted, answers, program

BINARIES = "/usr/lib/postgresql/*/bin"
SUPERUSER = "postgres"

_ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # paths of sockets are limited to 107 bytes, folders are not
    "max_connections": "200",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "jit": "off",  # short statements only: compiling them costs more than it saves
    "shared_preload_libraries": "pg_stat_statements",
}
_LASTING = {
    "wal_compression": "on",
    "checkpoint_completion_target": "0.9",
    "log_min_duration_statement": "500ms",
    "log_lock_waits": "on",
    "idle_in_transaction_session_timeout": "60s",
}
_PASSING = {  # a test's cluster is thrown away: durability would only cost time
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "10min",
}
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def rights_of_a_reader(name: str, database: str) -> tuple[str, ...]:
    """The statements that let a login read all tables of the one database that it may enter."""
    return (
        f"GRANT CONNECT ON DATABASE {database} TO {name}",
        f"GRANT pg_read_all_data TO {name}",
        f"ALTER ROLE {name} SET default_transaction_read_only = on",
    )


class Postgres:
    """One cluster in ``data_dir``; ``fsync=False`` for tests, whose data nobody misses after a crash."""

    def __init__(self, data_dir: Path, port: int, *, fsync: bool = False) -> None:
        self.folder = Path(data_dir)
        self.port = port
        self.fsync = fsync
        self.settings = {**_ALWAYS, "port": str(port), **(_LASTING if fsync else _PASSING)}
        self.account = Account.for_server("postgres")
        self._cluster = self.folder / "cluster"
        self._log = self.folder / "postgresql.log"
        self._passwords = self.folder / "passwords.json"

    def start(self, timeout: float = 60) -> None:
        """Make the cluster if it is new and start it; returns when it accepts connections."""
        if self.running:
            return
        if answers(self.port):
            raise NotStarted(f"port {self.port} is taken by another server; choose another PORT_BASE")
        self.account.folder(self.folder)
        if not (self._cluster / "PG_VERSION").exists():
            self._initialise()
        self._configure()
        self._pg_ctl("start", "-w", "-t", str(int(timeout)), "-l", str(self._log))

    def stop(self, *, kill: bool = False) -> None:
        """Stop it: clients are cut off and work is saved; with ``kill`` at once, as a crash would."""
        if self.running:
            self._pg_ctl("stop", "-w", "-m", "immediate" if kill else "fast")

    def erase(self) -> None:
        """Stop it at once and delete its data."""
        self.stop(kill=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def running(self) -> bool:
        """Whether this very cluster's server runs."""
        pid_file = self._cluster / "postmaster.pid"
        if not pid_file.exists():
            return False
        try:
            self._pg_ctl("status")
        except NotStarted:
            return False
        return True

    @property
    def expected(self) -> bool:
        """Whether it was started and not stopped in good order since."""
        return (self._cluster / "postmaster.pid").exists()

    @property
    def pid(self) -> int | None:
        """The server's first process, for faults that pause or kill it."""
        try:
            return int((self._cluster / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError):
            return None

    @property
    def log_file(self) -> Path:
        """Where the server writes what it does."""
        return self._log

    def url(self, database: str = "postgres", user: str = SUPERUSER, *, scheme: str = "postgresql") -> str:
        """Address of ``database`` as ``user`` (with the password); ``scheme`` may be postgresql+asyncpg."""
        return f"{scheme}://{user}:{self.password(user)}@127.0.0.1:{self.port}/{database}"

    def password(self, user: str) -> str:
        """The password of a login, made up once and kept in this cluster's folder."""
        known: dict[str, str] = {}
        if self._passwords.exists():
            known = json.loads(self._passwords.read_text())
        if user not in known:
            self.folder.mkdir(parents=True, exist_ok=True)
            known[user] = secrets.token_hex(20)
            _write_private(self._passwords, json.dumps(known, indent=1))
        return known[user]

    def create_login(self, user: str) -> None:
        """A login that may do nothing yet; existing ones keep their rights and get the kept password."""
        _must_be_a_name(user)
        there = self.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{user}'").strip()
        verb = "ALTER" if there else "CREATE"
        self.sql(f"{verb} ROLE {user} LOGIN PASSWORD '{self.password(user)}'")

    def create_database(self, name: str, owner: str = SUPERUSER, *, template: str | None = None) -> None:
        """A database that its owner alone can enter; nothing happens if it exists."""
        _must_be_a_name(name)
        if self.has_database(name):
            return
        if owner != SUPERUSER:
            self.create_login(owner)
        source = f" TEMPLATE {template}" if template else ""
        self.sql(f"CREATE DATABASE {name} OWNER {owner}{source}")
        self.sql(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        self.sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", database=name)

    def create_reader(self, name: str, database: str) -> None:
        """A login that may read one database whole and change nothing; done again it changes nothing."""
        self.create_login(name)
        self.sql("".join(f"{statement};\n" for statement in rights_of_a_reader(name, database)))

    def drop_database(self, name: str) -> None:
        """Throw a database away, cutting off whoever is in it."""
        _must_be_a_name(name)
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def has_database(self, name: str) -> bool:
        """Whether the cluster has this database."""
        return bool(self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'").strip())

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        """Run one statement as superuser and answer psql's bare rows. For start-up, not for a department."""
        return self.sql_as(SUPERUSER, statement, database=database)

    def sql_as(self, user: str, statement: str, *, database: str = "postgres") -> str:
        """The same as another login. Raises ``NotStarted`` with what psql prints."""
        environment = {**_environment(), "PGPASSWORD": self.password(user), "PGOPTIONS": ""}
        argv = [program("psql", BINARIES), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        argv += ["-h", "127.0.0.1", "-p", str(self.port), "-U", user, "-d", database, "-f", "-"]
        return Account(None).run(argv, env=environment, stdin=statement)

    def _initialise(self) -> None:
        password_file = self.folder / "superuser.password"
        _write_private(password_file, self.password(SUPERUSER))
        self.account.own(password_file)
        argv = [program("initdb", BINARIES), "-D", str(self._cluster), "-U", SUPERUSER]
        argv += ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        if not self.fsync:
            argv.append("--no-sync")
        try:
            self.account.run(argv, env=_environment())
        finally:
            password_file.unlink(missing_ok=True)

    def _configure(self) -> None:
        text = "# Written at every start by tools/native/postgres.py.\n"
        text += "".join(f"{name} = '{value}'\n" for name, value in self.settings.items())
        target = self._cluster / "postgresql.auto.conf"
        target.write_text(text)
        self.account.own(target, 0o600)

    def _pg_ctl(self, verb: str, *options: str) -> str:
        argv = [program("pg_ctl", BINARIES), verb, "-D", str(self._cluster), *options]
        return self.account.run(argv, env=_environment())


def _environment() -> dict[str, str]:
    """What PostgreSQL's programs need, and nothing that would lead them to another server."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "HOME": "/"}


def _must_be_a_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a plain database name")


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    path.write_text(text)
