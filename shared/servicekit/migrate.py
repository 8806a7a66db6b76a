"""Database migrations: Alembic without ini files, one for all departments, which have only ``versions/``.

``python -m servicekit.migrate upgrade all`` brings databases to their newest revision,
``revision <service> -m "why"`` writes the next one from the department's models, ``check`` compares the two.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.operations.ops import DowngradeOps, UpgradeOps
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep, StampStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeDecorator, TypeEngine

from contracts.streams import STREAMS
from servicekit.revision import current, head, migrations_of
from servicekit.schema import Xid8
from servicekit.scratch import fresh_database, scratch_server

Steps = list[StampStep | RevisionStep]

_FILE = '''"""{message}"""

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = {down_revision!r}


def upgrade() -> None:
    """{message}"""
{upgrade}


def downgrade() -> None:
    """Take it back."""
{downgrade}
'''

ischema_names.setdefault("xid8", Xid8)  # SQLAlchemy does not know the type when it reads a schema


async def upgrade(
    service_name: str, database_url: str, migrations_dir: Path, metadata: MetaData, *, to: str = "head"
) -> None:
    """Bring a database to a revision. Others that try at the same time wait, and find nothing to do."""

    def steps(script: ScriptDirectory, at: Any) -> Steps:
        return list(script._upgrade_revs(to, at))

    await _in_database(database_url, lambda c: _migrate(c, service_name, migrations_dir, metadata, steps))


async def downgrade(
    service_name: str, database_url: str, migrations_dir: Path, metadata: MetaData, *, to: str = "base"
) -> None:
    """Take a database back to a revision, with all that was stored since."""

    def steps(script: ScriptDirectory, at: Any) -> Steps:
        return list(script._downgrade_revs(to, at))

    await _in_database(database_url, lambda c: _migrate(c, service_name, migrations_dir, metadata, steps))


async def drift(service_name: str, database_url: str, migrations_dir: Path, metadata: MetaData) -> list[str]:
    """What the models have and the migrations lack, or the other way round; migrates the database first."""
    await upgrade(service_name, database_url, migrations_dir, metadata)
    found: list[str] = []

    def compare(connection: Connection) -> None:
        script = produce_migrations(_context(connection, metadata), metadata)
        assert script.upgrade_ops is not None  # only offline scripts have none
        found.extend(str(difference) for difference in script.upgrade_ops.as_diffs())

    await _in_database(database_url, compare)
    return found


async def autogenerate(
    service_name: str, database_url: str, migrations_dir: Path, metadata: MetaData, message: str
) -> Path | None:
    """Write the next revision from what the models have and the migrations lack; ``None`` if that is nothing.

    The database is migrated first: give one that nobody misses. Read the file before you commit it.
    """
    (migrations_dir / "versions").mkdir(parents=True, exist_ok=True)
    await upgrade(service_name, database_url, migrations_dir, metadata)
    written: list[Path] = []

    def write(connection: Connection) -> None:
        context = _context(connection, metadata)
        script = produce_migrations(context, metadata)
        up, down = script.upgrade_ops, script.downgrade_ops
        if up is not None and down is not None and not up.is_empty():
            written.append(_write(service_name, migrations_dir, message, up, down, context))

    await _in_database(database_url, write)
    return written[0] if written else None


async def _in_database(database_url: str, work: Callable[[Connection], None]) -> None:
    engine = create_async_engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def _migrate(
    connection: Connection,
    service_name: str,
    migrations_dir: Path,
    metadata: MetaData,
    steps: Callable[[ScriptDirectory, Any], Steps],
) -> None:
    connection.execute(
        text("select pg_advisory_xact_lock(hashtext(:key))"), {"key": f"migrate {service_name}"}
    )
    script = ScriptDirectory(str(migrations_dir), version_locations=[str(migrations_dir / "versions")])
    with EnvironmentContext(Config(), script, fn=lambda at, _: steps(script, at)) as environment:
        environment.configure(connection=connection, target_metadata=metadata)
        with environment.begin_transaction():
            environment.run_migrations()


def _context(connection: Connection, metadata: MetaData) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"target_metadata": metadata})


def _write(
    service_name: str,
    migrations_dir: Path,
    message: str,
    up: UpgradeOps,
    down: DowngradeOps,
    context: MigrationContext,
) -> Path:
    before = head(migrations_dir)
    revision = f"{int(before or 0) + 1:04d}"
    imports: set[str] = set()

    def render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
        return _type_text(item, imports) if kind == "type" else False

    def code(operations: UpgradeOps | DowngradeOps) -> str:
        lines = render_python_code(operations, render_item=render, migration_context=context).splitlines()
        return "\n".join(
            "    " + line.removeprefix("    ") for line in lines if not line.strip().startswith("# ###")
        )

    slug = re.sub(r"\W+", "_", message.lower()).strip("_")[:40]
    file = migrations_dir / "versions" / f"{service_name}_{revision}_{slug}.py"
    sentence = message[:1].upper() + message[1:].rstrip(".") + "."
    upgrade_text, downgrade_text = code(up), code(down)
    filled = _FILE.format(
        message=sentence,
        imports="\n".join(sorted(imports)),
        revision=revision,
        down_revision=before,
        upgrade=upgrade_text,
        downgrade=downgrade_text,
    )
    file.write_text(filled, encoding="utf-8")
    for tidy in (["check", "--fix", "-q", "--select=I,RUF100"], ["format", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, str(file)], check=False)
    return file


def _type_text(kind: TypeEngine[Any], imports: set[str]) -> str | Literal[False]:
    """How a column type stands in a migration: what the database stores, so that old files keep working."""
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    if isinstance(plain, JSONB):
        imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        return "JSONB()"
    module = type(plain).__module__
    if module.startswith("sqlalchemy."):
        return f"sa.{plain!r}" if plain is not kind else False
    imports.add(f"from {module} import {type(plain).__name__}")
    return repr(plain)


def _departments(asked: list[str]) -> list[str]:
    if asked and asked != ["all"]:
        return asked
    return sorted({stream.publisher for stream in STREAMS.values()})


def _metadata(service_name: str) -> MetaData:
    found = import_module(f"{service_name}.main").service.base.metadata
    assert isinstance(found, MetaData)
    return found


def _database_urls(services: list[str]) -> dict[str, str]:
    """From ``<SERVICE>_DATABASE_URL``, or for a single service ``DATABASE_URL``; each may be a ``…_FILE``."""
    urls: dict[str, str] = {}
    for service in services:
        names = [f"{service.upper()}_DATABASE_URL", *(["DATABASE_URL"] if len(services) == 1 else [])]
        urls[service] = next(filter(None, map(_variable, names)), "")
    missing = [f"{service.upper()}_DATABASE_URL" for service, url in urls.items() if not url]
    if missing:
        raise SystemExit(f"set these environment variables: {', '.join(missing)}")
    return {s: re.sub(r"^postgresql://", "postgresql+asyncpg://", url) for s, url in urls.items()}


def _variable(name: str) -> str:
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "")


async def _upgrade_all(services: list[str]) -> None:
    for service, url in _database_urls(services).items():
        await upgrade(service, url, migrations_of(service), _metadata(service))
        print(f"{service}: at {head(migrations_of(service))}")


async def _check_all(services: list[str], server: str) -> int:
    """Up, compare with the models, down, up again."""
    found = 0
    for service in services:
        place = (service, await fresh_database(server, service), migrations_of(service), _metadata(service))
        differences = await drift(*place)
        await downgrade(*place)
        await upgrade(*place)
        found += len(differences)
        for difference in differences:
            print(f"{service}: {difference}")
    return found


async def _revise(service: str, message: str, server: str) -> None:
    database = await fresh_database(server, service)
    written = await autogenerate(service, database, migrations_of(service), _metadata(service), message)
    print(f"{service}: the models have nothing that the migrations lack" if written is None else written)


def main(arguments: list[str] | None = None) -> int:
    """The command line; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m servicekit.migrate", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, what in (
        ("upgrade", "bring databases to the newest revision"),
        ("check", "compare models with migrations, and try them up and down, on a private server"),
    ):
        verbs.add_parser(verb, help=what).add_argument("services", nargs="*", default=["all"])
    revise = verbs.add_parser("revision", help="write the next revision from the models")
    revise.add_argument("service")
    revise.add_argument("-m", "--message", required=True, help="why the schema changes")
    asked = parser.parse_args(arguments)
    if asked.verb == "upgrade":
        asyncio.run(_upgrade_all(_departments(asked.services)))
        return 0
    with scratch_server() as server:
        if asked.verb == "revision":
            asyncio.run(_revise(asked.service, asked.message, server))
            return 0
        return int(asyncio.run(_check_all(_departments(asked.services), server)) > 0)


__all__ = ["autogenerate", "current", "downgrade", "drift", "head", "main", "migrations_of", "upgrade"]

if __name__ == "__main__":
    sys.exit(main())
